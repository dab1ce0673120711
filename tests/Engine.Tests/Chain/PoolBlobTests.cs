using Flashback.Chain;
using Flashback.Execution;
using Flashback.Primitives;

namespace Flashback.Engine.Tests.Chain;

public class PoolBlobTests
{
    private const ulong Gwei = DevChain.Gwei;

    [Theory]
    [InlineData("cancun", BlobSidecar.BlobProofs)]
    [InlineData("prague", BlobSidecar.BlobProofs)]
    [InlineData("osaka", BlobSidecar.CellProofs)]
    public void Blobs_come_with_the_proofs_of_the_fork(string fork, byte version)
    {
        using DevChain dev = new(fork: fork);
        dev.Refuse(PoolRule.InvalidSidecar, Blobs.Sign(0, 0, 2), Blobs.SidecarOf(2, (byte)(1 - version)));
        BlobSidecar sidecar = Blobs.SidecarOf(2, version);
        PooledTransaction pooled = dev.Accept(Blobs.Sign(0, 0, 2), sidecar);
        Assert.Same(sidecar, pooled.Sidecar);
        Assert.Equal(pooled.ByteLength + sidecar.ByteLength, pooled.Footprint);
    }

    [Theory]
    [InlineData(BlobSidecar.BlobProofs)]
    [InlineData(BlobSidecar.CellProofs)]
    public void Blobs_that_are_not_the_transactions_are_refused(byte version)
    {
        using DevChain dev = new(fork: version == BlobSidecar.CellProofs ? "osaka" : "prague");
        BlobSidecar good = Blobs.SidecarOf(1, version);
        byte[] other = [.. good.Blobs[0].Span];
        other[31] ^= 1;
        Bytes48 nothing = FixedBytes.Read<Bytes48>([0xc0, .. new byte[47]]);
        dev.Refuse(PoolRule.MissingSidecar, Blobs.Sign(0, 0));
        dev.Refuse(PoolRule.InvalidSidecar, Blobs.Sign(0, 0), good with { Blobs = [other] });
        dev.Refuse(PoolRule.InvalidSidecar, Blobs.Sign(0, 0), good with { Blobs = [new byte[100]] });
        dev.Refuse(PoolRule.InvalidSidecar, Blobs.Sign(0, 0), good with { Commitments = [nothing] });
        dev.Refuse(PoolRule.InvalidSidecar, Blobs.Sign(0, 0), good with { Proofs = [.. good.Proofs.Skip(1)] });
        dev.Refuse(PoolRule.InvalidSidecar, Blobs.Sign(0, 0), good with { Proofs = [nothing, .. good.Proofs.Skip(1)] });
        dev.Refuse(PoolRule.InvalidSidecar, Blobs.Sign(0, 0, 2), good);
        dev.Refuse(PoolRule.InvalidSidecar, DevChain.Sign(0, 0), good);
        Assert.Equal((0, 0), dev.Pool.Count);
    }

    [Fact]
    public void A_blob_transaction_by_itself_keeps_the_rules_of_blobs()
    {
        using DevChain dev = new();
        BlobSidecar sidecar = Blobs.SidecarOf(1, BlobSidecar.CellProofs);
        dev.Refuse(PoolRule.BlobCreation, Blobs.Sign(0, 0, change: t => t with { To = null, GasLimit = 100_000 }), sidecar);
        dev.Refuse(PoolRule.MissingBlobHashes, Blobs.Sign(0, 0, 0), Blobs.SidecarOf(0, BlobSidecar.CellProofs));
        dev.Refuse(PoolRule.TooManyBlobs, Blobs.Sign(0, 0, 7), sidecar);
        dev.Refuse(PoolRule.InvalidBlobHash, Blobs.Sign(0, 0, change: t => t with { BlobHashes = [default] }), sidecar);
    }

    [Fact]
    public void Blobs_wait_for_nobody_and_do_not_mix_with_other_transactions()
    {
        using DevChain dev = new();
        BlobSidecar sidecar = Blobs.SidecarOf(1, BlobSidecar.CellProofs);
        Assert.StartsWith("nonce too high", dev.Refuse(PoolRule.NonceTooHigh, Blobs.Sign(0, 1), sidecar).Message, StringComparison.Ordinal);
        dev.Accept(Blobs.Sign(0, 0), sidecar);
        dev.Accept(Blobs.Sign(0, 1), sidecar);
        dev.Refuse(PoolRule.AddressReserved, DevChain.Sign(0, 2));
        dev.Accept(DevChain.Sign(1, 0));
        dev.Refuse(PoolRule.AddressReserved, Blobs.Sign(1, 1), sidecar);
    }

    [Theory]
    [InlineData(2, 200, 200, true)]
    [InlineData(1, 200, 200, false)]
    [InlineData(2, 199, 200, false)]
    [InlineData(2, 200, 199, false)]
    public void A_replacement_with_blobs_pays_twice_as_much_on_all_fees(ulong tip, ulong fee, ulong blobFee, bool isTaken)
    {
        using DevChain dev = new();
        BlobSidecar sidecar = Blobs.SidecarOf(1, BlobSidecar.CellProofs);
        dev.Accept(Blobs.Sign(0, 0, 1, Gwei, 100 * Gwei), sidecar);
        Transaction next = Blobs.Sign(0, 0, 1, tip * Gwei, fee * Gwei, blobFee);
        if (isTaken)
            dev.Accept(next, sidecar);
        else
            dev.Refuse(PoolRule.ReplacementUnderpriced, next, sidecar);
    }

