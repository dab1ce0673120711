using Flashback.Cryptography;
using Flashback.Primitives;

namespace Flashback.Client;

/// <summary>Signatures as contracts take them: r, s and 27 or 28, 65 bytes.</summary>
internal static class SignatureBytes
{
    public const int Size = 65;

    private const int FirstV = 27;

    public static void Write(in RecoverableSignature signature, Span<byte> bytes)
    {
        signature.R.ToHash32().AsSpan().CopyTo(bytes);
        signature.S.ToHash32().AsSpan().CopyTo(bytes[32..]);
        bytes[64] = (byte)(FirstV + signature.YParity);
    }

    public static RecoverableSignature Read(ReadOnlySpan<byte> bytes) => new(UInt256.ReadBigEndian(bytes[..32]), UInt256.ReadBigEndian(bytes[32..64]), bytes[64] - FirstV);

    public static Address? SignerOf(in Hash32 digest, in RecoverableSignature signature) => Secp256k1.TryRecover(digest, signature, out Secp256k1PublicKey key) ? key.ToAddress() : null;
}
