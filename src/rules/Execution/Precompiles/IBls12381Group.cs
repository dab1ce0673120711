using Flashback.Cryptography.Curves;
using Flashback.Cryptography.Fields;

namespace Flashback.Execution;

/// <summary>What the precompiles of both groups have in common.</summary>
internal interface IBls12381Group<TField, TCurve> : IBls12381Encoding<TField>
    where TField : struct, IField<TField>
    where TCurve : struct, IShortWeierstrass<TField>
{
    /// <summary>What an addition costs.</summary>
    static abstract long AdditionGas { get; }

    /// <summary>What one multiplication costs.</summary>
    static abstract long MultiplicationGas { get; }

    /// <summary>What many together cost each, in thousandths; the last entry is for as many and more.</summary>
    static abstract ReadOnlySpan<ushort> Discounts { get; }

    /// <summary>What a map to the group costs.</summary>
    static abstract long MapGas { get; }

    /// <summary>Whether a point of the curve is in the group.</summary>
    static abstract bool IsInSubgroup(in AffinePoint<TField, TCurve> point);

    /// <summary>The point that a field element is mapped to.</summary>
    static abstract JacobianPoint<TField, TCurve> Map(in TField element);
}
