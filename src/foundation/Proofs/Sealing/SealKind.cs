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
/// One more is ours: the devnet's, Filecoin's number 6 with one challenge in place of two, so that a laptop proves in half the time.
/// </remarks>
public sealed record SealKind
{
    private const int Sizes = 5;
    private static readonly long[] BytesOfSize = [2L << 10, 8L << 20, 512L << 20, 32L << 30, 64L << 30];

    private SealKind(int number, SectorSize size, GraphRules rules, SealFeature feature, ChallengeCount challenges) =>
        (Number, Size, Rules, Feature, Challenges) = (number, size, rules, feature, challenges);

    /// <summary>The devnet's: 8 MiB, one challenge. Number 1006, far from those that Filecoin may register.</summary>
    public static SealKind Devnet { get; } = new(1006, SectorSize.Of(8L << 20), GraphRules.Current, SealFeature.Interactive, new ChallengeCount(1, 1));

    /// <summary>All of them, Filecoin's twenty by number first.</summary>
    public static IReadOnlyList<SealKind> All { get; } = [.. Enumerable.Range(0, 4 * Sizes).Select(Filecoin), Devnet];

    /// <summary>0 to 19, or the devnet's.</summary>
    public int Number { get; }

    /// <summary>The sector's size.</summary>
    public SectorSize Size { get; }

    /// <summary>The generation of the graph.</summary>
    public GraphRules Rules { get; }

    /// <summary>Where challenges come from.</summary>
    public SealFeature Feature { get; }

    /// <summary>How many challenges a proof answers.</summary>
    public ChallengeCount Challenges { get; }

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
        kind = All.FirstOrDefault(kind => kind.Number == number);
        return kind is not null;
    }

    /// <summary>The kind with a number that is known to be one's.</summary>
    /// <exception cref="ArgumentOutOfRangeException">No kind has it.</exception>
    public static SealKind Of(int number) =>
        TryOf(number, out SealKind? kind) ? kind : throw new ArgumentOutOfRangeException(nameof(number), number, "no registered seal proof has this number");

    /// <summary>The graph of sectors of this kind.</summary>
    public StackedGraph CreateGraph() => new(Size.NodeCount, PorepId, Rules);

    private static SealKind Filecoin(int number)
    {
        SectorSize size = SectorSize.Of(BytesOfSize[number % Sizes]);
        SealFeature feature = (number / Sizes) switch
        {
            2 => SealFeature.Synthetic,
            3 => SealFeature.NonInteractive,
            _ => SealFeature.Interactive,
        };
        return new(
            number, size, number < Sizes ? GraphRules.Legacy : GraphRules.Current, feature,
            feature == SealFeature.NonInteractive ? size.NonInteractive : size.Interactive);
    }
}
