namespace Flashback.Proofs;

/// <summary>Which proof of spacetime is made, and so how many challenges a sector gets and how they are drawn.</summary>
/// <param name="ChallengesPerSector">Nodes shown of each sector.</param>
/// <param name="NumbersAcrossSectors">True when challenges are numbered through all sectors of all partitions, false when each sector begins at 0.</param>
public sealed record PostKind(int ChallengesPerSector, bool NumbersAcrossSectors)
{
    /// <summary>Proves now and then that one sector, drawn by lot, is there.</summary>
    public static PostKind Winning { get; } = new(66, NumbersAcrossSectors: true);

    /// <summary>Proves every sector within its deadline. spec: FIP-0061</summary>
    public static PostKind Window { get; } = new(10, NumbersAcrossSectors: false);

    /// <summary>WindowPoSt before FIP-0061.</summary>
    public static PostKind LegacyWindow { get; } = new(10, NumbersAcrossSectors: true);
}
