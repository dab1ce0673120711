namespace Flashback.Conformance;

/// <summary>The official names of broken rules, <c>TransactionException.NONCE_IS_MAX</c>, are our own with other capitals.</summary>
internal static class ExceptionNames
{
    /// <summary>Our names of faults in blocks that the official tests call otherwise.</summary>
    private static readonly Dictionary<string, string> BlockAliases = new()
    {
        ["Rlp"] = "BlockException.RLP_STRUCTURES_ENCODING",
        ["Transaction"] = "BlockException.RLP_STRUCTURES_ENCODING", // one of the transactions does not decode
        ["BlobGasUsedAboveLimit"] = "TransactionException.TYPE_3_TX_MAX_BLOB_GAS_ALLOWANCE_EXCEEDED", // the header says so before a transaction does
    };

    /// <summary>True when the rule is one of the alternatives, which are separated by bars; or when none is expected and none broken.</summary>
    public static bool Match(string expected, string broken) =>
        expected.Length == 0 ? broken.Length == 0 : expected.Split('|').Any(name => IsSame(name[(name.IndexOf('.', StringComparison.Ordinal) + 1)..], broken));

    /// <summary>
    /// True when an official name means our fault though it is called otherwise. Of bytes that do not decode, theirs say in which field, ours in
    /// which way; two rules have two official names.
    /// </summary>
    public static bool IsDecoding(string expected, string fault)
    {
        string name = expected[(expected.IndexOf('.', StringComparison.Ordinal) + 1)..];
        return fault switch
        {
            "LeadingZeros" => name.StartsWith("RLP_LEADING_ZEROS", StringComparison.Ordinal) || name == "GASLIMIT_OVERFLOW",
            "NumberTooLarge" => name.EndsWith("_OVERFLOW", StringComparison.Ordinal) || name == "INVALID_SIGNATURE_VRS",
            "NonceIsMax" => name == "NONCE_TOO_BIG",
            "PriorityGreaterThanMaxFeePerGas" => name == "PRIORITY_GREATER_THAN_MAX_FEE_PER_GAS_2",
            "WrongLength" => name.Contains("_TOO_LONG", StringComparison.Ordinal) || name.Contains("_TOO_SHORT", StringComparison.Ordinal),
            "SignatureParity" or "InvalidSignatureVrs" => name is "INVALID_SIGNATURE_VRS" or "INVALID_CHAINID" or "EC_RECOVERY_FAIL",
            "UnknownType" => name == "TYPE_NOT_SUPPORTED",
            _ => fault.Length > 0 && name.StartsWith("RLP_", StringComparison.Ordinal),
        };
    }

    /// <summary>True when one of the alternatives names a block's fault that is ours by another name.</summary>
    public static bool IsBlockAlias(string expected, string broken) =>
        BlockAliases.TryGetValue(broken, out string? official) && expected.Split('|').Contains(official, StringComparer.Ordinal);

    private static bool IsSame(string official, string rule) =>
        string.Equals(official.Replace("_", "", StringComparison.Ordinal), rule, StringComparison.OrdinalIgnoreCase);
}
