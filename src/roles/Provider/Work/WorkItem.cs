using System.Text.Json.Serialization;

namespace Flashback.Provider;

/// <summary>What a piece of work is about.</summary>
public enum WorkKind
{
    /// <summary>A sector, by its number.</summary>
    Sector,

    /// <summary>A window, by its partition and number.</summary>
    Window,

    /// <summary>A deal, by its number.</summary>
    Deal,

    /// <summary>A request for data on chain, by its deal and its number there.</summary>
    Request,

    /// <summary>A batch of receipts, by its deal and its first delivery.</summary>
    Batch,
}

/// <summary>Which piece of work.</summary>
/// <param name="Kind">What it is about.</param>
/// <param name="Subject">The number of the sector, the partition, or the deal.</param>
/// <param name="Part">The number of the window, of the request, or of the batch's first delivery, with the region above it; else 0.</param>
public readonly record struct WorkId(WorkKind Kind, ulong Subject, ulong Part)
{
    /// <summary>A sector.</summary>
    public static WorkId OfSector(ulong number) => new(WorkKind.Sector, number, 0);

    /// <summary>A window of a partition.</summary>
    public static WorkId OfWindow(ulong partition, ulong window) => new(WorkKind.Window, partition, window);

    /// <summary>A deal.</summary>
    public static WorkId OfDeal(ulong number) => new(WorkKind.Deal, number, 0);

    /// <summary>A request for a deal's data.</summary>
    public static WorkId OfRequest(ulong deal, ulong request) => new(WorkKind.Request, deal, request);

    /// <summary>Receipts of a deal and region, from a number on.</summary>
    public static WorkId OfBatch(ulong deal, int region, ulong first) => new(WorkKind.Batch, deal, ((ulong)region << 32) | first);

    /// <inheritdoc/>
    public override string ToString() => Kind switch
    {
        WorkKind.Sector => $"sector {Subject}",
        WorkKind.Window => $"window {Part} of partition {Subject}",
        WorkKind.Deal => $"deal {Subject}",
        WorkKind.Request => $"request {Part} of deal {Subject}",
        _ => $"receipts from {(uint)Part} on of deal {Subject}",
    };
}

/// <summary>A piece of work as it is kept. It changes only by <see cref="WorkQueue.TryReplace"/>.</summary>
public sealed record WorkItem
{
    /// <summary>Which.</summary>
    public required WorkId Id { get; init; }

    /// <summary>Where it stands.</summary>
    public required WorkState State { get; init; }

    /// <summary>Changes with each change: who saw another version changes nothing.</summary>
    public ulong Version { get; init; }

    /// <summary>Which run of the program does its step now; null for none.</summary>
    public string? Owner { get; init; }

    /// <summary>The larger, the sooner.</summary>
    public int Priority { get; init; }

    /// <summary>How often its step has failed in this state.</summary>
    public int Attempts { get; init; }

    /// <summary>Why it failed last, or what it waits for; null when neither.</summary>
    public string? Reason { get; init; }

    /// <summary>When its step may be tried.</summary>
    public DateTimeOffset NotBefore { get; init; }

    /// <summary>What is known so far.</summary>
    public WorkDetails Details { get; init; } = new();
}

/// <summary>What the steps of a piece of work have found out. Nodes and proofs are hexadecimal text.</summary>
public sealed record WorkDetails
{
    /// <summary>Of a sector: proving periods that it is committed for.</summary>
    public ulong Periods { get; init; }

    /// <summary>Of a sector: proofs in a proving period.</summary>
    public ulong Cadence { get; init; }

    /// <summary>Of a sector with pieces: until when deals need it; 0 of one without.</summary>
    public ulong Expiration { get; init; }

    /// <summary>Of a sector: the pieces that are put in, in order; none of committed capacity.</summary>
    public IReadOnlyList<PackedPiece> Pieces { get; init; } = [];

    /// <summary>Of a sector: its ticket's slot.</summary>
    public ulong TicketSlot { get; init; }

    /// <summary>Of a sector: its ticket.</summary>
    public string? Ticket { get; init; }

    /// <summary>Of a sector: the commitment to its replica.</summary>
    public string? CommR { get; init; }

    /// <summary>Of a sector: the commitment to its data.</summary>
    public string? CommD { get; init; }

    /// <summary>Of a sector: its seed.</summary>
    public string? Seed { get; init; }

    /// <summary>The proof as it goes on the chain.</summary>
    public string? Proof { get; init; }

    /// <summary>Of a window: its challenge.</summary>
    public string? Challenge { get; init; }

    /// <summary>Of a sector that was updated: the slot in which its claim was seen on the chain.</summary>
    public ulong UpdateSlot { get; init; }

    /// <summary>Of a window: the sectors that its proof shows, in order.</summary>
    public IReadOnlyList<ulong> Sectors { get; init; } = [];

    /// <summary>Of a window: a hash of their replicas, which an update changes.</summary>
    public string? Replicas { get; init; }

    /// <summary>Of a window: its first slot.</summary>
    public ulong Opens { get; init; }

    /// <summary>Of a window: the first slot after it. Of a request: the first slot that is too late.</summary>
    public ulong Closes { get; init; }

    /// <summary>Of a deal: what it is about.</summary>
    public DealDetails? Deal { get; init; }

    /// <summary>Of receipts: which.</summary>
    public BatchDetails? Batch { get; init; }
}

/// <summary>Receipts that go on chain together.</summary>
/// <param name="Region">The region's place among the deal's.</param>
/// <param name="First">The number of the first delivery.</param>
/// <param name="Count">How many follow on each other.</param>
/// <param name="OnChain">The batch's number in the deal; 0 before it has one.</param>
public sealed record BatchDetails(int Region, ulong First, int Count, ulong OnChain = 0);

/// <summary>A piece that is put into a sector for a deal.</summary>
/// <param name="Deal">The deal's number.</param>
/// <param name="CommP">The piece, in hexadecimal.</param>
/// <param name="PaddedSize">The room it takes, in bytes.</param>
/// <param name="Length">Its length as its owner has it.</param>
public sealed record PackedPiece(ulong Deal, string CommP, long PaddedSize, long Length);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull, UseStringEnumConverter = true)]
[JsonSerializable(typeof(WorkItem))]
internal sealed partial class WorkJson : JsonSerializerContext;