    [Fact]
    public void Blobs_have_room_of_their_own()
    {
        BlobSidecar sidecar = Blobs.SidecarOf(1, BlobSidecar.CellProofs);
        using DevChain dev = new(pool: new PoolOptions { Plain = new PoolLimit(1, 1 << 20), Blob = new PoolLimit(100, 3 * sidecar.ByteLength) });
        PooledTransaction plain = dev.Accept(DevChain.Sign(7, 0));
        PooledTransaction cheap = dev.Accept(Blobs.Sign(0, 0, 1, 2 * Gwei), sidecar);
        dev.Accept(Blobs.Sign(1, 0, 1, 3 * Gwei), sidecar);
        dev.Refuse(PoolRule.Underpriced, Blobs.Sign(2, 0, 1, Gwei), sidecar);
        dev.Accept(Blobs.Sign(2, 0, 1, 3 * Gwei), sidecar);
        Assert.False(dev.Pool.TryGet(cheap.Hash, out _));
        Assert.True(dev.Pool.TryGet(plain.Hash, out _));
    }

    [Fact]
    public void Blobs_of_an_abandoned_block_come_back()
    {
        using DevChain dev = new();
        ExecutedBlock genesis = dev.Head;
        BlobSidecar sidecar = Blobs.SidecarOf(1, BlobSidecar.CellProofs);
        Transaction transaction = Blobs.Sign(0, 0);
        dev.Accept(transaction, sidecar);
        ExecutedBlock other = dev.Extend(genesis, 2);
        dev.Adopt(genesis, 1, transaction);
        Assert.Equal((0, 0), dev.Pool.Count);
        dev.SetHead(other);
        Assert.True(dev.Pool.TryGet(transaction.Hash(), out PooledTransaction? back));
        Assert.Same(sidecar, back.Sidecar);
    }

    [Fact]
    public void Blobs_survive_a_restart_those_that_wait_and_those_of_recent_blocks()
    {
        using TemporaryFolder folder = new();
        BlobSidecar sidecar = Blobs.SidecarOf(2, BlobSidecar.CellProofs);
        Transaction mined = Blobs.Sign(0, 0, 2), waiting = Blobs.Sign(1, 0, 2);
        ExecutedBlock other;
        using (DevChain dev = new(folder.Path))
        {
            ExecutedBlock genesis = dev.Head;
            dev.Accept(mined, sidecar);
            dev.Accept(waiting, sidecar);
            dev.Adopt(genesis, 1, mined);
            other = dev.Extend(genesis, 2);
        }
        using DevChain again = new(folder.Path);
        AssertHas(again, waiting, sidecar);
        Assert.False(again.Pool.TryGet(mined.Hash(), out _));
        Assert.True(again.Chain.TryRevive(other.Hash));
        again.SetHead(other);
        AssertHas(again, mined, sidecar);
    }

    [Fact]
    public void Blobs_are_found_by_their_hashes()
    {
        using DevChain dev = new();
        BlobSidecar sidecar = Blobs.SidecarOf(2, BlobSidecar.CellProofs);
        Transaction transaction = Blobs.Sign(0, 0, 2);
        dev.Accept(DevChain.Sign(1, 0));
        dev.Accept(transaction, sidecar);
        IReadOnlyList<(BlobSidecar Sidecar, int Index)?> found = dev.Pool.FindBlobs([Keccak.Hash256([1]), transaction.BlobHashes[0], transaction.BlobHashes[0]]);
        Assert.Null(found[0]);
        Assert.Same(sidecar, found[1]!.Value.Sidecar);
        Assert.Equal(transaction.BlobHashes[0], Flashback.Cryptography.Kzg.VersionedHash(sidecar.Commitments[found[2]!.Value.Index]));
    }

    [Fact]
    public void A_fork_that_wants_other_proofs_drops_the_old_ones()
    {
        using DevChain dev = new(forkTimes: "\"cancunTime\": 0, \"pragueTime\": 0, \"osakaTime\": 18", clock: new StoppedClock(17));
        PooledTransaction pooled = dev.Accept(Blobs.Sign(0, 0), Blobs.SidecarOf(1, BlobSidecar.BlobProofs));
        dev.Adopt(dev.Head, 1); // at 17: the next is Osaka's
        Assert.False(dev.Pool.TryGet(pooled.Hash, out _));
        dev.Accept(Blobs.Sign(0, 0), Blobs.SidecarOf(1, BlobSidecar.CellProofs));
    }

    private static void AssertHas(DevChain dev, Transaction transaction, BlobSidecar sidecar)
    {
        Assert.True(dev.Pool.TryGet(transaction.Hash(), out PooledTransaction? found));
        Assert.Equal(PooledTransactionCodec.Encode(transaction, sidecar), PooledTransactionCodec.Encode(found.Transaction, found.Sidecar));
    }
}
