using System.Runtime.CompilerServices;
using Flashback.Primitives;

namespace Flashback.Cryptography.Curves;

public readonly partial struct Secp256k1Field
{
    private const ulong ColumnFold = Fold << 4; // 2^260 modulo p: five limbs up
    private const int Spread = 6; // limbs of 53 bits have room for it

    /// <summary>The product, column by column of equal weight.</summary>
    /// <remarks>
    /// Of the products of a column, their quotients by 2^52 are summed and, modulo 2^64, themselves. The remainders then sum to the
    /// second less the first times 2^52: below 2^55, hence exact. So no sum carries, and a quotient is the upper half of one
    /// multiplication with both factors shifted up by six bits. Columns 9 down to 5 are below 2^56 and come back to 4 down to 0 times
    /// 2^260 modulo p in the same way.
    /// </remarks>
    [SkipLocalsInit] // the unrolled columns have many temporaries, all written before they are read
    public static Secp256k1Field operator *(in Secp256k1Field a, in Secp256k1Field b)
    {
        ulong a0 = a._0, a1 = a._1, a2 = a._2, a3 = a._3, a4 = a._4;
        ulong b0 = b._0, b1 = b._1, b2 = b._2, b3 = b._3, b4 = b._4;
        ulong u0 = a0 << Spread, u1 = a1 << Spread, u2 = a2 << Spread, u3 = a3 << Spread, u4 = a4 << Spread;
        ulong v0 = b0 << Spread, v1 = b1 << Spread, v2 = b2 << Spread, v3 = b3 << Spread, v4 = b4 << Spread;

        ulong h8 = WideMath.MultiplyHigh(u4, v4);
        ulong c8 = a4 * b4 - (h8 << LimbBits);
        ulong h7 = WideMath.MultiplyHigh(u3, v4) + WideMath.MultiplyHigh(u4, v3);
        c8 += h7;
        ulong c7 = a3 * b4 + a4 * b3 - (h7 << LimbBits);
        ulong h6 = WideMath.MultiplyHigh(u2, v4) + WideMath.MultiplyHigh(u3, v3) + WideMath.MultiplyHigh(u4, v2);
        c7 += h6;
        ulong c6 = a2 * b4 + a3 * b3 + a4 * b2 - (h6 << LimbBits);
        ulong h5 = WideMath.MultiplyHigh(u1, v4) + WideMath.MultiplyHigh(u2, v3) + WideMath.MultiplyHigh(u3, v2) + WideMath.MultiplyHigh(u4, v1);
        c6 += h5;
        ulong c5 = a1 * b4 + a2 * b3 + a3 * b2 + a4 * b1 - (h5 << LimbBits);
        ulong h4 = WideMath.MultiplyHigh(u0, v4) + WideMath.MultiplyHigh(u1, v3) + WideMath.MultiplyHigh(u2, v2) + WideMath.MultiplyHigh(u3, v1)
            + WideMath.MultiplyHigh(u4, v0) + FoldHigh(h8);
        c5 += h4;
        ulong c4 = a0 * b4 + a1 * b3 + a2 * b2 + a3 * b1 + a4 * b0 + h8 * ColumnFold - (h4 << LimbBits);
        ulong h3 = WideMath.MultiplyHigh(u0, v3) + WideMath.MultiplyHigh(u1, v2) + WideMath.MultiplyHigh(u2, v1) + WideMath.MultiplyHigh(u3, v0)
            + FoldHigh(c8);
        c4 += h3;
        ulong c3 = a0 * b3 + a1 * b2 + a2 * b1 + a3 * b0 + c8 * ColumnFold - (h3 << LimbBits);
        ulong h2 = WideMath.MultiplyHigh(u0, v2) + WideMath.MultiplyHigh(u1, v1) + WideMath.MultiplyHigh(u2, v0) + FoldHigh(c7);
        c3 += h2;
        ulong c2 = a0 * b2 + a1 * b1 + a2 * b0 + c7 * ColumnFold - (h2 << LimbBits);
        ulong h1 = WideMath.MultiplyHigh(u0, v1) + WideMath.MultiplyHigh(u1, v0) + FoldHigh(c6);
        c2 += h1;
        ulong c1 = a0 * b1 + a1 * b0 + c6 * ColumnFold - (h1 << LimbBits);
        ulong h0 = WideMath.MultiplyHigh(u0, v0) + FoldHigh(c5);
        c1 += h0;
        ulong c0 = a0 * b0 + c5 * ColumnFold - (h0 << LimbBits);
        return Carry(c0, c1, c2, c3, c4);
    }

    /// <inheritdoc/>
    /// <remarks>As the product, with one factor of what stands twice in a column doubled.</remarks>
    [SkipLocalsInit] // as above
    public static Secp256k1Field Square(in Secp256k1Field a)
    {
        ulong a0 = a._0, a1 = a._1, a2 = a._2, a3 = a._3, a4 = a._4;
        ulong d0 = a0 << 1, d1 = a1 << 1, d2 = a2 << 1, d3 = a3 << 1;
        ulong u1 = a1 << Spread, u2 = a2 << Spread, u3 = a3 << Spread, u4 = a4 << Spread;
        ulong v0 = d0 << Spread, v1 = d1 << Spread, v2 = d2 << Spread, v3 = d3 << Spread;

        ulong h8 = WideMath.MultiplyHigh(u4, u4);
        ulong c8 = a4 * a4 - (h8 << LimbBits);
        ulong h7 = WideMath.MultiplyHigh(v3, u4);
        c8 += h7;
        ulong c7 = d3 * a4 - (h7 << LimbBits);
        ulong h6 = WideMath.MultiplyHigh(v2, u4) + WideMath.MultiplyHigh(u3, u3);
        c7 += h6;
        ulong c6 = d2 * a4 + a3 * a3 - (h6 << LimbBits);
        ulong h5 = WideMath.MultiplyHigh(v1, u4) + WideMath.MultiplyHigh(v2, u3);
        c6 += h5;
        ulong c5 = d1 * a4 + d2 * a3 - (h5 << LimbBits);
        ulong h4 = WideMath.MultiplyHigh(v0, u4) + WideMath.MultiplyHigh(v1, u3) + WideMath.MultiplyHigh(u2, u2) + FoldHigh(h8);
        c5 += h4;
        ulong c4 = d0 * a4 + d1 * a3 + a2 * a2 + h8 * ColumnFold - (h4 << LimbBits);
        ulong h3 = WideMath.MultiplyHigh(v0, u3) + WideMath.MultiplyHigh(v1, u2) + FoldHigh(c8);
        c4 += h3;
        ulong c3 = d0 * a3 + d1 * a2 + c8 * ColumnFold - (h3 << LimbBits);
        ulong h2 = WideMath.MultiplyHigh(v0, u2) + WideMath.MultiplyHigh(u1, u1) + FoldHigh(c7);
        c3 += h2;
        ulong c2 = d0 * a2 + a1 * a1 + c7 * ColumnFold - (h2 << LimbBits);
        ulong h1 = WideMath.MultiplyHigh(v0, u1) + FoldHigh(c6);
        c2 += h1;
        ulong c1 = d0 * a1 + c6 * ColumnFold - (h1 << LimbBits);
        ulong h0 = WideMath.MultiplyHigh(a0 << Spread, a0 << Spread) + FoldHigh(c5);
        c1 += h0;
        ulong c0 = a0 * a0 + c5 * ColumnFold - (h0 << LimbBits);
        return Carry(c0, c1, c2, c3, c4);
    }

    /// <inheritdoc/>
    public static Secp256k1Field SumOfProducts(in Secp256k1Field a, in Secp256k1Field b, in Secp256k1Field c, in Secp256k1Field d) => a * b + c * d;

    /// <summary>The quotient by 2^52 of a column's product with 2^260 modulo p.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ulong FoldHigh(ulong column) => WideMath.MultiplyHigh(column, ColumnFold << (64 - LimbBits));
}
