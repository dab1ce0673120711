using Flashback.Primitives;

namespace Flashback.Execution;

/// <summary>A block whose transactions are encoded once: for its bytes, their number, and the roots of its lists.</summary>
internal readonly struct BlockEncoding : IRlpEncodable
{
    private readonly Block _block;
    private readonly ReadOnlyMemory<byte>[] _transactions;

    public BlockEncoding(Block block)
    {
        _block = block;
        _transactions = new ReadOnlyMemory<byte>[block.Transactions.Count];
        for (int i = 0; i < _transactions.Length; i++)
            _transactions[i] = TransactionCodec.Encode(block.Transactions[i]);
    }

    /// <summary>How many bytes the block takes.</summary>
    public long Length => Rlp.Measure(this);

    public Hash32 TransactionsRoot => MerkleTrie.RootOfList(_transactions);

    public Hash32 WithdrawalsRoot => RootOf(_block.Withdrawals);

    public static Hash32 RootOf<T>(IReadOnlyList<T> items)
        where T : IRlpEncodable
    {
        ReadOnlyMemory<byte>[] encoded = new ReadOnlyMemory<byte>[items.Count];
        for (int i = 0; i < encoded.Length; i++)
            encoded[i] = Rlp.Encode(items[i]);
        return MerkleTrie.RootOfList(encoded);
    }

    public void WriteTo(ref RlpWriter writer)
    {
        RlpListMark block = writer.BeginList();
        _block.Header.WriteTo(ref writer);
        WriteTransactions(ref writer);
        writer.EndList(writer.BeginList()); // no ommers
        RlpListMark withdrawals = writer.BeginList();
        for (int i = 0; i < _block.Withdrawals.Count; i++)
            _block.Withdrawals[i].WriteTo(ref writer);
        writer.EndList(withdrawals);
        writer.EndList(block);
    }

    private void WriteTransactions(ref RlpWriter writer)
    {
        RlpListMark list = writer.BeginList();
        for (int i = 0; i < _transactions.Length; i++)
        {
            if (_block.Transactions[i].Type == TransactionType.Legacy)
                writer.WriteRaw(_transactions[i].Span);
            else
                writer.Write(_transactions[i].Span);
        }
        writer.EndList(list);
    }
}
