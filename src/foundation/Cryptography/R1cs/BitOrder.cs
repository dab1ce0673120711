namespace Flashback.Cryptography.R1cs;

/// <summary>Field elements count bits from the lowest, SHA-256 takes each byte's highest first; bytes stand in little-endian order in both.</summary>
public static class BitOrder
{
    /// <summary>The bits with each byte's order turned round, filled up to whole bytes with zeros.</summary>
    public static Bit[] Swap(ReadOnlySpan<Bit> bits)
    {
        Bit[] swapped = new Bit[(bits.Length + 7) / 8 * 8];
        bits.CopyTo(swapped);
        for (int i = 0; i < swapped.Length; i += 8)
            Array.Reverse(swapped, i, 8);
        return swapped;
    }

    /// <summary>A digest as a field element, cut to 254 bits.</summary>
    public static Number PackDigest<TSystem>(this TSystem system, ReadOnlySpan<Bit> digest)
        where TSystem : struct, IConstraintSystem<TSystem> => system.Pack(Swap(digest));
}
