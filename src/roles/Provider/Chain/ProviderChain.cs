using Flashback.Client;
using Flashback.Primitives;

namespace Flashback.Provider;

/// <summary>The chain as one provider sees it: the head, its own duties, and the way to send. Safe to share between threads.</summary>
public sealed class ProviderChain
{
    private const ulong MostPeriods = 1_825; // from the slot of the transaction on, which is not before the head's
    private const int MissedSlots = 64; // a head so far from the clock is that of a network which stood still for a while, or was let run ahead

    private readonly TimeProvider _time;
    private long _lead; // ticks that the clock is ahead of such a network

    /// <param name="node">The node.</param>
    /// <param name="sender">The operator.</param>
    /// <param name="provider">The provider's number: its validator's index.</param>
    /// <param name="proverId">Who its replicas are made for.</param>
    /// <param name="network">What the network decides.</param>
    /// <param name="time">The machine's clock.</param>
    public ProviderChain(ExecutionClient node, TransactionSender sender, ulong provider, Hash32 proverId, KnownStorageNetwork network, TimeProvider time) =>
        (Node, Sender, Provider, ProverId, Network, _time) = (node, sender, provider, proverId, network, time);

    /// <summary>Of all contracts that it calls: a claim goes through Sectors and Market to a deal.</summary>
    private static readonly string[] Errors = [.. SectorsContract.Errors.Concat(MarketContract.Errors).Concat(DealContract.Errors).Distinct()];

    /// <summary>The node.</summary>
    public ExecutionClient Node { get; }

    /// <summary>The operator.</summary>
    public TransactionSender Sender { get; }

    /// <summary>The chain's number, which signatures are for.</summary>
    public ulong ChainId => Sender.ChainId;

    /// <summary>The provider's number: its validator's index.</summary>
    public ulong Provider { get; }

    /// <summary>Who its replicas are made for.</summary>
    public Hash32 ProverId { get; }

    /// <summary>What the network decides; its totals are those of the start.</summary>
    public KnownStorageNetwork Network { get; }

    /// <summary>Slots of a window.</summary>
    public ulong WindowLength => Network.ProvingPeriod / Network.Deadlines;

    /// <summary>How long a slot is.</summary>
    public TimeSpan Slot => TimeSpan.FromSeconds(Network.SecondsPerSlot);

    /// <summary>The latest expiration that a sector may be given while the head is of a slot.</summary>
    public ulong LatestExpiration(ulong slot) => slot + MostPeriods * Network.ProvingPeriod;

    /// <summary>When a slot begins, by the machine's clock.</summary>
    public DateTimeOffset TimeOf(ulong slot) => NominalTimeOf(slot) + new TimeSpan(Volatile.Read(ref _lead));

    /// <summary>The slot of the newest block: what contracts answer now is of its state.</summary>
    public async Task<ulong> GetHeadSlotAsync(CancellationToken cancellation)
    {
        ulong slot = Network.SlotAt((await Node.GetHeadAsync(cancellation).ConfigureAwait(false)).Timestamp);
        TimeSpan lead = _time.GetUtcNow() - NominalTimeOf(slot);
        Volatile.Write(ref _lead, lead.Duration() < Slot * MissedSlots ? 0 : lead.Ticks);
        return slot;
    }

    private DateTimeOffset NominalTimeOf(ulong slot) => DateTimeOffset.FromUnixTimeSeconds((long)(Network.GenesisTime + slot * Network.SecondsPerSlot));

    /// <summary>Sends what changes nothing for the worse where it is sent twice, and tells whether it took effect.</summary>
    /// <returns>Null when it did; else why not.</returns>
    public async Task<string?> SendAsync(TransactionDraft draft, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(draft);
        try
        {
            ExecutionReceipt? receipt = await Sender.SendAsync(draft, cancellation).ConfigureAwait(false);
            return receipt is null ? $"{draft.Purpose}: another transaction of the operator took its place, or the node does not want it any more"
                : !receipt.IsSuccess ? $"{draft.Purpose}: the transaction {receipt.TransactionHash} failed"
                : null;
        }
        catch (NodeException fault)
        {
            return $"{draft.Purpose}: {RevertReason.Of(fault, Errors) ?? fault.Message}";
        }
    }
}
