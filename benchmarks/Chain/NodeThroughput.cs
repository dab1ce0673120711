using System.Diagnostics;
using System.Globalization;
using System.Text;
using Flashback.Chain;
using Flashback.Chain.Beacon;
using Flashback.Consensus;
using Flashback.Cryptography;
using Flashback.Execution;
using Flashback.Network;
using Flashback.Primitives;
using Flashback.State;
using Flashback.State.Store;
using Flashback.State.Store.Sqlite;
using Microsoft.Extensions.Logging.Abstractions;
using Slot = Flashback.Consensus.Slot;

namespace Flashback.Benchmarks.Chain;

/// <summary>What a node does with what comes from the network: blocks with all their signatures, payloads and commits to disk, and single votes.</summary>
/// <remarks>
/// One node makes the blocks, each with the votes and the sync committee's signature of the slot before; the other, which is measured, gets them as a peer does. It
/// has seen none of the transactions.
/// </remarks>
internal sealed class NodeThroughput : IDisposable
{
    private const int Validators = 256; // 32 vote in each slot
    private const int Senders = 200;
    private const int WarmUp = 40; // blocks
    private const int Blocks = 200;

    private static readonly ConsensusConfig Config = ConsensusConfig.Minimal;
    private static readonly Preset Preset = Config.Preset;

    private readonly VirtualTime _clock;
    private readonly BlsSecretKey[] _keys = [.. Enumerable.Range(0, Validators).Select(_ => BlsSecretKey.Generate())];
    private readonly Dictionary<Bytes48, int> _validators = [];
    private readonly Secp256k1SecretKey[] _senders = [.. Enumerable.Range(0, Senders).Select(_ => Secp256k1SecretKey.Generate())];
    private readonly ulong[] _nonces = new ulong[Senders];
    private readonly ulong _genesisTime = 1_700_000_000;
    private readonly Side _maker, _measured;
    private Slot _slot;
    private int _sender;

    private NodeThroughput()
    {
        _clock = new VirtualTime(DateTimeOffset.FromUnixTimeSeconds((long)_genesisTime));
        GenesisValidator[] validators = new GenesisValidator[Validators];
        for (int i = 0; i < Validators; i++)
        {
            Bytes48 key = Bytes48.Read(_keys[i].ToPublicKey().ToBytes());
            _validators[key] = i;
            validators[i] = new GenesisValidator(key, Hash32.Read([Predicates.AddressPrefix, .. new byte[31]]), Preset.MinActivationBalance);
        }
        NetworkGenesis genesis = new(Config, ExecutionGenesis(), _genesisTime, Sha256.Hash("entropy"u8), validators);
        (_maker, _measured) = (new Side(genesis, _clock), new Side(genesis, _clock));
    }

    public void Dispose()
    {
        _maker.Dispose();
        _measured.Dispose();
    }

