using System.Buffers;

namespace Flashback.Files.Content;

/// <summary>The bytes of a content archive of version 1. spec: ipld/car/carv1</summary>
/// <remarks>
/// <code>
/// archive   header section …
/// header    uvarint length | { "roots": [ cid … ], "version": 1 } in dag-cbor
/// section   uvarint length | cid | block                                  the length is that of cid and block
/// </code>
/// </remarks>
internal static class CarFormat
{
    /// <summary>The longest header that is read.</summary>
    public const int MostHeader = 16 << 10;

    /// <summary>The longest section that is read, without its length.</summary>
    public const int MostSection = Cid.MostBytes + Block.MostBytes;

    private const int MostRoots = 64;

    /// <summary>Bytes of a header with one root of the usual length.</summary>
    public static int UsualHeader { get; } = EncodeHeader([Cid.Of(Multicodec.Raw, [])]).Length;

    /// <summary>A header.</summary>
    public static byte[] EncodeHeader(IReadOnlyList<Cid> roots)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(roots.Count, MostRoots);
        ArrayBufferWriter<byte> cbor = new();
        cbor.Write<byte>([0xa2, 0x65, .. "roots"u8]);
        WriteHead(cbor, 0x80, roots.Count);
        foreach (Cid root in roots)
        {
            cbor.Write<byte>([0xd8, 0x2a]); // tag 42, a link: its bytes begin with the prefix of no base at all
            WriteHead(cbor, 0x40, root.Bytes.Length + 1);
            cbor.Write<byte>([0, .. root.Bytes.Span]);
        }
        cbor.Write<byte>([0x67, .. "version"u8, 1]);
        byte[] header = new byte[Varint.Length((ulong)cbor.WrittenCount) + cbor.WrittenCount];
        cbor.WrittenSpan.CopyTo(header.AsSpan(Varint.Write(header, (ulong)cbor.WrittenCount)));
        return header;
    }

    /// <summary>The roots that a header names; its length is not part of it.</summary>
    /// <exception cref="InvalidDataException">It is no header of version 1 in canonical form.</exception>
    public static IReadOnlyList<Cid> DecodeHeader(ReadOnlySpan<byte> cbor)
    {
        List<Cid> roots = [];
        ReadOnlySpan<byte> start = [0xa2, 0x65, .. "roots"u8];
        if (!cbor.StartsWith(start) || !TryReadHead(cbor[start.Length..], 0x80, out int count, out int length) || count > MostRoots)
            throw new InvalidDataException($"an archive's header is not that of version 1 with up to {MostRoots} roots");
        ReadOnlySpan<byte> rest = cbor[(start.Length + length)..];
        for (; roots.Count < count; rest = rest[length..])
        {
            if (!rest.StartsWith((ReadOnlySpan<byte>)[0xd8, 0x2a]) || !TryReadHead(rest[2..], 0x40, out int size, out length) || size < 1 || rest.Length - 2 - length < size)
                throw new InvalidDataException("a root in an archive's header is no link");
            ReadOnlySpan<byte> link = rest.Slice(2 + length, size);
            if (link[0] != 0 || !Cid.TryRead(link[1..], out Cid? root, out int used) || used != size - 1)
                throw new InvalidDataException("a root in an archive's header is no content identifier that is known here");
            roots.Add(root);
            length += 2 + size;
        }
        return rest.SequenceEqual((ReadOnlySpan<byte>)[0x67, .. "version"u8, 1]) ? roots : throw new InvalidDataException("an archive's header is not that of version 1");
    }

    /// <summary>Bytes of a section.</summary>
    public static int SectionBytes(Cid cid, int block) => Varint.Length((ulong)(cid.Bytes.Length + block)) + cid.Bytes.Length + block;

    /// <summary>Writes what stands before a block.</summary>
    /// <returns>How many bytes it took.</returns>
    public static int WriteSectionHead(Span<byte> destination, Cid cid, int block)
    {
        int length = Varint.Write(destination, (ulong)(cid.Bytes.Length + block));
        cid.Bytes.Span.CopyTo(destination[length..]);
        return length + cid.Bytes.Length;
    }

    private static void WriteHead(ArrayBufferWriter<byte> cbor, byte major, int value) =>
        cbor.Write<byte>(value < 24 ? [(byte)(major | value)] : value < 256 ? [(byte)(major | 24), (byte)value] : [(byte)(major | 25), (byte)(value >> 8), (byte)value]);

    private static bool TryReadHead(ReadOnlySpan<byte> cbor, byte major, out int value, out int length)
    {
        (value, length) = (0, 0);
        if (cbor.IsEmpty || (cbor[0] & 0xe0) != major)
            return false;
        (value, length) = (cbor[0] & 31, 1);
        if (value == 24 && cbor.Length > 1 && cbor[1] >= 24)
            (value, length) = (cbor[1], 2);
        return length == 2 || value < 24;
    }
}
