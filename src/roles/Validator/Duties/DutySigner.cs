using Flashback.Consensus;
using Flashback.Primitives;
using Microsoft.Extensions.Logging;

namespace Flashback.Validator;

/// <summary>Signs what duties make, each message for what it is, through the protection database only, and only when it is due.</summary>
/// <remarks>
/// All messages are signed under Electra's version, the only fork there is. Null stands for a signature that was refused, which is in the log then, or for
/// a key that is not served any more. Safe to share between threads.
/// </remarks>
internal sealed partial class DutySigner(Roster roster, ConsensusConfig config, SlotClock clock, ILogger log)
{
    private delegate Invalid<ProtectionRule>? Sealing(ProtectedSigner signer, out Bytes96 signature);

    private readonly ILogger _log = log;

    /// <summary>Signs for many, as many at a time as there are cores.</summary>
    /// <returns>What was signed, in the items' order, without those that were refused.</returns>
    public static (T Item, Bytes96 Signature)[] SignAll<T>(IReadOnlyList<T> items, Func<T, Bytes96?> sign)
    {
        Bytes96?[] signatures = new Bytes96?[items.Count];
        if (items.Count == 1)
            signatures[0] = sign(items[0]);
        else
            Parallel.For(0, items.Count, i => signatures[i] = sign(items[i]));
        return [.. items.Zip(signatures).Where(pair => pair.Second.HasValue).Select(pair => (pair.First, pair.Second.GetValueOrDefault()))];
    }

    /// <summary>The proposer's share in the random mix. spec: cs/phase0/validator#randao-reveal</summary>
    public Bytes96? SignRandao(Bytes48 key, Epoch epoch) => Sign(key, DomainType.Randao, Signing.RootOf(epoch.Value));

    /// <summary>A block, of the slot that is now. spec: cs/phase0/validator#signature</summary>
    public Bytes96? SignBlock(Bytes48 key, BeaconBlock block)
    {
        if (!IsTimely(block.Slot, late: 0))
            return null;
        BeaconBlockHeader header = new(block.Slot, block.ProposerIndex, block.ParentRoot, block.StateRoot, block.Body.HashTreeRoot(config.Preset));
        return SignProtected(key, (ProtectedSigner signer, out Bytes96 signature) => signer.SignBlock(header, config.ElectraForkVersion, out signature));
    }

    /// <summary>A vote, of the slot that is now or the one before. spec: cs/phase0/validator#aggregate-signature</summary>
    public Bytes96? SignVote(Bytes48 key, AttestationData data) => IsTimely(data.Slot, late: 1)
        ? SignProtected(key, (ProtectedSigner signer, out Bytes96 signature) => signer.SignAttestation(data, config.ElectraForkVersion, out signature))
        : null;

    /// <summary>The slot, which selects aggregators. spec: cs/phase0/validator#aggregation-selection</summary>
    public Bytes96? SignSelection(Bytes48 key, Slot slot) => Sign(key, DomainType.SelectionProof, Signing.RootOf(slot.Value));

    /// <summary>An aggregate. spec: cs/phase0/validator#broadcast-aggregate</summary>
    public Bytes96? SignAggregate(Bytes48 key, AggregateAndProof message) =>
        IsTimely(message.Aggregate.Data.Slot, late: 1) ? Sign(key, DomainType.AggregateAndProof, message.HashTreeRoot(config.Preset)) : null;

    /// <summary>A sync committee member's vote. spec: cs/altair/validator#sync-committee-messages</summary>
    public Bytes96? SignSyncVote(Bytes48 key, Slot slot, Hash32 head) => IsTimely(slot, late: 1) ? Sign(key, DomainType.SyncCommittee, head) : null;

    /// <summary>The slot and a part of the sync committee, which select its aggregators. spec: cs/altair/validator#aggregation-selection</summary>
    public Bytes96? SignSyncSelection(Bytes48 key, Slot slot, ulong subcommittee) =>
        Sign(key, DomainType.SyncCommitteeSelectionProof, new SyncAggregatorSelectionData(slot, subcommittee).HashTreeRoot());

    /// <summary>A contribution. spec: cs/altair/validator#broadcast-sync-committee-contribution</summary>
    public Bytes96? SignContribution(Bytes48 key, ContributionAndProof message) =>
        IsTimely(message.Contribution.Slot, late: 1) ? Sign(key, DomainType.ContributionAndProof, message.HashTreeRoot(config.Preset)) : null;

    /// <summary>Whether a slot is now, or was so many slots ago at most.</summary>
    private bool IsTimely(Slot slot, ulong late)
    {
        Slot? now = clock.Now;
        if (now is { } current && slot <= current && current - slot <= late)
            return true;
        LogUntimely(slot, now);
        return false;
    }

    /// <summary>Signs what can be no offence; nothing at all before genesis.</summary>
    private Bytes96? Sign(Bytes48 key, DomainType type, Hash32 root)
    {
        if (clock.Now is not null)
            return With(key, signer => signer.Sign(type, config.ElectraForkVersion, root));
        LogUntimely(Slot.Genesis, null);
        return null;
    }

    private Bytes96? SignProtected(Bytes48 key, Sealing seal) => With(key, signer =>
    {
        if (seal(signer, out Bytes96 signature) is not { } refusal)
            return signature;
        LogRefused(key, refusal.Rule, refusal.Detail);
        return null;
    });

    /// <summary>Signs with a key, if it is still served; it may be taken away at any time.</summary>
    private Bytes96? With(Bytes48 key, Func<ProtectedSigner, Bytes96?> sign)
    {
        if (!roster.Current.Keys.TryGetValue(key, out ServedKey? served))
            return null;
        try
        {
            return sign(served.Signer);
        }
        catch (ObjectDisposedException)
        {
            LogGone(key);
            return null;
        }
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "Not signed with {Key}: {Rule}: {Detail}")]
    private partial void LogRefused(Bytes48 key, ProtectionRule rule, string detail);

    [LoggerMessage(Level = LogLevel.Information, Message = "Not signed: {Key} was taken away")]
    private partial void LogGone(Bytes48 key);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Not signed: a message for {Slot} at {Now}")]
    private partial void LogUntimely(Slot slot, Slot? now);
}