    /// <summary>Prints medians and 99th percentiles of importing blocks, and votes per second.</summary>
    public static void Print()
    {
        foreach (int transfers in (int[])[0, 200, 1000])
        {
            using NodeThroughput pair = new();
            List<double> imports = [], votes = [];
            for (int i = 0; i < WarmUp + Blocks; i++)
            {
                (double import, double vote) = pair.PassSlot(transfers);
                if (i >= WarmUp)
                {
                    imports.Add(import);
                    votes.Add(vote);
                }
            }
            imports.Sort();
            Console.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"{transfers} transfers: import p50 {imports[Blocks / 2]:F1} ms, p99 {imports[Blocks * 99 / 100]:F1} ms; single votes {1000 * Validators / Preset.SlotsPerEpoch * (ulong)votes.Count / votes.Sum():F0} a second"));
        }
    }

    /// <summary>A block is made and imported, then all vote: milliseconds of the import, and of the votes, on the side that is measured.</summary>
    private (double Import, double Votes) PassSlot(int transfers)
    {
        _slot += 1;
        DateTimeOffset start = DateTimeOffset.FromUnixTimeSeconds((long)(_genesisTime + (_slot.Value * Config.SecondsPerSlot)));
        _clock.SleepUntil(start);
        for (int i = 0; i < transfers; i++)
            _maker.Add(Transfer());
        _maker.BeginSlot();
        _measured.BeginSlot();
        CachedState state = _maker.StateAt(_slot);
        SignedBeaconBlock block = Propose(state);
        if (block.Message.Body.ExecutionPayload.Transactions.Length != transfers)
            throw new InvalidOperationException($"{block.Message.Body.ExecutionPayload.Transactions.Length} transactions are in the block, not {transfers}");
        long began = Stopwatch.GetTimestamp();
        _measured.Import(block);
        double import = Stopwatch.GetElapsedTime(began).TotalMilliseconds;
        _maker.Import(block);

        _clock.SleepUntil(start.AddSeconds(Config.SecondsPerSlot / 3));
        _maker.Hear(SyncVotes(state, block.Message.HashTreeRoot(Preset)));
        GossipMessage[] votes = Votes(state);
        _maker.Hear(votes);
        began = Stopwatch.GetTimestamp();
        _measured.Hear(votes);
        return (import, Stopwatch.GetElapsedTime(began).TotalMilliseconds);
    }

    private SignedBeaconBlock Propose(CachedState state)
    {
        int proposer = (int)state.GetBeaconProposerIndex().Value;
        BeaconBlock block = _maker.Propose(_slot, Sign(state, proposer, DomainType.Randao, Signing.RootOf(Preset.EpochAt(_slot).Value)));
        return new SignedBeaconBlock(block, Sign(state, proposer, DomainType.BeaconProposer, block.HashTreeRoot(Preset)));
    }

    private GossipMessage[] Votes(CachedState state)
    {
        AttestationData data = _maker.VoteAt(_slot);
        Committees committees = state.GetCommittees(Preset.EpochAt(_slot));
        List<GossipMessage> votes = [];
        for (ulong index = 0; index < committees.PerSlot; index++)
        {
            CommitteeIndex committee = new(index);
            Topic topic = new(TopicKind.BeaconAttestation, Aggregators.AttestationSubnet(Preset, committees.PerSlot, _slot, committee));
            foreach (int voter in committees.Get(_slot, index))
            {
                SingleAttestation vote = new(committee, new ValidatorIndex((ulong)voter), data, Sign(state, voter, DomainType.BeaconAttester, data.HashTreeRoot()));
                votes.Add(new GossipMessage(default, topic, vote.Encode()));
            }
        }
        return [.. votes];
    }

    private GossipMessage[] SyncVotes(CachedState state, Hash32 root)
    {
        List<GossipMessage> votes = [];
        // What is signed in a slot is for the block of the next one, and its committee.
        bool isLastOfPeriod = (_slot.Value + 1) % (Preset.SlotsPerEpoch * Preset.EpochsPerSyncCommitteePeriod) == 0;
        ReadOnlySpan<Bytes48> members = (isLastOfPeriod ? state.State.NextSyncCommittee : state.State.CurrentSyncCommittee).PublicKeys.AsSpan();
        int part = (int)Preset.SyncSubcommitteeSize;
        HashSet<(int, int)> said = [];
        for (int i = 0; i < members.Length; i++)
        {
            int member = _validators[members[i]];
            if (said.Add((member, i / part)))
            {
                SyncCommitteeMessage vote = new(_slot, root, new ValidatorIndex((ulong)member), Sign(state, member, DomainType.SyncCommittee, root));
                votes.Add(new GossipMessage(default, new Topic(TopicKind.SyncCommittee, (byte)(i / part)), vote.Encode()));
            }
        }
        return [.. votes];
    }

    private Bytes96 Sign(CachedState state, int signer, DomainType domain, Hash32 root) =>
        Bytes96.Read(_keys[signer].Sign(Signing.ComputeSigningRoot(root, state.GetDomain(domain, Preset.EpochAt(_slot))).AsSpan()).ToBytes());

    private Transaction Transfer()
    {
        int sender = _sender++ % Senders;
        Transaction draft = new()
        {
            Type = TransactionType.DynamicFee,
            ChainId = 1337,
            Nonce = _nonces[sender]++,
            MaxPriorityFeePerGas = 1_000_000_000,
            MaxFeePerGas = 1_000_000_000_000,
            GasLimit = 21_000,
            To = ((UInt256)(ulong)(1_000_000 + (_sender % 5000))).ToAddress(),
            Value = 1,
        };
        return draft with { Signature = Secp256k1.Sign(TransactionCodec.SigningHash(draft), _senders[sender]) };
    }

    private Genesis ExecutionGenesis()
    {
        string alloc = string.Join(',', _senders.Select(key => $"\"{key.PublicKey.ToAddress()}\": {{ \"balance\": \"0xd3c21bcecceda1000000\" }}")
            .Concat(SystemContracts.Accounts.Select(account => $"\"{account.Address}\": {{ \"balance\": \"0x0\", \"nonce\": \"0x1\", \"code\": \"{Hex.Encode(account.Code.Span)}\" }}")));
        string json = $$"""
            { "config": { "chainId": 1337, "shanghaiTime": 0, "cancunTime": 0, "pragueTime": 0 },
              "gasLimit": "0x3938700", "difficulty": "0x0", "baseFeePerGas": "0x3b9aca00", "alloc": { {{alloc}} } }
            """;
        return Genesis.TryParse(Encoding.UTF8.GetBytes(json), out Genesis? genesis, out GenesisFault fault) ? genesis! : throw new InvalidOperationException(fault.ToString());
    }

    /// <summary>One of the two nodes.</summary>
    private sealed class Side : IDisposable
    {
        private readonly ChainService _execution;
        private readonly TransactionPool _pool;
        private readonly ExecutionEngine _engine;
        private readonly BeaconChain _chain;
        private readonly GossipDesk _desk;

        public Side(NetworkGenesis genesis, VirtualTime clock)
        {
            IReadOnlyList<Column> columns = [.. ChainService.Columns, .. TransactionPool.Columns, .. BeaconChain.Columns];
            IStore store = SqliteStore.OpenTemporary(columns);
            _execution = ChainService.Open(store, genesis.ExecutionGenesis, new ChainOptions(), new WorldStateOptions(), NullLogger<ChainService>.Instance);
            _pool = new TransactionPool(_execution, new PoolOptions(), store, clock, NullLogger<TransactionPool>.Instance);
            BlockBuilder builder = new(_execution, _pool, clock);
            _engine = new ExecutionEngine(_execution, builder, new BuildingOptions(), NullLogger<ExecutionEngine>.Instance);
            _chain = BeaconChain.Open(genesis, store, new BeaconParts(_execution, _engine, builder, clock, NullLogger<BeaconChain>.Instance), new BeaconOptions());
            _desk = new GossipDesk(_chain, _pool, NullLogger<GossipDesk>.Instance);
        }

        public void Dispose()
        {
            _engine.Dispose();
            _pool.Dispose();
            _execution.Dispose();
        }

        public void Add(Transaction transaction)
        {
            if (_pool.AddUnwritten(transaction) is not PoolOutcome.Accepted)
                throw new InvalidOperationException("the pool takes no transaction");
        }

        public void BeginSlot()
        {
            _chain.Tick();
            _desk.Refresh();
        }

        public CachedState StateAt(Slot slot) => _chain.WithState(_chain.Snapshot.HeadRoot, slot, state => state)!;

        public BeaconBlock Propose(Slot slot, Bytes96 reveal) =>
            _chain.Propose(slot, reveal, default, out BlockProposal? proposal) is { } invalid ? throw new InvalidOperationException(invalid.ToString()) : proposal!.Block;

        public AttestationData VoteAt(Slot slot) =>
            _chain.MakeAttestationData(slot, out AttestationData data) is { } invalid ? throw new InvalidOperationException(invalid.ToString()) : data;

        public void Import(SignedBeaconBlock block)
        {
            if (_chain.Import(block) is not BlockImport.Imported || _chain.Snapshot.Head.Slot != block.Message.Slot)
                throw new InvalidOperationException($"the block of {block.Message.Slot} is not the head");
        }

        public void Hear(GossipMessage[] messages)
        {
            GossipVerdict[] verdicts = new GossipVerdict[messages.Length];
            _desk.Handle(messages, verdicts);
            if (verdicts.Any(verdict => verdict != GossipVerdict.Accept))
                throw new InvalidOperationException("a vote is not accepted");
        }
    }
}
