using Flashback.Primitives;

namespace Flashback.Execution;

/// <summary>What a block's producer decides, or is told by the consensus layer, before there are transactions.</summary>
/// <param name="Timestamp">Seconds since 1970.</param>
/// <param name="Coinbase">Who is paid the priority fees.</param>
/// <param name="GasLimit">Most gas of all transactions.</param>
/// <param name="PrevRandao">The beacon chain's randomness.</param>
/// <param name="ParentBeaconBlockRoot">The root of the parent's beacon block.</param>
/// <param name="ExtraData">At most 32 bytes.</param>
public sealed record BlockAttributes(
    ulong Timestamp, Address Coinbase, ulong GasLimit, Hash32 PrevRandao, Hash32 ParentBeaconBlockRoot, ReadOnlyMemory<byte> ExtraData)
{
    /// <summary>A header that follows a parent: whole but for what executing transactions will say.</summary>
    public BlockHeader Draft(BlockHeader parent, ChainConfig chain) => new()
    {
        ParentHash = parent.Hash(),
        Coinbase = Coinbase,
        StateRoot = default,
        TransactionsRoot = default,
        ReceiptsRoot = default,
        Number = parent.Number + 1,
        GasLimit = GasLimit,
        GasUsed = 0,
        Timestamp = Timestamp,
        ExtraData = ExtraData,
        PrevRandao = PrevRandao,
        BaseFeePerGas = FeeMarket.BaseFeeAfter(parent),
        WithdrawalsRoot = default,
        BlobGasUsed = 0,
        ExcessBlobGas = FeeMarket.ExcessBlobGasAfter(parent, chain.RulesAt(Timestamp)),
        ParentBeaconBlockRoot = ParentBeaconBlockRoot,
    };
}
