using Flashback.Cryptography;
using Flashback.Execution;
using Flashback.Primitives;
using Flashback.Rules.Tests.Blocks;

namespace Flashback.Rules.Tests.Execution;

public class PooledTransactionCodecTests
{
    private static readonly Transaction[] Transactions = new BlockWorld().OneOfEachType();
    private static readonly Transaction BlobTransaction = Transactions.Single(transaction => transaction.Type == TransactionType.Blob);

    [Theory]
    [InlineData(BlobSidecar.BlobProofs, 1)]
    [InlineData(BlobSidecar.CellProofs, 128)]
    public void What_was_encoded_is_decoded(byte version, int proofs)
    {
        BlobSidecar sidecar = SidecarOf(version, proofs);
        byte[] encoded = PooledTransactionCodec.Encode(BlobTransaction, sidecar);
        Assert.True(PooledTransactionCodec.TryDecode(encoded, out Transaction? transaction, out BlobSidecar? decoded, out _));
        Assert.Equal(BlobTransaction.Hash(), transaction!.Hash());
        Assert.Equal(version, decoded!.Version);
        Assert.Equal(sidecar.Blobs.Select(blob => blob.ToArray()), decoded.Blobs.Select(blob => blob.ToArray()));
        Assert.Equal(sidecar.Commitments, decoded.Commitments);
        Assert.Equal(sidecar.Proofs, decoded.Proofs);
        Assert.Equal(encoded, PooledTransactionCodec.Encode(transaction, decoded));
    }

    [Fact]
    public void Without_blobs_it_is_the_codec_of_blocks()
    {
        foreach (Transaction transaction in Transactions)
        {
            byte[] encoded = TransactionCodec.Encode(transaction);
            Assert.Equal(encoded, PooledTransactionCodec.Encode(transaction, null));
            Assert.True(PooledTransactionCodec.TryDecode(encoded, out Transaction? decoded, out BlobSidecar? sidecar, out _));
            Assert.Equal(transaction.Hash(), decoded!.Hash());
            Assert.Null(sidecar);
        }
    }

    [Fact]
    public void Bytes_cut_short_or_followed_by_more_are_refused()
    {
        byte[] encoded = PooledTransactionCodec.Encode(BlobTransaction, new BlobSidecar(BlobSidecar.CellProofs, [new byte[3]], [default], [default]));
        for (int length = 0; length < encoded.Length; length++)
            Assert.False(PooledTransactionCodec.TryDecode(encoded.AsSpan(0, length), out _, out _, out _), $"{length} of {encoded.Length} bytes");
        Assert.False(PooledTransactionCodec.TryDecode([.. encoded, 0], out _, out _, out TransactionFault fault));
        Assert.Equal(new TransactionFault(TransactionFaultKind.Rlp, RlpFault.TrailingBytes), fault);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(2)]
    public void A_version_that_there_is_not_is_refused(byte version)
    {
        byte[] encoded = PooledTransactionCodec.Encode(BlobTransaction, new BlobSidecar(BlobSidecar.CellProofs, [], [], []));
        Assert.Equal([1, 0xc0, 0xc0, 0xc0], encoded[^4..]);
        encoded[^4] = version == 0 ? Rlp.EmptyBytes : version;
        Assert.False(PooledTransactionCodec.TryDecode(encoded, out _, out _, out _));
    }

    [Fact]
    public void Bytes_that_were_changed_are_refused_or_are_another_transaction()
    {
        byte[] encoded = PooledTransactionCodec.Encode(BlobTransaction, new BlobSidecar(BlobSidecar.BlobProofs, [new byte[40]], [default], [default]));
        Random random = new(3);
        for (int i = 0; i < 5000; i++)
        {
            byte[] changed = [.. encoded];
            changed[random.Next(changed.Length)] ^= (byte)random.Next(1, 256);
            if (PooledTransactionCodec.TryDecode(changed, out Transaction? transaction, out BlobSidecar? sidecar, out _))
                Assert.Equal(changed, PooledTransactionCodec.Encode(transaction!, sidecar));
        }
    }

    private static BlobSidecar SidecarOf(byte version, int proofs) => new(
        version, [Enumerable.Range(0, Kzg.BlobSize).Select(i => (byte)i).ToArray()], [FixedBytes.Read<Bytes48>(new byte[48])],
        [.. Enumerable.Range(0, proofs).Select(i => FixedBytes.Read<Bytes48>([(byte)i, .. new byte[47]]))]);
}
