using Flashback.Primitives;
using Scalar = Flashback.Cryptography.Fields.Montgomery256<Flashback.Cryptography.Curves.Secp256k1OrderModulus>;

namespace Flashback.Cryptography;

/// <summary>A signature on secp256k1 from which the signer's public key can be worked out.</summary>
/// <param name="R">The x coordinate of the nonce's point.</param>
/// <param name="S">The proof; (R, order − S) with the other parity is as valid, which is why transactions ask for the lower. spec: EIP-2.</param>
/// <param name="YParity">The parity of the nonce's point's y: 0 or 1.</param>
public readonly record struct RecoverableSignature(UInt256 R, UInt256 S, int YParity)
{
    /// <summary>The length of R and S in bytes.</summary>
    public const int CompactSize = 64;

    /// <summary>Half the order, rounded down: the largest low S.</summary>
    public static UInt256 LargestLowS { get; } = new UInt256(Scalar.Modulus[0], Scalar.Modulus[1], Scalar.Modulus[2], Scalar.Modulus[3]) >> 1;

    /// <summary>Whether S is at most half the order. spec: EIP-2.</summary>
    public bool HasLowS => S <= LargestLowS;
}
