using BenchmarkDotNet.Attributes;
using Flashback.Cryptography;
using Flashback.Primitives;

namespace Flashback.Benchmarks.Cryptography;

/// <summary>Account signatures. Target: recovery in 250 µs.</summary>
[MemoryDiagnoser]
public class EcdsaBenchmarks
{
    private static readonly Secp256k1SecretKey Key = Secp256k1SecretKey.Generate();
    private static readonly Hash32 Digest = Keccak.Hash256("a transaction"u8);
    private static readonly RecoverableSignature Signature = Secp256k1.Sign(Digest, Key);
    private static readonly Hash32 SampleDigest = Sha256.Hash("sample"u8);
    private static readonly UInt256 R = UInt256.ReadBigEndian(Hex.Decode("efd48b2aacb6a8fd1140dd9cd45e81d69d2c877b56aaf991c34d0ea84eaf3716"));
    private static readonly UInt256 S = UInt256.ReadBigEndian(Hex.Decode("f7cb1c942d657c41d436c7a1b6e29f65f3e900dbb9aff4064dc4ab2f843acda8"));
    private static readonly byte[] SampleKey = Hex.Decode(
        "60fed4ba255a9d31c961eb74c6356d68c049b8923b61fa6ce669622e60f29fb67903fe1008b8bc99a41ae9e95628bc64f2f1b20c2d7e9f5177a3c294d4462299");

    [Benchmark] public RecoverableSignature Sign() => Secp256k1.Sign(Digest, Key);
    [Benchmark] public bool Verify() => Secp256k1.Verify(Digest, Signature, Key.PublicKey);
    [Benchmark] public bool Recover() => Secp256k1.TryRecover(Digest, Signature, out _);
    [Benchmark] public bool VerifyOnSecp256r1() => Secp256r1.Verify(SampleDigest, R, S, SampleKey);
}
