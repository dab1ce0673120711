using Flashback.Client;
using Flashback.Primitives;

namespace Flashback.Provider;

/// <summary>Judges deals by the policy and by what there is room for at this moment.</summary>
internal sealed class DealDesk(DealPolicy policy, ProviderChain chain, WorkQueue queue, SealingPace pace)
{
    public async Task<DealVerdict> JudgeAsync(DeployedDeal deal, KnownProvider provider, ulong slot, CancellationToken stop)
    {
        UInt256 balance = await chain.Node.GetBalanceAsync(chain.Sender.Account, stop).ConfigureAwait(false);
        WorkItem[] waiting = [.. queue.Of(WorkKind.Deal).Where(item => item.State < WorkState.DealCold && item.Id.Subject != deal.Number)];
        ulong covered = StatusReport.Covered(provider.EffectiveBalance, chain.Network);
        DealRoom room = new(
            chain.Provider, slot, chain.Network.SecondsPerSlot, pace.Slots, waiting.Sum(item => item.Details.Deal!.PieceSize), covered - Math.Min(provider.CommittedSectors, covered), balance);
        return policy.Judge(deal, provider.Ask, room);
    }
}
