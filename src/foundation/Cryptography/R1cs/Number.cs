namespace Flashback.Cryptography.R1cs;

/// <summary>A field element in a constraint system.</summary>
/// <param name="Variable">The variable.</param>
/// <param name="Value">Its value; it means nothing where values are not worked out.</param>
public readonly record struct Number(Variable Variable, Fr Value);

/// <summary>Gadgets over field elements. Order and form of the constraints are bellperson's.</summary>
public static class NumberGadgets
{
    /// <summary>How many bits can be packed into one element.</summary>
    public const int Capacity = 254;

    private static readonly Fr MinusOne = -Fr.One;

    /// <summary>A new element, with no constraint.</summary>
    public static Number AllocateNumber<TSystem>(this TSystem system, in Fr value)
        where TSystem : struct, IConstraintSystem<TSystem> => new(system.Allocate(value), value);

    /// <summary>New elements.</summary>
    public static Number[] AllocateNumbers<TSystem>(this TSystem system, ReadOnlySpan<Fr> values)
        where TSystem : struct, IConstraintSystem<TSystem>
    {
        Number[] numbers = new Number[values.Length];
        for (int i = 0; i < numbers.Length; i++)
            numbers[i] = system.AllocateNumber(values[i]);
        return numbers;
    }

    /// <summary>Makes a number public: input · 1 = number.</summary>
    public static void Publish<TSystem>(this TSystem system, in Number number)
        where TSystem : struct, IConstraintSystem<TSystem>
    {
        Variable input = system.AllocateInput(number.Value);
        if (TSystem.WritesConstraints)
            system.Enforce([new(input)], [Term.One], [new(number.Variable)]);
    }

    /// <summary>A new element that is public.</summary>
    public static Number AllocatePublished<TSystem>(this TSystem system, in Fr value)
        where TSystem : struct, IConstraintSystem<TSystem>
    {
        Number number = system.AllocateNumber(value);
        system.Publish(number);
        return number;
    }

    /// <summary>a · 1 = b.</summary>
    public static void EnforceEqual<TSystem>(this TSystem system, in Number a, in Number b)
        where TSystem : struct, IConstraintSystem<TSystem>
    {
        if (TSystem.WritesConstraints)
            system.Enforce([new(a.Variable)], [Term.One], [new(b.Variable)]);
    }

    /// <summary>A new element for a · b.</summary>
    public static Number Multiply<TSystem>(this TSystem system, in Number a, in Number b)
        where TSystem : struct, IConstraintSystem<TSystem>
    {
        Number product = system.AllocateNumber(TSystem.WritesValues ? a.Value * b.Value : default);
        if (TSystem.WritesConstraints)
            system.Enforce([new(a.Variable)], [new(b.Variable)], [new(product.Variable)]);
        return product;
    }

    /// <summary>A new element for a + b: how a replica's node is made from label and data.</summary>
    public static Number Add<TSystem>(this TSystem system, in Number a, in Number b)
        where TSystem : struct, IConstraintSystem<TSystem>
    {
        Number sum = system.AllocateNumber(a.Value + b.Value);
        if (TSystem.WritesConstraints)
            system.Enforce([new(a.Variable), new(b.Variable)], [Term.One], [new(sum.Variable)]);
        return sum;
    }

    /// <summary>A new element for the sum of some.</summary>
    public static Number Sum<TSystem>(this TSystem system, ReadOnlySpan<Number> numbers)
        where TSystem : struct, IConstraintSystem<TSystem>
    {
        Fr value = default;
        foreach (Number number in numbers)
            value += number.Value;
        Number sum = system.AllocateNumber(value);
        if (TSystem.WritesConstraints)
        {
            Combination terms = new();
            foreach (Number number in numbers)
                terms.Add(number.Variable, Fr.One);
            system.Enforce(terms.Terms, [Term.One], [new(sum.Variable)]);
        }
        return sum;
    }

    /// <summary>The 255 bits of a number, the lowest first: 0 · 0 = Σ 2^i·b_i − number.</summary>
    /// <remarks>Not strict: for small numbers the bits of number + r satisfy it too. Upstream is so, and keys depend on it.</remarks>
    public static Bit[] ToBits<TSystem>(this TSystem system, in Number number)
        where TSystem : struct, IConstraintSystem<TSystem>
    {
        Bit[] bits = AllocateBitsOf(system, number.Value);
        if (TSystem.WritesConstraints)
        {
            Combination sum = new();
            sum.AddBits(bits);
            sum.Add(number.Variable, MinusOne);
            system.Enforce([], [], sum.Terms);
        }
        return bits;
    }

    /// <summary>The 255 bits of a number, the lowest first: (Σ 2^i·b_i) · 1 = number.</summary>
    public static Bit[] ToBitsByProduct<TSystem>(this TSystem system, in Number number)
        where TSystem : struct, IConstraintSystem<TSystem>
    {
        Bit[] bits = AllocateBitsOf(system, number.Value);
        system.EnforcePacked(bits, number);
        return bits;
    }

    /// <summary>A new element for the first <see cref="Capacity"/> bits, the lowest first: (Σ 2^i·b_i) · 1 = number.</summary>
    public static Number Pack<TSystem>(this TSystem system, ReadOnlySpan<Bit> bits)
        where TSystem : struct, IConstraintSystem<TSystem>
    {
        bits = bits[..Math.Min(bits.Length, Capacity)];
        Number number = system.AllocateNumber(ValueOf(bits));
        system.EnforcePacked(bits, number);
        return number;
    }

    /// <summary>Publishes bits, <see cref="Capacity"/> to an input.</summary>
    public static void PublishPacked<TSystem>(this TSystem system, ReadOnlySpan<Bit> bits)
        where TSystem : struct, IConstraintSystem<TSystem>
    {
        for (; !bits.IsEmpty; bits = bits[Math.Min(bits.Length, Capacity)..])
        {
            ReadOnlySpan<Bit> part = bits[..Math.Min(bits.Length, Capacity)];
            Fr value = ValueOf(part);
            system.EnforcePacked(part, new(system.AllocateInput(value), value));
        }
    }

    /// <summary>(Σ 2^i·b_i) · 1 = number.</summary>
    public static void EnforcePacked<TSystem>(this TSystem system, ReadOnlySpan<Bit> bits, in Number number)
        where TSystem : struct, IConstraintSystem<TSystem>
    {
        if (!TSystem.WritesConstraints)
            return;
        Combination sum = new();
        sum.AddBits(bits);
        system.Enforce(sum.Terms, [Term.One], [new(number.Variable)]);
    }

    private static Bit[] AllocateBitsOf<TSystem>(TSystem system, in Fr value)
        where TSystem : struct, IConstraintSystem<TSystem>
    {
        Span<ulong> limbs = stackalloc ulong[Fr.LimbCount];
        value.CopyTo(limbs);
        Bit[] bits = new Bit[Fr.Bits];
        for (int i = 0; i < bits.Length; i++)
            bits[i] = system.AllocateBit((limbs[i >> 6] >> (i & 63) & 1) != 0);
        return bits;
    }

    private static Fr ValueOf(ReadOnlySpan<Bit> bits)
    {
        Span<ulong> limbs = stackalloc ulong[Fr.LimbCount];
        limbs.Clear();
        for (int i = 0; i < bits.Length; i++)
            limbs[i >> 6] |= (bits[i].Value ? 1UL : 0) << (i & 63);
        _ = Fr.TryFromLimbs(limbs, out Fr value); // at most 254 bits are below the modulus
        return value;
    }
}
