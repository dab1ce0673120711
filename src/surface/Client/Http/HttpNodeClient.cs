using System.Globalization;
using System.Net;
using System.Net.ServerSentEvents;
using System.Numerics;
using System.Text.Json;
using Flashback.Consensus;
using Flashback.Primitives;

namespace Flashback.Client;

/// <summary>A node that answers over HTTP as the Beacon API says, of whichever make it is. Safe to share between threads. spec: beacon-APIs v3</summary>
/// <remarks>Blocks and their blobs travel in SSZ, everything else in JSON. Heads are told as long as <see cref="ListenAsync"/> runs.</remarks>
public sealed class HttpNodeClient : INodeClient, IDisposable
{
    /// <summary>Longer than all of a mainnet registry's answers for one client's keys, or a block with all its blobs.</summary>
    private const int LongestAnswer = 64 << 20;

    /// <summary>Longer than any number below 2^256 in decimal digits.</summary>
    private const int MostDigits = 78;

    private readonly HttpClient _http;
    private readonly BeaconHttp _api;
    private readonly TimeSpan _slot;
    private readonly TimeProvider _time;

    /// <summary>A client of the node at an address.</summary>
    /// <param name="node">The address: what paths are added to.</param>
    /// <param name="config">The network.</param>
    /// <param name="time">The time.</param>
    /// <param name="handler">What requests go through; disposed with the client. Null for a fresh one.</param>
    /// <param name="patience">How long an answer is waited for; null for a slot, since duties are of no use after it.</param>
    public HttpNodeClient(Uri node, ConsensusConfig config, TimeProvider time, HttpMessageHandler? handler = null, TimeSpan? patience = null)
    {
        _http = new HttpClient(handler ?? new SocketsHttpHandler())
        {
            BaseAddress = node.AbsoluteUri.EndsWith('/') ? node : new Uri(node.AbsoluteUri + "/"),
            MaxResponseContentBufferSize = LongestAnswer,
            Timeout = Timeout.InfiniteTimeSpan,
        };
        _slot = TimeSpan.FromSeconds(config.SecondsPerSlot);
        _time = time;
        _api = new BeaconHttp(_http, config.Preset, patience ?? _slot, time);
    }

    /// <inheritdoc/>
    public event Action<Slot>? HeadArrived;

