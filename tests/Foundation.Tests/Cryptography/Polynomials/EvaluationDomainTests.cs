using Flashback.Cryptography.Fields;
using Flashback.Cryptography.Polynomials;

namespace Flashback.Foundation.Tests.Cryptography.Polynomials;

public class EvaluationDomainTests
{
    private readonly Randomness _random = Randomness.Fresh();

    private Fr[] Coefficients(int count)
    {
        Fr[] values = new Fr[count];
        for (int i = 0; i < count; i++)
            values[i] = _random.Element<Fr>();
        return values;
    }

    /// <summary>The slow twin of a transform: Horner's rule at every point.</summary>
    private static Fr[] EvaluateOneByOne(Fr[] coefficients, Fr root, Fr shift)
    {
        Fr[] values = new Fr[coefficients.Length];
        Fr point = shift;
        for (int i = 0; i < values.Length; i++, point *= root)
        {
            for (int j = coefficients.Length - 1; j >= 0; j--)
                values[i] = values[i] * point + coefficients[j];
        }
        return values;
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(6)]
    [InlineData(9)]
    public void A_transform_is_evaluation_at_every_point(int logSize)
    {
        EvaluationDomain<Fr> domain = new(logSize);
        Fr[] coefficients = Coefficients(domain.Size), values = (Fr[])coefficients.Clone();
        domain.Forward(values);
        Assert.Equal(EvaluateOneByOne(coefficients, domain.Root, Fr.One), values);
        domain.Inverse(values);
        Assert.Equal(coefficients, values);

        Fr shift = Fr.From(7) + _random.Element<Fr>().Square();
        domain.ForwardOnCoset(values, shift);
        Assert.Equal(EvaluateOneByOne(coefficients, domain.Root, shift), values);
        domain.InverseOnCoset(values, shift);
        Assert.Equal(coefficients, values);
    }

    // 2^13 begins to run over the cores; 2^18 needs factors beyond the low table.
    [Theory]
    [InlineData(12)]
    [InlineData(13)]
    [InlineData(16)]
    [InlineData(18)]
    public void Large_transforms_return_and_agree_with_evaluation_where_asked(int logSize)
    {
        EvaluationDomain<Fr> domain = new(logSize);
        Fr[] coefficients = Coefficients(domain.Size), values = (Fr[])coefficients.Clone();
        domain.Forward(values);
        for (int check = 0; check < 4; check++)
        {
            int i = check == 0 ? domain.Size - 1 : _random.Below(domain.Size);
            Fr point = FieldPowers.Power(domain.Root, [(ulong)i]), expected = default;
            for (int j = coefficients.Length - 1; j >= 0; j--)
                expected = expected * point + coefficients[j];
            Assert.Equal(expected, values[i]);
        }
        domain.Inverse(values);
        Assert.Equal(coefficients, values);
        domain.ForwardOnCoset(values, Fr.Generator);
        domain.InverseOnCoset(values, Fr.Generator);
        Assert.Equal(coefficients, values);
    }

    [Fact]
    [Trait("Speed", "Slow")]
    public void The_largest_transform_of_the_storage_proofs_returns()
    {
        EvaluationDomain<Fr> domain = new(23);
        Fr[] values = new Fr[domain.Size];
        for (int i = 0; i < values.Length; i++)
            values[i] = Fr.From((ulong)i * 0x9e3779b97f4a7c15);
        domain.Forward(values);
        domain.Inverse(values);
        for (int i = 0; i < values.Length; i++)
            Assert.True(values[i] == Fr.From((ulong)i * 0x9e3779b97f4a7c15), $"element {i}");
    }

    [Fact]
    public void Products_of_values_are_products_of_polynomials()
    {
        EvaluationDomain<Fr> domain = new(7);
        Fr[] a = Coefficients(64), b = Coefficients(64), product = new Fr[128];
        for (int i = 0; i < 64; i++)
        for (int j = 0; j < 64; j++)
            product[i + j] += a[i] * b[j];
        Array.Resize(ref a, 128);
        Array.Resize(ref b, 128);
        domain.Forward(a);
        domain.Forward(b);
        for (int i = 0; i < 128; i++)
            a[i] *= b[i];
        domain.Inverse(a);
        Assert.Equal(product, a);
    }

    [Fact]
    public void The_root_has_exactly_the_order_of_the_domain_and_is_that_of_the_specification()
    {
        Assert.Equal(Fr.One, new EvaluationDomain<Fr>(0).Root);
        Assert.Equal(-Fr.One, new EvaluationDomain<Fr>(1).Root);
        Fr root = new EvaluationDomain<Fr>(12).Root;
        Assert.Equal(-Fr.One, FieldPowers.Power(root, [2048]));
        // PRIMITIVE_ROOT_OF_UNITY ** ((BLS_MODULUS - 1) // 4096)
        var exponent = (Integers.Modulus<Fr>() - 1) / 4096;
        Assert.Equal(FieldPowers.Power(Fr.From(7), Integers.ToLimbs(exponent, 4)), root);
    }

    [Fact]
    public void Refuses_sizes_the_field_does_not_have_and_lengths_of_another_size()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => new EvaluationDomain<Fr>(-1));
        Assert.Throws<ArgumentOutOfRangeException>(() => new EvaluationDomain<Fr>(31));
        Assert.Throws<ArgumentOutOfRangeException>(() => new EvaluationDomain<Fp>(2)); // p − 1 is only twice an odd number
        EvaluationDomain<Fr> domain = new(3);
        Assert.Throws<ArgumentException>(() => domain.Forward(new Fr[7]));
        Assert.Throws<ArgumentException>(() => domain.InverseOnCoset(new Fr[8], default));
    }
}
