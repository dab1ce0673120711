using Flashback.Api.JsonRpc;
using Flashback.Api.Wire;
using Flashback.Chain;
using Flashback.Execution;
using Flashback.State;

namespace Flashback.Api;

/// <summary>Finds the block that a caller means, and the state after it.</summary>
internal sealed class ChainReader(ChainService chain, PendingBlock pending)
{
    /// <summary>The chain that is read.</summary>
    public ChainService Chain => chain;

    /// <summary>The block, or null when there is none.</summary>
    public ExecutedBlock? FindBlock(BlockSelector selector)
    {
        if (selector.Tag == BlockTag.Latest)
            return chain.Snapshot.Head;
        if (selector.Tag == BlockTag.Pending)
            return pending.Get().Block;
        if (FindHeader(selector) is not { } header)
            return null;
        return chain.Blocks.TryGetBlock(header.Hash(), out ExecutedBlock? block) ? block : null;
    }

    /// <summary>The block on the chain that a transaction is in, and its place there; null when it is in none.</summary>
    public ExecutedBlock? FindTransaction(in Primitives.Hash32 hash, out int index)
    {
        bool isThere = chain.Blocks.TryFind(hash, out TransactionPlace place);
        index = place.Index;
        return isThere && chain.Blocks.TryGetBlock(place.BlockNumber, out ExecutedBlock? block) ? block : null;
    }

    /// <summary>The header, or null when there is none.</summary>
    public BlockHeader? FindHeader(BlockSelector selector)
    {
        ChainSnapshot now = chain.Snapshot;
        BlockHeader? header = null;
        switch (selector.Tag)
        {
            case BlockTag.Latest: return now.Head.Header;
            case BlockTag.Pending: return pending.Get().Block.Header;
            case BlockTag.Safe: return now.Safe;
            case BlockTag.Finalized: return now.Finalized;
            case BlockTag.Earliest: _ = chain.Blocks.TryGetHeader(0, out header); return header;
        }
        if (selector.Number is { } number)
        {
            _ = number == now.Number ? (header = now.Head.Header) is null : chain.Blocks.TryGetHeader(number, out header);
            return header;
        }
        if (!chain.Blocks.TryGetHeader(selector.Hash!.Value, out header))
            return null;
        bool isOnChain = chain.Blocks.TryGetHash(header.Number, out Primitives.Hash32 kept) && kept == selector.Hash;
        return selector.RequiresCanonical && !isOnChain ? throw RpcException.Refused("hash is not currently canonical") : header;
    }

    /// <summary>The header of a block on the chain that must be there: for what is counted by numbers, the pending one is the head.</summary>
    /// <exception cref="RpcException">It is not.</exception>
    public BlockHeader HeaderOnChain(BlockSelector selector) => Header(selector.Tag == BlockTag.Pending ? BlockSelector.Latest : selector);

    /// <summary>The header of a block that must be there.</summary>
    /// <exception cref="RpcException">It is not.</exception>
    public BlockHeader Header(BlockSelector selector) => FindHeader(selector) ?? throw RpcException.Refused("header not found");

    /// <summary>The state after a block, which must be there.</summary>
    /// <exception cref="RpcException">The block is not there, or its state is not kept any more.</exception>
    public StateView State(BlockSelector selector, out BlockHeader header)
    {
        ChainSnapshot now = chain.Snapshot;
        if (selector.Tag == BlockTag.Latest)
        {
            header = now.Head.Header;
            return now.State;
        }
        if (selector.Tag == BlockTag.Pending)
        {
            (ExecutedBlock block, StateView after) = pending.Get();
            header = block.Header;
            return after;
        }
        header = Header(selector);
        return State(header);
    }

    /// <summary>The state after a block, which must be kept.</summary>
    /// <exception cref="RpcException">It is not kept any more.</exception>
    public StateView State(BlockHeader header) => chain.TryOpenState(header, out StateView? state)
        ? state : throw RpcException.Refused($"missing trie node: the state of block {header.Number} is not available");

    /// <summary>Wei per blob gas in a block.</summary>
    public Primitives.UInt256 BlobBaseFeeOf(BlockHeader header) => chain.Config.RulesAt(header.Timestamp).Blobs.BaseFee(header.ExcessBlobGas);
}
