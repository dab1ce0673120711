using System.Globalization;
using System.Text.Json;
using Flashback.Consensus;
using Flashback.Primitives;

namespace Flashback.Conformance;

/// <summary>
/// States and blocks of the size of a real network, with the roots that another client came to: <c>state-N.ssz</c>, a block on it, the same chain
/// a slot before the end of an epoch, and <c>roots-N.json</c>.
/// </summary>
internal sealed class BeaconStatesKind : ISpecKind
{
    private const string RootsPrefix = "roots-";

    private static readonly ConsensusConfig Config = ConsensusConfig.Mainnet;

    public string Name => "beacon-states";

    public string Description => "states of real size and the roots another client came to, archive beacon-states-electra";

    public IEnumerable<SpecUnit> Find(string path)
    {
        foreach (string roots in VectorFiles.Below(path, RootsPrefix + "*.json"))
        {
            string folder = Path.GetDirectoryName(roots)!;
            string count = Path.GetFileNameWithoutExtension(roots)[RootsPrefix.Length..];
            string state = Path.Combine(folder, $"state-{count}.ssz"), end = Path.Combine(folder, $"state-{count}-epochend.ssz"), block = Path.Combine(folder, $"block-{count}.ssz");
            yield return new SpecUnit(VectorFiles.NameBelow(path, roots), [roots, state, end, block], files => Cases(files, roots, state, end, block));
        }
    }

    private static IEnumerable<SpecCase> Cases(VectorFiles files, string rootsFile, string stateFile, string endFile, string blockFile)
    {
        using JsonDocument document = JsonDocument.Parse(files.ReadText(rootsFile));
        JsonElement roots = document.RootElement.Clone();
        byte[] encoding = files.ReadBytes(stateFile), end = files.ReadBytes(endFile), block = files.ReadBytes(blockFile);
        yield return new SpecCase("state", () => CheckState(encoding, roots.GetProperty("state").GetString()!));
        yield return new SpecCase("epoch", () => CheckEpoch(end, roots.GetProperty("beforeEpoch"), roots.GetProperty("afterEpoch")));
        yield return new SpecCase("block", () => CheckBlock(encoding, block, roots.GetProperty("block")));
    }

    private static SpecOutcome CheckState(byte[] encoding, string root)
    {
        CachedState state = Read(encoding);
        SpecOutcome outcome = SpecOutcome.Equal(root, state.HashTreeRoot().ToString());
        return outcome == SpecOutcome.Pass && !encoding.AsSpan().SequenceEqual(state.State.Encode(Config.Preset)) ? new SpecOutcome.Failed("the same encoding again", "another") : outcome;
    }

    private static SpecOutcome CheckEpoch(byte[] encoding, JsonElement before, JsonElement after)
    {
        CachedState state = Read(encoding);
        SpecOutcome outcome = SpecOutcome.Equal(Describe(before, "root"), $"{state.State.Slot} {state.HashTreeRoot()}");
        if (outcome != SpecOutcome.Pass)
            return outcome;
        Slot next = state.State.Slot + 1;
        if (StateTransition.ProcessSlots(state, next, out state) is { } invalid)
            return new SpecOutcome.Failed("valid", invalid.ToString());
        return SpecOutcome.Equal(Describe(after, "root"), $"{state.State.Slot} {state.HashTreeRoot()}");
    }

    private static SpecOutcome CheckBlock(byte[] encoding, byte[] blockEncoding, JsonElement expected)
    {
        if (!SignedBeaconBlock.TryDecode(blockEncoding, Config.Preset, out SignedBeaconBlock? block, out SszFault fault))
            return new SpecOutcome.Failed("a block", fault.ToString());
        if (StateTransition.Apply<BlsVerifier>(Read(encoding), block, new AnsweringEngine(true), out CachedState after) is { } invalid)
            return new SpecOutcome.Failed("valid", invalid.ToString());
        return SpecOutcome.Equal(
            $"{Describe(expected, "stateRoot")} {expected.GetProperty("blockRoot").GetString()}",
            $"{block.Message.Slot} {after.HashTreeRoot()} {block.Message.HashTreeRoot(Config.Preset)}");
    }

    private static CachedState Read(byte[] encoding) =>
        BeaconState.TryDecode(encoding, Config.Preset, out BeaconState? state, out SszFault fault) ? new(Config, state) : throw new InvalidDataException($"the state does not decode: {fault}");

    private static string Describe(JsonElement point, string root) =>
        string.Create(CultureInfo.InvariantCulture, $"{new Slot(point.GetProperty("slot").GetUInt64())} {point.GetProperty(root).GetString()}");
}
