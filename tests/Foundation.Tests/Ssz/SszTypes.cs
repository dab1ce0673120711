using Flashback.Primitives;

namespace Flashback.Foundation.Tests;

/// <summary>Lengths of a network, for tests: the same containers under a small and a large one.</summary>
public sealed record TestPreset(int MaxKeys, ulong MaxItems, int Slots, int MaxItemLength, int CommitteeSize) : ISszPreset
{
    public static TestPreset Small { get; } = new(4, 3, 4, 8, 10);

    public static TestPreset Large { get; } = new(1 << 20, 1UL << 40, 64, 1 << 30, 512);
}

/// <summary>A number with a type of its own.</summary>
public readonly record struct Moment(ulong Value) : ISszNumber;

[SszContainer]
public sealed partial record Anchor(Moment Moment, Hash32 Root);

/// <summary>As a validator of the consensus: 121 bytes, 8 fields.</summary>
[SszContainer]
public readonly partial record struct Member
{
    public Bytes48 PublicKey { get; init; }

    public Hash32 Credentials { get; init; }

    public ulong Balance { get; init; }

    public bool Slashed { get; init; }

    public Moment Eligible { get; init; }

    public Moment Active { get; init; }

    public Moment Exit { get; init; }

    public Moment Withdrawable { get; init; }
}

[SszContainer(typeof(TestPreset))]
public sealed partial class Letter
{
    public required ushort Kind { get; init; }

    [SszList(nameof(TestPreset.MaxItems)), SszList(nameof(TestPreset.MaxItemLength), Depth = 1)]
    public required byte[][] Items { get; init; }

    public required Anchor Source { get; init; }

    [SszList(nameof(TestPreset.CommitteeSize))]
    public required Bits Voters { get; init; }

    [SszVector(nameof(TestPreset.CommitteeSize))]
    public required Bits Committee { get; init; }

    [SszVector(4)]
    public required bool[] Flags { get; init; }
}

/// <summary>Everything at once: nested containers of both kinds, arrays of them, vectors of variable elements, wide numbers, columns and rows.</summary>
[SszContainer(typeof(TestPreset))]
public sealed partial class World
{
    public required UInt128 Wide { get; init; }

    public required UInt256 Wider { get; init; }

    public required Address Owner { get; init; }

    [SszList(nameof(TestPreset.MaxKeys))]
    public required Bytes48[] Keys { get; init; }

    public required Letter Letter { get; init; }

    [SszVector(2)]
    public required Letter[] Pair { get; init; }

    [SszList(nameof(TestPreset.MaxItems))]
    public required Letter[] Letters { get; init; }

    [SszList(nameof(TestPreset.MaxItems))]
    public required Rows<Member> Members { get; init; }

    [SszList(nameof(TestPreset.MaxItems))]
    public required Column<Moment> Balances { get; init; }

    [SszList(nameof(TestPreset.MaxItems))]
    public required Column<byte> Participation { get; init; }

    [SszVector(nameof(TestPreset.Slots))]
    public required Column<Hash32> Roots { get; init; }

    [SszVector(nameof(TestPreset.Slots))]
    public required uint[] Counts { get; init; }

    [SszList(nameof(TestPreset.MaxItems)), SszVector(3, Depth = 1)]
    public required ushort[][] Triples { get; init; }
}
