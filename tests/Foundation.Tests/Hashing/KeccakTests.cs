using System.Text;
using Flashback.Primitives;
using Flashback.Testing;

namespace Flashback.Foundation.Tests.Hashing;

public class KeccakTests
{
    // Facts from the Keccak team's known-answer tests and Ethereum's well-known constants.
    [Theory]
    [InlineData("", "0xc5d2460186f7233c927e7db2dcc703c0e500b653ca82273b7bfad8045d85a470")]
    [InlineData("abc", "0x4e03657aea45a94fc7d47ba826c8d667c0d1e6e33a64a036ec44f58fa12d6c45")]
    [InlineData("The quick brown fox jumps over the lazy dog", "0x4d741b6f1eb29cb2a9b9911c82f56fa8d73b04959d3d9d222895df6c0b28aa15")]
    [InlineData("transfer(address,uint256)", "0xa9059cbb2ab09eb219583f4a59a5d0623ade346d962bcd4e46b11da047c9049b")]
    public void Keccak_256_of_known_messages(string message, string digest) =>
        Assert.Equal(digest, Keccak.Hash256(Encoding.ASCII.GetBytes(message)).ToString());

    [Theory]
    [InlineData("", "0x0eab42de4c3ceb9235fc91acffe746b29c29a8c366b7c60e4e67c466f36a4304c00fa9caf9d87976ba469bcbe06713b435f091ef2769fb160cdab33d3670680e")]
    [InlineData("abc", "0x18587dc2ea106b9a1563e32b3312421ca164c7f1f07bc922a9c83d77cea3a1e5d0c69910739025372dc14ac9642629379540c17e2a65b19d77aa511a9d00bb96")]
    public void Keccak_512_of_known_messages(string message, string digest)
    {
        byte[] bytes = new byte[64];
        Keccak.Hash512(Encoding.ASCII.GetBytes(message), bytes);
        Assert.Equal(digest, Hex.Encode(bytes));
    }

    [Fact]
    public void Agrees_with_a_sponge_written_as_the_reference_says_at_every_length_up_to_three_blocks()
    {
        byte[] message = [.. Enumerable.Range(0, 3 * 136 + 1).Select(i => (byte)(i * 167 + 13))];
        byte[] digest512 = new byte[64];
        for (int length = 0; length < message.Length; length++)
        {
            Assert.Equal(Hex.Encode(ReferenceKeccak.Hash(message.AsSpan(0, length), 136, 32)), Keccak.Hash256(message.AsSpan(0, length)).ToString());
            Keccak.Hash512(message.AsSpan(0, length), digest512);
            Assert.Equal(ReferenceKeccak.Hash(message.AsSpan(0, length), 72, 64), digest512);
        }
    }

    [Fact]
    public void The_permutations_in_vector_and_in_general_registers_agree()
    {
        Assert.SkipUnless(KeccakPermutation.HasVectors, "this processor has no AVX-512");
        Seeds.Check(random =>
        {
            for (int i = 0; i < 200; i++)
            {
                KeccakState vectors = default, scalars = default;
                for (int lane = 0; lane < 25; lane++)
                    vectors[lane] = scalars[lane] = (ulong)random.NextInt64(long.MinValue, long.MaxValue);
                KeccakPermutation.PermuteVectors(ref vectors);
                KeccakPermutation.PermuteScalars(ref scalars);
                Assert.Equal(((ReadOnlySpan<ulong>)scalars).ToArray(), ((ReadOnlySpan<ulong>)vectors).ToArray());
            }
        });
    }

    [Fact]
    public void Rejects_a_destination_of_another_length() => Assert.Throws<ArgumentException>(() => Keccak.Hash512([], new byte[63]));

    [Fact]
    public void Allocates_nothing()
    {
        byte[] message = new byte[500];
        _ = Keccak.Hash256(message);
        long before = GC.GetAllocatedBytesForCurrentThread();
        _ = Keccak.Hash256(message);
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    /// <summary>The slow twin: a 5 × 5 array of lanes, indices and constants computed as the reference defines them.</summary>
    private static class ReferenceKeccak
    {
        public static byte[] Hash(ReadOnlySpan<byte> message, int rate, int length)
        {
            byte[] padded = new byte[(message.Length / rate + 1) * rate];
            message.CopyTo(padded);
            padded[message.Length] ^= 0x01;
            padded[^1] ^= 0x80;
            ulong[,] lanes = new ulong[5, 5];
            for (int block = 0; block < padded.Length; block += rate)
            {
                for (int i = 0; i < rate / 8; i++)
                    lanes[i % 5, i / 5] ^= BitConverter.ToUInt64(padded, block + 8 * i);
                Permute(lanes);
            }
            byte[] digest = new byte[length];
            for (int i = 0; i < length; i++)
                digest[i] = (byte)(lanes[i / 8 % 5, i / 40] >> (8 * (i % 8)));
            return digest;
        }

        private static void Permute(ulong[,] a)
        {
            byte register = 1; // the linear feedback shift register that makes the round constants
            for (int round = 0; round < 24; round++)
            {
                ulong[] c = new ulong[5];
                for (int x = 0; x < 5; x++)
                    c[x] = a[x, 0] ^ a[x, 1] ^ a[x, 2] ^ a[x, 3] ^ a[x, 4];
                for (int x = 0; x < 5; x++)
                {
                    for (int y = 0; y < 5; y++)
                        a[x, y] ^= c[(x + 4) % 5] ^ ulong.RotateLeft(c[(x + 1) % 5], 1);
                }
                ulong[,] b = new ulong[5, 5];
                b[0, 0] = a[0, 0];
                (int px, int py) = (1, 0);
                for (int t = 0; t < 24; t++)
                {
                    b[py, (2 * px + 3 * py) % 5] = ulong.RotateLeft(a[px, py], (t + 1) * (t + 2) / 2 % 64);
                    (px, py) = (py, (2 * px + 3 * py) % 5);
                }
                for (int x = 0; x < 5; x++)
                {
                    for (int y = 0; y < 5; y++)
                        a[x, y] = b[x, y] ^ (~b[(x + 1) % 5, y] & b[(x + 2) % 5, y]);
                }
                for (int j = 0; j < 7; j++)
                {
                    if ((register & 1) != 0)
                        a[0, 0] ^= 1UL << ((1 << j) - 1);
                    register = (byte)((register << 1) ^ ((register >> 7) * 0x71));
                }
            }
        }
    }
}
