using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;

namespace Flashback.Files;

/// <summary>What contents are encrypted with. Whoever has it reads them; without it nobody does, and nothing brings it back.</summary>
public sealed class ContentSecret
{
    /// <summary>Bytes of a secret.</summary>
    public const int Size = 32;

    private readonly byte[] _bytes;

    private ContentSecret(byte[] bytes) => _bytes = bytes;

    /// <summary>Draws a new one.</summary>
    public static ContentSecret Generate() => new(RandomNumberGenerator.GetBytes(Size));

    /// <summary>Reads what <see cref="Reveal"/> gives: 64 hexadecimal digits.</summary>
    public static bool TryParse(string text, [NotNullWhen(true)] out ContentSecret? secret)
    {
        ArgumentNullException.ThrowIfNull(text);
        byte[] bytes = new byte[Size];
        secret = text.Length == 2 * Size && Convert.FromHexString(text, bytes, out _, out int written) == System.Buffers.OperationStatus.Done && written == Size ? new ContentSecret(bytes) : null;
        return secret is not null;
    }

    /// <summary>The secret as 64 hexadecimal digits: to be kept, not shown.</summary>
    public string Reveal() => Convert.ToHexStringLower(_bytes);

    /// <summary>Says nothing of the secret.</summary>
    public override string ToString() => nameof(ContentSecret);

    /// <summary>The key of one content. spec: RFC 5869</summary>
    internal byte[] KeyOf(in EncryptedHeader header)
    {
        ReadOnlySpan<byte> purpose = "flashback content"u8;
        return HKDF.DeriveKey(HashAlgorithmName.SHA256, _bytes, outputLength: 32, header.Salt, [.. purpose, .. header.Encode().AsSpan(0, EncryptedHeader.FixedBytes)]);
    }
}
