using Flashback.Cryptography.Bls12381;
using Flashback.Cryptography.Curves;
using Flashback.Cryptography.Fields;

namespace Flashback.Foundation.Tests.Cryptography;

/// <summary>Sums of many multiples against the sum of single ones.</summary>
public abstract class MultiScalarMultiplicationLaws<TField, TCurve>
    where TField : struct, IField<TField>
    where TCurve : struct, IShortWeierstrass<TField>
{
    private readonly Randomness _random = Randomness.Fresh();

    private static JacobianPoint<TField, TCurve> Multiply(JacobianPoint<TField, TCurve> point, Fr scalar)
    {
        ulong[] limbs = new ulong[4];
        scalar.CopyTo(limbs);
        return LinearCombination.Multiply(point, limbs);
    }

    private static JacobianPoint<TField, TCurve> OneByOne(AffinePoint<TField, TCurve>[] points, Fr[] scalars)
    {
        JacobianPoint<TField, TCurve> sum = default;
        for (int i = 0; i < points.Length; i++)
            sum += Multiply(points[i].ToJacobian(), scalars[i]);
        return sum;
    }

    private AffinePoint<TField, TCurve>[] Points(int count)
    {
        JacobianPoint<TField, TCurve>[] points = new JacobianPoint<TField, TCurve>[count];
        JacobianPoint<TField, TCurve> point = Multiply(JacobianPoint<TField, TCurve>.Generator, _random.Element<Fr>()), step = point.Double();
        for (int i = 0; i < count; i++, point += step)
            points[i] = point;
        AffinePoint<TField, TCurve>[] affine = new AffinePoint<TField, TCurve>[count];
        JacobianPoint<TField, TCurve>.ToAffine(points, affine);
        return affine;
    }

    private Fr[] Scalars(int count)
    {
        Fr[] scalars = new Fr[count];
        for (int i = 0; i < count; i++)
            scalars[i] = _random.Element<Fr>();
        return scalars;
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(47)]
    [InlineData(64)]
    [InlineData(700)]
    public void Agrees_with_the_naive_sum(int count)
    {
        AffinePoint<TField, TCurve>[] points = Points(count);
        Fr[] scalars = Scalars(count);
        Assert.Equal(OneByOne(points, scalars), MultiScalarMultiplication.Sum<TField, TCurve, Fr>(points, scalars));
    }

    [Fact]
    public void Agrees_where_points_repeat_cancel_and_are_at_infinity()
    {
        AffinePoint<TField, TCurve>[] points = Points(300);
        Fr[] scalars = Scalars(300);
        for (int i = 0; i < 300; i += 3)
        {
            points[i] = points[(i + 30) % 300 / 30 * 30];
            scalars[i] = scalars[0];
            points[i + 1] = i % 2 == 0 ? -points[i] : points[i];
            scalars[i + 1] = scalars[i];
        }
        points[2] = points[200] = default;
        Assert.Equal(OneByOne(points, scalars), MultiScalarMultiplication.Sum<TField, TCurve, Fr>(points, scalars));

        Array.Fill(points, points[5]);
        Array.Fill(scalars, scalars[5]);
        Assert.Equal(OneByOne(points, scalars), MultiScalarMultiplication.Sum<TField, TCurve, Fr>(points, scalars));
    }

    [Fact]
    public void Agrees_on_zeros_ones_and_short_scalars()
    {
        AffinePoint<TField, TCurve>[] points = Points(2000);
        Fr[] scalars = new Fr[2000];
        for (int i = 0; i < 2000; i++)
        {
            scalars[i] = (i % 8) switch
            {
                < 3 => Fr.Zero,
                < 6 => Fr.One,
                6 => Fr.From(_random.Limb() >> _random.Below(64)),
                _ => i % 16 == 7 ? -Fr.One : _random.Element<Fr>(),
            };
        }
        Assert.Equal(OneByOne(points, scalars), MultiScalarMultiplication.Sum<TField, TCurve, Fr>(points, scalars));
        Array.Fill(scalars, Fr.One);
        Assert.Equal(OneByOne(points, scalars), MultiScalarMultiplication.Sum<TField, TCurve, Fr>(points, scalars));
        Array.Fill(scalars, Fr.Zero);
        Assert.True(MultiScalarMultiplication.Sum<TField, TCurve, Fr>(points, scalars).IsInfinity);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(1000)]
    [InlineData(1024)]
    [InlineData(4096)]
    public void Buckets_count_as_often_as_their_digits_say(int largestDigit)
    {
        AffinePoint<TField, TCurve>[] points = Points(50);
        points[7] = default;
        Buckets<TField, TCurve> buckets = new(largestDigit);
        for (int round = 0; round < 2; round++)
        {
            Fr[] multiples = new Fr[points.Length];
            buckets.Clear();
            for (int i = 0; i < 5000; i++)
            {
                int which = _random.Below(points.Length), digit = i < 9 ? largestDigit : _random.Below(2 * largestDigit + 1) - largestDigit;
                buckets.Add(points, which, digit);
                multiples[which] += digit < 0 ? -Fr.From((ulong)-digit) : Fr.From((ulong)digit);
            }
            Assert.Equal(OneByOne(points, multiples), buckets.Sum(points));
        }
    }

    [Fact]
    public void Refuses_unequal_numbers() =>
        Assert.Throws<ArgumentException>(() => MultiScalarMultiplication.Sum<TField, TCurve, Fr>(Points(2), Scalars(3)));

    [Theory]
    [InlineData(2)]
    [InlineData(8)]
    [InlineData(11)]
    public void A_table_of_multiples_agrees_with_single_multiplication(int width)
    {
        AffinePoint<TField, TCurve> point = Points(1)[0];
        FixedBaseTable<TField, TCurve> table = new(point, 255, width);
        foreach (Fr scalar in (Fr[])[Fr.Zero, Fr.One, -Fr.One, .. Scalars(8)])
            Assert.Equal(Multiply(point.ToJacobian(), scalar), table.Multiply(scalar));
        Assert.Throws<ArgumentException>(() => new FixedBaseTable<TField, TCurve>(point, 64, width).Multiply(-Fr.One));
    }
}

public sealed class G1MultiScalarMultiplicationTests : MultiScalarMultiplicationLaws<Fp, G1Curve>;

public sealed class G2MultiScalarMultiplicationTests : MultiScalarMultiplicationLaws<Fp2, G2Curve>;

public class WindowedScalarsTests
{
    [Fact]
    public void Digits_add_up_to_the_scalar_at_every_width()
    {
        Randomness random = Randomness.Fresh();
        for (int width = 2; width <= 16; width++)
        {
            for (int round = 0; round < 20; round++)
            {
                Fr scalar = round == 0 ? -Fr.One : random.Element<Fr>(), sum = default;
                ulong[] limbs = new ulong[4];
                scalar.CopyTo(limbs);
                WindowedScalars digits = WindowedScalars.Cut(limbs, 4, 255, width);
                for (int window = digits.Count - 1; window >= 0; window--)
                {
                    int digit = digits.Digit(0, window);
                    Assert.InRange(digit, -(1 << (width - 1)), (1 << (width - 1)) - 1);
                    for (int i = 0; i < width; i++)
                        sum += sum;
                    sum += digit < 0 ? -Fr.From((ulong)-digit) : Fr.From((ulong)digit);
                }
                Assert.Equal(scalar, sum);
            }
        }
    }
}
