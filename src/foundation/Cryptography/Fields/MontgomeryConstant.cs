using System.Runtime.CompilerServices;

namespace Flashback.Cryptography.Fields;

/// <summary>The constant of Montgomery's reduction.</summary>
internal static class MontgomeryConstant
{
    /// <summary>−1/p modulo 2^64 for an odd p. Inlined so that it folds to a constant where p is one (benchmark: FieldBenchmarks).</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong NegatedInverse(ulong p)
    {
        ulong x = (3 * p) ^ 2; // right to 5 bits, then Newton: 10, 20, 40, 80
        x *= 2 - p * x;
        x *= 2 - p * x;
        x *= 2 - p * x;
        x *= 2 - p * x;
        return 0 - x;
    }
}
