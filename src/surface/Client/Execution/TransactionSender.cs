using Flashback.Cryptography;
using Flashback.Execution;
using Flashback.Primitives;

namespace Flashback.Client;

/// <summary>Brings one account's transactions on the chain, one after the other. Safe to share between threads.</summary>
/// <remarks>
/// 1. What an earlier run left under way is settled first.
/// 2. The node says what the transaction would do; one that would fail is not sent.
/// 3. The nonce is the chain's. Signed, it is written to the journal, and only then handed over.
/// 4. Until it is on the chain it is handed over again now and then; after some slots a dearer one takes its place, at the same nonce: of all of them one gets on the chain.
/// A reorganisation that takes it out again is no matter of this: the node has it back in its pool, and who sent it asks the chain before each step.
/// </remarks>
public sealed class TransactionSender : IDisposable
{
    private const int GasReservePercent = 25; // what is called may find another state than the one it was tried on
    private const int SlotsBeforeBump = 4;
    private const int PollsPerSlot = 4;
    private const int PlainBumpPercent = 15; // nodes ask for 10
    private const int BlobBumpPercent = 110; // nodes ask for 100: its blobs were sent around in vain
    private const ulong MostTimesTheQuote = 64; // what waits in spite of that does not wait for money

    /// <summary>Refusals of a node that has the transaction, or one of its nonce: go-ethereum's words, which all nodes use.</summary>
    private static readonly string[] NoRefusals = ["already known", "nonce too low", "replacement transaction underpriced"];

    private readonly ExecutionClient _node;
    private readonly Secp256k1SecretKey _key;
    private readonly ITransactionJournal _journal;
    private readonly ChainConfig _chain;
    private readonly TimeSpan _slot;
    private readonly TimeProvider _time;
    private readonly SemaphoreSlim _turn = new(1);

    /// <summary>A sender for an account.</summary>
    /// <param name="node">The node.</param>
    /// <param name="key">The account's key; remains the caller's to dispose.</param>
    /// <param name="journal">Where it is kept what is under way.</param>
    /// <param name="chain">The chain that transactions are signed for.</param>
    /// <param name="slot">How long a slot is.</param>
    /// <param name="time">The time.</param>
    public TransactionSender(ExecutionClient node, Secp256k1SecretKey key, ITransactionJournal journal, ChainConfig chain, TimeSpan slot, TimeProvider time)
    {
        (_node, _key, _journal, _chain, _slot, _time) = (node, key, journal, chain, slot, time);
        Account = key.PublicKey.ToAddress();
    }

    /// <summary>The account.</summary>
    public Address Account { get; }

    /// <summary>The chain that it signs for.</summary>
    public ulong ChainId => _chain.ChainId;

    /// <summary>Signs a delivery for a deal, as the account.</summary>
    public SignedDelivery SignDelivery(Delivery delivery, Address deal) => SignedDelivery.Sign(delivery, ChainId, deal, _key);

    /// <summary>Signs a request for bytes of a deal's piece, as the account.</summary>
    public SignedReadRequest SignRequest(ReadRequest request, Address deal) => SignedReadRequest.Sign(request, ChainId, deal, _key);

