using Flashback.Execution;
using Flashback.Primitives;
using Flashback.State;

namespace Flashback.Chain;

/// <summary>What a block that is put together has in it so far, and what it has room for.</summary>
internal sealed class BlockContent
{
    private const ulong LeastGas = 21_000; // TX_BASE_COST
    private const int GrowthOfHeader = 256; // numbers that are 0 in the draft take up to 8 bytes more, the requests' hash 33

    private readonly BlockHeader _draft;
    private readonly IReadOnlyList<Withdrawal> _withdrawals;
    private readonly ForkRules _rules;
    private readonly List<PooledTransaction> _taken = [];
    private long _length;
    private UInt256 _value;

    public BlockContent(BlockHeader draft, IReadOnlyList<Withdrawal> withdrawals, ForkRules rules)
    {
        (_draft, _withdrawals, _rules) = (draft, withdrawals, rules);
        _length = BlockCodec.Encode(new Block(draft, [], withdrawals)).Length + GrowthOfHeader;
    }

    /// <summary>True when no transaction at all fits any more.</summary>
    public bool IsFull(in BlockUsage used) => _draft.GasLimit - used.Gas < LeastGas;

    public bool HasRoomFor(PooledTransaction transaction, in BlockUsage used) =>
        transaction.Transaction.GasLimit <= _draft.GasLimit - used.Gas
        && transaction.Transaction.BlobGas <= (ulong)_rules.Blobs.Max * BlobSchedule.GasPerBlob - used.BlobGas
        && _length + LengthOf(transaction) <= _rules.MaxBlockLength;

    /// <summary>Adds a transaction that was executed just now.</summary>
    public void Add(PooledTransaction transaction, IReadOnlyList<Receipt> receipts)
    {
        _taken.Add(transaction);
        _length += LengthOf(transaction);
        ulong gas = receipts[^1].CumulativeGasUsed - (receipts.Count == 1 ? 0 : receipts[^2].CumulativeGasUsed);
        _ = transaction.TryGetTip(_draft.BaseFeePerGas, UInt256.Zero, out UInt256 tip);
        _value += tip * gas;
    }

    public BuiltBlock Seal(ChainSnapshot parent, BlockResult result)
    {
        StateView after = parent.State.Apply(result.Diff);
        Block block = result.Seal(_draft, [.. _taken.Select(taken => taken.Transaction)], _withdrawals, after.Root);
        ExecutedBlock executed = new(block, block.Header.Hash(), [.. _taken.Select(taken => taken.Sender)], [.. result.Receipts]);
        return new BuiltBlock(executed, after, result.Requests ?? [], [.. _taken.Select(taken => taken.Sidecar).OfType<BlobSidecar>()], _value);
    }

    /// <summary>The bytes of a transaction in a block: a typed one is a byte string there.</summary>
    private static int LengthOf(PooledTransaction transaction) => Rlp.LengthOfList(transaction.ByteLength);
}
