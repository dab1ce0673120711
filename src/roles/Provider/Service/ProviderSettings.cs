namespace Flashback.Provider;

/// <summary>What a provider's service is asked for.</summary>
/// <param name="Folder">Where sectors, work and orders are kept.</param>
public sealed record ProviderSettings(string Folder)
{
    /// <summary>Cores that proofs may keep busy.</summary>
    public int Cores { get; init; } = Environment.ProcessorCount;

    /// <summary>Memory that proofs may take.</summary>
    public long MemoryBytes { get; init; } = GC.GetGCMemoryInfo().TotalAvailableMemoryBytes;

    /// <summary>Sectors that may be sealed at once.</summary>
    public int Seals { get; init; } = 1;

    /// <summary>Which deals are taken; none unless it says so.</summary>
    public DealPolicy Deals { get; init; } = new();

    /// <summary>How long a piece waits for others to share a sector with; null for a part of a proving period.</summary>
    public TimeSpan? PackingPatience { get; init; }

    /// <summary>Where alerts are posted; null for nowhere.</summary>
    public Uri? Webhook { get; init; }

    /// <summary>Folders on other disks, for sectors beside those in <see cref="Folder"/>.</summary>
    public IReadOnlyList<string> Disks { get; init; } = [];

    /// <summary>The folder with a folder for each sector.</summary>
    public string Sectors => SectorsIn(Folder);

    /// <summary>Where sectors are on every disk.</summary>
    public IReadOnlyList<SectorDisk> SectorDisks => [.. Disks.Prepend(Folder).Select(folder => new SectorDisk(SectorsIn(folder)))];

    private static string SectorsIn(string folder) => Path.Combine(folder, "sectors");

    /// <summary>The folder with readable copies of pieces.</summary>
    public string Pieces => Path.Combine(Folder, "pieces");

    /// <summary>Where orders wait to be taken.</summary>
    public string Orders => Path.Combine(Folder, "orders");

    /// <summary>The store of work.</summary>
    public string Work => Path.Combine(Folder, "work");

    /// <summary>The file with the transaction that is under way.</summary>
    public string Transaction => Path.Combine(Folder, "transaction.json");
}
