using Flashback.Cryptography.Curves;

namespace Flashback.Cryptography.Groth16;

/// <summary>Which part of a proof, a key or a file is meant.</summary>
public enum Groth16Part
{
    /// <summary>The whole.</summary>
    Whole,

    /// <summary>A proof's A.</summary>
    A,

    /// <summary>A proof's B.</summary>
    B,

    /// <summary>A proof's C.</summary>
    C,

    /// <summary>α in G1.</summary>
    AlphaG1,

    /// <summary>β in G1.</summary>
    BetaG1,

    /// <summary>β in G2.</summary>
    BetaG2,

    /// <summary>γ in G2.</summary>
    GammaG2,

    /// <summary>δ in G1.</summary>
    DeltaG1,

    /// <summary>δ in G2.</summary>
    DeltaG2,

    /// <summary>The points of the public inputs.</summary>
    Inputs,

    /// <summary>The points of the quotient's coefficients.</summary>
    Quotient,

    /// <summary>The points of the private variables.</summary>
    Auxiliary,

    /// <summary>The points of A's polynomials.</summary>
    LeftG1,

    /// <summary>The points of B's polynomials in G1.</summary>
    RightG1,

    /// <summary>The points of B's polynomials in G2.</summary>
    RightG2,

    /// <summary>A ceremony's powers of τ in G1.</summary>
    TauG1,

    /// <summary>A ceremony's powers of τ in G2.</summary>
    TauG2,
}

/// <summary>Why bytes are no proof or no key.</summary>
/// <param name="Part">What is wrong.</param>
/// <param name="Index">Which of several points, from 0; 0 where there is one.</param>
/// <param name="Reason">What is wrong with it; <see cref="PointFault.None"/> when nothing is.</param>
public readonly record struct Groth16Fault(Groth16Part Part, long Index, PointFault Reason)
{
    /// <summary>The part and the reason.</summary>
    public override string ToString() => Reason == PointFault.None ? "none" : FormattableString.Invariant($"{Part}[{Index}]: {Reason}");
}
