using System.Buffers.Binary;
using Flashback.Execution;
using Flashback.Primitives;

namespace Flashback.Engine.Tests.Spacetime.Deals;

/// <summary>A batch of deliveries of a piece, signed, and the bytes that show them once the seed is known.</summary>
internal sealed class SignedDeliveries
{
    private readonly TestPiece _piece;
    private readonly byte[][] _signatures;

    public SignedDeliveries(TestPiece piece, in Hash32 domain, Delivery[] deliveries, Func<Hash32, byte[]> sign)
    {
        (_piece, Deliveries) = (piece, deliveries);
        Hash32 signed = domain;
        Digests = [.. deliveries.Select(delivery => delivery.SigningHash(signed))];
        _signatures = [.. Digests.Select(sign)];
    }

    public Delivery[] Deliveries { get; }

    public Hash32[] Digests { get; }

    public Hash32 Root => Delivery.RootOf(Digests);

    public ulong Sum => (ulong)Deliveries.Sum(delivery => delivery.CountedMs);

    public uint Median => Deliveries.Select(delivery => delivery.CountedMs).Order().ElementAt((Deliveries.Length - 1) / 2);

    /// <summary>Deliveries of some ranges of a piece, in random times.</summary>
    public static Delivery[] Draw(TestPiece piece, int seed, int count, ulong provider, ulong first, ushort region)
    {
        Random random = new(seed);
        Delivery One(ulong number)
        {
            ulong offset = (ulong)random.Next(piece.Data.Length), length = (ulong)random.Next(1, piece.Data.Length - (int)offset + 1);
            uint ms = (uint)random.Next(20, 100_000);
            return new Delivery(Keccak.Hash256([(byte)number]), provider, number, offset, length, region, ms / 2, ms, Sha256.Hash(piece.Data.AsSpan((int)offset, (int)length)));
        }
        return [.. Enumerable.Range(0, count).Select(i => One(first + (ulong)i))];
    }

    public byte[] Show(Hash32 seed) => [.. Deliveries.Zip(_signatures).SelectMany(pair => Entry(pair.First, pair.Second, seed))];

    private byte[] Entry(Delivery delivery, byte[] signature, in Hash32 seed)
    {
        byte[] numbers = new byte[24];
        BinaryPrimitives.WriteUInt64BigEndian(numbers, delivery.Offset);
        BinaryPrimitives.WriteUInt64BigEndian(numbers.AsSpan(8), delivery.Length);
        BinaryPrimitives.WriteUInt32BigEndian(numbers.AsSpan(16), delivery.MsToFirstByte);
        BinaryPrimitives.WriteUInt32BigEndian(numbers.AsSpan(20), delivery.MsToLastByte);
        return [.. numbers, .. delivery.Request.AsSpan(), .. delivery.Digest.AsSpan(), .. signature, .. _piece.Open(0, delivery.DrawnNode(seed))];
    }
}
