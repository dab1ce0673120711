using System.Text;
using System.Text.Json.Nodes;
using Flashback.Client;
using Flashback.Cryptography;
using Flashback.Primitives;
using Flashback.Validator;

namespace Flashback.Roles.Tests.Validator;

public sealed class KeystoreTests
{
    private const string Phrase = "𝔱𝔢𝔰𝔱𝔭𝔞𝔰𝔰𝔴𝔬𝔯𝔡🔑";
    private const string Secret = "000000000019d6689c085ae165831e934ff763ae46a2a6c172b3f1b60a8ce26f";
    private const string Salt = "d4e56740f876aef8c010b86a40d5f56745a118d0906a34e69aec8c0db1cb8fa3";
    private const string Counter = "264daa3f303d7259501c93d997d84fe6";

    /// <summary>vectors: EIP-2335, scrypt test vector</summary>
    private const string ScryptVector = """
        {"crypto":{"kdf":{"function":"scrypt","params":{"dklen":32,"n":262144,"p":1,"r":8,"salt":"d4e56740f876aef8c010b86a40d5f56745a118d0906a34e69aec8c0db1cb8fa3"},"message":""},
        "checksum":{"function":"sha256","params":{},"message":"d2217fe5f3e9a1e34581ef8a78f7c9928e436d36dacc5e846690a5581e8ea484"},
        "cipher":{"function":"aes-128-ctr","params":{"iv":"264daa3f303d7259501c93d997d84fe6"},"message":"06ae90d55fe0a6e9c5c3bc5b170827b2e5cce3929ed3f116c2811e6366dfe20f"}},
        "description":"This is a test keystore that uses scrypt to secure the secret.",
        "pubkey":"9612d7a727c9d0a22e185a1c768478dfe919cada9266988cb32359c11f2b7b27f4ae4040902382ae2910c15e2b420d07",
        "path":"m/12381/60/3141592653/589793238","uuid":"1d85ae20-35c5-4611-98e8-aa14a633906f","version":4}
        """;

    /// <summary>vectors: EIP-2335, PBKDF2 test vector</summary>
    private const string Pbkdf2Vector = """
        {"crypto":{"kdf":{"function":"pbkdf2","params":{"dklen":32,"c":262144,"prf":"hmac-sha256","salt":"d4e56740f876aef8c010b86a40d5f56745a118d0906a34e69aec8c0db1cb8fa3"},"message":""},
        "checksum":{"function":"sha256","params":{},"message":"8a9f5d9912ed7e75ea794bc5a89bca5f193721d30868ade6f73043c6ea6febf1"},
        "cipher":{"function":"aes-128-ctr","params":{"iv":"264daa3f303d7259501c93d997d84fe6"},"message":"cee03fde2af33149775b7223e7845e4fb2c8ae1792e5f99fe9ecf474cc8c16ad"}},
        "description":"This is a test keystore that uses PBKDF2 to secure the secret.",
        "pubkey":"9612d7a727c9d0a22e185a1c768478dfe919cada9266988cb32359c11f2b7b27f4ae4040902382ae2910c15e2b420d07",
        "path":"m/12381/60/0/0","uuid":"64625def-3331-4eea-ab6f-782f3ed16a83","version":4}
        """;

    [Theory]
    [InlineData(ScryptVector)]
    [InlineData(Pbkdf2Vector)]
    public void Reads_and_writes_the_keystores_of_EIP_2335(string json)
    {
        using SecretBytes password = Password.FromText(Phrase);
        Assert.Equal("7465737470617373776f7264f09f9491", Convert.ToHexStringLower(password.Span));
        Keystore keystore = Read(json);
        Assert.Null(keystore.Decrypt(password, out BlsSecretKey? key));
        using (key)
        {
            Assert.Equal(Secret, Encoded(key!));
            JsonNode again = JsonNode.Parse(Keystore.Encrypt(key!, password, keystore.Path, keystore.Kdf, Hex.Decode(Salt), Hex.Decode(Counter)).ToJson())!;
            Assert.True(JsonNode.DeepEquals(JsonNode.Parse(json)!["crypto"], again["crypto"]), again.ToJsonString());
            Assert.True(JsonNode.DeepEquals(JsonNode.Parse(json), JsonNode.Parse(keystore.ToJson())));
        }
    }

    [Fact]
    public void A_key_comes_out_as_it_went_in_and_only_with_its_password()
    {
        using BlsSecretKey key = BlsSecretKey.Generate();
        using SecretBytes password = Password.FromText("correct horse"), other = Password.FromText("correct horses");
        KeystoreKdf quick = KeystoreKdf.Scrypt with { Cost = 2 };
        Keystore keystore = Read(Encoding.UTF8.GetString(Keystore.Encrypt(key, password, "m/12381/3600/0/0/0", quick).ToJson()));
        Assert.Equal(4, keystore.Uuid.Version);
        Assert.Equal("m/12381/3600/0/0/0", keystore.Path);
        Assert.Equal(FixedBytes.Read<Bytes48>(key.ToPublicKey().ToBytes()), keystore.PublicKey);
        Assert.Equal(KeystoreRule.Password, keystore.Decrypt(other, out _)?.Rule);
        Assert.Null(keystore.Decrypt(password, out BlsSecretKey? back));
        using (back)
            Assert.Equal(Encoded(key), Encoded(back!));
    }

