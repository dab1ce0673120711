using System.Buffers.Binary;
using System.Runtime.InteropServices;
using Flashback.Primitives;

namespace Flashback.Proofs;

/// <summary>Which nodes a seal proof must show. Node 0, which has no parents, is never asked for.</summary>
public static class SealChallenges
{
    /// <summary>At most so many synthetic challenges. spec: FIP-0059</summary>
    public const int SyntheticCount = 1 << 18;

    private static ReadOnlySpan<byte> NonInteractiveTag => "filecoin.io|PoRep|1|NonInteractive|1"u8;

    private static ReadOnlySpan<byte> GenerationTag => "filecoin.io|PoRep|1|Synthetic|1|Generation"u8;

    private static ReadOnlySpan<byte> SelectionTag => "filecoin.io|PoRep|1|Synthetic|1|Selection"u8;

    /// <summary>The challenges of one proof partition, in order.</summary>
    /// <exception cref="ArgumentOutOfRangeException">There is no such partition.</exception>
    public static long[] Derive(SealStatement statement, int partition)
    {
        ArgumentNullException.ThrowIfNull(statement);
        SealKind kind = statement.Kind;
        ArgumentOutOfRangeException.ThrowIfNegative(partition);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(partition, kind.Challenges.Partitions);
        int count = kind.Challenges.PerPartition, first = partition * count;
        long nodes = kind.Size.NodeCount;
        return kind.Feature switch
        {
            SealFeature.Synthetic => Select(statement, first, count),
            SealFeature.NonInteractive => Draw(nodes, [.. NonInteractiveTag, .. statement.ReplicaId.AsSpan(), .. statement.CommR.AsSpan()], first, count),
            _ => Draw(nodes, [.. statement.ReplicaId.AsSpan(), .. statement.Seed.AsSpan()], first, count),
        };
    }

    /// <summary>The synthetic challenges of a replica, which are known as soon as CommR is.</summary>
    /// <param name="nodes">Nodes of a layer.</param>
    /// <param name="replicaId">The replica id.</param>
    /// <param name="commR">CommR.</param>
    /// <param name="first">The place of the first one wanted.</param>
    /// <param name="count">How many are wanted.</param>
    public static long[] Synthetic(long nodes, in Hash32 replicaId, in Hash32 commR, int first, int count)
    {
        KeyStream stream = new(GenerationTag, replicaId, commR);
        long[] challenges = new long[count];
        Span<byte> draw = stackalloc byte[32];
        for (int i = 0; i < count; i++)
        {
            stream.Read(32L * (first + i), draw);
            challenges[i] = Reduce(draw, nodes);
        }
        return challenges;
    }

    private static long[] Select(SealStatement statement, int first, int count)
    {
        long nodes = statement.Kind.Size.NodeCount;
        return Select(nodes, (int)Math.Min(nodes, SyntheticCount), statement.ReplicaId, statement.CommR, statement.Seed, first, count);
    }

    /// <summary>Those of so many synthetic challenges that a seed picks.</summary>
    /// <param name="nodes">Nodes of a layer.</param>
    /// <param name="synthetic">How many synthetic challenges there are.</param>
    /// <param name="replicaId">The replica id.</param>
    /// <param name="commR">CommR.</param>
    /// <param name="seed">The chain's randomness.</param>
    /// <param name="first">The place of the first one wanted.</param>
    /// <param name="count">How many are wanted.</param>
    public static long[] Select(long nodes, int synthetic, in Hash32 replicaId, in Hash32 commR, in Hash32 seed, int first, int count)
    {
        KeyStream selection = new(SelectionTag, replicaId, seed);
        long[] challenges = new long[count];
        Span<byte> draw = stackalloc byte[sizeof(uint)];
        for (int i = 0; i < count; i++)
        {
            selection.Read(sizeof(uint) * (long)(first + i), draw);
            int index = (int)(BinaryPrimitives.ReadUInt32LittleEndian(draw) % (uint)synthetic);
            challenges[i] = Synthetic(nodes, replicaId, commR, index, 1)[0];
        }
        return challenges;
    }

    private static long[] Draw(long nodes, ReadOnlySpan<byte> prefix, int first, int count)
    {
        long[] challenges = new long[count];
        Span<byte> message = new byte[prefix.Length + sizeof(uint)];
        prefix.CopyTo(message);
        for (int i = 0; i < count; i++)
        {
            BinaryPrimitives.WriteUInt32LittleEndian(message[prefix.Length..], (uint)(first + i));
            challenges[i] = Reduce(Sha256.Hash(message).AsSpan(), nodes);
        }
        return challenges;
    }

    /// <summary>A little-endian integer modulo (nodes − 1), plus 1.</summary>
    private static long Reduce(ReadOnlySpan<byte> draw, long nodes)
    {
        ulong rest = 0;
        for (int i = draw.Length - sizeof(uint); i >= 0; i -= sizeof(uint))
            rest = ((rest << 32) | BinaryPrimitives.ReadUInt32LittleEndian(draw[i..])) % (ulong)(nodes - 1);
        return (long)rest + 1;
    }

    /// <summary>ChaCha20 under a key made by BLAKE2b; the nonce is fixed.</summary>
    private readonly ref struct KeyStream
    {
        private readonly byte[] _key = new byte[32];

        public KeyStream(ReadOnlySpan<byte> tag, in Hash32 replicaId, in Hash32 second) =>
            Blake2b.Hash(tag, [.. replicaId.AsSpan(), .. second.AsSpan()], _key);

        private static ReadOnlySpan<byte> Nonce => "synth-porep\0"u8;

        /// <summary>Bytes from <paramref name="offset"/> on, all in one block of 64.</summary>
        public void Read(long offset, Span<byte> bytes)
        {
            Span<uint> counter = [(uint)(offset / 64), 0, 0, 0];
            MemoryMarshal.Cast<byte, uint>(Nonce).CopyTo(counter[1..]);
            Span<uint> block = stackalloc uint[16];
            ChaCha.Block(20, _key, counter, block);
            MemoryMarshal.AsBytes(block).Slice((int)(offset % 64), bytes.Length).CopyTo(bytes);
        }
    }
}
