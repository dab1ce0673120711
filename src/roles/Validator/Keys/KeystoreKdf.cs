using System.Security.Cryptography;
using Flashback.Primitives;

namespace Flashback.Validator;

/// <summary>How a keystore's encryption key follows from a password. spec: EIP-2335, KDF</summary>
/// <param name="IsScrypt">scrypt, or else pbkdf2 with hmac-sha256.</param>
/// <param name="Cost">scrypt's n, or pbkdf2's count of rounds.</param>
/// <param name="BlockSize">scrypt's r.</param>
/// <param name="Parallelism">scrypt's p.</param>
public readonly record struct KeystoreKdf(bool IsScrypt, int Cost, int BlockSize, int Parallelism)
{
    /// <summary>The length of the key: 16 bytes encrypt, 16 go into the checksum.</summary>
    internal const int KeySize = 32;

    /// <summary>The most that n·r·p, or the rounds of pbkdf2, may be: 1 GiB, four times the memory of what the EIP asks for.</summary>
    private const long MostWork = 1 << 23;

    private const int CommonCost = 1 << 18;

    /// <summary>scrypt as the EIP has it: 256 MiB of memory.</summary>
    public static KeystoreKdf Scrypt { get; } = new(IsScrypt: true, CommonCost, 8, 1);

    /// <summary>pbkdf2 as the EIP has it.</summary>
    public static KeystoreKdf Pbkdf2 { get; } = new(IsScrypt: false, CommonCost, 0, 0);

    /// <summary>The memory that a derivation takes, in bytes.</summary>
    public long MemoryBytes => IsScrypt ? (long)Cryptography.Scrypt.MemoryOf((ulong)Cost, (ulong)BlockSize) : 0;

    internal SecretBytes DeriveKey(SecretBytes password, ReadOnlySpan<byte> salt)
    {
        SecretBytes key = new(KeySize);
        if (IsScrypt)
            Cryptography.Scrypt.DeriveKey(password.Span, salt, Cost, BlockSize, Parallelism, key.Span);
        else
            Rfc2898DeriveBytes.Pbkdf2(password.Span, salt, key.Span, Cost, HashAlgorithmName.SHA256);
        return key;
    }

    internal KeystoreModule ToModule(ReadOnlySpan<byte> salt)
    {
        KeystoreParameters parameters = new() { Dklen = KeySize, Salt = Convert.ToHexStringLower(salt) };
        return IsScrypt
            ? new KeystoreModule("scrypt", parameters with { N = Cost, R = BlockSize, P = Parallelism }, "")
            : new KeystoreModule("pbkdf2", parameters with { C = Cost, Prf = "hmac-sha256" }, "");
    }

    internal static Invalid<KeystoreRule>? Read(KeystoreModule? module, out KeystoreKdf kdf)
    {
        kdf = default;
        if (module?.Params is not { } parameters)
            return new(KeystoreRule.Format, "there is no key derivation");
        if (parameters.Dklen != KeySize)
            return new(KeystoreRule.KdfParameters, $"dklen is {parameters.Dklen}; {KeySize} is used");
        return module.Function switch
        {
            "scrypt" => ReadScrypt(parameters, out kdf),
            "pbkdf2" when parameters.Prf == "hmac-sha256" => ReadPbkdf2(parameters, out kdf),
            _ => new(KeystoreRule.KdfFunction, $"{module.Function} {parameters.Prf}"),
        };
    }

    private static Invalid<KeystoreRule>? ReadScrypt(KeystoreParameters parameters, out KeystoreKdf kdf)
    {
        (long n, long r, long p) = (parameters.N ?? 0, parameters.R ?? 0, parameters.P ?? 0);
        bool possible = n is >= 2 and <= MostWork && long.IsPow2(n) && r is >= 1 and <= MostWork && p is >= 1 and <= MostWork && (Int128)n * r * p <= MostWork;
        kdf = possible ? new KeystoreKdf(IsScrypt: true, (int)n, (int)r, (int)p) : default;
        return possible ? null : new(KeystoreRule.KdfParameters, $"scrypt with n = {n}, r = {r}, p = {p}; n is a power of two, and n·r·p at most {MostWork}");
    }

    private static Invalid<KeystoreRule>? ReadPbkdf2(KeystoreParameters parameters, out KeystoreKdf kdf)
    {
        long rounds = parameters.C ?? 0;
        bool possible = rounds is >= 1 and <= MostWork;
        kdf = possible ? new KeystoreKdf(IsScrypt: false, (int)rounds, 0, 0) : default;
        return possible ? null : new(KeystoreRule.KdfParameters, $"pbkdf2 with c = {rounds}; from 1 to {MostWork}");
    }
}
