using Flashback.Cryptography.R1cs;
using Flashback.Primitives;

namespace Flashback.Proofs;

/// <summary>The circuit of one partition of a proof of spacetime: <see cref="FallbackPost"/>'s rules as constraints.</summary>
/// <remarks>
/// Source: rust-fil-proofs, storage-proofs-post fallback circuit. The circuit has room for a fixed number of sectors; a partition with fewer
/// repeats its last one. Public inputs: for each sector CommR and the challenged nodes. WinningPoSt's circuit takes each challenge of its
/// sector for a sector of its own.
/// </remarks>
public sealed class PostCircuit : ICircuit
{
    private readonly PostVanillaProof[] _proofs;

    private PostCircuit(PostVanillaProof[] proofs) => _proofs = proofs;

    /// <summary>A WindowPoSt partition with the values of vanilla proofs that have been checked.</summary>
    /// <exception cref="ArgumentException">There are none, or more than a partition takes.</exception>
    public static PostCircuit Window(SectorSize size, IReadOnlyList<PostVanillaProof> proofs)
    {
        ArgumentNullException.ThrowIfNull(size);
        return new([.. Fill(proofs, size.WindowSectors)]);
    }

    /// <summary>A WinningPoSt with the values of a vanilla proof that has been checked.</summary>
    public static PostCircuit Winning(PostVanillaProof proof)
    {
        ArgumentNullException.ThrowIfNull(proof);
        return new(Array.ConvertAll(proof.Paths, path => proof with { Paths = [path] }));
    }

    /// <summary>A WindowPoSt partition for sectors of a size, without values.</summary>
    public static PostCircuit BlankWindow(SectorSize size)
    {
        ArgumentNullException.ThrowIfNull(size);
        return Blank(size.Tree, size.WindowSectors, PostKind.Window.ChallengesPerSector);
    }

    /// <summary>A WinningPoSt for sectors of a size, without values.</summary>
    public static PostCircuit BlankWinning(SectorSize size)
    {
        ArgumentNullException.ThrowIfNull(size);
        return Blank(size.Tree, PostKind.Winning.ChallengesPerSector, 1);
    }

    /// <summary>The same for any shape and numbers.</summary>
    public static PostCircuit Blank(TreeShape shape, int sectors, int challenges)
    {
        TreePath[] paths = new TreePath[challenges];
        Array.Fill(paths, CircuitPaths.Blank(shape));
        return new([.. Enumerable.Repeat(new PostVanillaProof(default, default, default, paths), sectors)]);
    }

    /// <summary>The public inputs of a WindowPoSt partition's proof.</summary>
    /// <param name="kind">The proof.</param>
    /// <param name="size">The sectors' size.</param>
    /// <param name="randomness">The chain's randomness.</param>
    /// <param name="firstPlace">The first sector's place among all that are proven together.</param>
    /// <param name="sectors">The partition's sectors, in order.</param>
    /// <exception cref="ArgumentException">There are none, or more than a partition takes.</exception>
    /// <exception cref="InvalidDataException">A commitment is no field element.</exception>
    public static Fr[] WindowInputs(PostKind kind, SectorSize size, in Hash32 randomness, long firstPlace, IReadOnlyList<PostSector> sectors)
    {
        ArgumentNullException.ThrowIfNull(sectors);
        ArgumentNullException.ThrowIfNull(size);
        List<Fr[]> each = [];
        for (int i = 0; i < sectors.Count; i++)
        {
            long[] challenges = PostChallenges.Derive(kind, randomness, sectors[i].Number, firstPlace + i, size.NodeCount);
            each.Add([Nodes.ToElement(sectors[i].CommR), .. challenges.Select(challenge => Fr.From((ulong)challenge))]);
        }
        return [.. Fill(each, size.WindowSectors).SelectMany(inputs => inputs)];
    }

    /// <summary>The public inputs of a WinningPoSt.</summary>
    /// <exception cref="InvalidDataException">The commitment is no field element.</exception>
    public static Fr[] WinningInputs(SectorSize size, in Hash32 randomness, PostSector sector)
    {
        ArgumentNullException.ThrowIfNull(size);
        Fr commR = Nodes.ToElement(sector.CommR);
        return [.. PostChallenges.Derive(PostKind.Winning, randomness, sector.Number, 0, size.NodeCount).SelectMany(challenge => new[] { commR, Fr.From((ulong)challenge) })];
    }

    /// <inheritdoc/>
    public void Synthesize<TSystem>(TSystem system)
        where TSystem : struct, IConstraintSystem<TSystem> =>
        system.Repeat(_proofs.Length, default, (part, i) => Sector(part, _proofs[i]));

    private static void Sector<TSystem>(TSystem system, PostVanillaProof proof)
        where TSystem : struct, IConstraintSystem<TSystem>
    {
        Number commRLast = system.AllocateNumber(Nodes.ToElement(proof.CommRLast));
        Number commC = system.AllocateNumber(Nodes.ToElement(proof.CommC));
        Number commR = system.AllocatePublished(Nodes.ToElement(proof.Sector.CommR));
        system.EnforceEqual(commR, system.Poseidon([commC, commRLast]));
        foreach (TreePath path in proof.Paths)
        {
            Number leaf = system.AllocateNumber(Nodes.ToElement(path.Leaf));
            system.EnforceInclusion<PoseidonNodes, TSystem>(leaf, CircuitPaths.Steps(path), commRLast);
        }
    }

    private static IEnumerable<T> Fill<T>(IReadOnlyList<T> items, int count) => items.Count >= 1 && items.Count <= count
        ? items.Concat(Enumerable.Repeat(items[^1], count - items.Count))
        : throw new ArgumentException($"a partition takes 1 to {count} sectors, not {items.Count}", nameof(items));
}
