using Flashback.Primitives;

namespace Flashback.Gateway.Objects;

/// <summary>What it costs to have something kept.</summary>
/// <param name="PaddedBytes">What is paid for, in each copy.</param>
/// <param name="Duration">For how long, at once.</param>
/// <param name="Offers">Those who would be asked first, one for each copy; fewer where fewer offer what is needed.</param>
/// <param name="Total">Wei for all copies and all of the time, by these offers.</param>
/// <param name="Balance">What the wallet has, in wei.</param>
public sealed record StorageQuote(long PaddedBytes, TimeSpan Duration, IReadOnlyList<StorageOffer> Offers, UInt256 Total, UInt256 Balance)
{
    /// <summary>How many copies are wanted.</summary>
    public required int Copies { get; init; }

    /// <summary>Why it would be refused now; null where it would not be.</summary>
    public string? Refusal { get; init; }
}

/// <summary>A provider's offer.</summary>
/// <param name="Provider">Who.</param>
/// <param name="Price">Wei for a GiB and day.</param>
public sealed record StorageOffer(ulong Provider, UInt256 Price);

/// <summary>How far a deal is, for people.</summary>
public enum DealState
{
    /// <summary>Providers register.</summary>
    Registration,

    /// <summary>It runs.</summary>
    Running,

    /// <summary>It is over.</summary>
    Over,
}

/// <summary>A deal that is paid for.</summary>
/// <param name="Number">Its number.</param>
/// <param name="Contract">Where it is.</param>
/// <param name="Commitment">The piece: CommP in hexadecimal.</param>
/// <param name="PaddedBytes">The piece's bytes.</param>
/// <param name="State">How far it is.</param>
/// <param name="End">When it ends.</param>
public sealed record DealStatus(ulong Number, string Contract, string Commitment, long PaddedBytes, DealState State, DateTimeOffset End)
{
    /// <summary>Wei: what the providers that take part get, or, before it runs, what it may cost at most.</summary>
    public required UInt256 Cost { get; init; }

    /// <summary>Wei a day.</summary>
    public required UInt256 CostPerDay { get; init; }

    /// <summary>Who takes part.</summary>
    public required IReadOnlyList<PieceCopy> Providers { get; init; }
}

/// <summary>The account that pays. Amounts are wei.</summary>
/// <param name="Address">Whose.</param>
/// <param name="Balance">What it can spend.</param>
/// <param name="Escrowed">What lies in deals that are not over.</param>
/// <param name="Credit">What deals have put aside for it in Market.</param>
/// <param name="CostPerDay">What all that is stored costs a day.</param>
public sealed record WalletStatus(string Address, UInt256 Balance, UInt256 Escrowed, UInt256 Credit, UInt256 CostPerDay)
{
    /// <summary>When the first of the deals ends that something needs; null where there is none.</summary>
    public DateTimeOffset? PaidUntil { get; init; }

    /// <summary>For how many days more the balance and the credit would pay; null where nothing costs anything.</summary>
    public double? RunwayDays => CostPerDay == UInt256.Zero ? null : (double)((System.Numerics.BigInteger)(Balance + Credit) * 1000 / (System.Numerics.BigInteger)CostPerDay) / 1000;
}
