using System.Numerics;
using Flashback.Client;
using Flashback.Primitives;
using Flashback.Proofs;

namespace Flashback.Provider;

/// <summary>What there is room for at one moment, as far as a deal is judged by it.</summary>
/// <param name="Provider">The provider's number.</param>
/// <param name="Slot">The head's.</param>
/// <param name="SecondsPerSlot">Seconds of a slot.</param>
/// <param name="SealingSlots">Slots from a piece that has come to a live sector.</param>
/// <param name="WaitingBytes">Of pieces that are taken and in no live sector yet, padded.</param>
/// <param name="FreeSectors">Sectors that the stake covers beside those that are committed, and empty ones that are live.</param>
/// <param name="Balance">The operator's, in wei.</param>
public sealed record DealRoom(ulong Provider, ulong Slot, ulong SecondsPerSlot, ulong SealingSlots, long WaitingBytes, ulong FreeSectors, UInt256 Balance)
{
    /// <summary>Bytes that readable copies of other deals' pieces take.</summary>
    public long HotBytes { get; init; }
}

/// <summary>What a deal is judged to be.</summary>
/// <param name="Fee">Wei that are asked for all of its time.</param>
/// <param name="Refusal">Why it is not taken, told to people; null where it is.</param>
public readonly record struct DealVerdict(UInt256 Fee, string? Refusal);

/// <summary>An extension that a client proposes, as it is judged. Times are slots.</summary>
/// <param name="Client">Who pays.</param>
/// <param name="PieceSize">Bytes, padded.</param>
/// <param name="Fee">Wei that the share brings as it stands.</param>
/// <param name="ActivationEnd">The deal runs from then on.</param>
/// <param name="End">Its end as it stands.</param>
/// <param name="NewEnd">The end that is proposed.</param>
public sealed record ExtensionTerms(Address Client, ulong PieceSize, UInt256 Fee, ulong ActivationEnd, ulong End, ulong NewEnd)
{
    /// <summary>Wei that it adds to the share, rounded down as the contract does. spec: ours#6</summary>
    public UInt256 AddedFee => (UInt256)((BigInteger)Fee * (NewEnd - End) / (End - ActivationEnd));
}

/// <summary>Which deals a provider takes, and for how much: pure, without chain or disk.</summary>
public sealed record DealPolicy
{
    /// <summary>Whether deals are taken at all.</summary>
    public bool Takes { get; init; }

    /// <summary>Wei for a GiB and day; null for what the provider's ask says.</summary>
    public UInt256? Price { get; init; }

    /// <summary>Bytes of the smallest piece, padded.</summary>
    public ulong SmallestPiece { get; init; }

    /// <summary>Bytes of the largest piece, padded.</summary>
    public ulong LargestPiece { get; init; } = ulong.MaxValue;

    /// <summary>The longest time from a deal's activation to its end.</summary>
    public TimeSpan LongestDuration { get; init; } = TimeSpan.MaxValue;

    /// <summary>Whose deals are taken; none: everybody's.</summary>
    public IReadOnlySet<Address> Allowed { get; init; } = new HashSet<Address>();

    /// <summary>Whose deals are not.</summary>
    public IReadOnlySet<Address> Refused { get; init; } = new HashSet<Address>();

    /// <summary>Bytes of pieces, padded, that may wait to be in a live sector.</summary>
    public long MostWaitingBytes { get; init; } = 1L << 40;

    /// <summary>Bytes that readable copies of pieces may take in all. Every window of a deal asks for its copy, so none is dropped to make room: a deal whose copy would not fit is not taken.</summary>
    public long MostHotBytes { get; init; } = long.MaxValue;

    /// <summary>Wei that a deal may ask as collateral: it comes back to the owner, not to the operator.</summary>
    public UInt256 MostCollateral { get; init; } = 1_000_000_000_000_000_000UL; // 1 FLASH

    /// <summary>Judges a deal. What the ask and the policy say both holds.</summary>
    /// <param name="deal">The deal.</param>
    /// <param name="ask">What the provider offers on chain.</param>
    /// <param name="room">What there is room for.</param>
    public DealVerdict Judge(DeployedDeal deal, ProviderAsk ask, DealRoom room)
    {
        ArgumentNullException.ThrowIfNull(deal);
        ArgumentNullException.ThrowIfNull(ask);
        ArgumentNullException.ThrowIfNull(room);
        UInt256 fee = ProviderAsk.FeeOf(Price ?? ask.FeePerGibDay, deal.Terms.PieceSize, deal.Terms.End - deal.Terms.ActivationEnd, room.SecondsPerSlot);
        return new DealVerdict(
            fee,
            (Takes ? null : "no deals are taken")
            ?? ClientIsWelcome(deal.Client)
            ?? ProviderIsInvited(deal.Terms, room)
            ?? PieceFits(deal.Terms, ask)
            ?? DurationFits(deal.Terms, ask, room)
            ?? FeeIsPaid(deal.Terms, ask, fee)
            ?? CollateralIsBearable(deal.Terms, room)
            ?? TimeSuffices(deal.Terms, room)
            ?? RoomSuffices(deal.Terms, room));
    }

