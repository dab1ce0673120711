using System.Buffers.Binary;

namespace Flashback.Primitives;

/// <summary>What all vectors and lists share, however they are held.</summary>
public static class SszSequence
{
    /// <summary>The depth of the tree of a full collection.</summary>
    /// <param name="bound">Vector or list, and of how many.</param>
    /// <param name="packedLength">The length of an element in bytes where elements are packed into chunks; 0 where each has a leaf.</param>
    public static int DepthFor(SszBound bound, int packedLength)
    {
        if (packedLength == 0)
            return Merkle.DepthFor(bound.Length);
        ulong perChunk = (ulong)(Merkle.ChunkLength / packedLength);
        return Merkle.DepthFor(((bound.Length - 1) / perChunk) + 1);
    }

    /// <summary>The root of a collection from that of its chunks.</summary>
    public static Hash32 Root(SszBound bound, Hash32 chunks, int count) => bound.IsVector ? chunks : Merkle.MixInLength(chunks, (ulong)count);

    /// <summary>How many elements an input holds, and whether the bound allows it.</summary>
    /// <param name="input">The encoding of the collection.</param>
    /// <param name="bound">Vector or list, and of how many.</param>
    /// <param name="elementLength">The length of an element in bytes, or 0 where elements differ: then offsets come first, and the first of them tells their number.</param>
    /// <param name="count">The number of elements, never more than the input has bytes.</param>
    /// <param name="fault">What is wrong.</param>
    public static bool TryCount(ReadOnlySpan<byte> input, SszBound bound, int elementLength, out int count, out SszFault fault)
    {
        count = 0;
        int unit = elementLength == 0 ? SszFieldReader.OffsetLength : elementLength;
        int length = input.Length;
        if (elementLength == 0 && length > 0)
        {
            if (length < unit)
                return Fail(SszRule.Truncated, out fault);
            uint first = BinaryPrimitives.ReadUInt32LittleEndian(input);
            if (first > (uint)length)
                return Fail(SszRule.OffsetOutOfRange, out fault);
            if (first == 0 || first % unit != 0)
                return Fail(SszRule.FirstOffset, out fault);
            length = (int)first;
        }
        if (length % unit != 0)
            return Fail(SszRule.PartialElement, out fault);
        count = length / unit;
        if (bound.Allows(count))
        {
            fault = default;
            return true;
        }
        return Fail(bound.IsVector ? SszRule.WrongCount : SszRule.AboveLimit, out fault);
    }

    /// <summary>Answers for the two topmost layers of a list; turns any other index of a list into one in the tree of its chunks.</summary>
    /// <param name="bound">Vector or list, and of how many.</param>
    /// <param name="count">The number of elements.</param>
    /// <param name="index">The generalized index below the collection's root; afterwards below the root of its chunks.</param>
    /// <param name="node">The length of the list, or null where the collection's root is asked for.</param>
    /// <returns>True where the index is the collection's root or its length.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The index lies below the length.</exception>
    public static bool TryRootOrLength(SszBound bound, ulong count, ref ulong index, out Hash32? node)
    {
        ArgumentOutOfRangeException.ThrowIfZero(index);
        node = null;
        if (index == 1)
            return true;
        if (bound.IsVector)
            return false;
        (ulong right, index) = GeneralizedIndex.Split(index, 1);
        if (right == 0)
            return false;
        ArgumentOutOfRangeException.ThrowIfNotEqual(index, 1UL);
        node = Merkle.LengthChunk(count);
        return true;
    }

    internal static bool Fail(SszRule rule, out SszFault fault)
    {
        fault = new SszFault(rule, "");
        return false;
    }
}
