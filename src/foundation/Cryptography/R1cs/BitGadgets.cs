namespace Flashback.Cryptography.R1cs;

/// <summary>Gadgets over bits. Order and form of the constraints are bellperson's.</summary>
public static class BitGadgets
{
    private static readonly Fr MinusOne = -Fr.One;
    private static readonly Fr Two = Fr.One.Double();

    /// <summary>A new bit: (1 − a)·a = 0.</summary>
    public static Bit AllocateBit<TSystem>(this TSystem system, bool value)
        where TSystem : struct, IConstraintSystem<TSystem>
    {
        Variable bit = New(system, value);
        if (TSystem.WritesConstraints)
            system.Enforce([Term.One, new(bit, MinusOne)], [new(bit)], []);
        return new(BitKind.Is, value, bit);
    }

    /// <summary>New bits for the lowest bits of a number, the lowest first.</summary>
    public static Bit[] AllocateBits<TSystem>(this TSystem system, ulong value, int count)
        where TSystem : struct, IConstraintSystem<TSystem>
    {
        Bit[] bits = new Bit[count];
        for (int i = 0; i < count; i++)
            bits[i] = system.AllocateBit((value >> i & 1) != 0);
        return bits;
    }

    /// <summary>Exclusive or: (a + a)·b = a + b − c; nothing where one is constant.</summary>
    public static Bit Xor<TSystem>(this TSystem system, Bit a, Bit b)
        where TSystem : struct, IConstraintSystem<TSystem>
    {
        if (a.IsConstant)
            return a.Value ? !b : b;
        if (b.IsConstant)
            return b.Value ? !a : a;
        bool differ = a.Kind != b.Kind;
        bool value = a.Value ^ b.Value ^ differ;
        // The plain variable comes first when one is negated.
        (Variable x, Variable y) = differ && a.Kind == BitKind.Not ? (b.Variable, a.Variable) : (a.Variable, b.Variable);
        Variable c = New(system, value);
        if (TSystem.WritesConstraints)
            system.Enforce([new(x, Two)], [new(y)], [new(x), new(y), new(c, MinusOne)]);
        Bit xor = new(BitKind.Is, value, c);
        return differ ? !xor : xor;
    }

    /// <summary>Both: a·b = c over the bits as they stand; nothing where one is constant.</summary>
    public static Bit And<TSystem>(this TSystem system, Bit a, Bit b)
        where TSystem : struct, IConstraintSystem<TSystem>
    {
        if (a.IsFalse || b.IsFalse)
            return Bit.False;
        if (a.IsConstant)
            return b;
        if (b.IsConstant)
            return a;
        if (a.Kind == BitKind.Not && b.Kind == BitKind.Is)
            (a, b) = (b, a);
        bool value = a.Value & b.Value;
        Variable c = New(system, value);
        if (TSystem.WritesConstraints)
            system.Enforce(Literal(a), Literal(b), [new(c)]);
        return new(BitKind.Is, value, c);
    }

    /// <summary>Neither.</summary>
    public static Bit Nor<TSystem>(this TSystem system, Bit a, Bit b)
        where TSystem : struct, IConstraintSystem<TSystem> => system.And(!a, !b);

    /// <summary>b where a holds, else c: (b − c)·a = result − c.</summary>
    public static Bit Choose<TSystem>(this TSystem system, Bit a, Bit b, Bit c)
        where TSystem : struct, IConstraintSystem<TSystem>
    {
        if (a.IsConstant && b.IsConstant && c.IsConstant)
            return a.Value ? b : c;
        if (a.IsFalse)
            return c;
        if (b.IsFalse)
            return system.And(!a, c);
        if (c.IsFalse)
            return system.And(a, b);
        if (c.IsTrue)
            return !system.And(a, !b);
        if (b.IsTrue)
            return !system.And(!a, !c);
        bool value = a.Value ? b.Value : c.Value;
        Variable result = New(system, value);
        if (TSystem.WritesConstraints)
        {
            Combination left = new(), right = new();
            left.Add(b, Fr.One);
            left.Add(c, MinusOne);
            right.Add(result, Fr.One);
            right.Add(c, MinusOne);
            system.Enforce(left.Terms, Literal(a), right.Terms);
        }
        return new(BitKind.Is, value, result);
    }

    /// <summary>At least two of three: (2·bc − b − c)·a = bc − result, with bc for b and c.</summary>
    public static Bit Majority<TSystem>(this TSystem system, Bit a, Bit b, Bit c)
        where TSystem : struct, IConstraintSystem<TSystem>
    {
        bool value = (a.Value & b.Value) | (a.Value & c.Value) | (b.Value & c.Value);
        if (a.IsConstant && b.IsConstant && c.IsConstant)
            return Bit.Constant(value);
        if (a.IsFalse)
            return system.And(b, c);
        if (b.IsFalse)
            return system.And(a, c);
        if (c.IsFalse)
            return system.And(a, b);
        if (c.IsTrue)
            return !system.And(!a, !b);
        if (b.IsTrue)
            return !system.And(!a, !c);
        if (a.IsTrue)
            return !system.And(!b, !c);
        Variable result = New(system, value);
        Bit both = system.And(b, c);
        if (TSystem.WritesConstraints)
        {
            Combination left = new(), right = new();
            left.Add(both, Two);
            left.Add(b, MinusOne);
            left.Add(c, MinusOne);
            right.Add(both, Fr.One);
            right.Add(result, MinusOne);
            system.Enforce(left.Terms, Literal(a), right.Terms);
        }
        return new(BitKind.Is, value, result);
    }

    /// <summary>A bit as a combination.</summary>
    internal static ReadOnlySpan<Term> Literal(Bit bit)
    {
        Combination combination = new();
        combination.Add(bit, Fr.One);
        return combination.Terms;
    }

    private static Variable New<TSystem>(TSystem system, bool value)
        where TSystem : struct, IConstraintSystem<TSystem> => system.Allocate(value ? Fr.One : Fr.Zero);
}
