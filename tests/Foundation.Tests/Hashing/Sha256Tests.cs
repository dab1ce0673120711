using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using Flashback.Primitives;
using Flashback.Testing;

namespace Flashback.Foundation.Tests.Hashing;

public class Sha256Tests
{
    [Fact]
    public void Agrees_with_the_framework_at_every_length_up_to_twenty_blocks() => Seeds.Check(random =>
    {
        byte[] message = new byte[20 * 64];
        random.NextBytes(message);
        for (int length = 0; length <= message.Length; length++)
            Assert.Equal(Hex.Encode(SHA256.HashData(message.AsSpan(0, length))), Sha256.Hash(message.AsSpan(0, length)).ToString());
    });

    [Fact]
    public void Pairs_agree_with_the_framework_at_every_count_around_the_lane_widths() => Seeds.Check(random =>
    {
        for (int count = 0; count <= 67; count++)
        {
            byte[] pairs = new byte[64 * count];
            random.NextBytes(pairs);
            byte[] parents = new byte[32 * count];
            Sha256.HashPairs(pairs, parents);
            AssertParents(pairs, parents);
        }
    });

    [Fact]
    public void Each_lane_width_agrees_with_the_framework() => Seeds.Check(random =>
    {
        for (int i = 0; i < 200; i++)
        {
            if (Lanes16.IsSupported)
                AssertLanes<Lanes16>(random);
            if (Lanes8.IsSupported)
                AssertLanes<Lanes8>(random);
        }
    });

    [Fact]
    public void The_portable_compression_agrees_with_the_one_in_use() => Seeds.Check(random =>
    {
        byte[] block = new byte[64];
        for (int i = 0; i < 200; i++)
        {
            random.NextBytes(block);
            byte[] padding = new byte[64];
            padding[0] = 0x80;
            padding[62] = 2;
            uint[] state = Sha256Compression.InitialState.ToArray();
            Sha256Compression.CompressPortably(state, block);
            Sha256Compression.CompressPortably(state, padding);
            Assert.Equal(Convert.ToHexStringLower(SHA256.HashData(block)), string.Concat(state.Select(word => word.ToString("x8"))));
        }
    });

    [Fact]
    public void A_layer_can_be_hashed_in_place() => Seeds.Check(random =>
    {
        byte[] layer = new byte[64 * 45];
        random.NextBytes(layer);
        byte[] original = [.. layer];
        Sha256.HashPairs(layer, layer.AsSpan(0, layer.Length / 2));
        AssertParents(original, layer.AsSpan(0, layer.Length / 2));
    });

    [Fact]
    public void A_pair_of_nodes_is_hashed_left_before_right()
    {
        Hash32 left = Sha256.Hash([1]), right = Sha256.Hash([2]);
        Assert.Equal(Hex.Encode(SHA256.HashData([.. left.AsSpan(), .. right.AsSpan()])), Sha256.HashPair(left, right).ToString());
    }

    [Fact]
    public void A_path_is_hashed_pair_by_pair_on_the_side_that_the_index_says() => Seeds.Check(random =>
    {
        for (int length = 0; length <= 64; length++)
        {
            Hash32[] siblings = new Hash32[length], parents = new Hash32[length];
            random.NextBytes(MemoryMarshal.AsBytes(siblings.AsSpan()));
            Hash32 node = Sha256.Hash([(byte)length]);
            ulong index = (ulong)random.NextInt64(long.MinValue, long.MaxValue);
            Hash32 top = Sha256.HashPath(in node, siblings, index, parents);
            Assert.Equal(top, Sha256.HashPath(in node, siblings, index));
            for (int i = 0; i < length; i++)
            {
                byte[] pair = (index >> i & 1) == 0 ? [.. node.AsSpan(), .. siblings[i].AsSpan()] : [.. siblings[i].AsSpan(), .. node.AsSpan()];
                node = Hash32.Read(SHA256.HashData(pair));
                Assert.Equal(node, parents[i]);
            }
            Assert.Equal(node, top);
        }
    });

    [Theory]
    [InlineData(65, 0)]
    [InlineData(3, 2)]
    public void Rejects_paths_that_are_too_long_or_lead_through_other_nodes(int siblings, int parents) =>
        Assert.Throws<ArgumentException>(() => Sha256.HashPath(default, new Hash32[siblings], 0, new Hash32[parents]));

    [Theory]
    [InlineData(63, 32)]
    [InlineData(64, 31)]
    [InlineData(64, 64)]
    public void Rejects_lengths_that_do_not_fit(int pairs, int parents) =>
        Assert.Throws<ArgumentException>(() => Sha256.HashPairs(new byte[pairs], new byte[parents]));

    [Fact]
    public void Allocates_nothing()
    {
        byte[] layer = new byte[64 * 35];
        byte[] parents = new byte[32 * 35];
        Sha256.HashPairs(layer, parents);
        long before = GC.GetAllocatedBytesForCurrentThread();
        Sha256.HashPairs(layer, parents);
        _ = Sha256.Hash(layer.AsSpan(0, 100));
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    [Fact]
    public void A_message_that_carries_its_padding_has_the_same_digest()
    {
        Random random = Seeds.Fresh();
        foreach (int length in (int[])[0, 55, 64, 119, 1248, 4087])
        {
            byte[] message = new byte[length];
            random.NextBytes(message);
            byte[] padded = new byte[(length + 9 + 63) / 64 * 64];
            message.CopyTo(padded, 0);
            padded[length] = 0x80;
            BinaryPrimitives.WriteUInt64BigEndian(padded.AsSpan(padded.Length - 8), 8 * (ulong)length);
            Sha256.HashPadded(padded, padded.AsSpan(0, 32));
            Assert.Equal(SHA256.HashData(message), padded[..32]);
        }
        Assert.Throws<ArgumentException>(() => Sha256.HashPadded(new byte[63], new byte[32]));
        Assert.Throws<ArgumentException>(() => Sha256.HashPadded([], new byte[32]));
        Assert.Throws<ArgumentException>(() => Sha256.HashPadded(new byte[64], new byte[31]));
        Assert.Throws<ArgumentException>(() => Sha256.HashPadded(new byte[8192], new byte[32]));
    }

    private static void AssertLanes<TLanes>(Random random)
        where TLanes : struct, ISha256Lanes<TLanes>
    {
        byte[] pairs = new byte[64 * TLanes.Count];
        random.NextBytes(pairs);
        byte[] parents = new byte[32 * TLanes.Count];
        Sha256Lanes.HashPairs<TLanes>(pairs, parents);
        AssertParents(pairs, parents);
    }

    private static void AssertParents(ReadOnlySpan<byte> pairs, ReadOnlySpan<byte> parents)
    {
        for (int i = 0; i < parents.Length / 32; i++)
            Assert.Equal(Hex.Encode(SHA256.HashData(pairs.Slice(64 * i, 64))), Hex.Encode(parents.Slice(32 * i, 32)));
    }
}
