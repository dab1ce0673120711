namespace Flashback.Proofs;

/// <summary>A size that sectors come in, with everything that the proofs' parameters fix for it.</summary>
/// <remarks>Source: rust-fil-proofs, filecoin-proofs constants; the sizes of 4 and 16 KiB, 16 MiB and 1 GiB are for tests only, as there.</remarks>
public sealed record SectorSize
{
    private const int NonInteractiveSmall = 26;

    // Bytes, shape, layers, challenges, proof partitions; the same of non-interactive proofs; sectors of a WindowPoSt partition.
    private static readonly SectorSize[] Table =
    [
        new(2L << 10, 0, 0, 2, 2, 1, NonInteractiveSmall, 13, 2),
        new(4L << 10, 2, 0, 2, 2, 1, NonInteractiveSmall, 13, 2),
        new(16L << 10, 8, 0, 2, 2, 1, NonInteractiveSmall, 13, 2),
        new(32L << 10, 8, 2, 2, 2, 1, NonInteractiveSmall, 13, 2),
        new(8L << 20, 0, 0, 2, 2, 1, NonInteractiveSmall, 13, 2),
        new(16L << 20, 2, 0, 2, 2, 1, NonInteractiveSmall, 13, 2),
        new(512L << 20, 0, 0, 2, 2, 1, NonInteractiveSmall, 13, 2),
        new(1L << 30, 2, 0, 2, 2, 1, NonInteractiveSmall, 13, 2),
        new(32L << 30, 8, 0, 11, 176, 10, 2253, 126, 2349),
        new(64L << 30, 8, 2, 11, 176, 10, 2253, 126, 2300),
    ];

    private SectorSize(
        long bytes, int subArity, int topArity, int layers, int challenges, int partitions, int freeChallenges, int freePartitions, int windowSectors)
    {
        Bytes = bytes;
        Tree = new TreeShape(bytes / DataTree.NodeLength, subArity, topArity);
        Layers = layers;
        WindowSectors = windowSectors;
        Interactive = new ChallengeCount((challenges + partitions - 1) / partitions, partitions);
        NonInteractive = new ChallengeCount((freeChallenges + freePartitions - 1) / freePartitions, freePartitions);
    }

    /// <summary>All sizes, the smallest first.</summary>
    public static IReadOnlyList<SectorSize> All => Table;

    /// <summary>Bytes of a sector, sealed or padded.</summary>
    public long Bytes { get; }

    /// <summary>Bytes of data a sector takes before padding.</summary>
    public UnpaddedSize Unpadded => Padded.Unpadded;

    /// <summary>The same as a piece's size.</summary>
    public PaddedSize Padded => PaddedSize.Of(Bytes);

    /// <summary>32-byte nodes of a layer.</summary>
    public long NodeCount => Tree.Leaves;

    /// <summary>The shape of tree-C and tree-R-last.</summary>
    public TreeShape Tree { get; }

    /// <summary>Steps of a path in tree-D.</summary>
    public int DataTreeHeight => System.Numerics.BitOperations.Log2((ulong)NodeCount);

    /// <summary>Layers of labels.</summary>
    public int Layers { get; }

    /// <summary>Challenges of interactive and synthetic seal proofs.</summary>
    public ChallengeCount Interactive { get; }

    /// <summary>Challenges of non-interactive seal proofs.</summary>
    public ChallengeCount NonInteractive { get; }

    /// <summary>How many sectors a WindowPoSt partition proves.</summary>
    public int WindowSectors { get; }

    /// <summary>The size of that many bytes.</summary>
    /// <returns>False when sectors do not come in it.</returns>
    public static bool TryOf(long bytes, [System.Diagnostics.CodeAnalysis.NotNullWhen(true)] out SectorSize? size)
    {
        size = Array.Find(Table, candidate => candidate.Bytes == bytes);
        return size is not null;
    }

    /// <summary>The size of that many bytes, known to be one.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Sectors do not come in it.</exception>
    public static SectorSize Of(long bytes) => TryOf(bytes, out SectorSize? size)
        ? size
        : throw new ArgumentOutOfRangeException(nameof(bytes), bytes, "sectors do not come in this size");

    /// <summary>The size as people write it: 2KiB, 512MiB, 32GiB.</summary>
    public override string ToString() => Bytes switch
    {
        < 1L << 20 => FormattableString.Invariant($"{Bytes >> 10}KiB"),
        < 1L << 30 => FormattableString.Invariant($"{Bytes >> 20}MiB"),
        _ => FormattableString.Invariant($"{Bytes >> 30}GiB"),
    };
}

/// <summary>How many challenges a seal proof answers.</summary>
/// <param name="PerPartition">Challenges of one proof partition.</param>
/// <param name="Partitions">Proof partitions.</param>
public readonly record struct ChallengeCount(int PerPartition, int Partitions)
{
    /// <summary>Challenges of all partitions.</summary>
    public int Total => PerPartition * Partitions;
}
