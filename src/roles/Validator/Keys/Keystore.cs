using System.Security.Cryptography;
using System.Text.Json;
using Flashback.Cryptography;
using Flashback.Primitives;

namespace Flashback.Validator;

/// <summary>A secret key under a password, in the JSON that all validator clients read. Immutable. spec: EIP-2335</summary>
/// <remarks>Password and salt give a key of 32 bytes; its first half encrypts the secret, the second goes into the checksum, which tells a wrong password.</remarks>
public sealed class Keystore
{
    private const int Version = 4;
    private const int MostBytes = 64 << 10;
    private const int BlockSize = 16; // AES
    private const int SaltSize = 32;
    private const int MostSalt = 1024;

    private readonly byte[] _salt, _checksum, _counter, _cipherText;

    private Keystore(KeystoreKdf kdf, byte[] salt, byte[] checksum, byte[] counter, byte[] cipherText) =>
        (Kdf, _salt, _checksum, _counter, _cipherText) = (kdf, salt, checksum, counter, cipherText);

    /// <summary>How the key follows from the password.</summary>
    public KeystoreKdf Kdf { get; }

    /// <summary>The key's public key; null where a keystore keeps it to itself.</summary>
    public Bytes48? PublicKey { get; private init; }

    /// <summary>The key's place in its tree; empty when it is not known.</summary>
    public string Path { get; private init; } = "";

    /// <summary>What somebody wrote about the key.</summary>
    public string Description { get; private init; } = "";

    /// <summary>Tells keystores apart.</summary>
    public Guid Uuid { get; private init; }

    /// <summary>Puts a key under a password.</summary>
    /// <param name="key">The key, which remains the caller's.</param>
    /// <param name="password">As <see cref="Password"/> makes it.</param>
    /// <param name="path">The key's place in its tree, or empty.</param>
    /// <param name="kdf">How the encryption key follows from the password.</param>
    public static Keystore Encrypt(BlsSecretKey key, SecretBytes password, string path, KeystoreKdf kdf) =>
        Encrypt(key, password, path, kdf, RandomNumberGenerator.GetBytes(SaltSize), RandomNumberGenerator.GetBytes(BlockSize));

    /// <summary>Reads a keystore.</summary>
    public static Invalid<KeystoreRule>? Parse(ReadOnlySpan<byte> json, out Keystore? keystore)
    {
        keystore = null;
        if (json.Length > MostBytes)
            return new(KeystoreRule.Format, $"{json.Length} bytes; a keystore has {MostBytes} at most");
        try
        {
            return JsonSerializer.Deserialize(json, KeystoreContext.Default.KeystoreJson) is { } read
                ? FromJson(read, out keystore)
                : new(KeystoreRule.Format, "there is no object");
        }
        catch (JsonException e)
        {
            return new(KeystoreRule.Format, e.Message);
        }
    }

    /// <summary>Gets the key out; it is the caller's to dispose.</summary>
    public Invalid<KeystoreRule>? Decrypt(SecretBytes password, out BlsSecretKey? key)
    {
        key = null;
        using SecretBytes derived = Kdf.DeriveKey(password, _salt);
        if (!CryptographicOperations.FixedTimeEquals(ChecksumOf(derived, _cipherText), _checksum))
            return new(KeystoreRule.Password, "the password is not this keystore's");
        using SecretBytes secret = new(_cipherText);
        ApplyCounterMode(derived, _counter, secret.Span);
        if (!BlsSecretKey.TryDecode(secret.Span, out key, out BlsSecretKeyFault fault))
            return new(KeystoreRule.SecretKey, $"{fault}");
        Bytes48 actual = FixedBytes.Read<Bytes48>(key.ToPublicKey().ToBytes());
        if (PublicKey is not { } said || said == actual)
            return null;
        key.Dispose();
        key = null;
        return new(KeystoreRule.PublicKey, $"the key is that of {actual}, not of {said}");
    }

    /// <summary>The keystore as it is written.</summary>
    public byte[] ToJson() => JsonSerializer.SerializeToUtf8Bytes(
        new KeystoreJson(
            new KeystoreCrypto(
                Kdf.ToModule(_salt),
                new KeystoreModule("sha256", new(), Convert.ToHexStringLower(_checksum)),
                new KeystoreModule("aes-128-ctr", new() { Iv = Convert.ToHexStringLower(_counter) }, Convert.ToHexStringLower(_cipherText))),
            Description, PublicKey is { } key ? Convert.ToHexStringLower(key.AsSpan()) : null, Path, Uuid.ToString(), Version),
        KeystoreContext.Default.KeystoreJson);

