using System.Security.Cryptography;

namespace Flashback.Validator;

/// <summary>Secret bytes in a place of their own, wiped on disposal, never printed.</summary>
/// <remarks>They lie in a pinned array, so that the collector leaves no copies of them behind.</remarks>
public sealed class SecretBytes(int length) : IDisposable
{
    private readonly byte[] _bytes = GC.AllocateArray<byte>(length, pinned: true);

    /// <summary>A copy of bytes, which remain the caller's to wipe.</summary>
    public SecretBytes(ReadOnlySpan<byte> bytes)
        : this(bytes.Length) => bytes.CopyTo(_bytes);

    /// <summary>How many there are.</summary>
    public int Length => _bytes.Length;

    /// <summary>The bytes where they lie; zeros after disposal.</summary>
    public Span<byte> Span => _bytes;

    /// <summary>Wipes the bytes.</summary>
    public void Dispose() => CryptographicOperations.ZeroMemory(_bytes);

    /// <summary>A text without the bytes.</summary>
    public override string ToString() => "secret bytes";
}
