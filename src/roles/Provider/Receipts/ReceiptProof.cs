using System.Buffers.Binary;
using Flashback.Client;
using Flashback.Execution;
using Flashback.Primitives;
using Flashback.Proofs;

namespace Flashback.Provider;

/// <summary>The bytes that a RECEIPT claim puts into a blob. spec: ours#4</summary>
/// <remarks>
/// <code>
/// | offset 8 | length 8 | ms to first byte 4 | ms to last byte 4 | request 32 | digest 32 | r, s, v 65 | opening of the node that is drawn from its range |      for each delivery
/// </code>
/// </remarks>
internal static class ReceiptProof
{
    private const int Numbers = 24;
    private const int SignedAt = 106; // of a signed delivery's bytes

    /// <summary>The proof of a batch, once its seed is known.</summary>
    /// <exception cref="PieceLostException">The piece's readable copy is not there, or altered.</exception>
    public static byte[] Of(IReadOnlyList<SignedDelivery> batch, Hash32 seed, PieceTree tree, Stream payload)
    {
        using MemoryStream proof = new();
        Span<byte> numbers = stackalloc byte[Numbers];
        foreach (SignedDelivery signed in batch)
        {
            Delivery delivery = signed.Delivery;
            BinaryPrimitives.WriteUInt64BigEndian(numbers, delivery.Offset);
            BinaryPrimitives.WriteUInt64BigEndian(numbers[8..], delivery.Length);
            BinaryPrimitives.WriteUInt32BigEndian(numbers[16..], delivery.MsToFirstByte);
            BinaryPrimitives.WriteUInt32BigEndian(numbers[20..], delivery.MsToLastByte);
            proof.Write(numbers);
            proof.Write(delivery.Request.AsSpan());
            proof.Write(delivery.Digest.AsSpan());
            proof.Write(signed.ToBytes().AsSpan(SignedAt));
            ulong place = delivery.DrawnNode(seed);
            byte[] opening = tree.Open(payload, height: 0, place);
            if (!PieceOpening.Verify(opening, tree.Piece.Commitment, 0, place))
                throw new PieceLostException(tree.Piece.Commitment, $"the readable copy of piece {tree.Piece.Commitment} has been altered");
            proof.Write(opening);
        }
        return proof.ToArray();
    }
}
