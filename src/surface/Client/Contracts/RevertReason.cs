using System.Text;
using Flashback.Primitives;

namespace Flashback.Client;

/// <summary>Why code reverted, told to people: by the name of the custom error and its values, or by Solidity's text.</summary>
public static class RevertReason
{
    private static readonly byte[] TextSelector = Abi.Selector("Error(string)");

    /// <summary>The reason; null where the node's words are all there is.</summary>
    /// <param name="fault">The node's refusal.</param>
    /// <param name="errors">Signatures of the custom errors that are looked for.</param>
    public static string? Of(NodeException fault, IEnumerable<string> errors)
    {
        if (fault.InnerException is not RpcErrorException { Payload.Length: >= Abi.SelectorLength } refusal)
            return null;
        ReadOnlySpan<byte> payload = refusal.Payload.Span;
        AbiReader values = new(payload[Abi.SelectorLength..]);
        if (payload.StartsWith(TextSelector) && values.TryBytes(0, out ReadOnlySpan<byte> text))
            return Encoding.UTF8.GetString(text);
        if (errors.FirstOrDefault(refusal.IsError) is not { } signature)
            return null;
        int open = signature.IndexOf('(', StringComparison.Ordinal);
        string[] types = signature[(open + 1)..^1].Split(',', StringSplitOptions.RemoveEmptyEntries);
        List<string> told = [];
        for (int i = 0; i < types.Length; i++)
            told.Add(types[i] switch { "address" => values.AddressAt(i).ToString(), "bytes32" => values[i].ToString(), "bool" => values.Truth(i) ? "true" : "false", _ => ((System.Numerics.BigInteger)values.Wide(i)).ToString(System.Globalization.CultureInfo.InvariantCulture) });
        return $"{signature[..open]}({string.Join(", ", told)})";
    }
}
