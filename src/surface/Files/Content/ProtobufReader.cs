namespace Flashback.Files.Content;

/// <summary>Walks over the fields of a protocol buffers message: numbers and byte strings, which is all that dag-pb and UnixFS are made of.</summary>
internal ref struct ProtobufReader(ReadOnlySpan<byte> message)
{
    private ReadOnlySpan<byte> _rest = message;

    /// <summary>The field's number.</summary>
    public int Field { get; private set; }

    /// <summary>True when the field holds bytes.</summary>
    public bool IsBytes { get; private set; }

    /// <summary>The field's number value.</summary>
    public ulong Number { get; private set; }

    /// <summary>The field's bytes.</summary>
    public ReadOnlySpan<byte> Bytes { get; private set; }

    /// <summary>Steps to the next field; false at the end.</summary>
    /// <exception cref="InvalidDataException">The message is no such message.</exception>
    public bool MoveNext()
    {
        if (_rest.IsEmpty)
            return false;
        ulong tag = Take();
        (Field, IsBytes) = ((int)Math.Min(tag >> 3, int.MaxValue), (tag & 7) == 2);
        Number = Take();
        Bytes = default;
        if ((tag & 7) is not (0 or 2))
            throw new InvalidDataException($"a field of wire type {tag & 7} has no place in a node");
        if (!IsBytes)
            return true;
        if (Number > (ulong)_rest.Length)
            throw new InvalidDataException("a node is cut short");
        Bytes = _rest[..(int)Number];
        _rest = _rest[(int)Number..];
        return true;
    }

    private ulong Take()
    {
        if (!Varint.TryRead(_rest, out ulong value, out int length))
            throw new InvalidDataException("a number in a node is cut short or not in its shortest form");
        _rest = _rest[length..];
        return value;
    }
}
