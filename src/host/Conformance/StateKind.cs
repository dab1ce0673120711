using System.Text.Json;
using Flashback.Execution;
using Flashback.Primitives;

namespace Flashback.Conformance;

/// <summary>
/// EEST state tests: a pre-state, an environment, and per fork transactions with the root and the logs that must come out, or the rule that is broken.
/// </summary>
/// <remarks>The transaction is read from its bytes and its sender recovered from the signature, so codec and signatures are tested along the way.</remarks>
internal sealed class StateKind : ISpecKind
{
    private static readonly BytecodeCache Codes = new();

    public string Name => "state";

    public string Description => "EEST state tests (Cancun, Prague, Osaka)";

    public IEnumerable<SpecUnit> Find(string path) =>
        VectorFiles.Below(path, "*.json").Select(file => new SpecUnit(VectorFiles.NameBelow(path, file), [file], files => Cases(files.ReadBytes(file))));

    private static IEnumerable<SpecCase> Cases(byte[] json)
    {
        using JsonDocument document = JsonDocument.Parse(json);
        foreach (JsonProperty test in document.RootElement.EnumerateObject())
        {
            foreach (JsonProperty fork in test.Value.GetProperty("post").EnumerateObject())
            {
                int index = 0;
                foreach (JsonElement post in fork.Value.EnumerateArray())
                    yield return new SpecCase($"{test.Name} {fork.Name} {index++}", () => Check(test.Value, fork.Name, post));
            }
        }
    }

    private static SpecOutcome Check(JsonElement test, string forkName, JsonElement post)
    {
        if (!Enum.TryParse(forkName, out Fork fork))
            return new SpecOutcome.Skipped("older fork");
        ForkRules rules = ForkRules.Of(fork);
        SmallState world = SmallState.Read(test.GetProperty("pre"));
        JournaledState state = new(world, Codes);
        BlockEnvironment block = ReadBlock(test, rules);

        string broken = Execute(new TransactionExecutor(rules, block, state), Hex.Decode(post.GetProperty("txbytes").GetString()), out TransactionOutcome? outcome);
        string expected = post.TryGetProperty("expectException", out JsonElement exception) ? exception.GetString()! : "";
        if (!ExceptionNames.Match(expected, broken))
            return new SpecOutcome.Failed(expected.Length == 0 ? "a valid transaction" : expected, broken.Length == 0 ? "accepted" : broken);
        if (SpecOutcome.Equal(post.GetProperty("logs").GetString()!, LogsHash(outcome?.Logs ?? []).ToString()) is SpecOutcome.Failed logs)
            return new SpecOutcome.Failed("logs " + logs.Expected, logs.Actual);
        if (outcome is not null)
            world.Apply(state.ToDiff());
        string root = world.Root().ToString();
        return root == post.GetProperty("hash").GetString() ? SpecOutcome.Pass : Difference(world, post, root, outcome);
    }

    /// <summary>Returns the broken rule, or nothing.</summary>
    private static string Execute(TransactionExecutor executor, byte[] bytes, out TransactionOutcome? outcome)
    {
        outcome = null;
        if (!TransactionCodec.TryDecode(bytes, out Transaction? transaction, out TransactionFault fault))
            return fault.ToString();
        if (!TransactionCodec.Encode(transaction!).AsSpan().SequenceEqual(bytes))
            return "the transaction is encoded otherwise than it was";
        if (!transaction!.TryRecoverSender(out Address sender))
            return "nobody signed it";
        return executor.Execute(transaction, sender, default, out outcome) is { } invalid ? invalid.Rule.ToString() : "";
    }

    private static BlockEnvironment ReadBlock(JsonElement test, ForkRules rules)
    {
        JsonElement env = test.GetProperty("env");
        return new BlockEnvironment(
            ChainId: JsonWords.UInt64(test.GetProperty("config").GetProperty("chainid")),
            Coinbase: FixedBytes.Parse<Address>(env.GetProperty("currentCoinbase").GetString()),
            Number: JsonWords.UInt64(env.GetProperty("currentNumber")),
            Timestamp: JsonWords.UInt64(env.GetProperty("currentTimestamp")),
            GasLimit: JsonWords.UInt64(env.GetProperty("currentGasLimit")),
            PrevRandao: JsonWords.Word(env.GetProperty("currentRandom")).ToHash32(),
            BaseFee: JsonWords.Word(env.GetProperty("currentBaseFee")),
            BlobBaseFee: rules.Blobs.BaseFee(JsonWords.UInt64(env.GetProperty("currentExcessBlobGas"))),
            HashOf: number => Keccak.Hash256(System.Text.Encoding.ASCII.GetBytes(number.ToString(System.Globalization.CultureInfo.InvariantCulture))));
    }

    private static Hash32 LogsHash(IReadOnlyList<Log> logs) => Rlp.Hash(new LogList(logs));

    /// <summary>What differs between the state that came and the one that the vector writes out.</summary>
    private static SpecOutcome.Failed Difference(SmallState world, JsonElement post, string root, TransactionOutcome? outcome)
    {
        SmallState expected = SmallState.Read(post.GetProperty("state"));
        return new SpecOutcome.Failed(
            $"{post.GetProperty("hash").GetString()}: {expected.Without(world)}",
            $"{root}: {world.Without(expected)} ({outcome?.Halt}, gas used {outcome?.GasUsed})");
    }

    private readonly record struct LogList(IReadOnlyList<Log> Logs) : IRlpEncodable
    {
        public void WriteTo(ref RlpWriter writer)
        {
            RlpListMark list = writer.BeginList();
            foreach (Log log in Logs)
                log.WriteTo(ref writer);
            writer.EndList(list);
        }
    }
}