    /// <summary>Settles what an earlier run left under way.</summary>
    /// <returns>What became of it; null where nothing was, or where another transaction took its nonce.</returns>
    public async Task<ExecutionReceipt?> ResumeAsync(CancellationToken cancellation)
    {
        await _turn.WaitAsync(cancellation);
        try
        {
            return _journal.Read() is { } left ? await SettleAsync(left, cancellation) : null;
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <summary>Sends a transaction and waits until it is on the chain.</summary>
    /// <returns>What it left behind; null where another transaction took its nonce, so that it never will be on the chain.</returns>
    /// <exception cref="NodeException">The node says that it would fail, or refuses it: nothing was sent.</exception>
    /// <exception cref="OperationCanceledException">It was given up waiting; what was sent is settled next time.</exception>
    public async Task<ExecutionReceipt?> SendAsync(TransactionDraft draft, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(draft);
        await _turn.WaitAsync(cancellation);
        try
        {
            if (_journal.Read() is { } left)
                await SettleAsync(left, cancellation);
            SentTransaction sent = await SignAsync(draft, cancellation);
            _journal.Write(sent);
            await OfferFirstAsync(sent, cancellation);
            return await SettleAsync(sent, cancellation);
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <summary>Ends the sender, when nothing is being sent any more.</summary>
    public void Dispose() => _turn.Dispose();

    private async Task<SentTransaction> SignAsync(TransactionDraft draft, CancellationToken cancellation)
    {
        BlobSidecar? sidecar = draft.Blobs.Count > 0 ? SidecarOf(draft.Blobs) : null;
        Hash32[] hashes = sidecar is null ? [] : [.. sidecar.Commitments.Select(commitment => Kzg.VersionedHash(commitment))];
        ulong gas = await _node.EstimateGasAsync(Account, draft, hashes, cancellation);
        FeeQuote fees = await _node.GetFeesAsync(cancellation);
        Transaction transaction = new()
        {
            Type = sidecar is null ? TransactionType.DynamicFee : TransactionType.Blob,
            ChainId = _chain.ChainId,
            Nonce = await _node.GetTransactionCountAsync(Account, cancellation),
            MaxPriorityFeePerGas = fees.Tip,
            MaxFeePerGas = fees.BaseFee + fees.BaseFee + fees.Tip,
            GasLimit = gas + (gas * GasReservePercent / 100) + draft.ExtraGas,
            To = draft.To,
            Value = draft.Value,
            Input = draft.Input,
            MaxFeePerBlobGas = sidecar is null ? UInt256.Zero : fees.BlobBaseFee + fees.BlobBaseFee,
            BlobHashes = hashes,
        };
        return Sign(draft.Purpose, transaction, sidecar, []);
    }

    private SentTransaction Sign(string purpose, Transaction transaction, BlobSidecar? sidecar, IReadOnlyList<Hash32> before)
    {
        Transaction signed = transaction with { Signature = Secp256k1.Sign(TransactionCodec.SigningHash(transaction), _key) };
        return new SentTransaction(purpose, signed.Nonce, [.. before, signed.Hash()], PooledTransactionCodec.Encode(signed, sidecar));
    }

    /// <summary>The blobs with commitments and proofs, in the form that the fork of this moment wants.</summary>
    private BlobSidecar SidecarOf(IReadOnlyList<ReadOnlyMemory<byte>> blobs)
    {
        Bytes48[] commitments = new Bytes48[blobs.Count], proofs = new Bytes48[blobs.Count];
        for (int i = 0; i < blobs.Count; i++)
        {
            if (!Kzg.TryBlobToCommitment(blobs[i].Span, out commitments[i], out KzgFault fault) || !Kzg.TryComputeBlobProof(blobs[i].Span, commitments[i], out proofs[i], out fault))
                throw new ArgumentException($"blob {i} is none: {fault}", nameof(blobs));
        }
        BlobSidecar sidecar = new(BlobSidecar.BlobProofs, blobs, commitments, proofs);
        bool wantsCells = BlobSidecar.VersionIn(_chain.RulesAt((ulong)_time.GetUtcNow().ToUnixTimeSeconds())) == BlobSidecar.CellProofs;
        return !wantsCells ? sidecar
            : sidecar.TryProveCells(out BlobSidecar? withCells) ? withCells
            : throw new ArgumentException("a blob is none", nameof(blobs));
    }

    /// <summary>Hands it over for the first time. A node that refuses it does not have it: then it is as if it had never been.</summary>
    private async Task OfferFirstAsync(SentTransaction sent, CancellationToken cancellation)
    {
        try
        {
            await _node.SendAsync(sent.Encoded, cancellation);
        }
        catch (NodeException fault) when (IsRefusal(fault))
        {
            _journal.Clear();
            throw;
        }
        catch (NodeException)
        {
            // Whether the node has it is not known: it is handed over again until the chain tells.
        }
    }

    /// <summary>Waits until one of its kind is on the chain, or another transaction has its nonce.</summary>
    private async Task<ExecutionReceipt?> SettleAsync(SentTransaction sent, CancellationToken cancellation)
    {
        for (int polls = 1; ; polls++)
        {
            try
            {
                ulong next = await _node.GetTransactionCountAsync(Account, cancellation);
                ExecutionReceipt? receipt = await FindReceiptAsync(sent, cancellation);
                if (receipt is not null || next > sent.Nonce)
                {
                    _journal.Clear();
                    return receipt;
                }
                if (polls % (SlotsBeforeBump * PollsPerSlot) == 0)
                    sent = await BumpAsync(sent, cancellation);
                else if (polls % PollsPerSlot == 1)
                    await _node.SendAsync(sent.Encoded, cancellation);
            }
            catch (NodeException fault) when (IsRefusal(fault))
            {
                // The node does not have it and does not want it any more: its claim's time is over, say. Should another node still bring it, its nonce is one.
                _journal.Clear();
                return await FindReceiptAsync(sent, cancellation);
            }
            catch (NodeException)
            {
                // The node is away, or has it already: the chain is asked again.
            }
            await Task.Delay(_slot / PollsPerSlot, _time, cancellation);
        }
    }

    private async Task<ExecutionReceipt?> FindReceiptAsync(SentTransaction sent, CancellationToken cancellation)
    {
        for (int i = sent.Hashes.Count - 1; i >= 0; i--)
        {
            if (await _node.FindReceiptAsync(sent.Hashes[i], cancellation) is { } receipt)
                return receipt;
        }
        return null;
    }

    /// <summary>A dearer one in its place: what the pool wants at least, and what blocks cost now.</summary>
    private async Task<SentTransaction> BumpAsync(SentTransaction sent, CancellationToken cancellation)
    {
        FeeQuote fees = await _node.GetFeesAsync(cancellation);
        if (!PooledTransactionCodec.TryDecode(sent.Encoded.Span, out Transaction? old, out BlobSidecar? sidecar, out TransactionFault fault))
            throw new InvalidDataException($"the journal holds no transaction: {fault}");
        ulong percent = 100 + (ulong)(sidecar is null ? PlainBumpPercent : BlobBumpPercent);
        UInt256 Raised(in UInt256 fee) => UInt256.Divide((fee * percent) + 99UL, 100UL);
        if (old!.MaxFeePerGas > (fees.BaseFee + fees.Tip) * MostTimesTheQuote)
            return sent;
        UInt256 tip = Larger(Raised(old.MaxPriorityFeePerGas), fees.Tip);
        Transaction dearer = old with
        {
            MaxPriorityFeePerGas = tip,
            MaxFeePerGas = Larger(Raised(old.MaxFeePerGas), fees.BaseFee + fees.BaseFee + tip),
            MaxFeePerBlobGas = sidecar is null ? UInt256.Zero : Larger(Raised(old.MaxFeePerBlobGas), fees.BlobBaseFee + fees.BlobBaseFee),
        };
        SentTransaction bumped = Sign(sent.Purpose, dearer, sidecar, sent.Hashes);
        _journal.Write(bumped);
        try
        {
            await _node.SendAsync(bumped.Encoded, cancellation);
        }
        catch (NodeException)
        {
            // It is in the journal with the ones before it, and is handed over again.
        }
        return bumped;
    }

    private static bool IsRefusal(NodeException fault) =>
        fault.Fault == NodeFault.Refused && !Array.Exists(NoRefusals, words => fault.Message.Contains(words, StringComparison.Ordinal));

    private static UInt256 Larger(in UInt256 one, in UInt256 other) => one > other ? one : other;
}
