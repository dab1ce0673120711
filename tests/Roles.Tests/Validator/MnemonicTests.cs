using Flashback.Cryptography;
using Flashback.Primitives;
using Flashback.Validator;

namespace Flashback.Roles.Tests.Validator;

public sealed class MnemonicTests
{
    /// <summary>Entropy, words and seed under the passphrase TREZOR. vectors: trezor/python-mnemonic, which BIP-39 names</summary>
    [Theory]
    [InlineData("00000000000000000000000000000000", "abandon abandon abandon abandon abandon abandon abandon abandon abandon abandon abandon about", "c55257c360c07c72029aebc1b53c05ed0362ada38ead3e3e9efa3708e53495531f09a6987599d18264c1e1c92f2cf141630c7a3c4ab7c81b2f001698e7463b04")]
    [InlineData("7f7f7f7f7f7f7f7f7f7f7f7f7f7f7f7f", "legal winner thank year wave sausage worth useful legal winner thank yellow", "2e8905819b8723fe2c1d161860e5ee1830318dbf49a83bd451cfb8440c28bd6fa457fe1296106559a3c80937a1c1069be3a3a5bd381ee6260e8d9739fce1f607")]
    [InlineData("ffffffffffffffffffffffffffffffff", "zoo zoo zoo zoo zoo zoo zoo zoo zoo zoo zoo wrong", "ac27495480225222079d7be181583751e86f571027b0497b5b5d11218e0a8a13332572917f0f8e5a589620c6f15b11c61dee327651a14c34e18231052e48c069")]
    [InlineData("6610b25967cdcca9d59875f5cb50b0ea75433311869e930b", "gravity machine north sort system female filter attitude volume fold club stay feature office ecology stable narrow fog", "628c3827a8823298ee685db84f55caa34b5cc195a778e52d45f59bcf75aba68e4d7590e101dc414bc1bbd5737666fbbef35d1f1903953b66624f910feef245ac")]
    [InlineData("68a79eaca2324873eacc50cb9c6eca8cc68ea5d936f98787c60c7ebc74e6ce7c", "hamster diagram private dutch cause delay private meat slide toddler razor book happy fancy gospel tennis maple dilemma loan word shrug inflict delay length", "64c87cde7e12ecf6704ab95bb1408bef047c22db4cc7491c4271d170a1b213d20b385bc1588d9c7b38f1b39d415665b8a9030c9ec653d75e65f847d8fc1fc440")]
    [InlineData("f585c11aec520db57dd353c69554b21a89b20fb0650966fa0a9d6f74fd989d8f", "void come effort suffer camp survey warrior heavy shoot primary clutch crush open amazing screen patrol group space point ten exist slush involve unfold", "01f5bced59dec48e362f2c45b5de68b9fd6c92c6634f44d6d40aab69056506f0e35524a518034ddc1192e1dacd32c1ed3eaa3c3b131c88ed8e7e54c49a5d0998")]
    public void Words_and_seeds_are_those_of_BIP_39(string entropy, string words, string seed)
    {
        using Mnemonic made = Mnemonic.FromEntropy(Hex.Decode(entropy));
        Assert.Equal(words, made.Words.ToString());
        Assert.Null(Mnemonic.Parse($"  {words.ToUpperInvariant().Replace(" ", "\n ", StringComparison.Ordinal)}\t", out Mnemonic? read));
        using (read)
        using (SecretBytes derived = read!.DeriveSeed("TREZOR"))
            Assert.Equal(seed, Convert.ToHexStringLower(derived.Span));
    }

    [Fact]
    public void A_fresh_mnemonic_has_24_words_that_are_read_back()
    {
        using Mnemonic made = Mnemonic.Create(), other = Mnemonic.Create();
        Assert.Equal(24, made.WordCount);
        Assert.NotEqual(made.Words.ToString(), other.Words.ToString());
        Assert.Null(Mnemonic.Parse(made.Words, out Mnemonic? read));
        Assert.Equal(made.Words.ToString(), read!.Words.ToString());
        Assert.Equal("mnemonic", made.ToString());
        read.Dispose();
        Assert.DoesNotContain(read.Words.ToString(), char.IsLetter);
    }

    [Theory]
    [InlineData("", MnemonicRule.WordCount)]
    [InlineData("abandon abandon abandon abandon abandon abandon abandon abandon abandon abandon abandon abandon about", MnemonicRule.WordCount)]
    [InlineData("abandon abandon abandon abandon abandon abandon abandon abandon abandon about", MnemonicRule.WordCount)]
    [InlineData("abandon abandon abandon abandon abandon abandon abandon abandon abandon abandon abandon abandon", MnemonicRule.Checksum)]
    [InlineData("about abandon abandon abandon abandon abandon abandon abandon abandon abandon abandon abandon", MnemonicRule.Checksum)]
    [InlineData("abandon abandon abandon abandon abandon abandon abandon abandon abandon abandon abandon aboot", MnemonicRule.UnknownWord)]
    [InlineData("abandon abandon abandon abandon abandon abandon abandon abandon abandon abandon abandon aboutaboutabout", MnemonicRule.UnknownWord)]
    public void What_is_no_mnemonic_is_refused_by_name(string words, MnemonicRule rule)
    {
        Assert.Equal(rule, Mnemonic.Parse(words, out Mnemonic? mnemonic)?.Rule);
        Assert.Null(mnemonic);
    }

    [Fact]
    public void More_words_than_there_can_be_are_refused() =>
        Assert.Equal(MnemonicRule.WordCount, Mnemonic.Parse(string.Join(' ', Enumerable.Repeat("zoo", 27)), out _)?.Rule);

    /// <summary>The last case of EIP-2333 and the paths of EIP-2334.</summary>
    [Fact]
    public void Keys_are_derived_along_their_paths()
    {
        Assert.Equal("m/12381/3600/7/0/0", KeyPath.Signing(7).ToString());
        Assert.Equal("m/12381/3600/7/0", KeyPath.Withdrawal(7).ToString());
        using SecretBytes seed = new(Hex.Decode("d4e56740f876aef8c010b86a40d5f56745a118d0906a34e69aec8c0db1cb8fa3"));
        Assert.True(KeyPath.TryParse("m/42", out KeyPath? path));
        using BlsSecretKey child = path.Derive(seed);
        byte[] bytes = new byte[32];
        child.Encode(bytes);
        Assert.Equal(
            System.Numerics.BigInteger.Parse("31372231650479070279774297061823572166496564838472787488249775572789064611981", System.Globalization.CultureInfo.InvariantCulture),
            new System.Numerics.BigInteger(bytes, isUnsigned: true, isBigEndian: true));
        using BlsSecretKey withdrawal = KeyPath.Withdrawal(3).Derive(seed), signing = KeyPath.Signing(3).Derive(seed), below = BlsKeyDerivation.DeriveChild(withdrawal, 0);
        Assert.Equal(below.ToPublicKey(), signing.ToPublicKey());
    }

    [Theory]
    [InlineData("")]
    [InlineData("12381/3600")]
    [InlineData("m/")]
    [InlineData("m/-1")]
    [InlineData("m/4294967296")]
    [InlineData("m/1'")]
    [InlineData("m/1/1/1/1/1/1/1/1/1/1/1/1/1/1/1/1/1/1/1/1/1/1/1/1/1/1/1/1/1/1/1/1/1/1")]
    public void What_is_no_path_is_refused(string text) => Assert.False(KeyPath.TryParse(text, out _));
}
