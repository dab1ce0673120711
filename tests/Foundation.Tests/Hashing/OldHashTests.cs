using System.Buffers.Binary;
using System.Text;
using Flashback.Primitives;

namespace Flashback.Foundation.Tests.Hashing;

/// <summary>The hash functions that only the EVM's precompiled contracts use, by their authors' vectors.</summary>
public class OldHashTests
{
    [Theory]
    [InlineData("", "0x9c1185a5c5e9fc54612808977ee8f548b2258d31")]
    [InlineData("a", "0x0bdc9d2d256b3ee9daae347be6f4dc835a467ffe")]
    [InlineData("abc", "0x8eb208f7e05d987a9b044a8e98c6b087f15a0bfc")]
    [InlineData("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq", "0x12a053384a9c0c88e405a06c27dcf49ada62eb2b")]
    [InlineData("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789", "0xb0e20b6e3116640286ed3a87a5713079b21f5189")]
    public void Ripemd160_of_the_authors_messages(string message, string digest) => Assert.Equal(digest, Ripemd(Encoding.ASCII.GetBytes(message)));

    [Fact]
    public void Ripemd160_of_a_million_times_a() =>
        Assert.Equal("0x52783243c1697bdbe16d37f97f68f08325dc1528", Ripemd([.. Enumerable.Repeat((byte)'a', 1_000_000)]));

    /// <summary>RFC 7693, appendix A: one final block of three bytes is the whole hash.</summary>
    [Fact]
    public void Blake2b_of_abc()
    {
        ulong[] state =
        [
            0x6a09e667f3bcc908 ^ 0x01010040, 0xbb67ae8584caa73b, 0x3c6ef372fe94f82b, 0xa54ff53a5f1d36f1,
            0x510e527fade682d1, 0x9b05688c2b3e6c1f, 0x1f83d9abfb41bd6b, 0x5be0cd19137e2179,
        ];
        Blake2b.Compress(state, [0x636261, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0], 3, 0, isFinal: true, rounds: 12);
        byte[] digest = new byte[64];
        for (int i = 0; i < state.Length; i++)
            BinaryPrimitives.WriteUInt64LittleEndian(digest.AsSpan(8 * i), state[i]);
        Assert.Equal(
            "0xba80a53f981c4d0d6a2797b69f12f6e94c212f14685ac4b74b12bb6fdbffa2d17d87c5392aab792dc252d5de4533cc9518d38aa8dbf1925ab92386edd4009923",
            Hex.Encode(digest));
    }

    private static string Ripemd(byte[] message)
    {
        byte[] digest = new byte[Ripemd160.DigestLength];
        Ripemd160.Hash(message, digest);
        return Hex.Encode(digest);
    }
}