    /// <summary>Judges an extension of a deal that runs. What the ask and the policy say now both holds, for the time that is added.</summary>
    /// <param name="extension">What is proposed.</param>
    /// <param name="ask">What the provider offers on chain.</param>
    /// <param name="slot">The head's.</param>
    /// <param name="secondsPerSlot">Seconds of a slot.</param>
    /// <returns>Why it is not agreed to; null where it is.</returns>
    public string? JudgeExtension(ExtensionTerms extension, ProviderAsk ask, ulong slot, ulong secondsPerSlot)
    {
        ArgumentNullException.ThrowIfNull(extension);
        ArgumentNullException.ThrowIfNull(ask);
        UInt256 asked = ProviderAsk.FeeOf(Price ?? ask.FeePerGibDay, extension.PieceSize, extension.NewEnd - extension.End, secondsPerSlot), added = extension.AddedFee;
        ulong toCome = extension.NewEnd - Math.Min(slot, extension.NewEnd), most = LongestSlots(ask, secondsPerSlot);
        return (Takes ? null : "no deals are taken")
            ?? ClientIsWelcome(extension.Client)
            ?? (toCome > most ? $"{toCome} slots are to come, and the longest taken {most}" : null)
            ?? PriceIsNamed(ask)
            // The contract rounds down where an ask rounds up: an extension at the deal's own price may be a wei short.
            ?? (asked > added + UInt256.One ? $"it adds {(BigInteger)added} wei, and {(BigInteger)asked} are asked" : null);
    }

    private string? ClientIsWelcome(Address client) =>
        Refused.Contains(client) ? $"deals of {client} are not taken"
        : Allowed.Count > 0 && !Allowed.Contains(client) ? $"{client} is not among those whose deals are taken"
        : null;

    private static string? ProviderIsInvited(DealTerms terms, DealRoom room) =>
        terms.Invited.Count > 0 && !terms.Invited.Contains(room.Provider) ? "others are invited" : null;

    private string? PieceFits(DealTerms terms, ProviderAsk ask)
    {
        (ulong least, ulong most) = (Math.Max(SmallestPiece, ask.SmallestPiece), Math.Min(LargestPiece, ask.LargestPiece));
        return terms.PieceSize < least ? $"the piece has {terms.PieceSize} bytes, and the smallest taken {least}"
            : terms.PieceSize > most ? $"the piece has {terms.PieceSize} bytes, and the largest taken {most}"
            : null;
    }

    private string? DurationFits(DealTerms terms, ProviderAsk ask, DealRoom room)
    {
        (ulong slots, ulong most) = (terms.End - terms.ActivationEnd, LongestSlots(ask, room.SecondsPerSlot));
        return slots > most ? $"it lasts {slots} slots, and the longest taken {most}" : null;
    }

    private string? FeeIsPaid(DealTerms terms, ProviderAsk ask, in UInt256 fee) =>
        PriceIsNamed(ask) ?? (fee > terms.Ceiling ? $"it pays {(BigInteger)terms.Ceiling} wei at most, and {(BigInteger)fee} are asked" : null);

    private string? PriceIsNamed(ProviderAsk ask) => Price is null && ask.FeePerGibDay == UInt256.Zero ? "neither the ask nor the policy names a price" : null;

    private ulong LongestSlots(ProviderAsk ask, ulong secondsPerSlot) => Math.Min((ulong)LongestDuration.TotalSeconds / secondsPerSlot, ask.LongestDuration);

    private string? CollateralIsBearable(DealTerms terms, DealRoom room) =>
        terms.MinimumFee > MostCollateral ? $"it asks {(BigInteger)terms.MinimumFee} wei as collateral, and {(BigInteger)MostCollateral} are put in at most"
        : terms.MinimumFee >= room.Balance ? $"it asks {(BigInteger)terms.MinimumFee} wei as collateral, and the operator has {(BigInteger)room.Balance}"
        : null;

    private static string? TimeSuffices(DealTerms terms, DealRoom room) =>
        room.Slot >= terms.RegistrationEnd ? $"registration ended with slot {terms.RegistrationEnd}"
        : room.Slot + room.SealingSlots >= terms.ActivationEnd ? $"sealing takes {room.SealingSlots} slots, and the piece must be in a live sector before slot {terms.ActivationEnd}"
        : null;

    private static long RoomOf(ulong paddedBytes) => PaddedSize.TryCreate((long)paddedBytes, out PaddedSize size) ? size.Unpadded.Bytes : (long)paddedBytes;

    private string? RoomSuffices(DealTerms terms, DealRoom room) =>
        room.WaitingBytes > MostWaitingBytes - (long)Math.Min(terms.PieceSize, long.MaxValue) ? $"{room.WaitingBytes} bytes wait already, and {MostWaitingBytes} may"
        : room.HotBytes > MostHotBytes - RoomOf(terms.PieceSize) ? $"readable copies take {room.HotBytes} bytes already, this one up to {RoomOf(terms.PieceSize)}, and {MostHotBytes} may be taken in all"
        : room.FreeSectors == 0 ? "the stake covers no more sectors, and none is empty"
        : null;
}
