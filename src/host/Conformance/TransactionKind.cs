using System.Text.Json;
using Flashback.Execution;
using Flashback.Primitives;

namespace Flashback.Conformance;

/// <summary>
/// ethereum/tests TransactionTests: bytes, and per fork either the hash, the sender and the intrinsic gas of the transaction that they are, or what
/// is wrong with them by themselves.
/// </summary>
internal sealed class TransactionKind : ISpecKind
{
    private const ulong ChainId = 1;

    public string Name => "transaction";

    public string Description => "ethereum/tests TransactionTests (Cancun)";

    public IEnumerable<SpecUnit> Find(string path) =>
        VectorFiles.Below(path, "*.json").Select(file => new SpecUnit(VectorFiles.NameBelow(path, file), [file], files => Cases(files.ReadBytes(file))));

    private static IEnumerable<SpecCase> Cases(byte[] json)
    {
        using JsonDocument document = JsonDocument.Parse(json);
        foreach (JsonProperty test in document.RootElement.EnumerateObject())
        {
            foreach (JsonProperty result in test.Value.GetProperty("result").EnumerateObject())
                yield return new SpecCase($"{test.Name} {result.Name}", () => Check(test.Value, result));
        }
    }

    private static SpecOutcome Check(JsonElement test, JsonProperty result)
    {
        if (!Enum.TryParse(result.Name, out Fork fork))
            return new SpecOutcome.Skipped("older fork");
        ForkRules rules = ForkRules.Of(fork);
        string found = Judge(JsonWords.Bytes(test.GetProperty("txbytes")), rules, out string fault);
        if (!result.Value.TryGetProperty("exception", out JsonElement exception))
        {
            string expected = $"{result.Value.GetProperty("hash").GetString()} {result.Value.GetProperty("sender").GetString()} {JsonWords.Word(result.Value.GetProperty("intrinsicGas"))}";
            return SpecOutcome.Equal(expected, fault.Length == 0 ? found : fault);
        }
        bool isSame = ExceptionNames.Match(exception.GetString()!, fault) || ExceptionNames.IsDecoding(exception.GetString()!, fault);
        return isSame ? SpecOutcome.Pass : new SpecOutcome.Failed(exception.GetString()!, fault.Length == 0 ? "accepted" : fault);
    }

    /// <summary>What the vectors say of a good transaction; or the fault, under its official name where that is ours as well.</summary>
    private static string Judge(byte[] bytes, ForkRules rules, out string fault)
    {
        fault = "";
        if (!TransactionCodec.TryDecode(bytes, out Transaction? transaction, out TransactionFault decoding))
            fault = decoding.Kind == TransactionFaultKind.Rlp ? decoding.Rlp.ToString() : decoding.Kind.ToString();
        else if (TransactionExecutor.CheckAlone(transaction!, ChainId, rules) is { } invalid)
            fault = invalid.Rule.ToString();
        else if (transaction!.TryRecoverSender(out Address sender))
            return $"{transaction.Hash()} {sender} {(UInt256)(ulong)IntrinsicGas.Of(transaction, rules).Execution}";
        else
            fault = nameof(TransactionRule.InvalidSignatureVrs);
        return "";
    }
}
