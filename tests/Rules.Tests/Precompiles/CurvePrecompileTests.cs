using Flashback.Cryptography;
using Flashback.Execution;
using Flashback.Primitives;

namespace Flashback.Rules.Tests.Precompiles;

/// <summary>What the official vectors do not pin down about the precompiled contracts of the curves.</summary>
public class CurvePrecompileTests
{
    private const string G1Hex =
        "0000000000000000000000000000000017f1d3a73197d7942695638c4fa9ac0fc3688c4f9774b905a14e3a3f171bac586c55e83ff97a1aeffb3af00adb22c6bb"
        + "0000000000000000000000000000000008b3f481e3aaa0f1a09e30ed741d8ae4fcf5e095d5d00af600db18cb2c04b3edd03cc744a2888ae40caa232946c5e7e1";

    private static readonly byte[] G1 = Hex.Decode(G1Hex);
    private static readonly byte[] One = Word(1);

    private static byte[] Word(byte value) => [.. new byte[31], value];

    private static byte[] Word(string hex) => Hex.Decode(hex.PadLeft(64, '0'));

    /// <summary>The output, or null when the input is refused.</summary>
    private static byte[]? Run(int number, params byte[][] parts)
    {
        IPrecompile precompile = ForkRules.Osaka.Precompiles.At(new UInt256((ulong)number).ToAddress())!;
        ReturnBuffer output = new();
        output.Take(7);
        return precompile.TryRun([.. parts.SelectMany(part => part)], output) ? output.Span.ToArray() : null;
    }

    private static byte[] SignedInput(out Address signer)
    {
        Hash32 digest = Keccak.Hash256("signed"u8);
        using Secp256k1SecretKey key = Secp256k1SecretKey.Generate();
        RecoverableSignature signature = Secp256k1.Sign(digest, key);
        signer = key.PublicKey.ToAddress();
        return [.. digest.AsSpan(), .. Word((byte)(27 + signature.YParity)), .. signature.R.ToHash32().AsSpan(), .. signature.S.ToHash32().AsSpan()];
    }

    [Fact]
    public void Recovery_gives_the_signer_and_looks_at_128_bytes_only()
    {
        byte[] input = SignedInput(out Address signer), expected = [.. new byte[12], .. signer.AsSpan()];
        Assert.Equal(expected, Run(0x01, input));
        Assert.Equal(expected, Run(0x01, input, [1, 2, 3]));
        Assert.NotEqual(expected, Run(0x01, input[..127], [(byte)~input[127]]));
        Assert.Equal(Array.Empty<byte>(), Run(0x01));
        Assert.Equal(Array.Empty<byte>(), Run(0x01, input[..64]));
        Assert.Equal(Array.Empty<byte>(), Run(0x01, input[..32], Word(26), input[64..]));
        Assert.Equal(Array.Empty<byte>(), Run(0x01, input[..32], Word(29), input[64..]));
        Assert.Equal(Array.Empty<byte>(), Run(0x01, input[..32], [1, .. input[33..64]], input[64..]));
    }

    [Fact]
    public void Short_inputs_of_BN254_are_followed_by_zeros()
    {
        byte[] generator = [.. Word(1), .. Word(2)];
        Assert.Equal(new byte[64], Run(0x06));
        Assert.Equal(generator, Run(0x06, generator));
        Assert.Equal(generator, Run(0x06, new byte[64], generator, [9]));
        Assert.Equal(new byte[64], Run(0x07, generator));
        Assert.Equal(generator, Run(0x07, generator, One));
        // The order of the group plus one; then the largest scalar there is.
        Assert.Equal(generator, Run(0x07, generator, Word("30644e72e131a029b85045b68181585d2833e84879b9709143e1f593f0000002")));
        Assert.NotNull(Run(0x07, generator, [.. Enumerable.Repeat((byte)0xff, 32)]));
        Assert.Null(Run(0x06, Word(1), Word(3)));
        Assert.Null(Run(0x07, Word(1)));
        // x = p + 1 is the generator's, but not reduced.
        Assert.Null(Run(0x07, Word("30644e72e131a029b85045b68181585d97816a916871ca8d3c208c16d87cfd48"), Word(2)));
    }

