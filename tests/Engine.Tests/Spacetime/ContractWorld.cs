using Flashback.Execution;
using Flashback.Primitives;

namespace Flashback.Engine.Tests.Spacetime;

/// <summary>A state in memory that begins with some accounts, and a machine to call them, in one block after the other.</summary>
internal sealed class ContractWorld : IStateView
{
    public const ulong ChainId = 1337;

    /// <summary>Returns the balance of the address it is told.</summary>
    private static readonly GenesisAccount Balances = new(NewAddress(0xba1a0ce), 1, UInt256.Zero, Hex.Decode("5f35315f5260205ff3"), []);

    private readonly Dictionary<Address, GenesisAccount> _accounts;
    private readonly Dictionary<Hash32, ReadOnlyMemory<byte>> _codes = [];
    private readonly JournaledState _state;

    public ContractWorld(params GenesisAccount[] accounts)
    {
        _accounts = accounts.Append(Balances).ToDictionary(account => account.Address);
        foreach (GenesisAccount account in _accounts.Values)
            _codes[Keccak.Hash256(account.Code.Span)] = account.Code;
        _state = new JournaledState(this, new BytecodeCache());
    }

    /// <summary>The block that calls come into.</summary>
    public BlockEnvironment Block { get; set; } = new(
        ChainId, NewAddress(0xc0ffee), Number: 1, Timestamp: 1_000_000, GasLimit: 30_000_000, default, BaseFee: 7, BlobBaseFee: 1, number => Keccak.Hash256([(byte)number]));

    private TransactionExecutor Executor => new(ForkRules.Osaka, Block, _state);

    public static Address NewAddress(ulong number) => new UInt256(number).ToAddress();

    public static GenesisAccount Rich(in Address address) => new(address, 0, UInt256.One << 128, default, []);

    /// <summary>A transaction of somebody, at no price.</summary>
    public TransactionOutcome Send(in Address from, in Address to, byte[] input, UInt256 value = default, params Hash32[] blobs)
    {
        NoTracer tracer = default;
        Transaction message = new()
        {
            Type = blobs.Length > 0 ? TransactionType.Blob : TransactionType.DynamicFee,
            ChainId = ChainId,
            Nonce = 0,
            MaxPriorityFeePerGas = 0,
            MaxFeePerGas = 0,
            GasLimit = 16_000_000,
            To = to,
            Value = value,
            Input = input,
            BlobHashes = blobs,
        };
        Assert.Null(Executor.Call(message, from, ref tracer, out TransactionOutcome? outcome));
        return outcome!;
    }

    /// <summary>What a contract answers; nothing is changed.</summary>
    public SystemCallOutcome Ask(in Address target, byte[] input) => Executor.ViewAsSystem(target, input) ?? throw new InvalidOperationException($"no code at {target}");

    /// <summary>A call of the protocol.</summary>
    public SystemCallOutcome CallAsSystem(in Address target, byte[] input) => Executor.CallAsSystem(target, input) ?? throw new InvalidOperationException($"no code at {target}");

    public UInt256 BalanceOf(in Address address) => UInt256.ReadBigEndian(Ask(Balances.Address, Abi.Encode(address)).Output.Span);

    public bool TryGetAccount(in Address address, out Account account)
    {
        bool isThere = _accounts.TryGetValue(address, out GenesisAccount? found);
        account = isThere ? new Account(found!.Nonce, found.Balance, Keccak.Hash256(found.Code.Span), found.Slots.Count > 0) : default;
        return isThere;
    }

    public ReadOnlyMemory<byte> CodeOf(in Hash32 codeHash) => _codes[codeHash];

    public UInt256 SlotOf(in Address address, in UInt256 slot) =>
        _accounts.TryGetValue(address, out GenesisAccount? account) ? new Dictionary<UInt256, UInt256>(account.Slots).GetValueOrDefault(slot) : UInt256.Zero;
}
