namespace Flashback.Primitives;

/// <summary>Why bytes are no canonical RLP, or not the item that was asked for. spec: Ethereum Yellow Paper, appendix B</summary>
public enum RlpFault
{
    /// <summary>Nothing is wrong.</summary>
    None,

    /// <summary>The input, or the list being read, ends before the item does.</summary>
    Truncated,

    /// <summary>Bytes are left over where the item or the list should have ended.</summary>
    TrailingBytes,

    /// <summary>A single byte below 0x80 is written with a prefix: it must stand for itself.</summary>
    PrefixedSingleByte,

    /// <summary>The long form is used for a length below 56, or a length has leading zeros.</summary>
    NonCanonicalLength,

    /// <summary>A byte string stands where a list is expected.</summary>
    ExpectedList,

    /// <summary>A list stands where a byte string is expected.</summary>
    ExpectedBytes,

    /// <summary>A byte string has another length than its type.</summary>
    WrongLength,

    /// <summary>A number is written with leading zeros.</summary>
    LeadingZeros,

    /// <summary>A number is larger than its type can hold.</summary>
    NumberTooLarge,
}
