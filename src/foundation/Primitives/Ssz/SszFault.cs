namespace Flashback.Primitives;

/// <summary>Why bytes are no canonical encoding, or JSON no value. spec: cs/ssz/simple-serialize#deserialization</summary>
public enum SszRule
{
    /// <summary>Nothing is wrong.</summary>
    None,

    /// <summary>The input ends before the value does.</summary>
    Truncated,

    /// <summary>Bytes are left over after the value.</summary>
    TrailingBytes,

    /// <summary>The first offset does not point at the end of the fixed part.</summary>
    FirstOffset,

    /// <summary>An offset is smaller than the one before it.</summary>
    OffsetsDecrease,

    /// <summary>An offset points past the end of the input.</summary>
    OffsetOutOfRange,

    /// <summary>The bytes of a list are no whole number of elements.</summary>
    PartialElement,

    /// <summary>A list has more elements than its limit.</summary>
    AboveLimit,

    /// <summary>A vector has another number of elements than its type.</summary>
    WrongCount,

    /// <summary>A boolean is neither 0 nor 1.</summary>
    BooleanNotZeroOrOne,

    /// <summary>A bitlist has no bit that marks its end.</summary>
    MissingDelimiter,

    /// <summary>A bit beyond the length of a bitvector is set.</summary>
    PaddingBitSet,

    /// <summary>The text is no JSON, or ends before the value does.</summary>
    NotJson,

    /// <summary>The JSON is of another kind than the type asks for: an array where text belongs, a bare number.</summary>
    WrongJsonType,

    /// <summary>A number is no text of decimal digits, or has zeros in front.</summary>
    NotDecimal,

    /// <summary>A number has more bits than its type.</summary>
    NumberTooLarge,

    /// <summary>Bytes are no text of 0x and two hexadecimal digits for each.</summary>
    NotHex,

    /// <summary>A field of a container is not there.</summary>
    MissingField,

    /// <summary>A field of a container is there twice.</summary>
    RepeatedField,
}

/// <summary>What is wrong with an encoding, and where.</summary>
/// <param name="Rule">The rule that is broken.</param>
/// <param name="Where">The path to the value that breaks it, from the outermost container: <c>Body.Attestations[3].Data</c>, in JSON <c>body.attestations[3].data</c>; empty for the outermost itself.</param>
public readonly record struct SszFault(SszRule Rule, string Where = "")
{
    internal SszFault Within(string field) => this with { Where = Where switch { "" => field, ['[', ..] => field + Where, _ => $"{field}.{Where}" } };

    internal SszFault Within(int element) => this with { Where = Where is "" or ['[', ..] ? $"[{element}]{Where}" : $"[{element}].{Where}" };

    /// <inheritdoc/>
    public override string ToString() => string.IsNullOrEmpty(Where) ? $"{Rule}" : $"{Rule} at {Where}";
}
