using System.Buffers.Binary;

namespace Flashback.Primitives;

/// <summary>Cuts the encoding of a vector or list into the encodings of its elements. The count was found by <see cref="SszSequence.TryCount"/>.</summary>
internal ref struct SszElementReader(ReadOnlySpan<byte> input, int count, int elementLength)
{
    private readonly ReadOnlySpan<byte> _input = input;
    private int _next;

    /// <summary>The bytes of the next element; checks its offsets where elements differ in length.</summary>
    public bool TryNext(out ReadOnlySpan<byte> bytes, out SszFault fault)
    {
        int element = _next++;
        if (elementLength > 0)
        {
            bytes = _input.Slice(element * elementLength, elementLength);
            fault = default;
            return true;
        }
        uint start = OffsetAt(element);
        uint end = element + 1 < count ? OffsetAt(element + 1) : (uint)_input.Length;
        bytes = default;
        fault = end > (uint)_input.Length ? new SszFault(SszRule.OffsetOutOfRange).Within(element + 1)
            : end < start ? new SszFault(SszRule.OffsetsDecrease).Within(element + 1)
            : default;
        if (fault.Rule != SszRule.None)
            return false;
        bytes = _input[(int)start..(int)end];
        return true;
    }

    private readonly uint OffsetAt(int element) => BinaryPrimitives.ReadUInt32LittleEndian(_input[(element * SszFieldReader.OffsetLength)..]);
}
