using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using System.Text;
using Flashback.Primitives;

namespace Flashback.Cryptography;

/// <summary>A key of a tree of keys that all come from one seed, as wallets of the execution layer have it. spec: BIP-32</summary>
/// <remarks>The chain code is as secret as the key: with it and one child's key, the parent's key can be worked out.</remarks>
public sealed class HierarchicalKey : IDisposable
{
    /// <summary>The bit that marks hardened children, whose public keys cannot be found from the parent's.</summary>
    public const uint Hardened = 0x8000_0000;

    private const int SeedRounds = 2048; // BIP-39
    private const int SeedLength = 64; // BIP-39
    private const int HalfLength = 32;

    private readonly byte[] _chainCode;

    private HierarchicalKey(Secp256k1SecretKey key, byte[] chainCode) => (Key, _chainCode) = (key, chainCode);

    /// <summary>The key itself.</summary>
    public Secp256k1SecretKey Key { get; }

    /// <summary>The root of the tree of a mnemonic. Its words are not checked. spec: BIP-39</summary>
    /// <param name="mnemonic">Words with a space between them.</param>
    /// <param name="passphrase">What else the seed depends on.</param>
    public static HierarchicalKey FromMnemonic(string mnemonic, string passphrase = "")
    {
        byte[] words = Encoding.UTF8.GetBytes(CompatibilityDecomposition.Decompose(mnemonic)), salt = [.. "mnemonic"u8, .. Encoding.UTF8.GetBytes(CompatibilityDecomposition.Decompose(passphrase))];
        byte[] seed = Rfc2898DeriveBytes.Pbkdf2(words, salt, SeedRounds, HashAlgorithmName.SHA512, SeedLength);
        byte[] digest = HMACSHA512.HashData("Bitcoin seed"u8, seed);
        CryptographicOperations.ZeroMemory(seed);
        return Secp256k1SecretKey.TryDecode(digest.AsSpan(0, HalfLength), out Secp256k1SecretKey? key)
            ? From(key, digest) : throw new ArgumentException("no key comes of this mnemonic", nameof(mnemonic)); // once in 2^127
    }

    /// <summary>The key at a path such as <c>m/44'/60'/0'/0/0</c>; false when the text is no path. spec: BIP-44</summary>
    public bool TryDerive(string path, [NotNullWhen(true)] out HierarchicalKey? found)
    {
        found = null;
        string[] parts = path.Split('/');
        if (parts[0] != "m")
            return false;
        HierarchicalKey at = new(Key.Copy(), [.. _chainCode]);
        foreach (string part in parts.AsSpan(1))
        {
            bool isHardened = part.EndsWith('\'');
            if (!uint.TryParse(isHardened ? part[..^1] : part, System.Globalization.NumberStyles.None, null, out uint index) || index >= Hardened)
            {
                at.Dispose();
                return false;
            }
            HierarchicalKey child = at.Child(isHardened ? index | Hardened : index);
            at.Dispose();
            at = child;
        }
        found = at;
        return true;
    }

    /// <summary>A child. spec: BIP-32 CKDpriv</summary>
    public HierarchicalKey Child(uint index)
    {
        Span<byte> input = stackalloc byte[Secp256k1PublicKey.CompressedSize + 4];
        if (index >= Hardened)
            Key.Encode(input[1..(1 + Secp256k1SecretKey.Size)]);
        else
            Key.PublicKey.EncodeCompressed(input[..Secp256k1PublicKey.CompressedSize]);
        BinaryPrimitives.WriteUInt32BigEndian(input[^4..], index);
        byte[] digest = HMACSHA512.HashData(_chainCode, input);
        CryptographicOperations.ZeroMemory(input);
        return Key.TryAdd(digest.AsSpan(0, HalfLength), out Secp256k1SecretKey? key)
            ? From(key, digest) : throw new ArgumentException("there is no such child: take the next", nameof(index)); // once in 2^127
    }

    /// <summary>Wipes the key.</summary>
    public void Dispose()
    {
        Key.Dispose();
        CryptographicOperations.ZeroMemory(_chainCode);
    }

    private static HierarchicalKey From(Secp256k1SecretKey key, byte[] digest)
    {
        byte[] chainCode = digest[HalfLength..];
        CryptographicOperations.ZeroMemory(digest);
        return new HierarchicalKey(key, chainCode);
    }
}
