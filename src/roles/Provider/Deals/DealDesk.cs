using Flashback.Client;
using Flashback.Primitives;

namespace Flashback.Provider;

/// <summary>Judges deals by the policy and by what there is room for at this moment.</summary>
internal sealed class DealDesk(DealPolicy policy, ProviderChain chain, WorkQueue queue, EmptySectors empty)
{
    public async Task<DealVerdict> JudgeAsync(DeployedDeal deal, KnownProvider provider, ulong slot, CancellationToken stop)
    {
        UInt256 balance = await chain.Node.GetBalanceAsync(chain.Sender.Account, stop).ConfigureAwait(false);
        WorkItem[] waiting = [.. queue.Of(WorkKind.Deal).Where(item => item.State < WorkState.DealCold && item.Id.Subject != deal.Number)];
        DealRoom room = new(
            chain.Provider, slot, chain.Network.SecondsPerSlot, empty.Slots, waiting.Sum(item => item.Details.Deal!.PieceSize), empty.CountCovered(provider) + (ulong)empty.Sectors.Count, balance);
        return policy.Judge(deal, provider.Ask, room);
    }
}
