using Flashback.Cryptography.Fields;

namespace Flashback.Foundation.Tests.Cryptography;

/// <summary>What holds in every field, prime or extension.</summary>
public abstract class FieldLaws<TField>
    where TField : struct, IField<TField>
{
    private const int Rounds = 200;

    private readonly Randomness _random = Randomness.Fresh();

    private protected abstract TField Element(Randomness random);

    private TField Any() => Element(_random);

    [Fact]
    public void Sums_and_products_commute_associate_and_distribute()
    {
        for (int i = 0; i < Rounds; i++)
        {
            TField a = Any(), b = Any(), c = Any();
            Assert.Equal(a + b, b + a);
            Assert.Equal(a + b + c, a + (b + c));
            Assert.Equal(a * b, b * a);
            Assert.Equal(a * b * c, a * (b * c));
            Assert.Equal(a * (b + c), a * b + a * c);
        }
    }

    [Fact]
    public void Zero_and_one_are_neutral_and_inverses_cancel()
    {
        Assert.True(TField.Zero.IsZero);
        Assert.False(TField.One.IsZero);
        Assert.Equal(TField.Zero, TField.Zero.Inverse());
        for (int i = 0; i < Rounds; i++)
        {
            TField a = Any();
            Assert.Equal(a, a + TField.Zero);
            Assert.Equal(a, a * TField.One);
            Assert.Equal(TField.Zero, a * TField.Zero);
            Assert.Equal(TField.Zero, a + -a);
            Assert.Equal(TField.Zero, a - a);
            if (!a.IsZero)
                Assert.Equal(TField.One, a * a.Inverse());
        }
    }

    [Fact]
    public void Shortcuts_equal_what_they_stand_for()
    {
        for (int i = 0; i < Rounds; i++)
        {
            TField a = Any(), b = Any(), c = Any(), d = Any();
            Assert.Equal(a + a, a.Double());
            Assert.Equal(a * a, a.Square());
            Assert.Equal(a + -b, a - b);
            Assert.Equal(a * b + c * d, TField.SumOfProducts(a, b, c, d));
            Assert.Equal(a, TField.Select(a, b, 0));
            Assert.Equal(b, TField.Select(a, b, ulong.MaxValue));
        }
    }

    [Fact]
    public void Arithmetic_allocates_nothing()
    {
        TField a = Any(), b = Any();
        TField result = Work(a, b); // the first call may allocate static constants
        long before = GC.GetAllocatedBytesForCurrentThread();
        result += Work(a, b);
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
        Assert.Equal(result, Work(a, b).Double());

        static TField Work(in TField a, in TField b) => (a * b + a.Square() - TField.SumOfProducts(a, b, b, a)).Inverse() * FieldPowers.Power(a, [77]);
    }

    [Fact]
    public void Powers_multiply_out()
    {
        TField a = Any(), expected = TField.One;
        for (ulong exponent = 0; exponent < 40; exponent++)
        {
            Assert.Equal(expected, FieldPowers.Power(a, [exponent, 0]));
            expected *= a;
        }
        Assert.Equal(FieldPowers.Power(FieldPowers.Power(a, [0, 1]), [3, 5]), FieldPowers.Power(a, [0, 3, 5]));
    }

    [Fact]
    public void Roots_of_squares_come_back_and_most_elements_have_none_or_two()
    {
        Assert.True(TField.Zero.TrySquareRoot(out TField zero));
        Assert.True(zero.IsZero);
        int squares = 0;
        for (int i = 0; i < 64; i++)
        {
            TField a = Any();
            Assert.True(a.Square().TrySquareRoot(out TField root));
            Assert.True(root.Equals(a) || root.Equals(-a));
            if (a.TrySquareRoot(out root))
            {
                Assert.Equal(a, root.Square());
                squares++;
            }
        }
        Assert.InRange(squares, 8, 60);
    }

    [Fact]
    public void Batch_inversion_equals_single_inversions_and_keeps_zeros()
    {
        TField[] elements = new TField[33];
        for (int i = 0; i < elements.Length; i++)
            elements[i] = i % 7 == 3 ? TField.Zero : Any();
        TField[] inverses = (TField[])elements.Clone();
        BatchInversion.InvertInPlace<TField>(inverses, new TField[33]);
        for (int i = 0; i < elements.Length; i++)
            Assert.Equal(elements[i].Inverse(), inverses[i]);
        Assert.Throws<ArgumentException>(() => BatchInversion.InvertInPlace<TField>(inverses, new TField[32]));
    }

    [Fact]
    public void Encodings_round_trip_and_other_lengths_fail()
    {
        byte[] bytes = new byte[TField.EncodedSize];
        for (int i = 0; i < Rounds; i++)
        {
            TField a = Any();
            a.Encode(bytes);
            Assert.True(TField.TryDecode(bytes, out TField back));
            Assert.Equal(a, back);
        }
        Assert.False(TField.TryDecode(bytes.AsSpan(1), out _));
        Assert.False(TField.TryDecode(new byte[bytes.Length + 1], out _));
        Assert.False(TField.TryDecode([], out _));
        Array.Fill(bytes, (byte)0xff);
        Assert.False(TField.TryDecode(bytes, out _));
    }

    [Fact]
    public void Exactly_one_of_a_non_zero_element_and_its_negative_is_the_larger()
    {
        byte[] first = new byte[TField.EncodedSize], second = new byte[TField.EncodedSize];
        Assert.False(TField.Zero.IsLexicographicallyLargest);
        for (int i = 0; i < Rounds; i++)
        {
            TField a = Any();
            if (a.IsZero)
                continue;
            a.Encode(first);
            (-a).Encode(second);
            Assert.Equal(first.AsSpan().SequenceCompareTo(second) > 0, a.IsLexicographicallyLargest);
            Assert.NotEqual(a.IsLexicographicallyLargest, (-a).IsLexicographicallyLargest);
            Assert.NotEqual(a.Sign, (-a).Sign);
        }
    }
}
