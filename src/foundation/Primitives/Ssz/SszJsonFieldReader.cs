using System.Numerics;
using System.Text.Json;

namespace Flashback.Primitives;

/// <summary>Reads the fields of a container from a JSON object, in any order; names that are none of its fields are passed over.</summary>
/// <remarks>Generated code asks for the next field and reads it, until there is none. After the first failure there is none any more.</remarks>
/// <param name="names">The names of the fields in order, 64 at most.</param>
/// <param name="absent">A bit for each field that the network does not have: its name is passed over like those that are none.</param>
public struct SszJsonFieldReader(string[] names, ulong absent = 0)
{
    private ulong _found;
    private int _expected;
    private bool _isBegun;

    /// <summary>What was wrong first.</summary>
    public SszFault Fault { get; private set; }

    /// <summary>Goes on to the value of the next field; false at the end of the object, where every field must have been there, and after a failure.</summary>
    /// <param name="reader">At first at the beginning of the object, in the end at its end.</param>
    /// <param name="field">The field's place.</param>
    public bool TryNext(ref Utf8JsonReader reader, out int field)
    {
        field = -1;
        if (!_isBegun && reader.TokenType != JsonTokenType.StartObject)
            return Fail(new SszFault(SszRule.WrongJsonType, ""));
        _isBegun = true;
        while (Fault.Rule == SszRule.None && reader.Read())
        {
            if (reader.TokenType == JsonTokenType.EndObject)
                return End();
            field = Find(ref reader);
            if (field >= 0)
                return Take(field) && (reader.Read() || Fail(new SszFault(SszRule.NotJson, "")));
            if (!reader.TrySkip())
                break;
        }
        return Fail(new SszFault(SszRule.NotJson, ""));
    }

    /// <summary>Reads the value of a field.</summary>
    public void Read<T, TCodec>(ref Utf8JsonReader reader, in TCodec codec, int field, ref T value)
        where TCodec : struct, ISszCodec<T>
    {
        if (codec.TryReadJson(ref reader, out T? read, out SszFault fault))
            value = read;
        else
            Fault = fault.Within(names[field]);
    }

    /// <summary>The field with the name the reader is at, or -1. Writers keep the order, so the one after the last found comes first.</summary>
    private readonly int Find(ref Utf8JsonReader reader)
    {
        if (reader.ValueIsEscaped)
            return -1; // no field's name needs an escape
        for (int i = 0; i < names.Length; i++)
        {
            int candidate = (_expected + i) % names.Length;
            if ((absent >> candidate & 1) == 0 && reader.ValueTextEquals(names[candidate]))
                return candidate;
        }
        return -1;
    }

    private bool Take(int field)
    {
        if ((_found >> field & 1) != 0)
            return Fail(new SszFault(SszRule.RepeatedField).Within(names[field]));
        _found |= 1UL << field;
        _expected = field + 1;
        return true;
    }

    private bool End()
    {
        int missing = BitOperations.TrailingZeroCount(~(_found | absent));
        return missing < names.Length && Fail(new SszFault(SszRule.MissingField).Within(names[missing]));
    }

    private bool Fail(SszFault fault)
    {
        if (Fault.Rule == SszRule.None)
            Fault = fault;
        return false;
    }
}
