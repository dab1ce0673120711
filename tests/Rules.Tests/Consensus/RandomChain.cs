using Flashback.Consensus;
using Flashback.Primitives;
using Flashback.Testing;

namespace Flashback.Rules.Tests.Consensus;

/// <summary>A chain on which everything happens now and then: slots are skipped, votes are missing, validators are slashed, leave, come, move and are topped up.</summary>
internal sealed class RandomChain
{
    private readonly Random _random;
    private int _nextKey;
    private ulong _depositIndex;
    private Slot _lastAttested;

    /// <summary>A chain of so many validators, with every kind of credentials among them.</summary>
    public RandomChain(Random random, ConsensusConfig config, int validators = 64)
    {
        _random = random;
        _nextKey = validators;
        World = new BeaconWorld(validators, config, validator => Fresh(config.Preset, validator));
    }

    /// <summary>A small network on which stake comes, goes and moves quickly.</summary>
    public static ConsensusConfig Lively { get; } = ConsensusConfig.Minimal with
    {
        Preset = Presets.MinimalWithWideBlobs,
        ShardCommitteePeriod = 4,
        MinValidatorWithdrawabilityDelay = 8,
        ChurnLimitQuotient = 8,
        MaxPerEpochActivationExitChurnLimit = new(128_000_000_000),
    };

    public BeaconWorld World { get; }

    /// <summary>Votes are missing from this epoch on, up to that one.</summary>
    public (Epoch From, Epoch To) Silence { get; set; }

    /// <summary>How many moves of stake were granted.</summary>
    public int Consolidations { get; private set; }

    /// <summary>What came in from outside so far: deposits.</summary>
    public Gwei Deposited { get; private set; }

    /// <summary>The next block; mostly of the next slot, with something happening in every third.</summary>
    public SignedBeaconBlock Next()
    {
        ulong step = _random.Next(8) == 0 ? (ulong)_random.Next(2, 5) : 1;
        // Who was slashed keeps being drawn until the exit, and cannot propose.
        while (IsProposerSlashed(World.Head.State.Slot + step))
            step++;
        Gwei offered = default;
        SignedBeaconBlock block = World.Make(World.Head, World.Head.State.Slot + step, draft =>
        {
            Vote(draft);
            if (_random.Next(3) == 0)
                Happen(draft, ref offered);
        });
        Assert.Null(StateTransition.Apply<BlsVerifier>(World.Head, block, BeaconWorld.Engine, out CachedState after));
        Deposited += offered;
        Consolidations += Math.Max(0, after.State.PendingConsolidations.Count - World.Head.State.PendingConsolidations.Count);
        World.Head = after;
        return block;
    }

    private bool IsProposerSlashed(Slot slot)
    {
        CachedState state = BeaconWorld.At(World.Head, slot);
        return state.State.Validators[(int)state.GetBeaconProposerIndex().Value].Slashed;
    }

    private static GenesisValidator Fresh(Preset preset, int validator)
    {
        Bytes48 key = BeaconKeys.PublicKey(validator);
        Hash32 hash = Sha256.Hash(key.AsSpan());
        Hash32 credentials = (validator % 4) switch
        {
            0 => Hash32.Read([Predicates.BlsPrefix, .. hash.AsSpan()[1..]]),
            1 or 2 => BeaconWorld.Credentials(validator, Predicates.AddressPrefix),
            _ => BeaconWorld.Credentials(validator, Predicates.CompoundingPrefix),
        };
        Gwei balance = preset.MinActivationBalance + (preset.EffectiveBalanceIncrement * (ulong)(validator % 4 == 3 ? validator : 0));
        return new(key, credentials, balance);
    }

    /// <summary>Votes for the slots since the last block, of most validators.</summary>
    private void Vote(BlockDraft draft)
    {
        draft.Body = draft.Body with { Attestations = [] };
        bool isSilent = draft.Epoch >= Silence.From && draft.Epoch < Silence.To;
        int share = isSilent ? 30 : 90;
        for (ulong slot = _lastAttested.Value + 1; slot < draft.State.State.Slot.Value && draft.Body.Attestations.Length < 8; slot++)
            draft.Attest(new(slot), _ => _random.Next(100) < share);
        _lastAttested = new(draft.State.State.Slot.Value - 1);
        draft.Body = draft.Body with { SyncAggregate = draft.SyncVote(_ => _random.Next(100) < share) };
    }

