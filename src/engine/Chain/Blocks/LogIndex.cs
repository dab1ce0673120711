using System.Buffers.Binary;
using Flashback.Execution;
using Flashback.Primitives;
using Flashback.State.Store;

namespace Flashback.Chain;

/// <summary>
/// Which blocks have a log of an address, or with a topic in some position: a key per block and value, so that a search reads keys and no block that has nothing.
/// </summary>
/// <remarks>
/// <code>
/// digest of position and value (8) │ block number (8)      position: 0 the address, 1 … 4 a topic
/// </code>
/// Two values may share a digest: then a block is read in vain, and nothing is found in it.
/// </remarks>
internal static class LogIndex
{
    private const int DigestLength = 8;
    private const int KeyLength = DigestLength + 8;

    /// <summary>Adds a block that has come onto the chain.</summary>
    public static void Add(WriteBatch batch, ExecutedBlock block)
    {
        foreach (UInt128 key in KeysOf(block))
            batch.Put(ChainColumns.Logs, Encode(key), []);
    }

    /// <summary>Removes a block that has left the chain.</summary>
    public static void Remove(WriteBatch batch, ExecutedBlock block)
    {
        foreach (UInt128 key in KeysOf(block))
            batch.Delete(ChainColumns.Logs, Encode(key));
    }

    /// <summary>How many entries a block should have, and how many of them are missing.</summary>
    public static (int Entries, int Missing) Check(IStoreReader reader, ExecutedBlock block)
    {
        HashSet<UInt128> keys = KeysOf(block);
        return (keys.Count, keys.Count(key => reader.Get(ChainColumns.Logs, Encode(key)) is null));
    }

    /// <summary>The blocks of a range that may have a log that fits, in order.</summary>
    /// <param name="reader">The store, or a snapshot of it.</param>
    /// <param name="filter">What to look for. It must name an address or a topic: else every block may fit.</param>
    /// <param name="first">The first block of the range.</param>
    /// <param name="last">The last block of the range.</param>
    public static IEnumerable<ulong> Find(IStoreReader reader, LogFilter filter, ulong first, ulong last)
    {
        List<IEnumerator<ulong>> criteria = [];
        if (filter.Addresses.Count > 0)
            criteria.Add(AnyOf(reader, filter.Addresses.Select(address => DigestOf(0, address.AsSpan())), first, last));
        for (int i = 0; i < filter.Topics.Count; i++)
        {
            int position = i + 1;
            if (filter.Topics[i].Count > 0)
                criteria.Add(AnyOf(reader, filter.Topics[i].Select(topic => DigestOf(position, topic.AsSpan())), first, last));
        }
        try
        {
            foreach (ulong number in InAll(criteria))
                yield return number;
        }
        finally
        {
            criteria.ForEach(criterion => criterion.Dispose());
        }
    }

    /// <summary>The numbers that all ascending sequences have.</summary>
    private static IEnumerable<ulong> InAll(List<IEnumerator<ulong>> sequences)
    {
        if (!sequences.TrueForAll(sequence => sequence.MoveNext()))
            yield break;
        while (true)
        {
            ulong highest = sequences.Max(sequence => sequence.Current);
            bool agree = true;
            foreach (IEnumerator<ulong> sequence in sequences)
            {
                while (sequence.Current < highest)
                {
                    if (!sequence.MoveNext())
                        yield break;
                }
                agree &= sequence.Current == highest;
            }
            if (!agree)
                continue;
            yield return highest;
            if (!sequences.TrueForAll(sequence => sequence.MoveNext()))
                yield break;
        }
    }

    private static IEnumerator<ulong> AnyOf(IStoreReader reader, IEnumerable<ulong> digests, ulong first, ulong last)
    {
        PriorityQueue<IEnumerator<ulong>, ulong> next = new();
        List<IEnumerator<ulong>> cursors = [];
        try
        {
            foreach (ulong digest in digests.Distinct())
            {
                IEnumerator<ulong> blocks = BlocksOf(reader, digest, first, last);
                cursors.Add(blocks);
                if (blocks.MoveNext())
                    next.Enqueue(blocks, blocks.Current);
            }
            ulong? latest = null;
            while (next.TryDequeue(out IEnumerator<ulong>? blocks, out ulong number))
            {
                if (number != latest)
                    yield return number;
                latest = number;
                if (blocks.MoveNext())
                    next.Enqueue(blocks, blocks.Current);
            }
        }
        finally
        {
            cursors.ForEach(cursor => cursor.Dispose()); // a search that ends early leaves some open
        }
    }

    private static IEnumerator<ulong> BlocksOf(IStoreReader reader, ulong digest, ulong first, ulong last)
    {
        KeyRange range = new(Encode(KeyOf(digest, first)), [.. Encode(KeyOf(digest, last)), 0]);
        using IStoreCursor cursor = reader.Scan(ChainColumns.Logs, range);
        while (cursor.MoveNext())
            yield return BinaryPrimitives.ReadUInt64BigEndian(cursor.Key[DigestLength..]);
    }

    private static HashSet<UInt128> KeysOf(ExecutedBlock block)
    {
        HashSet<UInt128> keys = [];
        foreach (Receipt receipt in block.Receipts)
        {
            foreach (Log log in receipt.Logs)
            {
                keys.Add(KeyOf(DigestOf(0, log.Address.AsSpan()), block.Number));
                for (int i = 0; i < log.Topics.Count; i++)
                    keys.Add(KeyOf(DigestOf(i + 1, log.Topics[i].AsSpan()), block.Number));
            }
        }
        return keys;
    }

    private static ulong DigestOf(int position, ReadOnlySpan<byte> value)
    {
        Span<byte> preimage = stackalloc byte[33];
        preimage[0] = (byte)position;
        value.CopyTo(preimage[1..]);
        return BinaryPrimitives.ReadUInt64BigEndian(Keccak.Hash256(preimage[..(1 + value.Length)]).AsSpan());
    }

    private static UInt128 KeyOf(ulong digest, ulong number) => new(digest, number);

    private static byte[] Encode(UInt128 key)
    {
        byte[] bytes = new byte[KeyLength];
        BinaryPrimitives.WriteUInt128BigEndian(bytes, key);
        return bytes;
    }
}
