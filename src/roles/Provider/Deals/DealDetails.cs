using System.Numerics;
using Flashback.Client;
using Flashback.Primitives;

namespace Flashback.Provider;

/// <summary>What a deal asks for, and what became of it here, as it is kept. Times are slots, amounts wei in decimal digits.</summary>
public sealed record DealDetails
{
    /// <summary>Its contract.</summary>
    public required string Contract { get; init; }

    /// <summary>Who pays.</summary>
    public required string Client { get; init; }

    /// <summary>The piece, in hexadecimal.</summary>
    public required string CommP { get; init; }

    /// <summary>The piece's padded size, in bytes.</summary>
    public required long PieceSize { get; init; }

    /// <summary>Proofs in a proving period, at least.</summary>
    public required ulong Cadence { get; init; }

    /// <summary>Providers register before.</summary>
    public required ulong RegistrationEnd { get; init; }

    /// <summary>The piece is shown to be in a live sector before.</summary>
    public required ulong ActivationEnd { get; init; }

    /// <summary>It is kept until then.</summary>
    public required ulong End { get; init; }

    /// <summary>Where its readers are.</summary>
    public IReadOnlyList<ushort> Regions { get; init; } = [];

    /// <summary>What is asked for all of the time.</summary>
    public required string FeeWei { get; init; }

    /// <summary>What is put in, and comes back at the end.</summary>
    public required string CollateralWei { get; init; }

    /// <summary>The block that the deal came with.</summary>
    public required ulong Block { get; init; }

    /// <summary>The provider's endpoint that the piece is to be fetched from; null where it is sent.</summary>
    public string? PullFrom { get; init; }

    /// <summary>When the piece had come.</summary>
    public ulong StoredSlot { get; init; }

    /// <summary>The sector that the piece is put into; 0 before.</summary>
    public ulong Sector { get; init; }

    /// <summary>The sector's partition, once the piece is active.</summary>
    public ulong Partition { get; init; }

    /// <summary>What the deal has paid in the end, beside the collateral; null before, and where it paid nothing.</summary>
    public string? PaidWei { get; init; }

    internal Address Address => FixedBytes.Parse<Address>(Contract);

    internal Hash32 Piece => FixedBytes.Parse<Hash32>(CommP);

    internal UInt256 Fee => (UInt256)BigInteger.Parse(FeeWei, System.Globalization.CultureInfo.InvariantCulture);

    internal UInt256 Collateral => (UInt256)BigInteger.Parse(CollateralWei, System.Globalization.CultureInfo.InvariantCulture);

    internal static DealDetails Of(DeployedDeal deal, in UInt256 fee) => new()
    {
        Contract = deal.Contract.ToString(),
        Client = deal.Client.ToString(),
        CommP = deal.Terms.CommP.ToString(),
        PieceSize = (long)deal.Terms.PieceSize,
        Cadence = deal.Terms.Cadence,
        Regions = [.. deal.Terms.Regions.Select(region => (ushort)region)],
        RegistrationEnd = deal.Terms.RegistrationEnd,
        ActivationEnd = deal.Terms.ActivationEnd,
        End = deal.Terms.End,
        FeeWei = Digits(fee),
        CollateralWei = Digits(deal.Terms.MinimumFee),
        Block = deal.BlockNumber,
    };

    internal static string Digits(in UInt256 wei) => ((BigInteger)wei).ToString(System.Globalization.CultureInfo.InvariantCulture);
}