    private void Happen(BlockDraft draft, ref Gwei offered)
    {
        int victim = _random.Next(draft.State.State.Validators.Count);
        Validator validator = draft.State.State.Validators[victim];
        int key = BeaconKeys.NumberOf(validator.PublicKey);
        bool isServing = validator.IsActiveAt(draft.Epoch) && !validator.Slashed && validator.ExitEpoch == Epoch.FarFuture;
        switch (_random.Next(16))
        {
            case 0 when isServing && IsCrowded(draft):
                draft.Body = draft.Body with { ProposerSlashings = [new(draft.SignedHeader(victim, new(2), 1), draft.SignedHeader(victim, new(2), 2))] };
                break;
            case 1 when isServing && IsCrowded(draft):
                AttestationData vote = draft.DataFor(new(draft.State.State.Slot.Value - 1));
                draft.Body = draft.Body with { AttesterSlashings = [new(draft.Indexed(vote, victim), draft.Indexed(vote with { BeaconBlockRoot = BeaconWorld.Hash(77) }, victim))] };
                break;
            case 2 when isServing && IsCrowded(draft) && draft.Epoch.Value >= validator.ActivationEpoch.Value + World.Config.ShardCommitteePeriod
                    && draft.State.State.GetPendingBalanceToWithdraw(new((ulong)victim)) == Gwei.Zero:
                draft.Body = draft.Body with { VoluntaryExits = [draft.Exit(victim, draft.Epoch)] };
                break;
            case 3 or 4 when Predicates.PrefixOf(validator.WithdrawalCredentials) == Predicates.BlsPrefix:
                draft.Body = draft.Body with { BlsToExecutionChanges = [draft.CredentialsChange(victim)] };
                break;
            case 5 or 6 or 7 or 8:
                offered = AddDeposit(draft, victim);
                break;
            case 9 or 10 or 11:
                ulong amount = _random.Next(4) == 0 && IsCrowded(draft) ? 0 : (ulong)_random.Next(1, 5) * World.Preset.EffectiveBalanceIncrement.Value;
                draft.Body = draft.Body with { ExecutionRequests = ExecutionRequests.Empty with { Withdrawals = [new(BeaconWorld.AddressOf(key), validator.PublicKey, new(amount))] } };
                break;
            case 12 or 13 or 14:
                int target = _random.Next(3) == 0 ? victim : _random.Next(draft.State.State.Validators.Count);
                draft.Body = draft.Body with
                {
                    ExecutionRequests = ExecutionRequests.Empty with
                    {
                        Consolidations = [new(BeaconWorld.AddressOf(key), validator.PublicKey, draft.State.State.Validators[target].PublicKey)],
                    },
                };
                break;
        }
    }

    /// <summary>A new validator, more for one that is there, or a deposit that nobody signed.</summary>
    private Gwei AddDeposit(BlockDraft draft, int victim)
    {
        bool isNew = _random.Next(3) != 0;
        int key = isNew ? _nextKey++ : BeaconKeys.NumberOf(draft.State.State.Validators[victim].PublicKey);
        Gwei amount = isNew ? World.Preset.MinActivationBalance : World.Preset.EffectiveBalanceIncrement * (ulong)_random.Next(1, 40);
        DepositRequest request = draft.Deposit(key, BeaconWorld.Credentials(key, (byte)_random.Next(1, 3)), amount, _depositIndex++);
        if (_random.Next(6) == 0)
            request = request with { Signature = draft.Body.RandaoReveal };
        draft.Body = draft.Body with { ExecutionRequests = ExecutionRequests.Empty with { Deposits = [request] } };
        return amount;
    }

    /// <summary>So many are active that the chain can do without one.</summary>
    private static bool IsCrowded(BlockDraft draft) => draft.State.GetCommittees(draft.Epoch).ActiveIndices.Length > 48;
}
