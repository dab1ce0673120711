using System.Buffers.Binary;
using Flashback.Client;
using Flashback.Primitives;
using Flashback.State.Store;
using Microsoft.Extensions.Logging;

namespace Flashback.Provider;

/// <summary>Goes through the blocks that come, and makes work of each deal that the policy takes, and of requests to those that run. Used by one thread at a time.</summary>
/// <remarks>
/// The next block is kept, after the deals before it were: a restart misses none, and work that is there is not added again. The last blocks are gone through
/// again and again, so that a reorganisation hides none; a deal that it took away is not registered in, for that step asks for it anew.
/// </remarks>
internal sealed partial class DealWatch(ProviderChain chain, WorkQueue queue, DealDesk desk, IStore store, ILogger log)
{
    private const ulong BlocksAtOnce = 1_024;
    private const ulong Overlap = 64; // blocks: two epochs, after which a block is final
    private const ulong FirstLookback = 7_200; // blocks that are gone through at the first start: a day
    private const int ToldRefusals = 4_096;
    private const int Urgent = 999; // behind windows alone
    private const int KeptDeals = 64; // that are over, to be looked at

    private static readonly byte[] NextBlock = "next block"u8.ToArray();

    private readonly Dictionary<ulong, string> _refusals = [];
    private Hash32 _seen;

    /// <summary>The column that a store is opened with.</summary>
    public static Column Column { get; } = new("provider_deals");

    public async Task FollowAsync(KnownProvider provider, ulong slot, CancellationToken stop)
    {
        ExecutionBlock head = await chain.Node.GetHeadAsync(stop).ConfigureAwait(false);
        if (head.Hash == _seen)
            return;
        ulong next = ReadNext() ?? Before(head.Number, FirstLookback);
        for (ulong from = Before(Math.Min(next, head.Number), Overlap); from <= head.Number; from += BlocksAtOnce)
        {
            ulong to = Math.Min(from + BlocksAtOnce - 1, head.Number);
            foreach (DeployedDeal deal in await MarketContract.GetDealsAsync(chain.Node, client: null, from, to, stop).ConfigureAwait(false))
                await ConsiderAsync(deal, provider, slot, stop).ConfigureAwait(false);
            await TakeRequestsAsync(from, to, stop).ConfigureAwait(false);
            WriteNext(to + 1);
        }
        Forget(head.Number, slot);
        _seen = head.Hash;
    }

    private async Task ConsiderAsync(DeployedDeal deal, KnownProvider provider, ulong slot, CancellationToken stop)
    {
        if (queue.Find(WorkId.OfDeal(deal.Number)) is not null)
            return;
        DealVerdict verdict = await desk.JudgeAsync(deal, provider, slot, stop).ConfigureAwait(false);
        if (verdict.Refusal is { } refusal)
        {
            if (_refusals.TryAdd(deal.Number, refusal))
                LogRefused(deal.Number, refusal);
            return;
        }
        queue.Add(new WorkItem
        {
            Id = WorkId.OfDeal(deal.Number),
            State = WorkState.DealSeen,
            Priority = PriorityOf(verdict.Fee),
            Details = new WorkDetails { Deal = DealDetails.Of(deal, verdict.Fee) },
        });
        LogTaken(deal.Number, deal.Terms.PieceSize, (System.Numerics.BigInteger)verdict.Fee);
    }

    private async Task TakeRequestsAsync(ulong from, ulong to, CancellationToken stop)
    {
        Dictionary<Address, ulong> running = queue.Of(WorkKind.Deal).Where(item => item.State is >= WorkState.DealRegistered and < WorkState.DealOver)
            .ToDictionary(item => item.Details.Deal!.Address, item => item.Id.Subject);
        if (running.Count == 0)
            return;
        foreach (DataRequest request in await DealContract.GetRequestsAsync(chain.Node, from, to, stop).ConfigureAwait(false))
        {
            if (running.TryGetValue(request.Deal, out ulong deal))
                queue.Add(new WorkItem { Id = WorkId.OfRequest(deal, request.Number), State = WorkState.RequestSeen, Priority = Urgent, Details = new WorkDetails { Closes = request.Until + 1 } });
        }
    }

    /// <summary>The dearer, the sooner: the bits of the fee, above pledges and below windows.</summary>
    private static int PriorityOf(in UInt256 fee) => (int)((System.Numerics.BigInteger)fee).GetBitLength();

    /// <summary>What is over is not needed any more once its block is not gone through again.</summary>
    private void Forget(ulong head, ulong slot)
    {
        ulong safe = Before(head, Overlap);
        queue.Forget([.. queue.Of(WorkKind.Request).Where(item => item.State != WorkState.RequestSeen && item.Details.Closes + Overlap < slot).Select(item => item.Id)]);
        queue.Forget([.. queue.Of(WorkKind.Deal).Where(item => item.State == WorkState.DealCleared).OrderByDescending(item => item.Id.Subject).Skip(KeptDeals)
            .Where(item => item.Details.Deal!.Block < safe).Select(item => item.Id)]);
        if (_refusals.Count > ToldRefusals)
            _refusals.Clear(); // they are told once more
    }

    private static ulong Before(ulong block, ulong many) => block - Math.Min(block, many);

    private ulong? ReadNext() => store.Get(Column, NextBlock) is { Length: sizeof(ulong) } kept ? BinaryPrimitives.ReadUInt64BigEndian(kept) : null;

    private void WriteNext(ulong block)
    {
        if (ReadNext() == block)
            return;
        byte[] value = new byte[sizeof(ulong)];
        BinaryPrimitives.WriteUInt64BigEndian(value, block);
        WriteBatch batch = new();
        batch.Put(Column, NextBlock, value);
        store.Commit(batch, Durability.Synced);
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "Deal {Number} is not taken: {Reason}")]
    private partial void LogRefused(ulong number, string reason);

    [LoggerMessage(Level = LogLevel.Information, Message = "Deal {Number} over {Bytes} bytes is taken for {Fee} wei")]
    private partial void LogTaken(ulong number, ulong bytes, System.Numerics.BigInteger fee);
}
