using Flashback.Execution;
using Flashback.Primitives;

namespace Flashback.Chain;

/// <summary>What came of a block, as it lies on disk: <c>[[sender, receipt], …]</c>, a pair for each transaction.</summary>
internal static class StoredReceipts
{
    public static byte[] Encode(ExecutedBlock block) => Rlp.Encode(new Encoding(block));

    /// <summary>The block with what came of it, or null when the bytes do not tell that.</summary>
    public static ExecutedBlock? TryDecode(ReadOnlySpan<byte> bytes, Block block, in Hash32 hash)
    {
        Address[] senders = new Address[block.Transactions.Count];
        Receipt[] receipts = new Receipt[senders.Length];
        RlpReader reader = new(bytes);
        if (!reader.TryReadList(out RlpReader pairs) || !reader.TryEnd())
            return null;
        for (int i = 0; i < senders.Length; i++)
        {
            if (!pairs.TryReadList(out RlpReader pair) || !pair.TryReadFixed(out senders[i]) || !pair.TryReadBytes(out ReadOnlySpan<byte> encoded) || !pair.TryEnd()
                || !ReceiptCodec.TryDecode(encoded, out Receipt? receipt, out _))
                return null;
            receipts[i] = receipt!;
        }
        return pairs.TryEnd() ? new ExecutedBlock(block, hash, senders, receipts) : null;
    }

    private readonly record struct Encoding(ExecutedBlock Block) : IRlpEncodable
    {
        public void WriteTo(ref RlpWriter writer)
        {
            RlpListMark pairs = writer.BeginList();
            for (int i = 0; i < Block.Receipts.Count; i++)
            {
                RlpListMark pair = writer.BeginList();
                writer.WriteFixed(Block.Senders[i]);
                writer.Write(ReceiptCodec.Encode(Block.Receipts[i]));
                writer.EndList(pair);
            }
            writer.EndList(pairs);
        }
    }
}
