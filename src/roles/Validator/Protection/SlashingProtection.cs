using Flashback.Primitives;
using Flashback.State.Store;

namespace Flashback.Validator;

/// <summary>Remembers what was signed, on the disk before anybody gets a signature, and refuses what would be slashed beside it. spec: EIP-3076</summary>
/// <remarks>
/// Safe for any number of threads. Requests that come while one is being written wait, and the next write takes all of them, one of each key: a
/// thousand validators that vote at once cost a few writes to the disk. What is older than <see cref="KeptEpochs"/> is forgotten for a low watermark.
/// </remarks>
public sealed class SlashingProtection
{
    /// <summary>Epochs of votes that are kept: two days of Ethereum's, as other clients keep.</summary>
    public const ulong KeptEpochs = 512;

    /// <summary>Slots of blocks that are kept.</summary>
    public const ulong KeptSlots = KeptEpochs * 32;

    private static readonly Column Chain = new("protection_chain");
    private static readonly byte[] ChainKey = [0];

    // immutable
    private readonly IStore _store;

    // guarded by _gate
    private readonly Lock _gate = new();
    private List<Request> _waiting = [];

    // guarded by _writing
    private readonly Lock _writing = new();
    private readonly WriteBatch _batch = new();

    private SlashingProtection(IStore store, Hash32 genesisValidatorsRoot) => (_store, GenesisValidatorsRoot) = (store, genesisValidatorsRoot);

    /// <summary>The columns that a store is opened with.</summary>
    public static IReadOnlyList<Column> Columns { get; } = [SignedHistory.Blocks, SignedHistory.Attestations, SignedHistory.Marks, Chain];

    /// <summary>The chain that the database is of.</summary>
    public Hash32 GenesisValidatorsRoot { get; }

    /// <summary>The chain that a store's database is of; null when it is of none yet.</summary>
    public static Hash32? ChainIn(IStoreReader store) => store.Get(Chain, ChainKey) is { } root ? Hash32.Read(root) : null;

    /// <summary>Takes up the database in a store, which becomes this chain's if it is new.</summary>
    /// <param name="store">Opened with <see cref="Columns"/>; whoever opened it closes it.</param>
    /// <param name="genesisValidatorsRoot">Tells chains apart.</param>
    /// <exception cref="InvalidDataException">The database is of another chain.</exception>
    /// <exception cref="StoreException">The store fails.</exception>
    public static SlashingProtection Open(IStore store, Hash32 genesisValidatorsRoot)
    {
        if (ChainIn(store) is { } chain && chain != genesisValidatorsRoot)
            throw new InvalidDataException($"the slashing protection database is of the chain with the genesis validators root {chain}, not {genesisValidatorsRoot}");
        WriteBatch batch = new();
        batch.Put(Chain, ChainKey, genesisValidatorsRoot.AsSpan());
        store.Commit(batch, Durability.Synced);
        return new SlashingProtection(store, genesisValidatorsRoot);
    }

    /// <summary>Asks to sign a block. Null: it is on the disk that it was signed, and it may be.</summary>
    /// <exception cref="StoreException">The store fails: nothing may be signed.</exception>
    public Invalid<ProtectionRule>? Record(Bytes48 key, SignedBlock block) => Decide(new Request(key) { Block = block });

    /// <summary>Asks to sign a vote. Null: it is on the disk that it was signed, and it may be.</summary>
    /// <exception cref="StoreException">The store fails: nothing may be signed.</exception>
    public Invalid<ProtectionRule>? Record(Bytes48 key, SignedAttestation attestation) => Decide(new Request(key) { Attestation = attestation });

    /// <summary>Takes in what others have signed. What contradicts itself is taken in too: nothing at or below the highest is signed afterwards.</summary>
    /// <returns>Why nothing was taken in; null when all was.</returns>
    /// <exception cref="StoreException">The store fails: nothing was taken in.</exception>
    public Invalid<ProtectionRule>? Import(Interchange interchange)
    {
        if (interchange.GenesisValidatorsRoot != GenesisValidatorsRoot)
            return new(ProtectionRule.OtherChain, $"the file is of the chain with the genesis validators root {interchange.GenesisValidatorsRoot}, not {GenesisValidatorsRoot}");
        lock (_writing)
        {
            _batch.Clear();
            foreach (IGrouping<Bytes48, KeyHistory> histories in interchange.Keys.GroupBy(history => history.PublicKey))
                InterchangeMerge.Add(_batch, new SignedHistory(_store, histories.Key), [.. histories]);
            _store.Commit(_batch, Durability.Synced);
            return null;
        }
    }

