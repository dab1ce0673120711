using Flashback.Api.JsonRpc;
using Flashback.Api.Subscriptions;
using Flashback.Api.Wire;
using Flashback.Chain;

namespace Flashback.Api.Methods;

/// <summary><c>eth_*</c>: logs, and filters that are asked again and again. spec: execution-apis, eth/filter.yaml</summary>
internal sealed class EthLogMethods(ChainReader reader, FilterSet filters, RpcLimits limits)
{
    public void AddTo(RpcTable table)
    {
        table.Add("eth_getLogs", call => Find(call.Parameters.Required<WireFilter>(0), call.Cancellation));
        table.Add("eth_newFilter", call => filters.Add(new PolledFilter.OfLogs(Checked(call.Parameters.Required<WireFilter>(0)))));
        table.Add("eth_newBlockFilter", _ => filters.Add(new PolledFilter.OfBlocks()));
        table.Add("eth_newPendingTransactionFilter", _ => filters.Add(new PolledFilter.OfTransactions()));
        table.Add("eth_uninstallFilter", call => filters.Remove(call.Parameters.Required<Primitives.UInt256>(0)));
        table.Add("eth_getFilterLogs", call => filters.Find(call.Parameters.Required<Primitives.UInt256>(0)) is PolledFilter.OfLogs logs
            ? Find(logs.Wanted, call.Cancellation) : throw RpcException.Refused("filter not found"));
        table.Add("eth_getFilterChanges", call => filters.Changes(call.Parameters.Required<Primitives.UInt256>(0)));
    }

    private static WireFilter Checked(WireFilter wanted)
    {
        _ = wanted.ToFilter();
        return wanted.BlockHash is null ? wanted : throw RpcException.InvalidParams("a filter over a block's hash has nothing to wait for: use eth_getLogs");
    }

    private List<WireLog> Find(WireFilter wanted, CancellationToken cancellation)
    {
        LogFilter filter = wanted.ToFilter();
        List<WireLog> logs = [];
        if (wanted.BlockHash is { } hash)
        {
            if (wanted.FromBlock is not null || wanted.ToBlock is not null)
                throw RpcException.InvalidParams("cannot specify both BlockHash and FromBlock/ToBlock, choose one or the other");
            logs.AddRange(WireLog.Of(reader.FindBlock(new BlockSelector(BlockTag.None, Hash: hash)) ?? throw RpcException.Refused("unknown block"), filter));
            return logs;
        }
        ulong head = reader.Chain.Snapshot.Number;
        ulong first = NumberOf(wanted.FromBlock), last = NumberOf(wanted.ToBlock);
        if (first > last)
            throw RpcException.InvalidParams("invalid block range params");
        foreach (ExecutedBlock block in reader.Chain.Blocks.FindLogs(filter, first, Math.Min(last, head)))
        {
            cancellation.ThrowIfCancellationRequested();
            logs.AddRange(WireLog.Of(block, filter));
            if (logs.Count > limits.MaxLogs)
                throw new RpcException(RpcCode.LimitExceeded, $"query returned more than {limits.MaxLogs} results; the first of them reach to block {block.Number}");
        }
        return logs;
    }

    private ulong NumberOf(BlockSelector? selector) =>
        selector?.Number ?? (selector is null ? reader.Chain.Snapshot.Number : reader.HeaderOnChain(selector).Number);
}
