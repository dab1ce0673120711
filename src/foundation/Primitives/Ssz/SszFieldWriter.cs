using System.Buffers.Binary;

namespace Flashback.Primitives;

/// <summary>Writes the fields of a container, or elements, in order: those of fixed size in place, others behind the fixed part, pointed at by an offset.</summary>
/// <param name="output">Where to write, from its start.</param>
/// <param name="fixedLength">The length of the fixed part.</param>
public ref struct SszFieldWriter(Span<byte> output, int fixedLength)
{
    private readonly Span<byte> _output = output;
    private int _position;

    /// <summary>How long the encoding is so far, in bytes.</summary>
    public int Length { get; private set; } = fixedLength;

    /// <summary>Writes the next field.</summary>
    public void Write<T, TCodec>(in TCodec codec, in T value)
        where TCodec : struct, ISszCodec<T>
    {
        if (codec.IsFixedSize)
        {
            _position += codec.Write(in value, _output[_position..]);
            return;
        }
        BinaryPrimitives.WriteInt32LittleEndian(_output[_position..], Length);
        _position += SszFieldReader.OffsetLength;
        Length += codec.Write(in value, _output[Length..]);
    }
}