    /// <summary>All that is known of keys that were signed with.</summary>
    /// <param name="keys">Of which; null for all.</param>
    public Interchange Export(IEnumerable<Bytes48>? keys = null)
    {
        using IStoreSnapshot snapshot = _store.OpenSnapshot();
        return new Interchange(GenesisValidatorsRoot, [.. (keys ?? SignedHistory.KeysIn(snapshot)).Select(key => InterchangeMerge.Export(new SignedHistory(snapshot, key), key))]);
    }

    private Invalid<ProtectionRule>? Decide(Request request)
    {
        lock (_gate)
            _waiting.Add(request);
        lock (_writing)
        {
            while (!request.IsDecided)
                DecideRound();
        }
        return request.Failure is null ? request.Refusal : throw new StoreException("the slashing protection database failed, and nothing was signed", request.Failure);
    }

    /// <summary>Judges one request of each key that waits, and writes what may be signed, together.</summary>
    private void DecideRound()
    {
        List<Request> round = TakeRound();
        try
        {
            _batch.Clear();
            foreach (Request request in round)
                request.Refusal = request.Block is { } block ? Judge(request.Key, block) : Judge(request.Key, request.Attestation);
            if (_batch.Count > 0)
                _store.Commit(_batch, Durability.Synced);
        }
        catch (Exception failure) // whatever it is, each of them must learn that nothing was written
        {
            foreach (Request request in round)
                request.Failure = failure;
        }
        foreach (Request request in round)
            request.IsDecided = true;
    }

    /// <summary>One request of each key: the next of a key is judged when the first is written.</summary>
    private List<Request> TakeRound()
    {
        List<Request> round = [], left = [];
        HashSet<Bytes48> keys = [];
        lock (_gate)
        {
            foreach (Request request in _waiting)
                (keys.Add(request.Key) ? round : left).Add(request);
            _waiting = left;
        }
        return round;
    }

    private Invalid<ProtectionRule>? Judge(Bytes48 key, SignedBlock block)
    {
        SignedHistory history = new(_store, key);
        Invalid<ProtectionRule>? refusal = SlashingConditions.Check(history, block, out bool isRepeated);
        if (refusal is not null || isRepeated)
            return refusal;
        LowWatermark marks = history.ReadMarks();
        marks = marks with { Slot = marks.Slot ?? block.Slot };
        if (block.Slot.Value > KeptSlots)
            marks = Pruning.ForgetBlocks(_batch, history, marks, new(block.Slot.Value - KeptSlots));
        history.Put(_batch, block);
        history.Put(_batch, marks);
        return null;
    }

    private Invalid<ProtectionRule>? Judge(Bytes48 key, SignedAttestation attestation)
    {
        SignedHistory history = new(_store, key);
        Invalid<ProtectionRule>? refusal = SlashingConditions.Check(history, attestation, out bool isRepeated);
        if (refusal is not null || isRepeated)
            return refusal;
        LowWatermark marks = history.ReadMarks();
        marks = marks with { Source = marks.Source ?? attestation.Source, Target = marks.Target ?? attestation.Target };
        if (attestation.Target.Value > KeptEpochs)
            marks = Pruning.ForgetAttestations(_batch, history, marks, new(attestation.Target.Value - KeptEpochs));
        history.Put(_batch, attestation);
        history.Put(_batch, marks);
        return null;
    }

    private sealed class Request(Bytes48 key)
    {
        public Bytes48 Key { get; } = key;

        public SignedBlock? Block { get; init; }

        public SignedAttestation Attestation { get; init; }

        public Invalid<ProtectionRule>? Refusal { get; set; }

        public Exception? Failure { get; set; }

        public bool IsDecided { get; set; }
    }
}
