using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;

namespace Flashback.Primitives;

/// <summary>Reads the fields of a container, in two rounds over them in order: the fixed part, then what its offsets point at.</summary>
/// <remarks>
/// <code>
/// | field 0 | offset of field 1 | field 2 | offset of field 3 | field 1 … | field 3 … |
/// |←            fixed part, its length known            →|
/// </code>
/// Generated code calls both rounds for every field; a field takes part in the round that is its own. After the first failure nothing is
/// read any more. spec: cs/ssz/simple-serialize#deserialization
/// </remarks>
public ref struct SszFieldReader
{
    /// <summary>The length of an offset in bytes. spec: cs/ssz/simple-serialize#constants</summary>
    public const int OffsetLength = 4;

    private readonly ReadOnlySpan<byte> _input;
    private readonly Span<int> _offsets;
    private readonly int _fixedLength;
    private int _position;
    private int _count;
    private int _next;

    /// <summary>A reader over all of a container's encoding.</summary>
    /// <param name="input">The encoding.</param>
    /// <param name="fixedLength">The length of the fixed part.</param>
    /// <param name="offsets">Room for one number more than there are fields.</param>
    public SszFieldReader(ReadOnlySpan<byte> input, int fixedLength, Span<int> offsets)
    {
        _input = input;
        _offsets = offsets;
        _fixedLength = fixedLength;
        Fault = input.Length < fixedLength ? new SszFault(SszRule.Truncated, "") : default;
    }

    /// <summary>What was wrong first.</summary>
    public SszFault Fault { get; private set; }

    /// <summary>First round: the field itself where it is of fixed size, else its offset.</summary>
    public bool TryFixed<T, TCodec>(in TCodec codec, string name, [MaybeNullWhen(false)] out T value)
        where TCodec : struct, ISszCodec<T>
    {
        value = default;
        if (Fault.Rule != SszRule.None)
            return false;
        if (!codec.IsFixedSize)
            return TryOffset(name);
        int length = codec.FixedLength;
        ReadOnlySpan<byte> bytes = _input.Slice(_position, length);
        _position += length;
        if (codec.TryDecode(bytes, out value, out SszFault fault))
            return true;
        Fault = fault.Within(name);
        return false;
    }

    /// <summary>Between the rounds: a container without offsets ends with its fixed part.</summary>
    public bool TryEndFixed()
    {
        if (Fault.Rule == SszRule.None && _count == 0 && _input.Length > _fixedLength)
            Fault = new SszFault(SszRule.TrailingBytes, "");
        _offsets[_count] = _input.Length;
        return Fault.Rule == SszRule.None;
    }

    /// <summary>Second round: the field where it is of variable size.</summary>
    public bool TryVariable<T, TCodec>(in TCodec codec, string name, ref T? value)
        where TCodec : struct, ISszCodec<T>
    {
        if (codec.IsFixedSize)
            return true;
        ReadOnlySpan<byte> bytes = _input[_offsets[_next].._offsets[_next + 1]];
        _next++;
        if (codec.TryDecode(bytes, out value, out SszFault fault))
            return true;
        Fault = fault.Within(name);
        return false;
    }

    private bool TryOffset(string name)
    {
        uint offset = BinaryPrimitives.ReadUInt32LittleEndian(_input[_position..]);
        _position += OffsetLength;
        SszRule rule = _count == 0 && offset != (uint)_fixedLength ? SszRule.FirstOffset
            : offset > (uint)_input.Length ? SszRule.OffsetOutOfRange
            : _count > 0 && offset < (uint)_offsets[_count - 1] ? SszRule.OffsetsDecrease
            : SszRule.None;
        if (rule != SszRule.None)
        {
            Fault = new SszFault(rule).Within(name);
            return false;
        }
        _offsets[_count++] = (int)offset;
        return true;
    }
}
