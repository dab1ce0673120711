namespace Flashback.Cryptography.R1cs;

/// <summary>Sums of 32-bit words. The equalities of several sums are put side by side into one constraint, as many as an element has room for.</summary>
/// <remarks>Source: bellperson, UInt32::addmany and MultiEq. A sum's result bits come first, so a full constraint stands behind those of the sum that found no room.</remarks>
internal struct WordSums<TSystem>(TSystem system)
    where TSystem : struct, IConstraintSystem<TSystem>
{
    private readonly Combination _sums = new();
    private readonly Combination _results = new();
    private int _used;

    /// <summary>The sum modulo 2^32.</summary>
    public Bit[] Add(params ReadOnlySpan<Bit[]> words)
    {
        ulong value = 0;
        bool constant = true;
        foreach (Bit[] word in words)
        {
            value += Words.ValueOf(word);
            constant &= Words.IsConstant(word);
        }
        if (constant)
            return Words.Constant((uint)value);
        int length = 64 - System.Numerics.BitOperations.LeadingZeroCount((ulong)words.Length * uint.MaxValue);
        Bit[] result = system.AllocateBits(value, length);
        if (TSystem.WritesConstraints)
        {
            if (_used + length >= NumberGadgets.Capacity)
                Flush();
            foreach (Bit[] word in words)
                _sums.AddBits(word, _used);
            _results.AddBits(result, _used);
            _used += length;
        }
        return result[..32];
    }

    /// <summary>Writes what has not been written.</summary>
    public void Flush()
    {
        if (_used == 0)
            return;
        system.Enforce(_sums.Terms, [Term.One], _results.Terms);
        _sums.Clear();
        _results.Clear();
        _used = 0;
    }
}

/// <summary>32-bit words as 32 bits, the lowest first.</summary>
internal static class Words
{
    public static Bit[] Constant(uint value)
    {
        Bit[] word = new Bit[32];
        for (int i = 0; i < word.Length; i++)
            word[i] = Bit.Constant((value >> i & 1) != 0);
        return word;
    }

    public static bool IsConstant(ReadOnlySpan<Bit> word)
    {
        foreach (Bit bit in word)
        {
            if (!bit.IsConstant)
                return false;
        }
        return true;
    }

    public static uint ValueOf(ReadOnlySpan<Bit> word)
    {
        uint value = 0;
        for (int i = 0; i < word.Length; i++)
            value |= (word[i].Value ? 1u : 0) << i;
        return value;
    }

    /// <summary>x rotated by <paramref name="r1"/> ⊕ x rotated by <paramref name="r2"/> ⊕ x rotated by <paramref name="r3"/>.</summary>
    public static Bit[] XorOfRotations<TSystem>(TSystem system, Bit[] x, int r1, int r2, int r3)
        where TSystem : struct, IConstraintSystem<TSystem> => XorOf(system, x, r1, r2, r3, rotateLast: true);

    /// <summary>The same, the last one shifted instead.</summary>
    public static Bit[] XorOfRotationsAndShift<TSystem>(TSystem system, Bit[] x, int r1, int r2, int shift)
        where TSystem : struct, IConstraintSystem<TSystem> => XorOf(system, x, r1, r2, shift, rotateLast: false);

    private static Bit[] XorOf<TSystem>(TSystem system, Bit[] x, int r1, int r2, int last, bool rotateLast)
        where TSystem : struct, IConstraintSystem<TSystem>
    {
        Bit[] first = new Bit[32], result = new Bit[32];
        for (int i = 0; i < 32; i++)
            first[i] = system.Xor(x[(i + r1) & 31], x[(i + r2) & 31]);
        for (int i = 0; i < 32; i++)
            result[i] = system.Xor(first[i], rotateLast || i + last < 32 ? x[(i + last) & 31] : Bit.False);
        return result;
    }
}
