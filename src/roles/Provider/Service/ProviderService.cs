using Flashback.Client;
using Flashback.Primitives;
using Flashback.Proofs;
using Microsoft.Extensions.Logging;

namespace Flashback.Provider;

/// <summary>Seals what is pledged and proves what is sealed, in time: the front door of providing. spec: ours#3, ours#4</summary>
/// <remarks>
/// Each quarter of a slot:
/// 1. The head, the provider and its deadlines are asked for.
/// 2. Orders are taken; windows and batches of receipts that come become work, windows that are over are closed.
/// 3. Every step that is due and has room is started. Deals that came with new blocks become work.
/// 4. Status and alerts are made of what is known.
/// Beside that, a survey goes through all sectors once a window's length. The chain is what counts: whatever was lost in a crash or a reorganisation is seen there
/// and done again.
/// </remarks>
public sealed partial class ProviderService : IDisposable
{
    private readonly ProviderSettings _settings;
    private readonly ProviderChain _chain;
    private readonly WorkQueue _queue;
    private readonly SectorShelf _shelf;
    private readonly IStorageProver _prover;
    private readonly TimeProvider _time;
    private readonly ILogger _log;
    private readonly WorkRunner _runner;
    private readonly WindowSchedule _schedule;
    private readonly SectorSurvey _survey;
    private readonly Orders _orders;
    private readonly DealWatch _deals;
    private readonly ReceiptSchedule _receipts;
    private readonly SealingPace _pace;
    private readonly SectorNumbers _numbers;
    private readonly PiecePulls _pulls;
    private Task _surveying = Task.CompletedTask;
    private ulong _nextSurvey;

    /// <summary>A service that does nothing yet.</summary>
    /// <param name="settings">What it is asked for.</param>
    /// <param name="chain">The chain.</param>
    /// <param name="disk">What is on the disks.</param>
    /// <param name="prover">Makes the proofs that go on the chain.</param>
    /// <param name="time">The time.</param>
    /// <param name="log">The log.</param>
    public ProviderService(ProviderSettings settings, ProviderChain chain, ProviderDisk disk, IStorageProver prover, TimeProvider time, ILogger<ProviderService> log)
    {
        ArgumentNullException.ThrowIfNull(settings);
        ArgumentNullException.ThrowIfNull(chain);
        ArgumentNullException.ThrowIfNull(disk);
        (_settings, _chain, _queue, _shelf, _prover, _time, _log) = (settings, chain, disk.Queue, disk.Sectors, prover, time, log);
        SectorSize size = _shelf.Kind.Size;
        (_pace, _numbers, _pulls) = (new SealingPace(chain, _shelf.Kind), new SectorNumbers(chain, _queue), new PiecePulls(disk.Pieces));
        WindowSteps windows = new(chain, _shelf, prover);
        HotClaims hot = new(chain, _queue, disk.Pieces);
        _survey = new SectorSurvey(chain, _queue, windows, hot, disk.Pieces, new Earnings(chain, log), log);
        EmptySectors empty = new(chain, _queue, _pace, prover.CanUpdate(_shelf.Kind));
        DealDesk desk = new(settings.Deals, chain, _queue, empty);
        DeliveryBook book = new(disk.Store);
        ProviderSteps steps = new(
            new SectorSteps(chain, _shelf, disk.Pieces, prover), new ChainSteps(chain, hot), windows, new SectorUpdateSteps(chain, _shelf, disk.Pieces, prover),
            new DealSteps(chain, _queue, desk, new ExtensionDesk(settings.Deals, chain, log), disk.Pieces, _pulls, book),
            new PackSteps(chain, _queue, _numbers, disk.Pieces, empty, _pace, PatienceOf(settings, chain)),
            new HotSteps(chain, _queue, hot, disk.Pieces, _shelf), new ReceiptSteps(chain, _queue, book, disk.Pieces, hot));
        _receipts = new ReceiptSchedule(chain, _queue, book);
        WorkCost room = new(settings.Cores, settings.MemoryBytes, _shelf.Disks.Sum(disk => disk.Room));
        _runner = new WorkRunner(_queue, steps, room, step => WorkCost.Of(step, size, settings.Cores), LimitOf, chain.Slot, time, log);
        _schedule = new WindowSchedule(chain, _queue);
        _orders = new Orders(settings.Orders, chain, _numbers, log);
        _deals = new DealWatch(chain, _queue, desk, disk.Store, log);
        Pieces = new PieceEndpoints(disk.Pieces, new DealIntake(chain, _queue, hot), new ReadDesk(chain, _queue, book));
    }

    /// <summary>The status as of the last time that the node answered; null before.</summary>
    public ProviderStatus? Status { get; private set; }

    /// <summary>What is answered about pieces over HTTP.</summary>
    public PieceEndpoints Pieces { get; }

