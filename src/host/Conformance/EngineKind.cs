using System.Text.Json;
using Flashback.Execution;

namespace Flashback.Conformance;

/// <summary>
/// EEST blockchain tests as a consensus client would run them: each block is a call of the Engine API, with what it must answer; and the last valid block's hash.
/// </summary>
/// <remarks>The calls go through the table of methods that the server has, on a chain with a store: all but HTTP.</remarks>
internal sealed class EngineKind : ISpecKind
{
    public string Name => "engine";

    public string Description => "EEST blockchain tests as calls of the Engine API";

    public IEnumerable<SpecUnit> Find(string path) => VectorFiles.Below(path, "*.json")
        .Select(file => new SpecUnit(VectorFiles.NameBelow(path, file), [file], files => Cases(files.ReadBytes(file))));

    private static IEnumerable<SpecCase> Cases(byte[] json)
    {
        using JsonDocument document = JsonDocument.Parse(json);
        foreach (JsonProperty test in document.RootElement.EnumerateObject())
        {
            yield return new SpecCase(test.Name, () => BlockchainNetwork.TryRead(test.Value, out ChainConfig? chain)
                ? Run(chain!, test.Value) : new SpecOutcome.Skipped("older fork"));
        }
    }

    private static SpecOutcome Run(ChainConfig chain, JsonElement test)
    {
        using EngineRun run = EngineRun.Begin(chain, test);
        string genesis = test.GetProperty("genesisBlockHeader").GetProperty("hash").GetString()!;
        if ((SpecOutcome.Equal(genesis, run.Head.ToString()) as SpecOutcome.Failed ?? run.Choose("3", genesis)) is { } wrong)
            return wrong;
        foreach (JsonElement call in test.GetProperty("engineNewPayloads").EnumerateArray())
        {
            if (run.NewPayload(call) is { } failed)
                return failed;
        }
        return SpecOutcome.Equal(test.GetProperty("lastblockhash").GetString()!, run.Head.ToString());
    }
}