    internal static Keystore Encrypt(BlsSecretKey key, SecretBytes password, string path, KeystoreKdf kdf, byte[] salt, byte[] counter)
    {
        using SecretBytes secret = new(BlsSecretKey.Size), derived = kdf.DeriveKey(password, salt);
        key.Encode(secret.Span);
        ApplyCounterMode(derived, counter, secret.Span);
        byte[] cipherText = secret.Span.ToArray();
        return new Keystore(kdf, salt, ChecksumOf(derived, cipherText), counter, cipherText)
        {
            PublicKey = FixedBytes.Read<Bytes48>(key.ToPublicKey().ToBytes()),
            Path = path,
            Uuid = Guid.NewGuid(), // version 4
        };
    }

    private static Invalid<KeystoreRule>? FromJson(KeystoreJson json, out Keystore? keystore)
    {
        keystore = null;
        if (json.Version != Version)
            return new(KeystoreRule.Version, $"version {json.Version}; this program reads {Version}");
        if (json.Crypto is not { Checksum: { } checksum, Cipher: { } cipher })
            return new(KeystoreRule.Format, "crypto has no checksum or no cipher");
        if (KeystoreKdf.Read(json.Crypto.Kdf, out KeystoreKdf kdf) is { } invalid)
            return invalid;
        if (!Hex.TryDecode(json.Crypto.Kdf!.Params!.Salt, out byte[]? salt) || salt.Length > MostSalt)
            return new(KeystoreRule.KdfParameters, "the salt is not hexadecimal, or too long");
        if (checksum.Function != "sha256" || !Hex.TryDecode(checksum.Message, out byte[]? sum) || sum.Length != SHA256.HashSizeInBytes)
            return new(KeystoreRule.Checksum, $"{checksum.Function}");
        if (cipher.Function != "aes-128-ctr" || !Hex.TryDecode(cipher.Params?.Iv, out byte[]? counter) || counter.Length != BlockSize)
            return new(KeystoreRule.Cipher, $"{cipher.Function}");
        if (!Hex.TryDecode(cipher.Message, out byte[]? cipherText) || cipherText.Length != BlsSecretKey.Size)
            return new(KeystoreRule.SecretKey, $"what is encrypted has not {BlsSecretKey.Size} bytes");
        if (!Guid.TryParse(json.Uuid, out Guid uuid))
            return new(KeystoreRule.Format, "uuid is none");
        Bytes48? publicKey = null;
        if (!string.IsNullOrEmpty(json.Pubkey))
        {
            if (!FixedBytes.TryParse(json.Pubkey, out Bytes48 read))
                return new(KeystoreRule.PublicKey, "pubkey is not 48 bytes in hexadecimal");
            publicKey = read;
        }
        keystore = new Keystore(kdf, salt, sum, counter, cipherText)
        {
            PublicKey = publicKey, Path = json.Path ?? "", Description = json.Description ?? "", Uuid = uuid,
        };
        return null;
    }

    private static byte[] ChecksumOf(SecretBytes derived, ReadOnlySpan<byte> cipherText)
    {
        using IncrementalHash hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(derived.Span[BlockSize..]);
        hash.AppendData(cipherText);
        return hash.GetHashAndReset();
    }

    /// <summary>AES-128 in counter mode, which the framework has not: what encrypts also decrypts. spec: NIST SP 800-38A §6.5</summary>
    private static void ApplyCounterMode(SecretBytes derived, ReadOnlySpan<byte> counter, Span<byte> text)
    {
        using Aes aes = Aes.Create();
        aes.SetKey(derived.Span[..BlockSize]);
        using SecretBytes stream = new(text.Length);
        Span<byte> block = stackalloc byte[BlockSize];
        counter.CopyTo(block);
        for (int start = 0; start < text.Length; start += BlockSize)
        {
            block.CopyTo(stream.Span[start..]);
            for (int i = BlockSize - 1; i >= 0 && ++block[i] == 0; i--)
            {
            }
        }
        aes.EncryptEcb(stream.Span, stream.Span, PaddingMode.None);
        for (int i = 0; i < text.Length; i++)
            text[i] ^= stream.Span[i];
    }
}
