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

    [Theory] // by Python's hashlib: keys 0, 1, 2, … and messages 0, 1, …, 250, 0, …
    [InlineData(0, 0, "786a02f742015903c6c6fd852552d272912f4740e15847618a86e217f71f5419d25e1031afee585313896444934eb04b903a685b1448b755d56f701afe9be2ce")]
    [InlineData(0, 1, "03170a2e7597b7b7e3d84c05391d139a62b157e78786d8c082f29dcf4c111314")]
    [InlineData(0, 128, "2319e3789c47e2daa5fe807f61bec2a1a6537fa03f19ff32e87eecbfd64b7e0e8ccff439ac333b040f19b0c4ddd11a61e24ac1fe0f10a039806c5dcc0da3d115")]
    [InlineData(0, 129, "f59711d44a031d5f97a9413c065d1e614c417ede998590325f49bad2fd444d3e4418be19aec4e11449ac1a57207898bc57d76a1bcf3566292c20c683a5c4648f")]
    [InlineData(0, 1000, "fc9a2426db78846a07219bc181a52bae9a62eacc")]
    [InlineData(32, 0, "4e51e7a913fc80137da52880fecca175bf81e117d5c68126dc2774033517ea0d")]
    [InlineData(32, 1, "f4c355c61fb4a9611cf08ae53a06f57e25c6e9c3bb7a8818b9539dc4b4e6d7054b62999bbef5212dea9103a2c4e44d6504659d60b504553ad1173c02c4553afd")]
    [InlineData(64, 127, "76d2d819c92bce55fa8e092ab1bf9b9eab237a25267986cacf2b8ee14d214d730dc9a5aa2d7b596e86a1fd8fa0804c77402d2fcd45083688b218b1cdfa0dcbcb")]
    [InlineData(42, 64, "2a8d00d827c940fe90fd016b741a8c464c1f1cc0ef0a9b4f7370348d7c8c7104")]
    [InlineData(42, 128, "d69400d2885cdd41afb09b23c5bb4f334e2b9a269969b87689cfacd48ef90bb6")]
    [InlineData(64, 300, "0e39218d96a04d08c32b020dd718038272b44f24295c9f161a262116a908e4e2")]
    public void Blake2b_with_and_without_a_key(int key, int length, string digest)
    {
        byte[] actual = new byte[digest.Length / 2];
        Blake2b.Hash([.. Enumerable.Range(0, key).Select(i => (byte)i)], [.. Enumerable.Range(0, length).Select(i => (byte)(i % 251))], actual);
        Assert.Equal("0x" + digest, Hex.Encode(actual));
    }

    [Fact]
    public void Blake2b_refuses_lengths_it_does_not_have()
    {
        Assert.Throws<ArgumentException>(() => Blake2b.Hash(new byte[65], [], new byte[32]));
        Assert.Throws<ArgumentException>(() => Blake2b.Hash([], [], new byte[65]));
        Assert.Throws<ArgumentException>(() => Blake2b.Hash([], [], []));
    }

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
