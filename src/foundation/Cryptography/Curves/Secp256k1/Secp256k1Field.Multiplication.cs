using System.Runtime.CompilerServices;
using Flashback.Primitives;

namespace Flashback.Cryptography.Curves;

public readonly partial struct Secp256k1Field
{
    private const ulong ColumnFold = Fold << 4; // 2^260 modulo p: five limbs up
    private const int Spread = 11; // limbs of 53 bits have room for it
    private const int QuotientBits = 64 - Spread;

    /// <summary>The product, column by column of equal weight.</summary>
    /// <remarks>
    /// Of the products of a column, their quotients by 2^53 are summed and, modulo 2^64, themselves. The remainders then sum to the
    /// second less the first times 2^53: below 2^56, hence exact. So no sum carries, and a quotient is the upper half of one
    /// multiplication with a factor shifted up by eleven bits; it counts twice in the next column. Columns 9 down to 5, below 2^57, come
    /// back to 4 down to 0 times 2^260 modulo p in the same way.
    /// </remarks>
    [SkipLocalsInit] // the unrolled columns have many temporaries, all written before they are read
    public static Secp256k1Field operator *(in Secp256k1Field a, in Secp256k1Field b)
    {
        ulong a0 = a._0, a1 = a._1, a2 = a._2, a3 = a._3, a4 = a._4;
        ulong b0 = b._0, b1 = b._1, b2 = b._2, b3 = b._3, b4 = b._4;
        ulong s0 = b0 << Spread, s1 = b1 << Spread, s2 = b2 << Spread, s3 = b3 << Spread, s4 = b4 << Spread;

        ulong h8 = High(a4, s4);
        ulong h7 = High(a3, s4) + High(a4, s3);
        ulong h6 = High(a2, s4) + High(a3, s3) + High(a4, s2);
        ulong h5 = High(a1, s4) + High(a2, s3) + High(a3, s2) + High(a4, s1);
        ulong c9 = 2 * h8;
        ulong h4 = High(a0, s4) + High(a1, s3) + High(a2, s2) + High(a3, s1) + High(a4, s0) + HighOfFold(c9);
        ulong c8 = a4 * b4 - (h8 << QuotientBits) + 2 * h7;
        ulong c7 = a3 * b4 + a4 * b3 - (h7 << QuotientBits) + 2 * h6;
        ulong c6 = a2 * b4 + a3 * b3 + a4 * b2 - (h6 << QuotientBits) + 2 * h5;
        ulong c5 = a1 * b4 + a2 * b3 + a3 * b2 + a4 * b1 - (h5 << QuotientBits) + 2 * h4;

        ulong h3 = High(a0, s3) + High(a1, s2) + High(a2, s1) + High(a3, s0) + HighOfFold(c8);
        ulong c4 = a0 * b4 + a1 * b3 + a2 * b2 + a3 * b1 + a4 * b0 + c9 * ColumnFold - (h4 << QuotientBits) + 2 * h3;
        ulong h2 = High(a0, s2) + High(a1, s1) + High(a2, s0) + HighOfFold(c7);
        ulong c3 = a0 * b3 + a1 * b2 + a2 * b1 + a3 * b0 + c8 * ColumnFold - (h3 << QuotientBits) + 2 * h2;
        ulong h1 = High(a0, s1) + High(a1, s0) + HighOfFold(c6);
        ulong c2 = a0 * b2 + a1 * b1 + a2 * b0 + c7 * ColumnFold - (h2 << QuotientBits) + 2 * h1;
        ulong h0 = High(a0, s0) + HighOfFold(c5);
        ulong c1 = a0 * b1 + a1 * b0 + c6 * ColumnFold - (h1 << QuotientBits) + 2 * h0;
        ulong c0 = a0 * b0 + c5 * ColumnFold - (h0 << QuotientBits);
        return Carry(c0, c1, c2, c3, c4);
    }

    /// <inheritdoc/>
    /// <remarks>As the product; what stands twice in a column is computed once and doubled.</remarks>
    [SkipLocalsInit] // as above
    public static Secp256k1Field Square(in Secp256k1Field a)
    {
        ulong a0 = a._0, a1 = a._1, a2 = a._2, a3 = a._3, a4 = a._4;
        ulong s1 = a1 << Spread, s2 = a2 << Spread, s3 = a3 << Spread, s4 = a4 << Spread;

        ulong h8 = High(a4, s4);
        ulong h7 = 2 * High(a3, s4);
        ulong h6 = 2 * High(a2, s4) + High(a3, s3);
        ulong h5 = 2 * (High(a1, s4) + High(a2, s3));
        ulong c9 = 2 * h8;
        ulong h4 = 2 * (High(a0, s4) + High(a1, s3)) + High(a2, s2) + HighOfFold(c9);
        ulong c8 = a4 * a4 - (h8 << QuotientBits) + 2 * h7;
        ulong c7 = 2 * (a3 * a4) - (h7 << QuotientBits) + 2 * h6;
        ulong c6 = 2 * (a2 * a4) + a3 * a3 - (h6 << QuotientBits) + 2 * h5;
        ulong c5 = 2 * (a1 * a4 + a2 * a3) - (h5 << QuotientBits) + 2 * h4;

        ulong h3 = 2 * (High(a0, s3) + High(a1, s2)) + HighOfFold(c8);
        ulong c4 = 2 * (a0 * a4 + a1 * a3) + a2 * a2 + c9 * ColumnFold - (h4 << QuotientBits) + 2 * h3;
        ulong h2 = 2 * High(a0, s2) + High(a1, s1) + HighOfFold(c7);
        ulong c3 = 2 * (a0 * a3 + a1 * a2) + c8 * ColumnFold - (h3 << QuotientBits) + 2 * h2;
        ulong h1 = 2 * High(a0, s1) + HighOfFold(c6);
        ulong c2 = 2 * (a0 * a2) + a1 * a1 + c7 * ColumnFold - (h2 << QuotientBits) + 2 * h1;
        ulong h0 = High(a0, a0 << Spread) + HighOfFold(c5);
        ulong c1 = 2 * (a0 * a1) + c6 * ColumnFold - (h1 << QuotientBits) + 2 * h0;
        ulong c0 = a0 * a0 + c5 * ColumnFold - (h0 << QuotientBits);
        return Carry(c0, c1, c2, c3, c4);
    }

    /// <inheritdoc/>
    public static Secp256k1Field SumOfProducts(in Secp256k1Field a, in Secp256k1Field b, in Secp256k1Field c, in Secp256k1Field d) => a * b + c * d;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ulong High(ulong a, ulong b) => WideMath.MultiplyHigh(a, b);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ulong HighOfFold(ulong column) => WideMath.MultiplyHigh(column, ColumnFold << Spread);
}
