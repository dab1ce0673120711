using Flashback.Client;
using Flashback.Consensus;
using Flashback.Primitives;
using Microsoft.Extensions.Logging;

namespace Flashback.Validator;

/// <summary>Keeps what duties need at hand: validators, fee recipients, who votes when, who aggregates, which committees the node follows.</summary>
/// <remarks>Each of its jobs runs once at a time: who asks for one that is under way waits for that.</remarks>
internal sealed partial class Upkeep(DutyContext context, DoppelgangerWatch watch)
{
    private readonly ILogger _log = context.Log;
    private readonly OneAtATime _resolving = new();
    private readonly OneAtATime _refreshing = new();
    private readonly OneAtATime _refreshingSync = new();
    private readonly OneAtATime _preparing = new();
    private readonly OneAtATime _checking = new();
    private readonly OneAtATime _selecting = new();
    private readonly OneAtATime _subscribing = new();

    /// <summary>For which epoch and keys it was found out which validators there are. Written by _resolving only.</summary>
    private volatile Tuple<Epoch, long>? _resolved;

    /// <summary>For which epoch and keys the node was told the fee recipients. Written by _preparing only.</summary>
    private volatile Tuple<Epoch, long>? _prepared;

    /// <summary>The slot for which the log says already that there are no duties.</summary>
    private ulong _loggedSlot = ulong.MaxValue;

    /// <summary>Whether the node can be worked with.</summary>
    public async Task<bool> IsReadyAsync(Slot slot)
    {
        try
        {
            NodeSyncing syncing = await context.Node.GetSyncingAsync(context.Stop);
            if (syncing.IsSyncing && Interlocked.Exchange(ref _loggedSlot, slot.Value) != slot.Value)
                LogSyncing(slot, syncing.SyncDistance);
            return !syncing.IsSyncing;
        }
        catch (NodeException fault)
        {
            if (Interlocked.Exchange(ref _loggedSlot, slot.Value) != slot.Value)
                LogNotThere(slot, fault.Message);
            return false;
        }
    }

    /// <summary>Says, once an epoch and when keys come or change, who gets the fees of our validators' blocks.</summary>
    public Task PrepareProposersAsync(Epoch epoch) => _preparing.RunAsync(async () =>
    {
        await ResolveAsync(epoch);
        Roster.Snapshot keys = context.Roster.Current;
        if (HoldsFor(_prepared, epoch, keys))
            return;
        ProposerPreparation[] preparations = [.. keys.Keys.Values
            .Where(key => key.Trust != KeyTrust.Doppelganger && key.IsActiveAt(epoch))
            .Select(key => new ProposerPreparation(key.Known!.Index, key.Settings.FeeRecipient))
            .OrderBy(preparation => preparation.Validator)];
        if (preparations.Length > 0)
            await context.Node.PrepareProposersAsync(preparations, context.Stop);
        _prepared = Tuple.Create(epoch, keys.Version);
    });

    /// <summary>Asks whether somebody else signs with keys that are watched.</summary>
    public Task CheckDoppelgangersAsync(Epoch epoch) => _checking.RunAsync(async () =>
    {
        await ResolveAsync(epoch);
        await watch.CheckAsync(epoch, context.Stop);
    });

    /// <summary>Brings the votes of this epoch and the next up to date.</summary>
    public Task RefreshVotesAsync(Epoch epoch) => _refreshing.RunAsync(async () =>
    {
        await ResolveAsync(epoch);
        await context.Book.RefreshVotesAsync(epoch, context.Roster.Current, context.Stop);
    });

    /// <summary>Brings the sync committees of this period and the next up to date, and tells the node which parts of them to follow.</summary>
    public Task RefreshSyncCommitteesAsync(Epoch epoch) => _refreshingSync.RunAsync(async () =>
    {
        await ResolveAsync(epoch);
        IReadOnlyList<SyncCommitteeSubscription> subscriptions = await context.Book.RefreshSyncCommitteesAsync(epoch, context.Roster.Current, context.Stop);
        if (subscriptions.Count == 0)
            return;
        try
        {
            await context.Node.SubscribeSyncCommitteesAsync(subscriptions, context.Stop);
        }
        catch (NodeException)
        {
            context.Book.ForgetSyncCommittees();
            throw;
        }
    });

