using System.Numerics;
using Flashback.Primitives;

namespace Flashback.Proofs;

/// <summary>Commitments as content identifiers (CIDv1, base 32 in lower case).</summary>
/// <remarks>
/// <code>
/// 01 | uvarint codec | uvarint multihash | uvarint length | digest
/// piece, CommD   f101  1012  32  root
/// CommR          f102  b401  32  commitment
/// piece, v2      55    1011   n  uvarint padding | height | root      spec: FRC-0069
/// </code>
/// </remarks>
public static class CommitmentCid
{
    private const string Alphabet = "abcdefghijklmnopqrstuvwxyz234567";

    /// <summary>The identifier of a piece, or of a sector's data by CommD.</summary>
    public static string OfPiece(in Hash32 commitment) => Encode(0xf101, 0x1012, commitment.AsSpan());

    /// <summary>The identifier of a sealed sector by CommR.</summary>
    public static string OfReplica(in Hash32 commR) => Encode(0xf102, 0xb401, commR.AsSpan());

    /// <summary>The identifier that holds the payload's length besides the root. spec: FRC-0069</summary>
    /// <exception cref="ArgumentOutOfRangeException">The payload is longer than the piece.</exception>
    public static string OfPieceV2(in Piece piece, long length)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(length);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(length, piece.Size.Unpadded.Bytes);
        List<byte> digest = [];
        WriteVarint(digest, (ulong)(piece.Size.Unpadded.Bytes - length));
        digest.Add((byte)piece.Size.TreeHeight);
        digest.AddRange(piece.Commitment.AsSpan());
        return Encode(0x55, 0x1011, [.. digest]);
    }

    /// <summary>The commitment in a piece's identifier; false for any text but the canonical one.</summary>
    public static bool TryDecodePiece(string text, out Hash32 commitment)
    {
        commitment = default;
        ArgumentNullException.ThrowIfNull(text);
        if (text.Length != OfPiece(default).Length || text[0] != 'b')
            return false;
        BigInteger bits = 0;
        foreach (char c in text.AsSpan(1))
        {
            int digit = Alphabet.IndexOf(c, StringComparison.Ordinal);
            if (digit < 0)
                return false;
            bits = (bits << 5) | digit;
        }
        bits >>= (text.Length - 1) * 5 % 8;
        Span<byte> root = stackalloc byte[DataTree.NodeLength];
        for (int i = root.Length - 1; i >= 0; i--, bits >>= 8)
            root[i] = (byte)(bits & 0xff);
        commitment = Hash32.Read(root);
        return OfPiece(commitment) == text;
    }

    private static string Encode(uint codec, uint multihash, ReadOnlySpan<byte> digest)
    {
        List<byte> bytes = [1];
        WriteVarint(bytes, codec);
        WriteVarint(bytes, multihash);
        WriteVarint(bytes, (ulong)digest.Length);
        bytes.AddRange(digest);
        System.Text.StringBuilder text = new("b");
        int buffered = 0, bits = 0;
        foreach (byte b in bytes)
        {
            buffered = ((buffered << 8) | b) & 0xffff;
            for (bits += 8; bits >= 5; bits -= 5)
                text.Append(Alphabet[(buffered >> (bits - 5)) & 31]);
        }
        return bits == 0 ? text.ToString() : text.Append(Alphabet[(buffered << (5 - bits)) & 31]).ToString();
    }

    private static void WriteVarint(List<byte> bytes, ulong value)
    {
        for (; value >= 0x80; value >>= 7)
            bytes.Add((byte)(value | 0x80));
        bytes.Add((byte)value);
    }
}
