using System.Numerics;
using Flashback.Primitives;

namespace Flashback.Provider;

/// <summary>A deal at a glance. Amounts are wei.</summary>
/// <param name="Deal">Its number.</param>
/// <param name="Contract">Its contract.</param>
/// <param name="Client">Who pays.</param>
/// <param name="State">registering, registered, waiting for its piece, waiting for a sector, being sealed, being unsealed, active, settled, over.</param>
/// <param name="PieceBytes">The piece's padded size.</param>
/// <param name="Sector">Where it is; 0 before.</param>
/// <param name="End">The slot in which it ends.</param>
/// <param name="FeeWei">What is asked.</param>
/// <param name="PaidWei">What was paid; null before the end, and where it was nothing.</param>
/// <param name="Reason">What it waits for, or why it is over.</param>
public sealed record DealLine(ulong Deal, string Contract, string Client, string State, long PieceBytes, ulong Sector, ulong End, string FeeWei, string? PaidWei, string? Reason);

/// <summary>What deals bring, in wei.</summary>
/// <param name="Expected">Fees of deals that the provider takes part in: the quickest gets more, others may get less.</param>
/// <param name="Landed">Fees that the deals listed have paid.</param>
/// <param name="Credit">What the owner can withdraw from Market: fees and collateral.</param>
public sealed record DealIncome(string Expected, string Landed, string Credit);

/// <summary>Makes the part of the status that is about deals.</summary>
internal static class DealReport
{
    public static IReadOnlyList<DealLine> LinesOf(IReadOnlyList<WorkItem> work) => [.. work.Where(item => item.Id.Kind == WorkKind.Deal).Select(LineOf)];

    public static DealIncome IncomeOf(IReadOnlyList<WorkItem> work, in UInt256 credit)
    {
        (BigInteger expected, BigInteger landed) = (0, 0);
        foreach (WorkItem item in work.Where(item => item.Id.Kind == WorkKind.Deal))
        {
            DealDetails deal = item.Details.Deal!;
            if (item.State is >= WorkState.DealRegistered and < WorkState.DealOver)
                expected += (BigInteger)deal.Fee;
            else if (deal.PaidWei is { } paid)
                landed += BigInteger.Parse(paid, System.Globalization.CultureInfo.InvariantCulture);
        }
        return new DealIncome(Digits(expected), Digits(landed), DealDetails.Digits(credit));
    }

    private static DealLine LineOf(WorkItem item)
    {
        DealDetails deal = item.Details.Deal!;
        return new DealLine(item.Id.Subject, deal.Contract, deal.Client, StateOf(item.State, deal), deal.PieceSize, deal.Sector, deal.End, deal.FeeWei, deal.PaidWei, item.Reason);
    }

    private static string StateOf(WorkState state, DealDetails deal) => state switch
    {
        WorkState.DealSeen => "registering",
        WorkState.DealRegistered => "registered",
        WorkState.DealRunning => "waiting for its piece",
        WorkState.DealStored => "waiting for a sector",
        WorkState.DealPacked => "being sealed",
        WorkState.DealCold => "being unsealed",
        WorkState.DealActive => "active",
        _ => deal.PaidWei is null ? "over" : "settled",
    };

    private static string Digits(BigInteger number) => number.ToString(System.Globalization.CultureInfo.InvariantCulture);
}