    /// <summary>Finds out who aggregates in the slots from this one on.</summary>
    public Task SelectAsync(Slot slot) => _selecting.RunAsync(() =>
    {
        VoteDuty[] open = [.. Due(slot).Where(vote => vote.Selection is null)];
        foreach ((VoteDuty vote, Bytes96 proof) in DutySigner.SignAll(open, vote => context.Signer.SignSelection(vote.Duty.PublicKey, vote.Duty.Slot)))
            vote.Selection = new SlotSelection(proof, Selection.IsAggregator(vote.Duty.CommitteeLength, proof));
        return Task.CompletedTask;
    });

    /// <summary>Tells the node which committees are about to vote, and in which of them one of our validators aggregates.</summary>
    public Task SubscribeAsync(Slot slot) => _subscribing.RunAsync(async () =>
    {
        VoteDuty[] fresh = [.. Due(slot).Where(vote => !vote.IsSubscribed && vote.Selection is not null)];
        if (fresh.Length == 0)
            return;
        await context.Node.SubscribeCommitteesAsync([.. fresh.Select(Subscription)], context.Stop);
        foreach (VoteDuty vote in fresh)
            vote.IsSubscribed = true;
    });

    /// <summary>Finds out, once an epoch and when keys come, which validators there are.</summary>
    private Task ResolveAsync(Epoch epoch) => HoldsFor(_resolved, epoch, context.Roster.Current) ? Task.CompletedTask : _resolving.RunAsync(async () =>
    {
        Roster.Snapshot keys = context.Roster.Current;
        IReadOnlyList<KnownValidator> found = keys.Keys.Count == 0 ? [] : await context.Node.GetValidatorsAsync(keys.Keys.Keys, context.Stop);
        foreach (KnownValidator known in found)
            context.Roster.Update(known.Validator.PublicKey, key => watch.Judge(key, known, epoch));
        _resolved = Tuple.Create(epoch, keys.Version);
    });

    private static bool HoldsFor(Tuple<Epoch, long>? done, Epoch epoch, Roster.Snapshot keys) => done is not null && done.Item1 >= epoch && done.Item2 == keys.Version;

    /// <summary>The votes from a slot on that we may give.</summary>
    private IEnumerable<VoteDuty> Due(Slot slot)
    {
        Roster.Snapshot keys = context.Roster.Current;
        return context.Book.VotesFrom(slot).Where(vote => keys.Signing(vote.Duty.PublicKey, vote.Duty.Validator) is not null);
    }

    private static CommitteeSubscription Subscription(VoteDuty vote) =>
        new(vote.Duty.Validator, vote.Duty.Committee, vote.Duty.CommitteesAtSlot, vote.Duty.Slot, vote.Selection!.IsAggregator);

    [LoggerMessage(Level = LogLevel.Warning, Message = "No duties at {Slot}: the node is {Distance} slots behind")]
    private partial void LogSyncing(Slot slot, ulong distance);

    [LoggerMessage(Level = LogLevel.Warning, Message = "No duties at {Slot}: the node does not answer: {Reason}")]
    private partial void LogNotThere(Slot slot, string reason);

    /// <summary>Runs a job unless it runs already.</summary>
    private sealed class OneAtATime
    {
        private readonly Lock _gate = new();
        private Task _running = Task.CompletedTask;

        public Task RunAsync(Func<Task> job)
        {
            TaskCompletionSource done = new();
            lock (_gate)
            {
                if (!_running.IsCompleted)
                    return _running;
                _running = done.Task;
            }
            _ = CompleteAsync(job, done);
            return done.Task;
        }

        private static async Task CompleteAsync(Func<Task> job, TaskCompletionSource done)
        {
            try
            {
                await job();
                done.SetResult();
            }
#pragma warning disable CA1031 // handed on to whoever waits
            catch (Exception fault)
            {
                done.SetException(fault);
            }
#pragma warning restore CA1031
        }
    }
}
