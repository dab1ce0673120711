using Flashback.Client;
using Flashback.Execution;
using Flashback.Primitives;

namespace Flashback.Gateway.Market;

/// <summary>When a deal's parts end, in slots.</summary>
internal readonly record struct DealTimes(ulong RegistrationEnd, ulong ActivationEnd, ulong End);

/// <summary>The chain as the buyer of storage sees it. Safe for any number of threads.</summary>
/// <param name="node">The node.</param>
/// <param name="wallet">Pays.</param>
/// <param name="network">What the network decides.</param>
internal sealed class MarketChain(ExecutionClient node, TransactionSender wallet, KnownStorageNetwork network) : IDisposable
{
    /// <summary>How long providers may register.</summary>
    public const ulong RegistrationSlots = 16;

    private const ulong BlocksAtOnce = 1_024;
    private const ulong Overlap = 64; // blocks: two epochs, after which a block is final
    private const ulong MostPeriods = 1_824; // the contract takes 1,825 from now on

    private static readonly UInt256 WorthWithdrawing = 10_000_000_000_000_000UL; // a hundredth of a FLASH: many times its gas
    private static readonly string[] Errors = [.. MarketContract.Errors.Concat(DealContract.Errors).Distinct()];

    private ulong _lastSlot;

    // guarded by _reading
    private readonly SemaphoreSlim _reading = new(1);
    private readonly SortedDictionary<ulong, DeployedDeal> _found = [];
    private ILookup<Hash32, DeployedDeal> _deals = Enumerable.Empty<DeployedDeal>().ToLookup(deal => deal.Terms.CommP);
    private ulong _next;
    private Hash32 _seen;

    /// <summary>The node.</summary>
    public ExecutionClient Node => node;

    /// <summary>Who pays.</summary>
    public Address Account => wallet.Account;

    /// <summary>What the network decides; its totals are those of the start.</summary>
    public KnownStorageNetwork Network => network;

    /// <summary>The chain that is signed for.</summary>
    public ulong ChainId => wallet.ChainId;

    /// <summary>The slot of the newest block, as it was asked for last.</summary>
    public ulong LastSlot => Volatile.Read(ref _lastSlot);

    /// <summary>The slot of the newest block.</summary>
    public async Task<ulong> GetHeadSlotAsync(CancellationToken stop)
    {
        ulong slot = network.SlotAt((await node.GetHeadAsync(stop).ConfigureAwait(false)).Timestamp);
        Volatile.Write(ref _lastSlot, slot);
        return slot;
    }

    /// <summary>Signs a request for bytes of a deal's piece.</summary>
    public SignedReadRequest Sign(ReadRequest request, Address deal) => wallet.SignRequest(request, deal);

    /// <summary>Countersigns a delivery.</summary>
    public SignedDelivery Sign(Delivery delivery, Address deal) => wallet.SignDelivery(delivery, deal);

    /// <summary>When a slot begins.</summary>
    public DateTimeOffset TimeOf(ulong slot) => DateTimeOffset.FromUnixTimeSeconds((long)(network.GenesisTime + (slot * network.SecondsPerSlot)));

    /// <summary>Slots of a time, rounded up.</summary>
    public ulong SlotsOf(TimeSpan time) => (ulong)Math.Ceiling(time.TotalSeconds / network.SecondsPerSlot);

    /// <summary>When a deal's parts end that is made now: time to register, time to seal, then what is paid for, as far as the contract lets it.</summary>
    public DealTimes TimesFrom(ulong slot, MarketOptions options)
    {
        ulong sealing = options.SealingTime is { } time ? Math.Clamp(SlotsOf(time), 1, MostPeriods / 2 * network.ProvingPeriod) : network.ProvingPeriod;
        ulong registration = slot + RegistrationSlots, activation = registration + sealing;
        ulong most = slot + (MostPeriods * network.ProvingPeriod) - activation;
        return new DealTimes(registration, activation, activation + Math.Clamp(SlotsOf(options.Duration), network.ProvingPeriod, most));
    }

    /// <summary>All deals that this wallet has made, by piece, each in order. Blocks that may still be reverted are gone through again.</summary>
    public async Task<ILookup<Hash32, DeployedDeal>> GetOwnDealsAsync(CancellationToken stop)
    {
        await _reading.WaitAsync(stop).ConfigureAwait(false);
        try
        {
            ExecutionBlock head = await node.GetHeadAsync(stop).ConfigureAwait(false);
            if (head.Hash == _seen)
                return _deals;
            ulong first = _next - Math.Min(_next, Overlap);
            foreach (ulong number in _found.Where(deal => deal.Value.BlockNumber >= first).Select(deal => deal.Key).ToArray())
                _found.Remove(number);
            for (ulong from = first; from <= head.Number; from += BlocksAtOnce)
            {
                foreach (DeployedDeal deal in await MarketContract.GetDealsAsync(node, wallet.Account, from, Math.Min(from + BlocksAtOnce - 1, head.Number), stop).ConfigureAwait(false))
                    _found[deal.Number] = deal;
            }
            _deals = _found.Values.ToLookup(deal => deal.Terms.CommP);
            (_next, _seen) = (head.Number + 1, head.Hash);
            return _deals;
        }
        finally
        {
            _reading.Release();
        }
    }

    /// <summary>Sends a transaction that takes effect.</summary>
    /// <exception cref="IOException">It did not.</exception>
    public async Task SendAsync(TransactionDraft draft, CancellationToken stop)
    {
        try
        {
            ExecutionReceipt? receipt = await wallet.SendAsync(draft, stop).ConfigureAwait(false);
            if (receipt is not { IsSuccess: true })
                throw new IOException($"{draft.Purpose}: the transaction failed, or another took its place");
        }
        catch (NodeException fault)
        {
            throw new IOException($"{draft.Purpose}: {RevertReason.Of(fault, Errors) ?? fault.Message}", fault);
        }
    }

    /// <summary>Takes what deals have put aside for the wallet.</summary>
    public async Task WithdrawAsync(CancellationToken stop)
    {
        if (await MarketContract.GetCreditAsync(node, wallet.Account, stop).ConfigureAwait(false) >= WorthWithdrawing)
            await SendAsync(MarketContract.Withdraw(wallet.Account), stop).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public void Dispose() => _reading.Dispose();
}
