using Flashback.Cryptography;
using Flashback.Execution;
using Flashback.Primitives;
using Flashback.Rules.Tests.Execution;

namespace Flashback.Rules.Tests.Blocks;

/// <summary>A chain of two blocks in memory: a parent with a state, and what follows it.</summary>
internal sealed class BlockWorld : IBlockHashes
{
    public const ulong ChainId = 1337;
    public const ulong Price = 2_000_000_000;

    private readonly Secp256k1SecretKey _key;

    public BlockWorld(ForkRules? rules = null)
    {
        Rules = rules ?? ForkRules.Osaka;
        Chain = new ChainConfig(ChainId, World.Named(0xde0051), new RulesActivation(0, Rules));
        Executor = new BlockExecutor(Chain, new BytecodeCache());
        Assert.True(Secp256k1SecretKey.TryDecode(((UInt256)12345UL).ToHash32().AsSpan(), out Secp256k1SecretKey? key));
        _key = key!;
        Sender = _key.PublicKey.ToAddress();
        State = new World(Rules).With(Sender, balance: UInt256.One << 100);
        foreach (ClosingCall call in Rules.ClosingCalls)
            State.With(call.Contract, Code.With(Opcode.Stop));
        Parent = new BlockHeader
        {
            ParentHash = default,
            Coinbase = default,
            StateRoot = default,
            TransactionsRoot = MerkleTrie.EmptyRoot,
            ReceiptsRoot = MerkleTrie.EmptyRoot,
            Number = 6,
            GasLimit = 40_000_000,
            GasUsed = 25_000_000,
            Timestamp = 1000,
            PrevRandao = default,
            BaseFeePerGas = 1_000_000_000,
            WithdrawalsRoot = MerkleTrie.EmptyRoot,
            BlobGasUsed = 2 * BlobSchedule.GasPerBlob,
            ExcessBlobGas = 5 * BlobSchedule.GasPerBlob,
            ParentBeaconBlockRoot = default,
            RequestsHash = Rules.HasRequests ? ExecutionRequest.HashOf([]) : null,
        };
    }

    public ForkRules Rules { get; }

    public ChainConfig Chain { get; }

    public BlockExecutor Executor { get; }

    public World State { get; }

    public BlockHeader Parent { get; set; }

    public Address Sender { get; }

    public BlockAttributes Attributes => new(Parent.Timestamp + 12, World.Producer, Parent.GasLimit, Keccak.Hash256([1]), Keccak.Hash256([2]), new byte[] { 7 });

    public Hash32 HashOf(ulong number) => Keccak.Hash256([(byte)number]);

    /// <summary>A signed transaction that calls <see cref="World.Contract"/>.</summary>
    public Transaction Call(ulong nonce, byte[]? input = null, ulong gas = 200_000, Func<Transaction, Transaction>? change = null)
    {
        Transaction transaction = new()
        {
            Type = TransactionType.DynamicFee,
            ChainId = ChainId,
            Nonce = nonce,
            MaxPriorityFeePerGas = 1,
            MaxFeePerGas = Price,
            GasLimit = gas,
            To = World.Contract,
            Input = input,
        };
        transaction = change?.Invoke(transaction) ?? transaction;
        return transaction with { Signature = Secp256k1.Sign(TransactionCodec.SigningHash(transaction), _key) };
    }

    /// <summary>Transactions of all types that the fork knows.</summary>
    public Transaction[] OneOfEachType() =>
    [
        Call(0, change: t => t with { Type = TransactionType.Legacy, MaxPriorityFeePerGas = Price }),
        Call(1, change: t => t with { Type = TransactionType.AccessList, MaxPriorityFeePerGas = Price, AccessList = [new(World.Contract, [default])] }),
        Call(2, [1, 2, 3]),
        Call(3, change: t => t with { Type = TransactionType.Blob, MaxFeePerBlobGas = 10, BlobHashes = [Hash32.Read([1, .. new byte[31]])] }),
        .. Rules.AllowsDelegation
            ? (Transaction[])[Call(4, change: t => t with { Type = TransactionType.SetCode, Authorizations = [new Authorization(0, World.Contract, 5, 0, 1, 1)] })]
            : [],
    ];

    /// <summary>Puts a valid block together, the way a producer does.</summary>
    public Block Build(params Transaction[] transactions) => Build(default(NoHooks), [], transactions);

    public Block Build<THooks>(THooks hooks, Withdrawal[] withdrawals, params Transaction[] transactions)
        where THooks : struct, IBlockHooks
    {
        BlockHeader draft = Attributes.Draft(Parent, Chain);
        Assert.Null(Executor.Begin(draft, State, this, hooks, out BlockExecution<THooks> execution));
        foreach (Transaction transaction in transactions)
            Assert.Null(execution.Execute(transaction, Sender));
        Assert.Null(execution.Finish(withdrawals, out BlockResult? result));
        return result!.Seal(draft, transactions, withdrawals, default);
    }

    public BlockOutcome Execute(Block block) => Executor.Execute(block, Parent, State, this);

    public BlockOutcome.Accepted Accept(Block block)
    {
        BlockOutcome outcome = Execute(block);
        return Assert.IsType<BlockOutcome.Accepted>(outcome);
    }

    public Invalid<BlockRule> Reject(Block block) => Assert.IsType<BlockOutcome.Rejected>(Execute(block)).Reason;

    /// <summary>What a block changed at an account.</summary>
    public static AccountDiff DiffOf(BlockOutcome.Accepted outcome, Address address) => Assert.Single(outcome.Diff.Accounts, diff => diff.Address == address);
}
