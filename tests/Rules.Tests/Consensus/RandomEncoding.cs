using System.Buffers.Binary;
using Flashback.Primitives;

namespace Flashback.Rules.Tests.Consensus;

/// <summary>Random canonical encodings of any SSZ type, made from its shape alone.</summary>
internal static class RandomEncoding
{
    /// <summary>Lists get fewer elements than this.</summary>
    private const int ListEnd = 4;

    /// <summary>An encoding; lists are short, and single bytes are 0 or 1, so that they do for booleans too.</summary>
    public static byte[] Of(SszShape shape, Random random) => shape switch
    {
        SszShape.Basic { Length: 1 } => [(byte)random.Next(2)],
        SszShape.Basic number => Bytes(random, number.Length),
        SszShape.BitSequence { Bound.IsVector: true } bits => BitVector((int)bits.Bound.Length, random),
        SszShape.BitSequence bits => BitList(random.Next((int)Math.Min(bits.Bound.Length, 40) + 1), random),
        SszShape.Sequence { Element: SszShape.Basic { Length: 1 } } bytes => [.. Bytes(random, Count(bytes.Bound, random)).Select(b => (byte)(b & 1))],
        SszShape.Sequence sequence => Join([.. Enumerable.Range(0, Count(sequence.Bound, random)).Select(_ => sequence.Element)], random),
        SszShape.Container container => Join([.. container.Fields.Select(field => field.Shape)], random),
        _ => throw new ArgumentOutOfRangeException(nameof(shape)),
    };

    private static int Count(SszBound bound, Random random) => bound.IsVector ? (int)bound.Length : random.Next((int)Math.Min(bound.Length + 1, ListEnd));

    private static byte[] Bytes(Random random, int count)
    {
        byte[] bytes = new byte[count];
        random.NextBytes(bytes);
        return bytes;
    }

    private static byte[] BitVector(int count, Random random)
    {
        byte[] bytes = Bytes(random, (count + 7) / 8);
        if (count % 8 != 0)
            bytes[^1] &= (byte)((1 << (count % 8)) - 1);
        return bytes;
    }

    private static byte[] BitList(int count, Random random)
    {
        byte[] bytes = Bytes(random, (count / 8) + 1);
        int end = 1 << (count % 8);
        bytes[^1] = (byte)((bytes[^1] & (end - 1)) | end);
        return bytes;
    }

    /// <summary>Parts of fixed size in place, others behind, pointed at by an offset.</summary>
    private static byte[] Join(SszShape[] shapes, Random random)
    {
        byte[][] parts = [.. shapes.Select(shape => Of(shape, random))];
        int fixedLength = parts.Zip(shapes, (part, shape) => IsFixedSize(shape) ? part.Length : sizeof(int)).Sum();
        List<byte> head = [], tail = [];
        foreach ((byte[] part, SszShape shape) in parts.Zip(shapes))
        {
            if (IsFixedSize(shape))
            {
                head.AddRange(part);
                continue;
            }
            byte[] offset = new byte[sizeof(int)];
            BinaryPrimitives.WriteInt32LittleEndian(offset, fixedLength + tail.Count);
            head.AddRange(offset);
            tail.AddRange(part);
        }
        return [.. head, .. tail];
    }

    private static bool IsFixedSize(SszShape shape) => shape switch
    {
        SszShape.BitSequence bits => bits.Bound.IsVector,
        SszShape.Sequence sequence => sequence.Bound.IsVector && IsFixedSize(sequence.Element),
        SszShape.Container container => container.Fields.All(field => IsFixedSize(field.Shape)),
        _ => true,
    };
}
