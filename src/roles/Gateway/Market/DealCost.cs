using System.Numerics;
using Flashback.Client;
using Flashback.Primitives;

namespace Flashback.Gateway.Market;

/// <summary>What a deal costs: pure.</summary>
internal static class DealCost
{
    private const ulong SecondsPerDay = 86_400;

    /// <summary>Wei in all, and a day: the fees of those that take part, or, before the deal runs, all that was put in for them.</summary>
    public static (UInt256 Cost, UInt256 PerDay) Of(SeenDeal seen, DealTerms terms, ulong secondsPerSlot)
    {
        BigInteger cost = seen.Phase switch
        {
            DealPhase.Registration => (BigInteger)terms.Escrow,
            DealPhase.Running => seen.Shares.Where(share => share.Standing is ShareStanding.Selected or ShareStanding.Active).Aggregate(BigInteger.Zero, (sum, share) => sum + (BigInteger)share.Fee),
            _ => BigInteger.Zero,
        };
        return ((UInt256)cost, (UInt256)(cost * SecondsPerDay / ((seen.End - terms.ActivationEnd) * secondsPerSlot)));
    }
}
