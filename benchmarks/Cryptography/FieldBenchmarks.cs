using BenchmarkDotNet.Attributes;
using Flashback.Cryptography.Bls12381;
using Flashback.Cryptography.Curves;
using Flashback.Cryptography.Fields;

namespace Flashback.Benchmarks.Cryptography;

/// <summary>Field operations, each on the result of the one before: latency, a thousand to an invocation.</summary>
/// <typeparam name="TField">The field.</typeparam>
[MemoryDiagnoser]
[GenericTypeArguments(typeof(Montgomery384<FpModulus>))]
[GenericTypeArguments(typeof(Montgomery256<FrModulus>))]
[GenericTypeArguments(typeof(Secp256k1Field))]
public class FieldBenchmarks<TField>
    where TField : struct, IPrimeField<TField>
{
    private const int Times = 1000;

    private TField _a;
    private TField _b;

    [GlobalSetup]
    public void Setup()
    {
        byte[] bytes = new byte[TField.EncodedSize];
        new Random(1).NextBytes(bytes);
        _a = TField.Reduce(bytes);
        _b = _a.Square() + TField.One;
    }

    [Benchmark(OperationsPerInvoke = Times)]
    public TField Product()
    {
        TField x = _a;
        for (int i = 0; i < Times; i++)
            x *= _b;
        return x;
    }

    [Benchmark(OperationsPerInvoke = Times)]
    public TField Square()
    {
        TField x = _a;
        for (int i = 0; i < Times; i++)
            x = x.Square();
        return x;
    }

    [Benchmark(OperationsPerInvoke = Times)]
    public TField SumOfProducts()
    {
        TField x = _a;
        for (int i = 0; i < Times; i++)
            x = TField.SumOfProducts(x, _b, _a, x);
        return x;
    }

    [Benchmark(OperationsPerInvoke = Times)]
    public TField Sum()
    {
        TField x = _a;
        for (int i = 0; i < Times; i++)
            x += _b;
        return x;
    }

    [Benchmark(OperationsPerInvoke = Times)]
    public TField Inverse()
    {
        TField x = _a;
        for (int i = 0; i < Times; i++)
            x = x.Inverse();
        return x;
    }
}
