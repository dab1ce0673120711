using System.Text.Json;
using Flashback.Execution;
using Flashback.Primitives;
using Flashback.State;

namespace Flashback.Conformance;

/// <summary>A chain as one test builds it in memory: the head, its state, and the hashes on the way there.</summary>
internal sealed class BlockchainRun : IBlockHashes
{
    private static readonly WorldState Empty = new(new EmptyStore(), new WorldStateOptions { CacheBytes = 1 << 20 });

    private readonly BlockExecutor _executor;
    private readonly List<Hash32> _hashes = [];
    private StateView _state;

    private BlockchainRun(ChainConfig chain, BytecodeCache codes, BlockHeader genesis, StateView state)
    {
        _executor = new BlockExecutor(chain, codes);
        Head = genesis;
        _state = state;
        _hashes.Add(genesis.Hash());
    }

    /// <summary>The header of the last valid block.</summary>
    public BlockHeader Head { get; private set; }

    public Hash32 HashOf(ulong number) => _hashes[(int)number];

    /// <summary>Begins with a test's genesis block and state; null when they are what the test says.</summary>
    public static SpecOutcome? Begin(ChainConfig chain, JsonElement test, BytecodeCache codes, out BlockchainRun? run)
    {
        run = null;
        byte[] rlp = JsonWords.Bytes(test.GetProperty("genesisRLP"));
        if (!BlockCodec.TryDecode(rlp, out Block? genesis, out BlockFault fault))
            return new SpecOutcome.Failed("a genesis block", fault.ToString());
        if (!rlp.AsSpan().SequenceEqual(BlockCodec.Encode(genesis!)))
            return new SpecOutcome.Failed("the genesis block as it was", "other bytes");
        if (!Genesis.TryParseAccounts(test.GetProperty("pre"), out IReadOnlyList<GenesisAccount> accounts, out GenesisFault wrong))
            return new SpecOutcome.Failed("a state", wrong.ToString());
        if (!Empty.TryOpen(StateBlock.BeforeGenesis.Hash, out StateView? nothing))
            throw new InvalidOperationException("the empty state is not there");
        StateView state = nothing.Apply(Genesis.DiffOf(accounts));
        if (SpecOutcome.Equal(genesis!.Header.StateRoot.ToString(), state.Root.ToString()) is SpecOutcome.Failed root)
            return root;
        run = new BlockchainRun(chain, codes, genesis.Header, state);
        return SpecOutcome.Equal(test.GetProperty("genesisBlockHeader").GetProperty("hash").GetString()!, run.Head.Hash().ToString()) as SpecOutcome.Failed;
    }

    /// <summary>Executes a block on the head and makes it the head; or returns the name of what is wrong with it.</summary>
    public string Import(byte[] bytes, out string detail)
    {
        detail = "";
        if (!BlockCodec.TryDecode(bytes, out Block? block, out BlockFault fault))
        {
            detail = fault.ToString();
            return fault.Kind.ToString();
        }
        if (!bytes.AsSpan().SequenceEqual(BlockCodec.Encode(block!)))
            return "the block is encoded otherwise than it was";
        BlockOutcome outcome = _executor.Execute(block!, Head, _state, this);
        if (outcome is BlockOutcome.Rejected rejected)
        {
            detail = rejected.Reason.Detail;
            return rejected.Transaction?.Rule.ToString() ?? rejected.Reason.Rule.ToString();
        }
        if (_state.ApplyBlock((BlockOutcome.Accepted)outcome, out StateView after) is { } broken)
        {
            detail = broken.Detail;
            return broken.Rule.ToString();
        }
        (_state, Head) = (after, block!.Header);
        _hashes.Add(Head.Hash());
        return "";
    }
}
