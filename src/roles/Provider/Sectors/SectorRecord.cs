using System.Text.Json.Serialization;

namespace Flashback.Provider;

/// <summary>What is known about a sector, beside its files: what was put in, and what it was sealed with. Nodes are hexadecimal text.</summary>
public sealed record SectorRecord
{
    /// <summary>The number of the registered proof.</summary>
    public required int Kind { get; init; }

    /// <summary>Whose replica it is: 32 bytes that stand for the provider in the replica id.</summary>
    public required string Prover { get; init; }

    /// <summary>The sector's number.</summary>
    public required ulong Number { get; init; }

    /// <summary>What was put in, in order.</summary>
    public IReadOnlyList<PieceRecord> Pieces { get; init; } = [];

    /// <summary>The randomness the sector is sealed with; null until then.</summary>
    public string? Ticket { get; init; }

    /// <summary>The commitment to the data; null until it is known.</summary>
    public string? CommD { get; init; }

    /// <summary>The commitment to the replica; null until it is sealed.</summary>
    public string? CommR { get; init; }

    /// <summary>The randomness the seal proof answers; null until there is one.</summary>
    public string? Seed { get; init; }

    /// <summary>The replica update that puts data into a sector sealed empty; null until one is begun.</summary>
    public UpdateRecord? Update { get; init; }
}

/// <summary>A replica update.</summary>
public sealed record UpdateRecord
{
    /// <summary>What is put in, in order.</summary>
    public IReadOnlyList<PieceRecord> Pieces { get; init; } = [];

    /// <summary>The commitment to the new data; null until no piece comes any more.</summary>
    public string? CommD { get; init; }

    /// <summary>The commitment to the new replica; null until it is made.</summary>
    public string? CommR { get; init; }
}

/// <summary>A piece in a sector.</summary>
/// <param name="CommP">Its commitment.</param>
/// <param name="PaddedSize">The room it takes, in bytes.</param>
/// <param name="Offset">Where it begins, in bytes as its owner counts them, without padding.</param>
/// <param name="Length">Its length as its owner has it.</param>
public sealed record PieceRecord(string CommP, long PaddedSize, long Offset, long Length);

[JsonSourceGenerationOptions(WriteIndented = true, PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(SectorRecord))]
internal sealed partial class SectorJson : JsonSerializerContext;