    /// <summary>Works until it is told to stop, and ends when what was under way has ended.</summary>
    public async Task RunAsync(CancellationToken stop)
    {
        using ProviderMetrics metrics = new(() => Status);
        using Alarm alarm = new(_chain.Provider, _settings.Webhook, _log);
        _runner.Ended += metrics.Count;
        _runner.Ended += _pace.Count;
        Task resuming = ResumeAsync(stop);
        // fails: no room for a key → it is made with the first proof, whose step tells why it could not be
        await Task.Run(() => _prover.Prepare(_shelf.Kind), stop).WaitAsync(stop).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        while (!stop.IsCancellationRequested)
        {
            try
            {
                await TurnAsync(resuming.IsCompleted, stop).ConfigureAwait(false);
                await alarm.TellAsync(Status?.Alerts ?? [], stop).ConfigureAwait(false);
            }
            catch (NodeException fault)
            {
                await alarm.TellAsync([.. Status?.Alerts ?? [], $"the node does not answer as it should: {fault.Message}"], stop).ConfigureAwait(false);
            }
            catch (OperationCanceledException) when (stop.IsCancellationRequested)
            {
                break;
            }
            await Task.Delay(_chain.Slot / 4, _time, stop).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
        await Task.WhenAll(_runner.WhenAllAsync(), _surveying, resuming).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    /// <summary>Ends the service, when it does not run any more.</summary>
    public void Dispose()
    {
        _pulls.Dispose();
        _numbers.Dispose();
    }

    private async Task TurnAsync(bool mayWork, CancellationToken stop)
    {
        ulong head = await _chain.GetHeadSlotAsync(stop).ConfigureAwait(false);
        KnownProvider provider = await _chain.Node.FindProviderAsync(_chain.Provider, stop).ConfigureAwait(false)
            ?? throw new NodeException(NodeFault.Refused, $"validator {_chain.Provider} is no provider on the node's chain");
        IReadOnlyList<KnownDeadline> deadlines = provider.IsActive ? await _chain.Node.GetDeadlinesAsync(_chain.Provider, stop).ConfigureAwait(false) : [];
        if (mayWork && provider.IsActive)
        {
            await _orders.TakeAsync(stop).ConfigureAwait(false);
            _schedule.Follow(head, deadlines);
            _receipts.Follow(head);
            _runner.Start(stop);
            StartSurvey(head, deadlines, stop);
            await _deals.FollowAsync(provider, head, stop).ConfigureAwait(false); // last: what keeps deals from being looked at keeps no window from being proven
        }
        UInt256 balance = await _chain.Node.GetBalanceAsync(_chain.Sender.Account, stop).ConfigureAwait(false);
        UInt256 credit = await MarketContract.GetCreditAsync(_chain.Node, provider.Owner, stop).ConfigureAwait(false);
        Status = StatusReport.Of(new ProviderMoment(head, provider, balance, credit, deadlines, _queue.All, _runner.Running, DiskReport.LinesOf(_shelf)), _chain.Network);
    }

    /// <summary>Before anything new is sent it is settled what an earlier run has sent.</summary>
    private async Task ResumeAsync(CancellationToken stop)
    {
        try
        {
            if (await _chain.Sender.ResumeAsync(stop).ConfigureAwait(false) is { } receipt)
                LogResumed(receipt.TransactionHash, receipt.BlockNumber);
        }
        catch (OperationCanceledException)
        {
            // It is in the journal for the next run.
        }
    }

    private void StartSurvey(ulong head, IReadOnlyList<KnownDeadline> deadlines, CancellationToken stop)
    {
        if (head < _nextSurvey || !_surveying.IsCompleted)
            return;
        _nextSurvey = head + Math.Max(_chain.WindowLength / 2, 1);
        _surveying = SurveyAsync(head, deadlines, stop);
    }

    private async Task SurveyAsync(ulong head, IReadOnlyList<KnownDeadline> deadlines, CancellationToken stop)
    {
        try
        {
            await _shelf.MeasureAsync(_chain.Slot * _chain.WindowLength / 4, stop).ConfigureAwait(false);
            await _survey.RunAsync(head, deadlines, stop).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            // The next run begins with one.
        }
        catch (Exception fault)
        {
            LogNoSurvey(fault);
        }
    }

    private int LimitOf(WorkStep step) => step switch
    {
        WorkStep.Seal or WorkStep.Update => _settings.Seals,
        WorkStep.Compress or WorkStep.CompressUpdate or WorkStep.Announce or WorkStep.Claim or WorkStep.Pack => 1,
        _ => 16,
    };

    /// <summary>In slots; unless it is set a twenty-fourth of a proving period, an hour where that is a day.</summary>
    private static ulong PatienceOf(ProviderSettings settings, ProviderChain chain) =>
        settings.PackingPatience is { } set ? (ulong)Math.Ceiling(set / chain.Slot) : chain.Network.ProvingPeriod / 24;

    [LoggerMessage(Level = LogLevel.Information, Message = "What was sent before the program ended is on the chain: {Hash} in block {Block}")]
    private partial void LogResumed(Hash32 hash, ulong block);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The sectors were not gone through")]
    private partial void LogNoSurvey(Exception fault);
}
