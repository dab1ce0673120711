using System.Buffers.Binary;
using Flashback.Primitives;

namespace Flashback.Consensus;

/// <summary>Draws candidates by effective balance: each is taken with the share of the largest effective balance that it has. spec: cs/electra/beacon-chain#modified-compute_proposer_index</summary>
/// <param name="seed">The seed.</param>
/// <param name="largest">The largest effective balance.</param>
internal struct WeightedSampler(Hash32 seed, Gwei largest)
{
    private const int MaxRandomValue = ushort.MaxValue; // 2**16 - 1
    private const int ValuesPerHash = 16;

    private readonly Hash32 _seed = seed;
    private Hash32 _random;
    private ulong _block = ulong.MaxValue;

    /// <summary>Whether the candidate in the i-th draw is taken.</summary>
    public bool Takes(ulong i, Gwei effectiveBalance)
    {
        if (i / ValuesPerHash != _block)
            Draw(i / ValuesPerHash);
        ushort random = BinaryPrimitives.ReadUInt16LittleEndian(_random.AsSpan()[(int)(i % ValuesPerHash * sizeof(ushort))..]);
        // 128 bits: our own largest balance times 65535 does not fit 64.
        return (UInt128)effectiveBalance.Value * MaxRandomValue >= (UInt128)largest.Value * random;
    }

    private void Draw(ulong block)
    {
        Span<byte> input = stackalloc byte[40];
        _seed.AsSpan().CopyTo(input);
        BinaryPrimitives.WriteUInt64LittleEndian(input[32..], block);
        _random = Sha256.Hash(input);
        _block = block;
    }
}
