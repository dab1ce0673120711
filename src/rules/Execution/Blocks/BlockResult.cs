using Flashback.Primitives;

namespace Flashback.Execution;

/// <summary>What executing a block's transactions came to: all that its header commits to but the root of the state.</summary>
/// <param name="Diff">What changed.</param>
/// <param name="Receipts">One for each transaction.</param>
/// <param name="Requests">What is asked of the consensus layer; null before Prague.</param>
/// <param name="Used">Gas and blob gas of all transactions.</param>
public sealed record BlockResult(StateDiff Diff, IReadOnlyList<Receipt> Receipts, IReadOnlyList<ExecutionRequest>? Requests, BlockUsage Used)
{
    /// <summary>The gas of all transactions.</summary>
    public ulong GasUsed => Used.Gas;

    /// <summary>The gas of all blobs.</summary>
    public ulong BlobGasUsed => Used.BlobGas;

    /// <summary>The root of the list of receipts.</summary>
    public Hash32 ReceiptsRoot { get; } = ReceiptCodec.RootOf(Receipts);

    /// <summary>The filter over all receipts' logs.</summary>
    public LogBloom LogsBloom { get; } = Receipts.Aggregate(default(LogBloom), (bloom, receipt) => bloom | receipt.Bloom);

    /// <summary>The commitment to the requests; null before Prague.</summary>
    public Hash32? RequestsHash { get; } = Requests is null ? null : ExecutionRequest.HashOf(Requests);

    /// <summary>The header of a block that was put together: the draft it was executed with, and what came of that.</summary>
    /// <param name="draft">From <see cref="BlockAttributes.Draft"/>.</param>
    /// <param name="transactions">Those that were executed, in order.</param>
    /// <param name="withdrawals">Those that were paid.</param>
    /// <param name="stateRoot">The root of the state with <see cref="Diff"/> applied.</param>
    public Block Seal(BlockHeader draft, IReadOnlyList<Transaction> transactions, IReadOnlyList<Withdrawal> withdrawals, in Hash32 stateRoot)
    {
        BlockHeader header = draft with
        {
            StateRoot = stateRoot,
            ReceiptsRoot = ReceiptsRoot,
            LogsBloom = LogsBloom,
            GasUsed = GasUsed,
            BlobGasUsed = BlobGasUsed,
            RequestsHash = RequestsHash,
        };
        return new Block(header, transactions, withdrawals).WithBodyRoots();
    }
}
