using System.Numerics;
using BenchmarkDotNet.Attributes;
using Flashback.Primitives;

namespace Flashback.Benchmarks.Primitives;

/// <summary>The EVM's arithmetic on full-width operands, beside the framework's BigInteger reduced to 256 bits.</summary>
[MemoryDiagnoser]
public class UInt256Benchmarks
{
    private static readonly UInt256 A = new(0x9e3779b97f4a7c15, 0xbf58476d1ce4e5b9, 0x94d049bb133111eb, 0xd1b54a32d192ed03);
    private static readonly UInt256 B = new(0x2545f4914f6cdd1d, 0x632be59bd9b4e019, 0x9e6c63d0876a9a47, 0x00003243f6a8885a);
    private static readonly UInt256 M = new(0xfffffffefffffc2f, 0xffffffffffffffff, 0xffffffffffffffff, 0x7fffffffffffffff);
    private static readonly BigInteger WideA = (BigInteger)A, WideB = (BigInteger)B, WideM = (BigInteger)M;
    private static readonly BigInteger Mask = (BigInteger.One << 256) - 1;

    private readonly UInt256 _a = A;
    private readonly UInt256 _b = B;
    private readonly UInt256 _m = M;

    [Benchmark] public UInt256 Add() => _a + _b;
    [Benchmark] public UInt256 Multiply() => _a * _b;
    [Benchmark] public UInt256 Divide() => UInt256.Divide(_a, _b);
    [Benchmark] public UInt256 MultiplyModulo() => UInt256.MultiplyModulo(_a, _b, _m);
    [Benchmark] public UInt256 AddModulo() => UInt256.AddModulo(_a, _a, _m);
    [Benchmark] public UInt256 Power() => UInt256.Power(_a, _b);
    [Benchmark] public BigInteger BigIntegerAdd() => (WideA + WideB) & Mask;
    [Benchmark] public BigInteger BigIntegerMultiply() => (WideA * WideB) & Mask;
    [Benchmark] public BigInteger BigIntegerDivide() => WideA / WideB;
    [Benchmark] public BigInteger BigIntegerMultiplyModulo() => WideA * WideB % WideM;
    [Benchmark] public BigInteger BigIntegerPower() => BigInteger.ModPow(WideA, WideB, Mask + 1);
}
