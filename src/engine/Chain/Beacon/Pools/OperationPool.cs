using Flashback.Consensus;
using Flashback.Primitives;

namespace Flashback.Chain.Beacon;

/// <summary>Operations that wait for a block: slashings, exits, changes of credentials; one for each validator and kind. One thread at a time.</summary>
internal sealed class OperationPool
{
    private const int Most = 1024; // of each kind: blocks take some each, and what was valid stays so

    private readonly OrderedDictionary<ValidatorIndex, ProposerSlashing> _proposers = [];
    private readonly OrderedDictionary<Hash32, AttesterSlashing> _attesters = [];
    private readonly OrderedDictionary<ValidatorIndex, SignedVoluntaryExit> _exits = [];
    private readonly OrderedDictionary<ValidatorIndex, SignedBlsToExecutionChange> _changes = [];

    public IReadOnlyList<ProposerSlashing> ProposerSlashings => [.. _proposers.Values];

    public IReadOnlyList<AttesterSlashing> AttesterSlashings => [.. _attesters.Values];

    public IReadOnlyList<SignedVoluntaryExit> VoluntaryExits => [.. _exits.Values];

    public IReadOnlyList<SignedBlsToExecutionChange> BlsToExecutionChanges => [.. _changes.Values];

    public bool Add(ProposerSlashing slashing) => Add(_proposers, slashing.SignedHeader1.Message.ProposerIndex, slashing);

    public bool Add(AttesterSlashing slashing, Preset preset) => Add(_attesters, slashing.HashTreeRoot(preset), slashing);

    public bool Add(SignedVoluntaryExit exit) => Add(_exits, exit.Message.ValidatorIndex, exit);

    public bool Add(SignedBlsToExecutionChange change) => Add(_changes, change.Message.ValidatorIndex, change);

    /// <summary>Whether one of that kind for the validator waits.</summary>
    public bool HasExit(ValidatorIndex validator) => _exits.ContainsKey(validator);

    /// <inheritdoc cref="HasExit"/>
    public bool HasChange(ValidatorIndex validator) => _changes.ContainsKey(validator);

    /// <inheritdoc cref="HasExit"/>
    public bool HasProposerSlashing(ValidatorIndex validator) => _proposers.ContainsKey(validator);

    /// <summary>What a block on a state takes.</summary>
    /// <param name="state">The state at the block's slot.</param>
    /// <param name="body">The body that gets it.</param>
    public BeaconBlockBody Fill(CachedState state, BeaconBlockBody body)
    {
        Preset preset = state.Preset;
        OperationTrial<UnverifiedSignatures> trial = new(state); // signatures were verified when they came
        return body with
        {
            ProposerSlashings = [.. _proposers.Values.Where(slashing => trial.Try(slashing) is null).Take((int)preset.MaxProposerSlashings)],
            AttesterSlashings = [.. _attesters.Values.Where(slashing => trial.Try(slashing) is null).Take((int)preset.MaxAttesterSlashings)],
            VoluntaryExits = [.. _exits.Values.Where(exit => trial.Try(exit) is null).Take((int)preset.MaxVoluntaryExits)],
            BlsToExecutionChanges = [.. _changes.Values.Where(change => trial.Try(change) is null).Take((int)preset.MaxBlsToExecutionChanges)],
        };
    }

    /// <summary>Forgets what can never be in a block again, for it has taken effect in a state that is final.</summary>
    public void Prune(CachedState final)
    {
        ValidatorRegistry validators = final.State.Validators;
        bool IsKnown(ValidatorIndex index) => index.Value < (ulong)validators.Count;
        Epoch epoch = final.GetCurrentEpoch();
        RemoveWhere(_proposers, (index, _) => IsKnown(index) && !validators[(int)index.Value].IsSlashableAt(epoch));
        RemoveWhere(_exits, (index, _) => IsKnown(index) && validators[(int)index.Value].ExitEpoch != Epoch.FarFuture);
        RemoveWhere(_changes, (index, _) => IsKnown(index) && validators.WithdrawalCredentialsOf((int)index.Value).AsSpan()[0] != Predicates.BlsPrefix);
        RemoveWhere(_attesters, (_, slashing) => slashing.Attestation1.AttestingIndices.Intersect(slashing.Attestation2.AttestingIndices)
            .All(index => IsKnown(index) && !validators[(int)index.Value].IsSlashableAt(epoch)));
    }

    private static bool Add<TKey, T>(OrderedDictionary<TKey, T> operations, TKey key, T operation)
        where TKey : notnull => operations.Count < Most && operations.TryAdd(key, operation);

    private static void RemoveWhere<TKey, T>(OrderedDictionary<TKey, T> operations, Func<TKey, T, bool> isDone)
        where TKey : notnull
    {
        foreach (TKey key in operations.Where(operation => isDone(operation.Key, operation.Value)).Select(operation => operation.Key).ToArray())
            _ = operations.Remove(key);
    }
}
