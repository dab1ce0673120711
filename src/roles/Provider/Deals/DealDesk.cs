using Flashback.Client;
using Flashback.Primitives;
using Flashback.Proofs;

namespace Flashback.Provider;

/// <summary>Judges deals by the policy and by what there is room for at this moment.</summary>
internal sealed class DealDesk(DealPolicy policy, ProviderChain chain, WorkQueue queue, EmptySectors empty)
{
    public async Task<DealVerdict> JudgeAsync(DeployedDeal deal, KnownProvider provider, ulong slot, CancellationToken stop)
    {
        UInt256 balance = await chain.Node.GetBalanceAsync(chain.Sender.Account, stop).ConfigureAwait(false);
        WorkItem[] waiting = [.. queue.Of(WorkKind.Deal).Where(item => item.State < WorkState.DealCold && item.Id.Subject != deal.Number)];
        long waitingBytes = waiting.Sum(item => item.Details.Deal!.PieceSize);
        ulong sectorsFirst = ((ulong)waitingBytes + chain.Network.SectorSize - 1) / chain.Network.SectorSize;
        DealRoom room = new(
            chain.Provider, slot, chain.Network.SecondsPerSlot, empty.SlotsBehind(sectorsFirst), waitingBytes, empty.CountCovered(provider) + (ulong)empty.Count, balance)
        {
            HotBytes = HotBytesBeside(deal.Terms.CommP.ToString()),
        };
        return policy.Judge(deal, provider.Ask, room);
    }

    /// <summary>Bytes that the copies of all pieces but one take, or will: a piece that several deals ask for is kept once.</summary>
    private long HotBytesBeside(string commP) => queue.Of(WorkKind.Deal)
        .Where(item => item.State < WorkState.DealOver && item.Details.Deal!.CommP != commP).Select(item => item.Details.Deal!).DistinctBy(deal => deal.CommP).Sum(deal => PaddedSize.Of(deal.PieceSize).Unpadded.Bytes);
}
