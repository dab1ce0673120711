using BenchmarkDotNet.Attributes;
using Flashback.Cryptography;

namespace Flashback.Benchmarks.Cryptography;

/// <summary>BLS signatures: what a validator and a verifier do.</summary>
[MemoryDiagnoser]
public class BlsBenchmarks
{
    private const int BatchSize = 64;

    private readonly BlsSecretKey _key = BlsSecretKey.Generate();
    private readonly byte[] _message = new byte[32];
    private readonly BlsSignatureSet[] _sets = new BlsSignatureSet[BatchSize];
    private readonly byte[][] _encodings = new byte[BatchSize][];
    private BlsPublicKey _publicKey = null!;
    private BlsSignature _signature = null!;

    [GlobalSetup]
    public void Setup()
    {
        _publicKey = _key.ToPublicKey();
        _signature = _key.Sign(_message);
        for (int i = 0; i < BatchSize; i++)
        {
            using BlsSecretKey key = BlsSecretKey.Generate();
            byte[] message = new byte[32];
            message[0] = (byte)i;
            _sets[i] = new BlsSignatureSet(key.ToPublicKey(), message, key.Sign(message));
            _encodings[i] = _sets[i].Signature.ToBytes();
        }
    }

    [Benchmark]
    public object SecretToPublicKey() => _key.ToPublicKey();

    [Benchmark]
    public object Sign() => _key.Sign(_message);

    [Benchmark]
    public bool Verify() => Bls.Verify(_publicKey, _message, _signature);

    /// <summary>From the signature's bytes, the key being cached: what a node does for each message.</summary>
    [Benchmark]
    public bool DecodeAndVerify() => BlsSignature.TryDecode(_encodings[0], out BlsSignature? signature, out _)
        && Bls.Verify(_sets[0].Key, _sets[0].Message.Span, signature);

    /// <summary>Per set, with distinct messages, over all cores.</summary>
    [Benchmark(OperationsPerInvoke = BatchSize)]
    public bool VerifyBatchOf64() => Bls.VerifyBatch(_sets);

    /// <summary>As before, with the decoding of each signature.</summary>
    [Benchmark(OperationsPerInvoke = BatchSize)]
    public bool DecodeAndVerifyBatchOf64()
    {
        BlsSignatureSet[] sets = new BlsSignatureSet[BatchSize];
        for (int i = 0; i < BatchSize; i++)
        {
            if (!BlsSignature.TryDecode(_encodings[i], out BlsSignature? signature, out _))
                return false;
            sets[i] = _sets[i] with { Signature = signature };
        }
        return Bls.VerifyBatch(sets);
    }
}
