using Flashback.Primitives;

namespace Flashback.Consensus;

/// <summary>The first state of a network. spec: cs/phase0/beacon-chain#genesis, with Electra's containers and activation rules</summary>
public static class BeaconGenesis
{
    private const int DepositTreeDepth = 32;

    /// <summary>The state of a network whose validators are known beforehand.</summary>
    /// <param name="config">The network.</param>
    /// <param name="genesisTime">When slot 0 begins, in seconds since 1970.</param>
    /// <param name="entropy">The first random mix.</param>
    /// <param name="validators">The validators; those with enough stake are active from the start.</param>
    /// <param name="payload">The header of the execution layer's first block.</param>
    /// <exception cref="OverflowException">No validator has enough stake, a key is none, or balances do not fit 64 bits.</exception>
    public static CachedState FromValidators(ConsensusConfig config, ulong genesisTime, Hash32 entropy, ReadOnlySpan<GenesisValidator> validators, ExecutionPayloadHeader payload)
    {
        CachedState state = Empty(config, genesisTime, entropy, payload);
        foreach (GenesisValidator validator in validators)
            state.AddValidatorToRegistry(validator.PublicKey, validator.WithdrawalCredentials, validator.Balance);
        Activate(state);
        return state;
    }

    /// <summary>The state after a list of deposits. spec: cs/phase0/beacon-chain#genesis</summary>
    /// <param name="config">The network.</param>
    /// <param name="genesisTime">When slot 0 begins, in seconds since 1970.</param>
    /// <param name="eth1BlockHash">The execution block that the deposits were read at; also the first random mix.</param>
    /// <param name="deposits">All deposits, in the contract's order. Those of a new key without a valid signature are passed over.</param>
    /// <param name="payload">The header of the execution layer's first block.</param>
    /// <exception cref="OverflowException">No validator has enough stake, or balances do not fit 64 bits.</exception>
    public static CachedState FromDeposits(ConsensusConfig config, ulong genesisTime, Hash32 eth1BlockHash, ReadOnlySpan<DepositData> deposits, ExecutionPayloadHeader payload)
    {
        CachedState state = Empty(config, genesisTime, eth1BlockHash, payload);
        foreach (ref readonly DepositData deposit in deposits)
        {
            Bytes48 key = deposit.PublicKey;
            int index = state.State.Validators.IndexOf(in key);
            if (index >= 0)
                state.State.IncreaseBalance(new((ulong)index), deposit.Amount);
            else if (DepositSignature.IsValid(config, new(key, deposit.WithdrawalCredentials, deposit.Amount), deposit.Signature))
                state.AddValidatorToRegistry(in key, deposit.WithdrawalCredentials, deposit.Amount);
        }
        state.State.Eth1Data = new Eth1Data(RootOf(deposits), (ulong)deposits.Length, eth1BlockHash);
        state.State.Eth1DepositIndex = (ulong)deposits.Length;
        Activate(state);
        return state;
    }

    /// <summary>The root of the contract's list of deposits. spec: cs/phase0/deposit-contract</summary>
    public static Hash32 RootOf(ReadOnlySpan<DepositData> deposits) =>
        new SszArray<DepositData, SszContainer<DepositData>>(SszBound.List(1UL << DepositTreeDepth)).RootOf(deposits.ToArray());

    private static CachedState Empty(ConsensusConfig config, ulong genesisTime, Hash32 entropy, ExecutionPayloadHeader payload)
    {
        Preset preset = config.Preset;
        Column<Hash32> mixes = new((int)preset.EpochsPerHistoricalVector);
        for (int page = 0; page < mixes.PageCount; page++)
            mixes.WritePage(page).Fill(entropy);
        SyncCommittee nobody = new(new PublicKeyList(new Bytes48[preset.SyncCommitteeSize]), default);
        return new CachedState(config, new BeaconState
        {
            GenesisTime = genesisTime,
            Fork = new Fork(config.ElectraForkVersion, config.ElectraForkVersion, Epoch.Genesis),
            LatestBlockHeader = default(BeaconBlockHeader) with { BodyRoot = BeaconBlockBody.Empty(preset).HashTreeRoot(preset) },
            BlockRoots = new((int)preset.SlotsPerHistoricalRoot),
            StateRoots = new((int)preset.SlotsPerHistoricalRoot),
            HistoricalRoots = new(),
            Eth1Data = default(Eth1Data) with { BlockHash = entropy },
            Eth1DataVotes = new(),
            Validators = new(),
            Balances = new(),
            RandaoMixes = mixes,
            Slashings = new((int)preset.EpochsPerSlashingsVector),
            PreviousEpochParticipation = new(),
            CurrentEpochParticipation = new(),
            JustificationBits = new(4),
            InactivityScores = new(),
            CurrentSyncCommittee = nobody,
            NextSyncCommittee = nobody,
            LatestExecutionPayloadHeader = payload,
            HistoricalSummaries = new(),
            DepositRequestsStartIndex = BeaconState.UnsetDepositRequestsStartIndex,
            PendingDeposits = new(),
            PendingPartialWithdrawals = new(),
            PendingConsolidations = new(),
        });
    }

    /// <summary>Activates whoever has enough stake; then there are roots and committees to be found.</summary>
    private static void Activate(CachedState state)
    {
        ValidatorRegistry validators = state.State.Validators;
        for (int i = 0; i < validators.Count; i++)
        {
            Gwei effective = state.Preset.EffectiveBalanceFor(state.State.Balances[i], validators.WithdrawalCredentialsOf(i));
            validators.SetEffectiveBalance(i, effective);
            if (effective >= state.Preset.MinActivationBalance)
                validators[i] = validators[i] with { ActivationEligibilityEpoch = Epoch.Genesis, ActivationEpoch = Epoch.Genesis };
        }
        state.State.GenesisValidatorsRoot = validators.RootOf(SszBound.List(state.Preset.ValidatorRegistryLimit), null);
        state.State.CurrentSyncCommittee = EpochTransition.GetNextSyncCommittee(state);
        state.State.NextSyncCommittee = state.State.CurrentSyncCommittee;
    }
}