    [Fact]
    public void Passwords_lose_control_characters_and_are_brought_into_one_form()
    {
        using SecretBytes plain = Password.FromText("pässwört ﬁ 각 ḍ̇"), odd = Password.FromText("p\u00e4ss\u0007w\u007fo\u0308rt\u0085 fi \u1100\u1161\u11a8 d\u0307\u0323");
        Assert.Equal(Encoding.UTF8.GetString(plain.Span), Encoding.UTF8.GetString(odd.Span));
    }

    [Theory]
    [InlineData("$.version", "3", KeystoreRule.Version)]
    [InlineData("$.crypto.kdf.function", "\"argon2\"", KeystoreRule.KdfFunction)]
    [InlineData("$.crypto.kdf.params.dklen", "16", KeystoreRule.KdfParameters)]
    [InlineData("$.crypto.kdf.params.n", "262143", KeystoreRule.KdfParameters)]
    [InlineData("$.crypto.kdf.params.n", "9223372036854775807", KeystoreRule.KdfParameters)]
    [InlineData("$.crypto.kdf.params.n", "1099511627776", KeystoreRule.KdfParameters)]
    [InlineData("$.crypto.kdf.params.r", "1000000", KeystoreRule.KdfParameters)]
    [InlineData("$.crypto.kdf.params.p", "1000000", KeystoreRule.KdfParameters)]
    [InlineData("$.crypto.kdf.params.p", "0", KeystoreRule.KdfParameters)]
    [InlineData("$.crypto.kdf.params.salt", "\"xy\"", KeystoreRule.KdfParameters)]
    [InlineData("$.crypto.checksum.function", "\"md5\"", KeystoreRule.Checksum)]
    [InlineData("$.crypto.checksum.message", "\"00\"", KeystoreRule.Checksum)]
    [InlineData("$.crypto.cipher.function", "\"aes-256-ctr\"", KeystoreRule.Cipher)]
    [InlineData("$.crypto.cipher.params.iv", "\"00\"", KeystoreRule.Cipher)]
    [InlineData("$.crypto.cipher.message", "\"00\"", KeystoreRule.SecretKey)]
    [InlineData("$.pubkey", "\"00\"", KeystoreRule.PublicKey)]
    [InlineData("$.uuid", "\"x\"", KeystoreRule.Format)]
    [InlineData("$.crypto.cipher", "null", KeystoreRule.Format)]
    [InlineData("$.crypto.kdf", "null", KeystoreRule.Format)]
    [InlineData("$.crypto", "7", KeystoreRule.Format)]
    public void What_is_wrong_with_a_keystore_is_named(string path, string value, KeystoreRule rule)
    {
        JsonNode json = JsonNode.Parse(ScryptVector)!;
        string[] names = path.Split('.')[1..];
        JsonNode at = names[..^1].Aggregate(json, (node, name) => node[name]!);
        at[names[^1]] = JsonNode.Parse(value);
        Assert.Equal(rule, Keystore.Parse(Encoding.UTF8.GetBytes(json.ToJsonString()), out Keystore? keystore)?.Rule);
        Assert.Null(keystore);
    }

    [Fact]
    public void A_keystore_of_another_key_and_one_of_no_key_are_refused()
    {
        using BlsSecretKey key = BlsSecretKey.Generate();
        using SecretBytes password = Password.FromText("secret");
        JsonNode json = JsonNode.Parse(Keystore.Encrypt(key, password, "", KeystoreKdf.Pbkdf2 with { Cost = 1 }).ToJson())!;
        json["pubkey"] = "9612d7a727c9d0a22e185a1c768478dfe919cada9266988cb32359c11f2b7b27f4ae4040902382ae2910c15e2b420d07";
        Assert.Equal(KeystoreRule.PublicKey, Read(json.ToJsonString()).Decrypt(password, out _)?.Rule);
        json.AsObject().Remove("pubkey");
        Assert.Null(Read(json.ToJsonString()).Decrypt(password, out BlsSecretKey? again));
        again!.Dispose();
        Assert.Equal(KeystoreRule.Format, Keystore.Parse(new byte[1 << 20], out _)?.Rule);
        Assert.Equal(KeystoreRule.Format, Keystore.Parse("null"u8, out _)?.Rule);
        Assert.Equal(KeystoreRule.Format, Keystore.Parse("{\"version\":"u8, out _)?.Rule);
    }

    [Fact]
    public void Secret_files_are_their_owner_s_alone_and_replaced_as_a_whole()
    {
        string folder = Directory.CreateTempSubdirectory("flashback-keys-").FullName;
        try
        {
            string path = Path.Combine(folder, "secret");
            SecretFile.Write(path, "one"u8);
            SecretFile.Write(path, "two"u8);
            Assert.Equal("two", File.ReadAllText(path));
            Assert.Equal([path], Directory.GetFiles(folder));
            if (!OperatingSystem.IsWindows())
                Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(path));
            File.WriteAllText(path, "first line\r\nsecond");
            using (SecretBytes password = Password.ReadFile(path))
                Assert.Equal("first line", Encoding.UTF8.GetString(password.Span));
            File.WriteAllText(path, "\n");
            Assert.Throws<InvalidDataException>(() => Password.ReadFile(path));
            File.WriteAllText(path, new string('x', 5000));
            Assert.Throws<InvalidDataException>(() => Password.ReadFile(path));
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static Keystore Read(string json)
    {
        Assert.Null(Keystore.Parse(Encoding.UTF8.GetBytes(json), out Keystore? keystore));
        return keystore!;
    }

    private static string Encoded(BlsSecretKey key)
    {
        byte[] bytes = new byte[BlsSecretKey.Size];
        key.Encode(bytes);
        return Convert.ToHexStringLower(bytes);
    }
}