    [Fact]
    public void A_pairing_takes_whole_pairs()
    {
        Assert.Equal(One, Run(0x08));
        Assert.Equal(One, Run(0x08, new byte[192]));
        Assert.Null(Run(0x08, new byte[191]));
        Assert.Null(Run(0x08, new byte[193]));
        Assert.Null(Run(0x0f));
        Assert.Equal(One, Run(0x0f, new byte[384]));
        Assert.Null(Run(0x0f, new byte[383]));
    }

    [Fact]
    public void A_point_is_evaluated_only_under_the_hash_of_its_commitment()
    {
        byte[] blob = new byte[Kzg.BlobSize];
        blob[31] = 3;
        Assert.True(Kzg.TryBlobToCommitment(blob, out Bytes48 commitment, out _));
        Hash32 z = Hash32.Read(Word(5)), hash = Kzg.VersionedHash(commitment);
        Assert.True(Kzg.TryComputeProof(blob, z, out Bytes48 proof, out Hash32 y, out _));
        byte[] input = [.. hash.AsSpan(), .. z.AsSpan(), .. y.AsSpan(), .. commitment.AsSpan(), .. proof.AsSpan()];
        Assert.Equal([.. new byte[30], 0x10, 0, .. Word("73eda753299d7d483339d80809a1d80553bda402fffe5bfeffffffff00000001")], Run(0x0a, input));
        Assert.Null(Run(0x0a, input[..191]));
        Assert.Null(Run(0x0a, input, [0]));
        foreach (int changed in (int[])[0, 31, 63, 95, 100])
        {
            byte[] wrong = (byte[])input.Clone();
            wrong[changed] ^= 1;
            Assert.Null(Run(0x0a, wrong));
        }
    }

    [Fact]
    public void Multiplication_on_BLS12_381_takes_scalars_of_any_size()
    {
        Assert.Equal(G1, Run(0x0c, G1, One));
        Assert.Equal(G1, Run(0x0c, G1, Word("73eda753299d7d483339d80809a1d80553bda402fffe5bfeffffffff00000002")));
        Assert.Equal(new byte[128], Run(0x0c, G1, new byte[32]));
        Assert.Equal(Run(0x0b, G1, G1), Run(0x0c, G1, One, G1, One));
        Assert.Equal(Run(0x0b, G1, G1), Run(0x0c, G1, Word(2), new byte[128], Word(9)));
    }

    [Fact]
    public void Every_other_length_is_refused_on_BLS12_381()
    {
        for (int length = 0; length < 600; length++)
        {
            byte[] input = new byte[length];
            Assert.Equal(length == 256, Run(0x0b, input) is not null);
            Assert.Equal(length is 160 or 320 or 480, Run(0x0c, input) is not null);
            Assert.Equal(length == 512, Run(0x0d, input) is not null);
            Assert.Equal(length is 288 or 576, Run(0x0e, input) is not null);
            Assert.Equal(length == 384, Run(0x0f, input) is not null);
            Assert.Equal(length == 64, Run(0x10, input) is not null);
            Assert.Equal(length == 128, Run(0x11, input) is not null);
        }
    }

    [Fact]
    public void A_signature_on_secp256r1_of_another_length_gives_nothing()
    {
        Assert.Equal(Array.Empty<byte>(), Run(0x100));
        Assert.Equal(Array.Empty<byte>(), Run(0x100, new byte[160]));
        Assert.Equal(Array.Empty<byte>(), Run(0x100, new byte[161]));
    }

    [Fact]
    public void Each_contract_has_its_fork_and_its_price()
    {
        Assert.Null(ForkRules.Cancun.Precompiles.At(new UInt256(0x0b).ToAddress()));
        Assert.Null(ForkRules.Prague.Precompiles.At(new UInt256(0x100).ToAddress()));
        Assert.Equal(6900, ForkRules.Osaka.Precompiles.At(new UInt256(0x100).ToAddress())!.GasFor([]));
        IPrecompile sums = ForkRules.Prague.Precompiles.At(new UInt256(0x0e).ToAddress())!;
        Assert.Equal(0, sums.GasFor(new byte[287]));
        Assert.Equal(22_500, sums.GasFor(new byte[288]));
        Assert.Equal(129 * 22_500 * 524 / 1000, sums.GasFor(new byte[129 * 288])); // the last discount holds for more than 128
    }
}
