using BenchmarkDotNet.Attributes;
using Flashback.Primitives;

namespace Flashback.Benchmarks.Primitives;

/// <summary>A list of a thousand transfers as a block carries them (about 110 KB): numbers, an address, short and long byte strings.</summary>
[MemoryDiagnoser]
public class RlpBenchmarks
{
    private readonly Transfers _transfers = new();
    private byte[] _encoded = [];

    [GlobalSetup]
    public void Setup()
    {
        _encoded = Rlp.Encode(_transfers);
        Console.WriteLine($"// {_encoded.Length} bytes");
    }

    [Benchmark] public byte[] Encode() => Rlp.Encode(_transfers);

    [Benchmark] public Hash32 EncodeAndHash() => Rlp.Hash(_transfers);

    [Benchmark]
    public ulong Decode()
    {
        RlpReader input = new(_encoded);
        ulong sum = 0;
        if (!input.TryReadList(out RlpReader transfers))
            return 0;
        while (transfers.TryReadList(out RlpReader t) && t.TryReadUInt64(out ulong nonce) && t.TryReadUInt256(out UInt256 price)
            && t.TryReadUInt64(out ulong gas) && t.TryReadFixed(out Address to) && t.TryReadUInt256(out UInt256 value)
            && t.TryReadBytes(out ReadOnlySpan<byte> data) && t.TryReadUInt64(out ulong v) && t.TryReadUInt256(out UInt256 r)
            && t.TryReadUInt256(out UInt256 s) && t.TryEnd())
        {
            sum += nonce + price.Low + gas + (ulong)to.GetHashCode() + value.Low + (ulong)data.Length + v + r.Low + s.Low;
        }
        return sum;
    }

    private sealed class Transfers : IRlpEncodable
    {
        private readonly Address _to = FixedBytes.Parse<Address>("0x00112233445566778899aabbccddeeff00112233");
        private readonly UInt256 _price = 30_000_000_000, _value = UInt256.Power(10, 18), _signature = UInt256.MaxValue >> 1;

        public void WriteTo(ref RlpWriter writer)
        {
            RlpListMark list = writer.BeginList();
            for (ulong nonce = 0; nonce < 1000; nonce++)
            {
                RlpListMark transfer = writer.BeginList();
                writer.Write(nonce);
                writer.Write(_price);
                writer.Write(21_000);
                writer.WriteFixed(_to);
                writer.Write(_value);
                writer.Write([]);
                writer.Write(27);
                writer.Write(_signature);
                writer.Write(_signature);
                writer.EndList(transfer);
            }
            writer.EndList(list);
        }
    }
}
