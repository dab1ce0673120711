using Flashback.Client;

namespace Flashback.Gateway.Market;

/// <summary>A deal as the chain has it now.</summary>
/// <param name="Deal">Which.</param>
/// <param name="Phase">How far it is.</param>
/// <param name="End">Its end; later than at first where it was extended.</param>
/// <param name="Shares">Who takes part.</param>
/// <param name="HasLostSector">Whether a sector that held the piece has ended.</param>
internal sealed record SeenDeal(KeptDeal Deal, DealPhase Phase, ulong End, IReadOnlyList<DealShare> Shares, bool HasLostSector = false);

/// <summary>What is to be done about a deal.</summary>
internal enum DealStep
{
    /// <summary>Nothing now.</summary>
    None,

    /// <summary>Too few have registered: go on with them.</summary>
    TakeFewer,

    /// <summary>Nobody has, or nobody needs the piece any more.</summary>
    Cancel,

    /// <summary>Somebody was late, or has lost its sector.</summary>
    Prune,

    /// <summary>The piece is not needed any more.</summary>
    Delete,

    /// <summary>It is over and nobody has settled it.</summary>
    Settle,

    /// <summary>It is over and paid.</summary>
    Forget,
}

/// <summary>Decides what becomes of a piece's deals: pure. Times are slots.</summary>
internal static class DealPlan
{
    private const ulong SettlingPatience = 32; // providers settle by themselves: they want their fee

    /// <summary>The next step of one deal.</summary>
    public static DealStep StepOf(SeenDeal seen, bool isReleased, ulong slot) => seen.Phase switch
    {
        DealPhase.Settled or DealPhase.Cancelled or DealPhase.Deleted => DealStep.Forget,
        DealPhase.Registration when isReleased => DealStep.Cancel,
        DealPhase.Registration when slot < seen.Deal.RegistrationEnd => DealStep.None,
        DealPhase.Registration when slot < seen.Deal.ActivationEnd && seen.Shares.Any(share => share.Standing == ShareStanding.Selected) => DealStep.TakeFewer,
        DealPhase.Registration => DealStep.Cancel,
        DealPhase.Running when slot >= seen.End + SettlingPatience => DealStep.Settle,
        DealPhase.Running when slot >= seen.End => DealStep.None,
        DealPhase.Running when isReleased => DealStep.Delete,
        DealPhase.Running when seen.HasLostSector || (slot >= seen.Deal.ActivationEnd && seen.Shares.Any(share => share.Standing == ShareStanding.Selected)) => DealStep.Prune,
        _ => DealStep.None,
    };

    /// <summary>How many copies must be bought beside those that are there or on the way, so that as many as wanted last beyond the runway.</summary>
    public static int Missing(IEnumerable<SeenDeal> deals, int wanted, ulong slot, ulong runway) => wanted - deals.Where(seen => seen.End > slot + runway).Sum(seen => seen.Phase switch
    {
        DealPhase.Registration => seen.Deal.Copies,
        DealPhase.Running => seen.Shares.Count(IsIn),
        _ => 0,
    });

    /// <summary>Those that take part in deals that last beyond the runway: they are not asked for another copy.</summary>
    public static HashSet<ulong> Holders(IEnumerable<SeenDeal> deals, ulong slot, ulong runway) =>
        [.. deals.Where(seen => seen.Phase is DealPhase.Registration or DealPhase.Running && seen.End > slot + runway).SelectMany(seen => seen.Shares).Where(IsIn).Select(share => share.Provider)];

    private static bool IsIn(DealShare share) => share.Standing is ShareStanding.Selected or ShareStanding.Active;
}
