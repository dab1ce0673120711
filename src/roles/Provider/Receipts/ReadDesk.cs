using System.Collections.Concurrent;
using Flashback.Client;
using Flashback.Execution;
using Flashback.Primitives;

namespace Flashback.Provider;

/// <summary>A request that was admitted, and is being served.</summary>
/// <param name="Deal">The deal's number.</param>
/// <param name="Signed">The request.</param>
/// <param name="Hash">What its delivery names it by.</param>
public sealed record AdmittedRead(ulong Deal, SignedReadRequest Signed, Hash32 Hash);

/// <summary>Judges signed requests, signs what was delivered for them, and takes the reader's signature in return. Safe to share between threads. spec: ours#6</summary>
public sealed class ReadDesk
{
    private const ulong OldestSlots = 32; // of a request's nonce
    private const ulong MostNumbered = 1_024; // MAX_SAMPLES of a deal
    private const int MostRemembered = 1 << 16;

    private readonly ProviderChain _chain;
    private readonly WorkQueue _queue;
    private readonly DeliveryBook _book;
    private readonly ConcurrentDictionary<Hash32, ServedRead> _served = [];

    internal ReadDesk(ProviderChain chain, WorkQueue queue, DeliveryBook book) => (_chain, _queue, _book) = (chain, queue, book);

    /// <summary>Judges a request for bytes of a piece.</summary>
    /// <param name="header">As it came.</param>
    /// <param name="commP">The piece that the address names.</param>
    /// <param name="length">How many bytes it has.</param>
    /// <param name="cancellation">Gives up.</param>
    /// <returns>The request; or why it is not served.</returns>
    /// <exception cref="NodeException">The chain cannot be asked.</exception>
    public async Task<(AdmittedRead? Read, string? Refusal)> AdmitAsync(string header, Hash32 commP, long length, CancellationToken cancellation)
    {
        if (SignedReadRequest.TryRead(header) is not { } signed)
            return (null, $"{SignedReadRequest.HeaderName} holds no request");
        ReadRequest request = signed.Request;
        if (Find(signed.Deal) is not { State: WorkState.DealCold or WorkState.DealActive } item)
            return (null, "no deal of that address is active here");
        DealDetails deal = item.Details.Deal!;
        if (request.CommP != commP || deal.Piece != commP || request.Provider != _chain.Provider)
            return (null, "the request is for another piece, or for another provider");
        if (request.Length == 0 || request.Length > (ulong)length || request.Offset > (ulong)length - request.Length)
            return (null, $"the piece has {length} bytes");
        if (!deal.Regions.Contains(request.Region))
            return (null, $"the deal does not measure in region {request.Region}");
        if (request.Number != _book.NextOf(item.Id.Subject, request.Region) || request.Number > MostNumbered)
            return (null, $"the next delivery to region {request.Region} has the number {_book.NextOf(item.Id.Subject, request.Region)}");
        ulong head = await _chain.GetHeadSlotAsync(cancellation).ConfigureAwait(false);
        if (request.Slot > head || request.Slot + OldestSlots < head)
            return (null, $"the nonce is of slot {request.Slot}, and the chain is at slot {head}");
        Hash32 hash = request.SigningHash(_chain.ChainId, signed.Deal);
        if (signed.SignerOn(_chain.ChainId) != await DealContract.GetReaderAsync(_chain.Node, signed.Deal, cancellation).ConfigureAwait(false))
            return (null, "the request is not signed by the deal's reader");
        if (request.Nonce != await ReadRequest.GetNonceAsync(_chain.Node, request.Slot, signed.Deal, cancellation).ConfigureAwait(false))
            return (null, $"the nonce is not that of slot {request.Slot}");
        Forget(head);
        return _served.TryAdd(hash, new ServedRead(request.Slot, null)) ? (new AdmittedRead(item.Id.Subject, signed, hash), null) : (null, "the request was served already");
    }

    /// <summary>The number that the next delivery has, for the deal and region that a request names; null where there is no such deal here.</summary>
    public ulong? NextOf(string header) =>
        SignedReadRequest.TryRead(header) is { } signed && Find(signed.Deal) is { } item ? _book.NextOf(item.Id.Subject, signed.Request.Region) : null;

    /// <summary>What was delivered, signed by the operator; it can be asked for by the request.</summary>
    public SignedDelivery Sign(AdmittedRead read, TimeSpan toFirst, TimeSpan toLast, Hash32 digest)
    {
        ArgumentNullException.ThrowIfNull(read);
        ReadRequest request = read.Signed.Request;
        Delivery delivery = new(read.Hash, request.Provider, request.Number, request.Offset, request.Length, request.Region, MsOf(toFirst), MsOf(toLast), digest);
        SignedDelivery signed = _chain.Sender.SignDelivery(delivery, read.Signed.Deal);
        _served[read.Hash] = new ServedRead(request.Slot, signed);
        return signed;
    }

    /// <summary>The delivery for a request; null where it was not served lately, or not to its end.</summary>
    public SignedDelivery? Find(Hash32 request) => _served.GetValueOrDefault(request)?.Delivery;

    /// <summary>Takes the reader's signature of a delivery that this provider has signed.</summary>
    /// <param name="deal">The deal's contract.</param>
    /// <param name="ours">The delivery as it was given.</param>
    /// <param name="theirs">The same, signed by the reader.</param>
    /// <param name="cancellation">Gives up.</param>
    /// <returns>Null when it is on the disk; else why it is not taken.</returns>
    /// <exception cref="NodeException">The chain cannot be asked.</exception>
    public async Task<string?> CountersignAsync(Address deal, SignedDelivery ours, SignedDelivery theirs, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(ours);
        ArgumentNullException.ThrowIfNull(theirs);
        if (Find(deal) is not { State: WorkState.DealCold or WorkState.DealActive } item)
            return "no deal of that address is active here";
        if (ours.Delivery != theirs.Delivery || ours.Delivery.Provider != _chain.Provider || ours.SignerOn(_chain.ChainId, deal) != _chain.Sender.Account)
            return "this provider has signed another delivery";
        if (theirs.SignerOn(_chain.ChainId, deal) != await DealContract.GetReaderAsync(_chain.Node, deal, cancellation).ConfigureAwait(false))
            return "the delivery is not signed by the deal's reader";
        return _book.TryAdd(item.Id.Subject, theirs) ? null : $"the next delivery to region {theirs.Delivery.Region} has the number {_book.NextOf(item.Id.Subject, theirs.Delivery.Region)}";
    }

    private WorkItem? Find(Address deal)
    {
        string contract = deal.ToString();
        return _queue.Of(WorkKind.Deal).FirstOrDefault(item => item.Details.Deal!.Contract == contract);
    }

    /// <summary>Requests whose nonces are too old need not be remembered: they are refused by that.</summary>
    private void Forget(ulong head)
    {
        if (_served.Count < MostRemembered)
            return;
        foreach ((Hash32 hash, ServedRead served) in _served)
        {
            if (served.Slot + OldestSlots < head)
                _served.TryRemove(hash, out _);
        }
    }

    private static uint MsOf(TimeSpan time) => (uint)Math.Min(time.TotalMilliseconds, uint.MaxValue);

    private sealed record ServedRead(ulong Slot, SignedDelivery? Delivery);
}