    /// <summary>Listens for heads until it is told to stop; where the stream breaks, it is opened again after a slot.</summary>
    public async Task ListenAsync(CancellationToken stop)
    {
        while (!stop.IsCancellationRequested)
        {
            try
            {
                await ListenOnceAsync(stop);
            }
            catch (Exception fault) when (fault is HttpRequestException or IOException or JsonException or OperationCanceledException)
            {
                // The node went away, or says what is none of its events; duties go on by the clock meanwhile.
            }
            if (!stop.IsCancellationRequested)
                await Task.Delay(_slot, _time, stop).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    /// <inheritdoc/>
    public async Task<NodeGenesis> GetGenesisAsync(CancellationToken cancellation)
    {
        GenesisMessage genesis = (await _api.GetAsync("eth/v1/beacon/genesis", BeaconJson.Default.EnvelopeGenesisMessage, cancellation)).Data!;
        return new NodeGenesis(genesis.GenesisTime, Bytes<Hash32>(genesis.GenesisValidatorsRoot), Bytes<Bytes4>(genesis.GenesisForkVersion));
    }

    /// <inheritdoc/>
    /// <remarks>A node whose head's payload is not executed yet is behind as well: what it says of the head may turn out wrong.</remarks>
    public async Task<NodeSyncing> GetSyncingAsync(CancellationToken cancellation)
    {
        SyncingMessage syncing = (await _api.GetAsync("eth/v1/node/syncing", BeaconJson.Default.EnvelopeSyncingMessage, cancellation)).Data!;
        return new NodeSyncing(new(syncing.HeadSlot), syncing.SyncDistance, syncing.IsSyncing || syncing.IsOptimistic);
    }

    /// <inheritdoc/>
    public async Task<IReadOnlyList<KnownValidator>> GetValidatorsAsync(IReadOnlyCollection<Bytes48> keys, CancellationToken cancellation)
    {
        if (keys.Count == 0) // the API means all validators by that
            return [];
        ValidatorsRequest request = new(keys.Select(key => key.ToString()));
        Envelope<ValidatorMessage[]> answer = await _api.PostAsync(
            "eth/v1/beacon/states/head/validators", request, BeaconJson.Default.ValidatorsRequest, BeaconJson.Default.EnvelopeValidatorMessageArray, cancellation);
        return [.. answer.Data!.Select(known => new KnownValidator(new(known.Index), _api.ReadContainer<Validator>(known.Validator), new(known.Balance)))];
    }

    /// <inheritdoc/>
    public async Task<Duties<ProposerDuty>> GetProposerDutiesAsync(Epoch epoch, CancellationToken cancellation)
    {
        Envelope<ProposerDutyMessage[]> answer = await _api.GetAsync($"eth/v1/validator/duties/proposer/{epoch.Value}", BeaconJson.Default.EnvelopeProposerDutyMessageArray, cancellation);
        return new(DependentRoot(answer), [.. answer.Data!.Select(duty => new ProposerDuty(Bytes<Bytes48>(duty.Pubkey), new(duty.ValidatorIndex), new(duty.Slot)))]);
    }

    /// <inheritdoc/>
    public async Task<Duties<AttesterDuty>> GetAttesterDutiesAsync(Epoch epoch, IReadOnlyCollection<ValidatorIndex> validators, CancellationToken cancellation)
    {
        Envelope<AttesterDutyMessage[]> answer = await _api.PostAsync(
            $"eth/v1/validator/duties/attester/{epoch.Value}", Numbers(validators), BeaconJson.Default.IEnumerableUInt64, BeaconJson.Default.EnvelopeAttesterDutyMessageArray, cancellation);
        return new(DependentRoot(answer), [.. answer.Data!.Select(duty => new AttesterDuty(
            Bytes<Bytes48>(duty.Pubkey), new(duty.ValidatorIndex), new(duty.Slot), new(duty.CommitteeIndex), duty.CommitteeLength, duty.CommitteesAtSlot, duty.ValidatorCommitteeIndex))]);
    }

    /// <inheritdoc/>
    public async Task<IReadOnlyList<SyncCommitteeDuty>> GetSyncCommitteeDutiesAsync(Epoch epoch, IReadOnlyCollection<ValidatorIndex> validators, CancellationToken cancellation)
    {
        Envelope<SyncDutyMessage[]> answer = await _api.PostAsync(
            $"eth/v1/validator/duties/sync/{epoch.Value}", Numbers(validators), BeaconJson.Default.IEnumerableUInt64, BeaconJson.Default.EnvelopeSyncDutyMessageArray, cancellation);
        return [.. answer.Data!.Select(duty => new SyncCommitteeDuty(Bytes<Bytes48>(duty.Pubkey), new(duty.ValidatorIndex), duty.ValidatorSyncCommitteeIndices))];
    }

    /// <inheritdoc/>
    public async Task<IReadOnlyList<ValidatorLiveness>> GetLivenessAsync(Epoch epoch, IReadOnlyCollection<ValidatorIndex> validators, CancellationToken cancellation)
    {
        Envelope<LivenessMessage[]> answer = await _api.PostAsync(
            $"eth/v1/validator/liveness/{epoch.Value}", Numbers(validators), BeaconJson.Default.IEnumerableUInt64, BeaconJson.Default.EnvelopeLivenessMessageArray, cancellation);
        return [.. answer.Data!.Select(liveness => new ValidatorLiveness(new(liveness.Index), liveness.IsLive))];
    }

    /// <inheritdoc/>
    public Task PrepareProposersAsync(IReadOnlyCollection<ProposerPreparation> preparations, CancellationToken cancellation) => _api.PostAsync(
        "eth/v1/validator/prepare_beacon_proposer",
        preparations.Select(preparation => new PreparationMessage(preparation.Validator.Value, preparation.FeeRecipient.ToString())),
        BeaconJson.Default.IEnumerablePreparationMessage, cancellation);

    /// <inheritdoc/>
    public Task SubscribeCommitteesAsync(IReadOnlyCollection<CommitteeSubscription> subscriptions, CancellationToken cancellation) => _api.PostAsync(
        "eth/v1/validator/beacon_committee_subscriptions",
        subscriptions.Select(s => new CommitteeSubscriptionMessage(s.Validator.Value, s.Committee.Value, s.CommitteesAtSlot, s.Slot.Value, s.IsAggregator)),
        BeaconJson.Default.IEnumerableCommitteeSubscriptionMessage, cancellation);

    /// <inheritdoc/>
    public Task SubscribeSyncCommitteesAsync(IReadOnlyCollection<SyncCommitteeSubscription> subscriptions, CancellationToken cancellation) => _api.PostAsync(
        "eth/v1/validator/sync_committee_subscriptions",
        subscriptions.Select(s => new SyncSubscriptionMessage(s.Validator.Value, s.Places, s.UntilEpoch.Value)),
        BeaconJson.Default.IEnumerableSyncSubscriptionMessage, cancellation);

    /// <inheritdoc/>
    public async Task<ProducedBlock> ProduceBlockAsync(Slot slot, Bytes96 randaoReveal, Hash32 graffiti, CancellationToken cancellation)
    {
        (BlockContents contents, var headers) = await _api.GetEncodedAsync<BlockContents>($"eth/v3/validator/blocks/{slot.Value}?randao_reveal={randaoReveal}&graffiti={graffiti}", cancellation);
        string? value = headers.TryGetValues("Eth-Execution-Payload-Value", out IEnumerable<string>? values) ? values.FirstOrDefault() : null;
        return new ProducedBlock(contents.Block, new BlobsBundle([.. contents.Blobs.Select(blob => new ReadOnlyMemory<byte>(blob))], contents.KzgProofs), Wei(value));
    }

    /// <inheritdoc/>
    public async Task PublishBlockAsync(SignedBeaconBlock block, BlobsBundle blobs, CancellationToken cancellation)
    {
        SignedBlockContents contents = new(block, [.. blobs.Proofs], [.. blobs.Blobs.Select(blob => blob.ToArray())]);
        if (await _api.PostEncodedAsync("eth/v2/beacon/blocks", contents, cancellation) == HttpStatusCode.Accepted)
            throw new NodeException(NodeFault.Refused, $"the block of {block.Message.Slot} went to the network, but the node found it invalid");
    }

    /// <inheritdoc/>
    public Task<AttestationData> ProduceAttestationDataAsync(Slot slot, CancellationToken cancellation) =>
        _api.GetContainerAsync<AttestationData>($"eth/v1/validator/attestation_data?slot={slot.Value}&committee_index=0", cancellation);

    /// <inheritdoc/>
    public Task PublishAttestationsAsync(IReadOnlyList<SingleAttestation> attestations, CancellationToken cancellation) =>
        _api.PostContainersAsync("eth/v2/beacon/pool/attestations", attestations, cancellation);

    /// <inheritdoc/>
    public Task<Attestation?> GetAggregateAsync(Slot slot, Hash32 dataRoot, CommitteeIndex committee, CancellationToken cancellation) =>
        _api.FindContainerAsync<Attestation>($"eth/v2/validator/aggregate_attestation?attestation_data_root={dataRoot}&slot={slot.Value}&committee_index={committee.Value}", cancellation);

    /// <inheritdoc/>
    public Task PublishAggregatesAsync(IReadOnlyList<SignedAggregateAndProof> aggregates, CancellationToken cancellation) =>
        _api.PostContainersAsync("eth/v2/validator/aggregate_and_proofs", aggregates, cancellation);

    /// <inheritdoc/>
    public async Task<Hash32> GetHeadRootAsync(CancellationToken cancellation) =>
        Bytes<Hash32>((await _api.GetAsync("eth/v1/beacon/blocks/head/root", BeaconJson.Default.EnvelopeRootMessage, cancellation)).Data!.Root);

    /// <inheritdoc/>
    public Task PublishSyncCommitteeMessagesAsync(IReadOnlyList<SyncCommitteeMessage> messages, CancellationToken cancellation) =>
        _api.PostContainersAsync("eth/v1/beacon/pool/sync_committees", messages, cancellation);

    /// <inheritdoc/>
    public Task<SyncCommitteeContribution?> ProduceContributionAsync(Slot slot, ulong subcommittee, Hash32 blockRoot, CancellationToken cancellation) =>
        _api.FindContainerAsync<SyncCommitteeContribution>($"eth/v1/validator/sync_committee_contribution?slot={slot.Value}&subcommittee_index={subcommittee}&beacon_block_root={blockRoot}", cancellation);

    /// <inheritdoc/>
    public Task PublishContributionsAsync(IReadOnlyList<SignedContributionAndProof> contributions, CancellationToken cancellation) =>
        _api.PostContainersAsync("eth/v1/validator/contribution_and_proofs", contributions, cancellation);

    /// <inheritdoc/>
    public Task PublishVoluntaryExitAsync(SignedVoluntaryExit exit, CancellationToken cancellation) => _api.PostContainerAsync("eth/v1/beacon/pool/voluntary_exits", exit, cancellation);

    /// <inheritdoc/>
    public Task PublishBlsToExecutionChangesAsync(IReadOnlyList<SignedBlsToExecutionChange> changes, CancellationToken cancellation) =>
        _api.PostContainersAsync("eth/v1/beacon/pool/bls_to_execution_changes", changes, cancellation);

    /// <summary>A block with its signature.</summary>
    /// <param name="block">head, genesis, finalized, a slot or a root. spec: beacon-APIs, parameter block_id</param>
    /// <param name="cancellation">Gives up.</param>
    public async Task<SignedBeaconBlock> GetBlockAsync(string block, CancellationToken cancellation) =>
        (await _api.GetEncodedAsync<SignedBeaconBlock>($"eth/v2/beacon/blocks/{block}", cancellation)).Container;

    /// <summary>A whole state: megabytes, or on a large network hundreds of them.</summary>
    public async Task<BeaconState> GetStateAsync(Hash32 stateRoot, CancellationToken cancellation) =>
        (await _api.GetEncodedAsync<BeaconState>($"eth/v2/debug/beacon/states/{stateRoot}", cancellation)).Container;

    /// <summary>Gives up what is under way.</summary>
    public void Dispose() => _http.Dispose();

    private async Task ListenOnceAsync(CancellationToken stop)
    {
        using HttpResponseMessage answer = await _api.OpenAsync("eth/v1/events?topics=head", "text/event-stream", stop);
        using Stream stream = await answer.Content.ReadAsStreamAsync(stop);
        await foreach (SseItem<string> item in SseParser.Create(stream).EnumerateAsync(stop))
        {
            if (item.EventType == "head" && JsonSerializer.Deserialize(item.Data, BeaconJson.Default.HeadMessage) is { } head)
                HeadArrived?.Invoke(new Slot(head.Slot));
        }
    }

    private static IEnumerable<ulong> Numbers(IEnumerable<ValidatorIndex> validators) => validators.Select(validator => validator.Value);

    private static Hash32 DependentRoot<T>(Envelope<T> answer) => Bytes<Hash32>(answer.DependentRoot ?? throw BeaconHttp.Nonsense("dependent_root", "is missing"));

    private static T Bytes<T>(string text)
        where T : unmanaged, IFixedBytes<T> => FixedBytes.TryParse(text, out T value) ? value : throw BeaconHttp.Nonsense(typeof(T).Name, "is no such number of bytes in hexadecimal");

    /// <summary>A number below 2^256; zero where the node does not say.</summary>
    private static UInt256 Wei(string? text)
    {
        if (text is null)
            return UInt256.Zero;
        return text.Length <= MostDigits && BigInteger.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out BigInteger wei) && wei.GetBitLength() <= 256
            ? (UInt256)wei
            : throw BeaconHttp.Nonsense("Eth-Execution-Payload-Value", "is no number below 2^256");
    }
}
