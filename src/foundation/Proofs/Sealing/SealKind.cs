using System.Buffers.Binary;
using Flashback.Primitives;

namespace Flashback.Proofs;

/// <summary>Where a seal proof's challenges come from.</summary>
public enum SealFeature
{
    /// <summary>From a seed that the chain gives after the replica is committed.</summary>
    Interactive,

    /// <summary>From the seed too, but among a fixed set that is proven before. spec: FIP-0059</summary>
    Synthetic,

    /// <summary>From the replica itself. spec: FIP-0092</summary>
    NonInteractive,
}

/// <summary>A registered seal proof: the number that chains know a combination of sector size, graph and challenges by.</summary>
/// <remarks>
/// Numbers 0–4 are the five sizes 2 KiB, 8 MiB, 512 MiB, 32 GiB, 64 GiB over the old graph; 5–9 the same over the current one; 10–14 with
/// synthetic, 15–19 with non-interactive challenges. spec: go-state-types, abi RegisteredSealProof
/// </remarks>
public sealed record SealKind
{
    private const int Sizes = 5;
    private static readonly long[] BytesOfSize = [2L << 10, 8L << 20, 512L << 20, 32L << 30, 64L << 30];

    private SealKind(int number)
    {
        Number = number;
        Size = SectorSize.Of(BytesOfSize[number % Sizes]);
        Rules = number < Sizes ? GraphRules.Legacy : GraphRules.Current;
        Feature = (number / Sizes) switch
        {
            2 => SealFeature.Synthetic,
            3 => SealFeature.NonInteractive,
            _ => SealFeature.Interactive,
        };
    }

    /// <summary>All of them, by number.</summary>
    public static IReadOnlyList<SealKind> All { get; } = [.. Enumerable.Range(0, 4 * Sizes).Select(number => new SealKind(number))];

    /// <summary>0 to 19.</summary>
    public int Number { get; }

    /// <summary>The sector's size.</summary>
    public SectorSize Size { get; }

    /// <summary>The generation of the graph.</summary>
    public GraphRules Rules { get; }

    /// <summary>Where challenges come from.</summary>
    public SealFeature Feature { get; }

    /// <summary>How many challenges a proof answers.</summary>
    public ChallengeCount Challenges => Feature == SealFeature.NonInteractive ? Size.NonInteractive : Size.Interactive;

    /// <summary>What seeds the graph and goes into the replica id: the number, a nonce of zero, zeros.</summary>
    public Hash32 PorepId
    {
        get
        {
            Span<byte> id = stackalloc byte[32];
            id.Clear();
            BinaryPrimitives.WriteUInt64LittleEndian(id, (ulong)Number);
            return Hash32.Read(id);
        }
    }

    /// <summary>The kind with that number; false when none has it.</summary>
    public static bool TryOf(int number, [System.Diagnostics.CodeAnalysis.NotNullWhen(true)] out SealKind? kind)
    {
        kind = number >= 0 && number < All.Count ? All[number] : null;
        return kind is not null;
    }

    /// <summary>The graph of sectors of this kind.</summary>
    public StackedGraph CreateGraph() => new(Size.NodeCount, PorepId, Rules);
}
