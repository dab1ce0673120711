using Flashback.Cryptography;

namespace Flashback.Consensus;

/// <summary>How signatures are verified: a struct, given as a type parameter, so that it is decided where the code is written and not by a switch at run time.</summary>
public interface ISignatureVerifier
{
    /// <summary>False where everything passes and no set need be put together.</summary>
    static abstract bool Verifies { get; }

    /// <summary>Whether all of these hold.</summary>
    static abstract bool VerifyAll(ReadOnlySpan<BlsSignatureSet> sets);
}

/// <summary>Verifies, many at once.</summary>
public readonly struct BlsVerifier : ISignatureVerifier
{
    /// <inheritdoc/>
    public static bool Verifies => true;

    /// <inheritdoc/>
    public static bool VerifyAll(ReadOnlySpan<BlsSignatureSet> sets) => Bls.VerifyBatch(sets);
}

/// <summary>Lets every signature pass: for states and blocks whose signatures were verified before, and for vectors that have none.</summary>
public readonly struct UnverifiedSignatures : ISignatureVerifier
{
    /// <inheritdoc/>
    public static bool Verifies => false;

    /// <inheritdoc/>
    public static bool VerifyAll(ReadOnlySpan<BlsSignatureSet> sets) => true;
}
