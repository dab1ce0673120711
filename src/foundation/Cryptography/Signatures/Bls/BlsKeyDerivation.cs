using System.Buffers.Binary;
using System.Security.Cryptography;

namespace Flashback.Cryptography;

/// <summary>Secret keys from key material, and a tree of keys from one seed. spec: EIP-2333; draft-irtf-cfrg-bls-signature-05 §2.3 KeyGen.</summary>
public static class BlsKeyDerivation
{
    /// <summary>The least length of key material in bytes.</summary>
    public const int MinMaterialSize = 32;

    private const int HashSize = 32;
    private const int LamportChunks = 255;
    private const int UniformSize = 48; // ceil(3·ceil(log2 r) / 16)
    private static ReadOnlySpan<byte> Salt => "BLS-SIG-KEYGEN-SALT-"u8;

    /// <summary>The key of uniform secret material, <c>hkdf_mod_r</c>; also the master key of a seed.</summary>
    /// <param name="material">At least 32 bytes.</param>
    /// <param name="keyInfo">Further context; usually empty.</param>
    /// <exception cref="ArgumentException">The material is shorter than 32 bytes.</exception>
    public static BlsSecretKey FromKeyMaterial(ReadOnlySpan<byte> material, ReadOnlySpan<byte> keyInfo)
    {
        if (material.Length < MinMaterialSize)
            throw new ArgumentException($"key material has at least {MinMaterialSize} bytes, not {material.Length}", nameof(material));
        byte[] extended = [.. material, 0];
        byte[] info = [.. keyInfo, 0, UniformSize];
        Span<byte> salt = stackalloc byte[HashSize], prk = stackalloc byte[HashSize], uniform = stackalloc byte[UniformSize];
        SHA256.HashData(Salt, salt);
        while (true)
        {
            HKDF.Extract(HashAlgorithmName.SHA256, extended, salt, prk);
            HKDF.Expand(HashAlgorithmName.SHA256, prk, uniform, info);
            Fr scalar = Fr.Reduce(uniform);
            if (!scalar.IsZero)
            {
                CryptographicOperations.ZeroMemory(extended);
                CryptographicOperations.ZeroMemory(prk);
                CryptographicOperations.ZeroMemory(uniform);
                return new BlsSecretKey(scalar);
            }
            SHA256.HashData(salt, salt);
        }
    }

    /// <summary>The child of a key, <c>derive_child_SK</c>, through a Lamport key so that a child betrays nothing of its parent.</summary>
    /// <exception cref="ObjectDisposedException">The parent is gone.</exception>
    public static BlsSecretKey DeriveChild(BlsSecretKey parent, uint index)
    {
        Span<byte> salt = stackalloc byte[sizeof(uint)], material = stackalloc byte[BlsSecretKey.Size];
        BinaryPrimitives.WriteUInt32BigEndian(salt, index);
        parent.Encode(material);
        using IncrementalHash lamport = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        AppendLamportKey(lamport, salt, material);
        for (int i = 0; i < material.Length; i++)
            material[i] = (byte)~material[i];
        AppendLamportKey(lamport, salt, material);
        CryptographicOperations.ZeroMemory(material);

        Span<byte> compressed = stackalloc byte[HashSize];
        lamport.GetHashAndReset(compressed);
        BlsSecretKey child = FromKeyMaterial(compressed, []);
        CryptographicOperations.ZeroMemory(compressed);
        return child;
    }

    private static void AppendLamportKey(IncrementalHash lamport, ReadOnlySpan<byte> salt, ReadOnlySpan<byte> material)
    {
        Span<byte> prk = stackalloc byte[HashSize], hash = stackalloc byte[HashSize];
        byte[] secrets = new byte[LamportChunks * HashSize];
        HKDF.Extract(HashAlgorithmName.SHA256, material, salt, prk);
        HKDF.Expand(HashAlgorithmName.SHA256, prk, secrets, []);
        for (int i = 0; i < LamportChunks; i++)
        {
            SHA256.HashData(secrets.AsSpan(i * HashSize, HashSize), hash);
            lamport.AppendData(hash);
        }
        CryptographicOperations.ZeroMemory(secrets);
        CryptographicOperations.ZeroMemory(prk);
    }
}
