using System.Diagnostics.CodeAnalysis;
using System.Text.Json;

namespace Flashback.Primitives;

/// <summary>Reads the elements of a vector or list from a JSON array, no more than its bound allows.</summary>
/// <param name="bound">Vector or list, and of how many.</param>
public struct SszJsonElementReader(SszBound bound)
{
    private bool _isBegun;

    /// <summary>What was wrong first.</summary>
    public SszFault Fault { get; private set; }

    /// <summary>How many elements were read.</summary>
    public int Count { get; private set; }

    /// <summary>Reads the next element; false at the end of the array, and after a failure.</summary>
    /// <param name="reader">At first at the beginning of the array, in the end at its end.</param>
    /// <param name="codec">The codec of the elements.</param>
    /// <param name="value">The element.</param>
    public bool TryNext<T, TCodec>(ref Utf8JsonReader reader, in TCodec codec, [MaybeNullWhen(false)] out T value)
        where TCodec : struct, ISszCodec<T>
    {
        value = default;
        if (!_isBegun && reader.TokenType != JsonTokenType.StartArray)
            return Fail(new SszFault(SszRule.WrongJsonType, ""));
        _isBegun = true;
        if (!reader.Read())
            return Fail(new SszFault(SszRule.NotJson, ""));
        if (reader.TokenType == JsonTokenType.EndArray)
            return bound.IsVector && !bound.Allows(Count) && Fail(new SszFault(SszRule.WrongCount, ""));
        if ((ulong)Count >= bound.Length)
            return Fail(new SszFault(bound.IsVector ? SszRule.WrongCount : SszRule.AboveLimit, ""));
        if (!codec.TryReadJson(ref reader, out value, out SszFault fault))
            return Fail(fault.Within(Count));
        Count++;
        return true;
    }

    private bool Fail(SszFault fault)
    {
        Fault = fault;
        return false;
    }
}
