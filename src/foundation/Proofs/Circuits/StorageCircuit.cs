using System.Diagnostics.CodeAnalysis;
using System.Text;
using Flashback.Cryptography.R1cs;
using Flashback.Primitives;

namespace Flashback.Proofs;

/// <summary>What a circuit of storage proofs shows.</summary>
public enum StorageProof
{
    /// <summary>A proof partition of a seal.</summary>
    Seal,

    /// <summary>A partition of a WindowPoSt.</summary>
    Window,

    /// <summary>A WinningPoSt.</summary>
    Winning,

    /// <summary>A partition of a replica update.</summary>
    Update,
}

/// <summary>A circuit by what it shows and for which sectors: everything that its keys depend on, and the name that Filecoin's files of them have.</summary>
/// <param name="Proof">What it shows.</param>
/// <param name="Size">The sectors' size.</param>
public sealed record StorageCircuit(StorageProof Proof, SectorSize Size)
{
    private const string Version = "v28";

    /// <summary>Challenges of a seal's proof partition: Filecoin's for the size, or the devnet's one. Without meaning for the others.</summary>
    public int SealChallenges { get; private init; } = Size.Interactive.PerPartition;

    /// <summary>The parameters in words, as rust-fil-proofs writes them: the files' names are made from their hash.</summary>
    public string Identifier => Proof switch
    {
        StorageProof.Seal => FormattableString.Invariant(
            $"layered_drgporep::PublicParams{{ graph: stacked_graph::StackedGraph{{expansion_degree: {StackedGraph.ExpanderDegree} base_graph: drgraph::BucketGraph{{size: {Size.NodeCount}; degree: {StackedGraph.BaseDegree}; hasher: poseidon_hasher}} }}, challenges: LayerChallenges {{ layers: {Size.Layers}, max_count: {SealChallenges} }}, tree: {Tree} }}"),
        StorageProof.Window => Post(PostKind.Window.ChallengesPerSector, Size.WindowSectors),
        StorageProof.Winning => Post(1, PostKind.Winning.ChallengesPerSector),
        _ => FormattableString.Invariant($"empty_sector_update::PublicParams{{ sector_nodes: {Size.NodeCount} }}"),
    };

    /// <summary>The files' name without its ending: .params, .vk or .meta.</summary>
    public string FileName
    {
        get
        {
            string hash = Hex.Encode(Sha256.Hash(Encoding.ASCII.GetBytes(Identifier)).AsSpan())[2..];
            return $"{Version}-{Prefix}-{hash}";
        }
    }

    /// <summary>How many numbers a statement has: its verifying key has a point for each, and one more.</summary>
    public int PublicInputCount => Proof switch
    {
        StorageProof.Seal => SealCircuit.PublicInputCount(SealChallenges),
        StorageProof.Window => Size.WindowSectors * (1 + PostKind.Window.ChallengesPerSector), // CommR, and the challenged nodes
        StorageProof.Winning => 2 * PostKind.Winning.ChallengesPerSector, // CommR and the challenged node, each time
        _ => UpdateCircuit.PublicInputCount,
    };

    private string Tree => FormattableString.Invariant($"merkletree-poseidon_hasher-{TreeShape.BaseArity}-{Size.Tree.SubArity}-{Size.Tree.TopArity}");

    private string Prefix => Proof switch
    {
        StorageProof.Seal => $"stacked-proof-of-replication-{Tree}-sha256_hasher",
        StorageProof.Update => $"empty-sector-update-{Tree}",
        _ => $"proof-of-spacetime-fallback-{Tree}",
    };

    private static StorageCircuit DevnetSeal { get; } = OfSeal(SealKind.Devnet);

    /// <summary>The circuit of a kind's seals.</summary>
    public static StorageCircuit OfSeal(SealKind kind)
    {
        ArgumentNullException.ThrowIfNull(kind);
        return new(StorageProof.Seal, kind.Size) { SealChallenges = kind.Challenges.PerPartition };
    }

    /// <summary>The circuit named so: seal-8MiB, window-2KiB, winning-32GiB, update-512MiB; the devnet's seal-devnet.</summary>
    public static bool TryParse(string? text, [NotNullWhen(true)] out StorageCircuit? circuit)
    {
        circuit = text == DevnetSeal.ToString() ? DevnetSeal : null;
        foreach (StorageProof proof in Enum.GetValues<StorageProof>())
        {
            foreach (SectorSize size in SectorSize.All)
            {
                StorageCircuit candidate = new(proof, size);
                if (candidate.ToString() == text)
                    circuit = candidate;
            }
        }
        return circuit is not null;
    }

    /// <summary>The circuit's constraints.</summary>
    public ConstraintSystem CreateSystem() => Proof switch
    {
        StorageProof.Seal => ConstraintSystem.Of(SealCircuit.Blank(Size.Tree, Size.Layers, SealChallenges)),
        StorageProof.Window => ConstraintSystem.Of(PostCircuit.BlankWindow(Size)),
        StorageProof.Winning => ConstraintSystem.Of(PostCircuit.BlankWinning(Size)),
        _ => ConstraintSystem.Of(UpdateCircuit.Blank(Size.Tree)),
    };

    /// <summary>The name that <see cref="TryParse"/> reads.</summary>
    public override string ToString() =>
        Proof == StorageProof.Seal && SealChallenges != Size.Interactive.PerPartition ? "seal-devnet" : $"{Proof.ToString().ToLowerInvariant()}-{Size}";

    private string Post(int challenges, int sectors) =>
        FormattableString.Invariant($"FallbackPoSt::PublicParams{{sector_size: {Size.Bytes}, challenge_count: {challenges}, sector_count: {sectors}}}");
}
