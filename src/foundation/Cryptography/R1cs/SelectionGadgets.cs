namespace Flashback.Cryptography.R1cs;

/// <summary>Gadgets that choose among numbers by bits. Order and form of the constraints are those of rust-fil-proofs.</summary>
public static class SelectionGadgets
{
    private static readonly Fr MinusOne = -Fr.One;

    /// <summary>A new element: a where the bit is set, else b: (b − a)·bit = b − result.</summary>
    public static Number Pick<TSystem>(this TSystem system, Bit bit, in Number a, in Number b)
        where TSystem : struct, IConstraintSystem<TSystem>
    {
        Number result = system.AllocateNumber(bit.Value ? a.Value : b.Value);
        if (TSystem.WritesConstraints)
        {
            system.Enforce(
                [new(b.Variable), new(a.Variable, MinusOne)], BitGadgets.Literal(bit), [new(b.Variable), new(result.Variable, MinusOne)]);
        }
        return result;
    }

    /// <summary>One of 2^n numbers.</summary>
    /// <param name="system">Where it is written to.</param>
    /// <param name="numbers">What to choose from.</param>
    /// <param name="bits">Its place as n bits, the lowest first.</param>
    public static Number Select<TSystem>(this TSystem system, ReadOnlySpan<Number> numbers, ReadOnlySpan<Bit> bits)
        where TSystem : struct, IConstraintSystem<TSystem>
    {
        Number[] left = numbers.ToArray();
        int half = left.Length / 2;
        for (int i = bits.Length - 1; i >= 0; i--, half /= 2)
        {
            for (int j = 0; j < half; j++)
                left[j] = system.Pick(bits[i], left[half + j], left[j]);
        }
        return left[0];
    }

    /// <summary>Puts a number among its siblings, at the place that the bits say.</summary>
    /// <param name="system">Where it is written to.</param>
    /// <param name="number">The number.</param>
    /// <param name="place">Its place as bits, the lowest first.</param>
    /// <param name="siblings">The others in order: 1, 3 or 7.</param>
    /// <exception cref="ArgumentException">There are other numbers of siblings or bits.</exception>
    public static Number[] Insert<TSystem>(this TSystem system, in Number number, ReadOnlySpan<Bit> place, ReadOnlySpan<Number> siblings)
        where TSystem : struct, IConstraintSystem<TSystem>
    {
        if (1 << place.Length != siblings.Length + 1)
            throw new ArgumentException($"{place.Length} bits do not number {siblings.Length + 1} places", nameof(place));
        return siblings.Length switch
        {
            1 => [system.Pick(place[0], siblings[0], number), system.Pick(place[0], number, siblings[0])],
            3 => InsertAmong4(system, number, place, siblings),
            7 => InsertAmong8(system, number, place, siblings),
            _ => throw new ArgumentException($"nodes have 2, 4 or 8 children, not {siblings.Length + 1}", nameof(siblings)),
        };
    }

    private static Number[] InsertAmong4<TSystem>(TSystem system, in Number a, ReadOnlySpan<Bit> place, ReadOnlySpan<Number> siblings)
        where TSystem : struct, IConstraintSystem<TSystem>
    {
        (Number b, Number c, Number d) = (siblings[0], siblings[1], siblings[2]);
        (Bit b0, Bit b1) = (place[0], place[1]);
        return
        [
            system.Pick(b1, b, system.Pick(b0, b, a)),
            system.Pick(b1, c, system.Pick(b0, a, b)),
            system.Pick(b1, system.Pick(b0, d, a), c),
            system.Pick(b1, system.Pick(b0, a, d), d),
        ];
    }

    private static Number[] InsertAmong8<TSystem>(TSystem system, in Number a, ReadOnlySpan<Bit> place, ReadOnlySpan<Number> siblings)
        where TSystem : struct, IConstraintSystem<TSystem>
    {
        (Number b, Number c, Number d, Number e) = (siblings[0], siblings[1], siblings[2], siblings[3]);
        (Number f, Number g, Number h) = (siblings[4], siblings[5], siblings[6]);
        (Bit b0, Bit b1, Bit b2) = (place[0], place[1], place[2]);
        Bit neither = system.Nor(b0, b1), both = system.And(b0, b1);
        return
        [
            system.Pick(b2, b, system.Pick(neither, a, b)),
            system.Pick(b2, c, system.Pick(b1, c, system.Pick(b0, a, b))),
            system.Pick(b2, d, system.Pick(b1, system.Pick(b0, d, a), c)),
            system.Pick(b2, e, system.Pick(both, a, d)),
            system.Pick(b2, system.Pick(neither, a, f), e),
            system.Pick(b2, system.Pick(b1, g, system.Pick(b0, a, f)), f),
            system.Pick(b2, system.Pick(b1, system.Pick(b0, h, a), g), g),
            system.Pick(b2, system.Pick(both, a, h), h),
        ];
    }
}
