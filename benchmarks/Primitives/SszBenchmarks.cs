using System.Runtime.InteropServices;
using BenchmarkDotNet.Attributes;
using Flashback.Primitives;

namespace Flashback.Benchmarks.Primitives;

/// <summary>A record of 121 bytes and 8 fields, as the consensus has one for each validator.</summary>
[SszContainer]
public readonly partial record struct ValidatorLike
{
    public Bytes48 PublicKey { get; init; }

    public Hash32 WithdrawalCredentials { get; init; }

    public ulong EffectiveBalance { get; init; }

    public bool Slashed { get; init; }

    public ulong ActivationEligibilityEpoch { get; init; }

    public ulong ActivationEpoch { get; init; }

    public ulong ExitEpoch { get; init; }

    public ulong WithdrawableEpoch { get; init; }
}

/// <summary>100,000 records of 121 bytes, as many balances, and bitlists: codec, and the root in full and after one change.</summary>
[MemoryDiagnoser]
public class SszBenchmarks
{
    private const int Count = 100_000;
    private const int BitCount = 1 << 20;

    private static readonly SszBound Registry = SszBound.List(1UL << 40);
    private static readonly SszArray<ValidatorLike, SszContainer<ValidatorLike>> Records = new(Registry);
    private static readonly SszArray<ulong, SszNumber<ulong>> Numbers = new(Registry);
    private static readonly SszCollection<Bits> BitList = new(SszBound.List(BitCount));

    private ValidatorLike[] _records = [];
    private ulong[] _numbers = [];
    private readonly Bits _bits = new(BitCount);
    private byte[] _encodedRecords = [];
    private byte[] _encodedBits = [];
    private byte[] _output = [];
    private Rows<ValidatorLike> _rows = new();
    private Column<ulong> _column = new();
    private int _next;

    [GlobalSetup]
    public void Fill()
    {
        Random random = new(1);
        _encodedRecords = new byte[121 * Count];
        random.NextBytes(_encodedRecords);
        for (int i = 0; i < Count; i++)
            _encodedRecords[(121 * i) + 88] &= 1;
        if (!Records.TryDecode(_encodedRecords, out ValidatorLike[]? records, out SszFault fault))
            throw new InvalidOperationException(fault.ToString());
        _records = records;
        _numbers = new ulong[Count];
        random.NextBytes(MemoryMarshal.AsBytes(_numbers.AsSpan()));
        for (int i = 0; i < BitCount; i++)
            _bits[i] = random.Next(2) == 1;
        _encodedBits = Ssz.Encode(BitList, _bits);
        _output = new byte[_encodedRecords.Length];
        _rows = new Rows<ValidatorLike>(_records);
        _column = new Column<ulong>(_numbers);
        _rows.RootOf(Registry, null);
        _column.RootOf(Registry, null);
    }

    [Benchmark] public bool DecodeRecords() => Records.TryDecode(_encodedRecords, out ValidatorLike[]? _, out _);

    [Benchmark] public int EncodeRecords() => Records.Write(_records, _output);

    [Benchmark] public bool DecodeBits() => BitList.TryDecode(_encodedBits, out Bits? _, out _);

    [Benchmark] public int EncodeBits() => BitList.Write(_bits, _output);

    [Benchmark] public Hash32 RootOfRecord() => _records[0].HashTreeRoot();

    [Benchmark] public Hash32 RootOfRecords() => Records.RootOf(_records);

    [Benchmark] public Hash32 RootOfNumbers() => Numbers.RootOf(_numbers);

    [Benchmark]
    public Hash32 RootOfRecordsAfterOneChange()
    {
        int at = (int)(_next++ * 7919L % Count);
        _rows[at] = _rows[at] with { EffectiveBalance = (ulong)_next };
        return _rows.RootOf(Registry, null);
    }

    [Benchmark]
    public Hash32 RootOfNumbersAfterOneChange()
    {
        _column[(int)(_next++ * 7919L % Count)] = (ulong)_next;
        return _column.RootOf(Registry, null);
    }

    [Benchmark] public Rows<ValidatorLike> CopyRecords() => _rows.Copy();
}
