using Flashback.Api.JsonRpc;
using Flashback.Api.Wire;
using Flashback.Execution;
using Flashback.Primitives;

namespace Flashback.Api.Methods;

/// <summary><c>eth_*</c>: blocks, transactions and receipts of the chain. spec: execution-apis, eth/block.yaml, eth/transaction.yaml</summary>
internal sealed class EthChainMethods(ChainReader reader)
{
    public void AddTo(RpcTable table)
    {
        table.Add("eth_chainId", _ => reader.Chain.Config.ChainId);
        table.Add("eth_blockNumber", _ => reader.Chain.Snapshot.Number);
        table.Add("eth_getBlockByNumber", call => Block(call.Parameters.Required<BlockSelector>(0), call.Parameters.Optional<bool>(1)));
        table.Add("eth_getBlockByHash", call => Block(ByHash(call), call.Parameters.Optional<bool>(1)));
        table.Add("eth_getHeaderByNumber", call => Header(call.Parameters.Required<BlockSelector>(0)));
        table.Add("eth_getHeaderByHash", call => Header(ByHash(call)));
        table.Add("eth_getBlockTransactionCountByNumber", call => CountOf(call.Parameters.Required<BlockSelector>(0)));
        table.Add("eth_getBlockTransactionCountByHash", call => CountOf(ByHash(call)));
        table.Add("eth_getUncleCountByBlockNumber", call => UnclesOf(call.Parameters.Required<BlockSelector>(0)));
        table.Add("eth_getUncleCountByBlockHash", call => UnclesOf(ByHash(call)));
        table.Add<WireBlock?>("eth_getUncleByBlockNumberAndIndex", _ => null);
        table.Add<WireBlock?>("eth_getUncleByBlockHashAndIndex", _ => null);
        table.Add("eth_getTransactionByBlockNumberAndIndex", call => TransactionAt(call.Parameters.Required<BlockSelector>(0), call.Parameters.Required<ulong>(1)));
        table.Add("eth_getTransactionByBlockHashAndIndex", call => TransactionAt(ByHash(call), call.Parameters.Required<ulong>(1)));
        table.Add("eth_getRawTransactionByBlockNumberAndIndex", call => RawAt(call.Parameters.Required<BlockSelector>(0), call.Parameters.Required<ulong>(1)));
        table.Add("eth_getRawTransactionByBlockHashAndIndex", call => RawAt(ByHash(call), call.Parameters.Required<ulong>(1)));
        table.Add("eth_getTransactionReceipt", call => Receipt(call.Parameters.Required<Hash32>(0)));
        table.Add("eth_getBlockReceipts", call => Receipts(call.Parameters.Required<BlockSelector>(0)));
    }

    private static BlockSelector ByHash(in RpcCall call) => new(BlockTag.None, Hash: call.Parameters.Required<Hash32>(0));

    private WireBlock? Block(BlockSelector selector, bool withTransactions) =>
        reader.FindBlock(selector) is { } block ? new WireBlock(block, withTransactions, isPending: selector.Tag == BlockTag.Pending) : null;

    private WireHeader? Header(BlockSelector selector) => reader.FindHeader(selector) is { } header ? new WireHeader(header, selector.Tag == BlockTag.Pending ? null : header.Hash()) : null;

    private ulong? CountOf(BlockSelector selector) => (ulong?)reader.FindBlock(selector)?.Block.Transactions.Count;

    private ulong? UnclesOf(BlockSelector selector) => reader.FindHeader(selector) is null ? null : 0;

    private WireTransaction? TransactionAt(BlockSelector selector, ulong index) =>
        reader.FindBlock(selector) is { } block && index < (ulong)block.Block.Transactions.Count ? new WireTransaction(block, (int)index) : null;

    private byte[]? RawAt(BlockSelector selector, ulong index) =>
        reader.FindBlock(selector) is { } block && index < (ulong)block.Block.Transactions.Count ? TransactionCodec.Encode(block.Block.Transactions[(int)index]) : null;

    private WireReceipt? Receipt(in Hash32 hash) =>
        reader.FindTransaction(hash, out int index) is { } block ? new WireReceipt(block, index, reader.BlobBaseFeeOf(block.Header)) : null;

    private IReadOnlyList<WireReceipt>? Receipts(BlockSelector selector)
    {
        if (reader.FindBlock(selector) is not { } block)
            return null;
        UInt256 blobGasPrice = reader.BlobBaseFeeOf(block.Header);
        return [.. Enumerable.Range(0, block.Receipts.Count).Select(index => new WireReceipt(block, index, blobGasPrice))];
    }
}
