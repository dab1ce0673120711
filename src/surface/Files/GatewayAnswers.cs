using System.Text.Json.Serialization;

namespace Flashback.Files;

/// <summary>A file or folder that a gateway keeps.</summary>
/// <param name="Cid">Its identifier.</param>
/// <param name="Size">Its bytes.</param>
public sealed record RemoteFile(string Cid, long Size)
{
    /// <summary>When it was put; null where that was not asked for.</summary>
    public DateTimeOffset? Modified { get; init; }

    /// <summary>How far it has come: uploaded, on-chain, proven, stored (which is proven and read back); null where that was not asked for.</summary>
    public string? State { get; init; }

    /// <summary>By how many providers each of its pieces is kept at least.</summary>
    public int? Copies { get; init; }

    /// <summary>By how many each is to be kept.</summary>
    public int? Wanted { get; init; }

    /// <summary>When it is expected to be proven by those who have taken it; null where nothing is on its way.</summary>
    public DateTimeOffset? Expected { get; init; }

    /// <summary>The pieces that hold it; null where that was not asked for.</summary>
    public IReadOnlyList<RemotePiece>? Pieces { get; init; }
}

/// <summary>A piece that holds something of a file.</summary>
/// <param name="State">How far it has come, as with the file.</param>
public sealed record RemotePiece(string State)
{
    /// <summary>CommP, once it is known.</summary>
    public string? Commitment { get; init; }

    /// <summary>What it waits for; null where it does not wait.</summary>
    public string? Waits { get; init; }

    /// <summary>By how many providers it is kept; null before it was placed.</summary>
    public int? Copies { get; init; }

    /// <summary>By how many it is to be kept.</summary>
    public int? Wanted { get; init; }

    /// <summary>When it is expected to be proven.</summary>
    public DateTimeOffset? Expected { get; init; }

    /// <summary>Its bytes, while a provider gets them; else null.</summary>
    public long? Bytes { get; init; }

    /// <summary>What each provider has done; null before it was placed.</summary>
    public IReadOnlyList<RemoteCopy>? Providers { get; init; }
}

/// <summary>What one provider has done for a piece.</summary>
/// <param name="Provider">Who.</param>
/// <param name="State">registered, uploaded, proven, dropped.</param>
public sealed record RemoteCopy(ulong Provider, string State)
{
    /// <summary>Where it answers.</summary>
    public string? Endpoint { get; init; }

    /// <summary>The deal's contract.</summary>
    public string? Deal { get; init; }

    /// <summary>Bytes of the piece that it has, while it gets them; else null.</summary>
    public long? Received { get; init; }
}

/// <summary>What it costs at most to have something kept. Amounts are FLASH in decimals, exact to the wei.</summary>
/// <param name="Size">Bytes of the blocks.</param>
/// <param name="PaddedBytes">What is paid for, in each copy.</param>
/// <param name="Copies">By how many providers it is to be kept.</param>
/// <param name="Days">For how long at once.</param>
/// <param name="Offers">Those who would be asked first; fewer than the copies where fewer offer what is needed.</param>
/// <param name="Total">In all.</param>
/// <param name="Balance">What the gateway's wallet has.</param>
public sealed record RemoteQuote(long Size, long PaddedBytes, int Copies, double Days, IReadOnlyList<RemoteOffer> Offers, string Total, string Balance)
{
    /// <summary>Why it would be refused now; null where it would not be.</summary>
    public string? Refusal { get; init; }
}

/// <summary>A provider's offer.</summary>
/// <param name="Provider">Who.</param>
/// <param name="PricePerGibDay">FLASH for a GiB and day.</param>
public sealed record RemoteOffer(ulong Provider, string PricePerGibDay);

/// <summary>A deal that a gateway pays for. Amounts are FLASH in decimals.</summary>
/// <param name="Number">Its number.</param>
/// <param name="Contract">Where it is.</param>
/// <param name="Commitment">The piece: CommP.</param>
/// <param name="PaddedBytes">The piece's bytes.</param>
/// <param name="State">registration, running, over.</param>
/// <param name="End">When it ends.</param>
/// <param name="RunwayDays">Days until then.</param>
/// <param name="Cost">What the providers get in all; before it runs, the most that it may cost.</param>
/// <param name="CostPerDay">The same for a day.</param>
/// <param name="Providers">Who takes part.</param>
public sealed record RemoteDeal(
    ulong Number, string Contract, string Commitment, long PaddedBytes, string State, DateTimeOffset End, double RunwayDays, string Cost, string CostPerDay, IReadOnlyList<RemoteCopy> Providers);

/// <summary>The account that a gateway pays from. Amounts are FLASH in decimals.</summary>
/// <param name="Address">Whose.</param>
/// <param name="Balance">What it can spend.</param>
/// <param name="Escrowed">What lies in deals that are not over.</param>
/// <param name="Credit">What deals have put aside for it.</param>
/// <param name="CostPerDay">What all that is stored costs a day.</param>
public sealed record RemoteWallet(string Address, string Balance, string Escrowed, string Credit, string CostPerDay)
{
    /// <summary>When the first deal ends; null where none runs.</summary>
    public DateTimeOffset? PaidUntil { get; init; }

    /// <summary>For how many days more balance and credit would pay; null where nothing costs anything.</summary>
    public double? RunwayDays { get; init; }
}

internal sealed record ListMessage(IReadOnlyList<RemoteFile> Files, string? Next);

internal sealed record DealsMessage(IReadOnlyList<RemoteDeal> Deals);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, RespectNullableAnnotations = true, RespectRequiredConstructorParameters = true)]
[JsonSerializable(typeof(RemoteFile))]
[JsonSerializable(typeof(RemoteQuote))]
[JsonSerializable(typeof(RemoteWallet))]
[JsonSerializable(typeof(ListMessage))]
[JsonSerializable(typeof(DealsMessage))]
internal sealed partial class RemoteJson : JsonSerializerContext;
