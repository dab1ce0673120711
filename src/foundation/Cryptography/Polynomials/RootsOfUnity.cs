using System.Numerics;
using Flashback.Cryptography.Fields;

namespace Flashback.Cryptography.Polynomials;

/// <summary>The roots of one whose orders are powers of two, and the factors that transforms multiply by, in a table of bounded size.</summary>
/// <remarks>
/// The table is in bit-reversed order: entry i is the product, over the set bits j of i, of the root of order 2^(j+2). A table of any
/// length is then a prefix of every longer one, so one table serves all sizes; and an entry beyond <see cref="LowBits"/> bits is the
/// product of one from the low table and one from the high table, so at most 3 MiB are kept for transforms of any size.
/// </remarks>
internal static class RootsOfUnity<TField>
    where TField : struct, IPrimeField<TField>
{
    private const int MostLowBits = 16;

    /// <summary>How often two divides the order of the multiplicative group: no larger transform exists.</summary>
    public static readonly int TwoAdicity = CountTwos();

    private static readonly TField[] OfOrder = Generators();

    /// <summary>The number of index bits that the low table covers.</summary>
    private static readonly int LowBits = Math.Min(MostLowBits, TwoAdicity - 1);

    private static readonly TField[] Low = Table(0, LowBits);
    private static readonly TField[] High = Table(LowBits, TwoAdicity - 1 - LowBits);

    /// <summary>The root of order 2^<paramref name="logOrder"/>: the field's generator to the power (p − 1)/2^logOrder. spec: EIP-4844 and EIP-7594 (PRIMITIVE_ROOT_OF_UNITY).</summary>
    public static TField Root(int logOrder) => OfOrder[logOrder];

    /// <summary>Entry <paramref name="index"/> of the table in bit-reversed order.</summary>
    public static TField Factor(int index) =>
        index < Low.Length ? Low[index] : High[index >> LowBits] * Low[index & (Low.Length - 1)];

    private static int CountTwos()
    {
        ReadOnlySpan<ulong> modulus = TField.Modulus;
        int twos = BitOperations.TrailingZeroCount(modulus[0] - 1);
        return twos < 64 ? twos : throw new NotSupportedException("the low limb of the modulus is one");
    }

    private static TField[] Generators()
    {
        ulong[] oddPart = new ulong[TField.LimbCount];
        for (int i = 0; i < oddPart.Length; i++)
        {
            ulong next = i + 1 < oddPart.Length ? TField.Modulus[i + 1] : 0;
            oddPart[i] = (TField.Modulus[i] >> TwoAdicity) | (next << (64 - TwoAdicity));
        }
        TField[] roots = new TField[TwoAdicity + 1];
        roots[TwoAdicity] = FieldPowers.Power(TField.Generator, oddPart);
        for (int i = TwoAdicity - 1; i >= 0; i--)
            roots[i] = roots[i + 1].Square();
        return roots;
    }

    private static TField[] Table(int firstBit, int bits)
    {
        TField[] table = new TField[1 << bits];
        table[0] = TField.One;
        for (int bit = 0; bit < bits; bit++)
        {
            TField root = OfOrder[firstBit + bit + 2];
            for (int i = 0; i < 1 << bit; i++)
                table[(1 << bit) + i] = table[i] * root;
        }
        return table;
    }
}
