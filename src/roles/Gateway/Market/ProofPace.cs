using Flashback.Client;

namespace Flashback.Gateway.Market;

/// <summary>How many slots go by from a deal's making until all its providers are proven, as it went lately: what those who wait are told. Safe for any number of threads.</summary>
internal sealed class ProofPace
{
    private readonly Lock _gate = new();
    private double _mean; // slots; 0 before the first

    /// <summary>A piece's deals were looked at again.</summary>
    public void Count(IReadOnlyList<SeenDeal> before, IReadOnlyList<SeenDeal> after, ulong slot)
    {
        foreach (SeenDeal now in after.Where(deal => !IsWaiting(deal) && deal.Phase == DealPhase.Running))
        {
            if (!before.Any(deal => deal.Deal.Number == now.Deal.Number && IsWaiting(deal)))
                continue;
            ulong taken = slot - Math.Min(slot, MadeIn(now));
            lock (_gate)
                _mean = _mean == 0 ? taken : _mean + ((taken - _mean) / 4);
        }
    }

    /// <summary>The slot in which a deal's providers are expected to be proven, which is before its activation ends; null where none is waited for.</summary>
    public ulong? ExpectedOf(SeenDeal deal, ulong slot)
    {
        if (!IsWaiting(deal))
            return null;
        double mean;
        lock (_gate)
            mean = _mean;
        ulong expected = MadeIn(deal) + (ulong)mean;
        return mean > 0 && expected > slot ? Math.Min(expected, deal.Deal.ActivationEnd) : deal.Deal.ActivationEnd;
    }

    private static bool IsWaiting(SeenDeal deal) =>
        deal.Phase == DealPhase.Registration || (deal.Phase == DealPhase.Running && deal.Shares.Any(share => share.Standing == ShareStanding.Selected));

    private static ulong MadeIn(SeenDeal deal) => deal.Deal.RegistrationEnd - MarketChain.RegistrationSlots;
}
