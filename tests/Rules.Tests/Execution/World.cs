using Flashback.Execution;
using Flashback.Primitives;

namespace Flashback.Rules.Tests.Execution;

/// <summary>A state in memory, and a machine to run calls and transactions over it.</summary>
internal sealed class World : IStateView
{
    public static readonly Address Sender = Named(0xa11ce);
    public static readonly Address Contract = Named(0xc0de);
    public static readonly Address Other = Named(0xbeef);
    public static readonly Address Producer = Named(0xc01bba5e);

    private readonly Dictionary<Address, Account> _accounts = [];
    private readonly Dictionary<Hash32, ReadOnlyMemory<byte>> _codes = [];
    private readonly Dictionary<(Address, UInt256), UInt256> _slots = [];

    public World(ForkRules? rules = null)
    {
        Rules = rules ?? ForkRules.Osaka;
        State = new JournaledState(this, new BytecodeCache());
        With(Sender, balance: UInt256.One << 128);
    }

    public ForkRules Rules { get; }

    public JournaledState State { get; }

    public BlockEnvironment Block { get; set; } =
        new(ChainId: 1, Producer, Number: 100, Timestamp: 1000, GasLimit: 100_000_000, default, BaseFee: 7, BlobBaseFee: 1, number => Keccak.Hash256([(byte)number]));

    public byte[] Output { get; private set; } = [];

    /// <summary>The output as a word.</summary>
    public UInt256 Word => UInt256.ReadBigEndian(Output);

    public static Address Named(ulong number) => new UInt256(number).ToAddress();

    public World With(in Address address, byte[]? code = null, UInt256 balance = default, ulong nonce = 0)
    {
        Hash32 hash = Keccak.Hash256(code ?? []);
        _codes[hash] = code ?? [];
        _accounts[address] = new Account(nonce, balance, hash);
        return this;
    }

    public World WithSlot(in Address address, in UInt256 slot, in UInt256 value)
    {
        _slots[(address, slot)] = value;
        Account account = _accounts.TryGetValue(address, out Account found) ? found : new Account(0, default, Keccak.OfNothing);
        _accounts[address] = account with { HasStorage = true };
        return this;
    }

    /// <summary>Calls <see cref="Contract"/> as a transaction's outermost call.</summary>
    public CallResult Call(long gas = 1_000_000, byte[]? input = null)
    {
        NoTracer tracer = default;
        return Call(ref tracer, gas, input);
    }

    public CallResult Call<TTracer>(ref TTracer tracer, long gas = 1_000_000, byte[]? input = null)
        where TTracer : struct, ITracer
    {
        State.BeginTransaction();
        State.Warm(State[Contract]);
        using EvmPool.Lease lease = Machines.Rent();
        lease.Machine.Enter(Rules, Block, new TransactionEnvironment(Sender, 10, []), State);
        CallResult result = lease.Machine.Run(new CallMessage { Caller = Sender, Target = Contract, Input = input, Gas = gas }, ref tracer);
        Output = lease.Machine.Output.ToArray();
        return result;
    }

    public Invalid<TransactionRule>? Execute(Transaction transaction, out TransactionOutcome? outcome, BlockUsage used = default) =>
        new TransactionExecutor(Rules, Block, State).Execute(transaction, Sender, used, out outcome);

    public TransactionOutcome Execute(Transaction transaction)
    {
        Invalid<TransactionRule>? invalid = Execute(transaction, out TransactionOutcome? outcome);
        Assert.Null(invalid);
        return outcome!;
    }

    public UInt256 SlotNow(in Address address, in UInt256 slot) => State[address].Slots[State.SlotOf(State[address], slot)].Value;

    public bool TryGetAccount(in Address address, out Account account) => _accounts.TryGetValue(address, out account);

    public ReadOnlyMemory<byte> CodeOf(in Hash32 codeHash) => _codes[codeHash];

    public UInt256 SlotOf(in Address address, in UInt256 slot) => _slots.GetValueOrDefault((address, slot));

    private static readonly EvmPool Machines = new();
}
