using Flashback.Chain.Spacetime;
using Flashback.Execution;
using Flashback.Primitives;

namespace Flashback.Benchmarks.Spacetime;

/// <summary>The call at the end of each block over a proving period: every provider has a sector that is due once in it, and nobody proves anything, which is the dearest case.</summary>
internal sealed class ClosingCost : IStateView
{
    private const ulong FirstSlot = 10_000;
    private static readonly Address Operator = new UInt256(0xace).ToAddress();

    private readonly SpacetimeParameters _parameters = SpacetimeParameters.Flashback(genesisTime: 1_000_000);
    private readonly Dictionary<Address, GenesisAccount> _accounts;
    private readonly Dictionary<Hash32, ReadOnlyMemory<byte>> _codes;
    private readonly Dictionary<UInt256, UInt256> _providers = [];
    private readonly JournaledState _state;
    private BlockEnvironment _block = new(1, default, 1, 0, 30_000_000, default, 7, 1, _ => default);

    private ClosingCost(int providers)
    {
        for (int i = 0; i < providers; i++)
            Register((ulong)i);
        _accounts = GenesisContracts.Spacetime(_parameters).Append(new GenesisAccount(Operator, 0, UInt256.One << 128, default, [])).ToDictionary(account => account.Address);
        _codes = _accounts.Values.DistinctBy(account => Keccak.Hash256(account.Code.Span)).ToDictionary(account => Keccak.Hash256(account.Code.Span), account => account.Code);
        _state = new JournaledState(this, new BytecodeCache());
    }

    private TransactionExecutor Executor => new(ForkRules.Prague, _block, _state);

    public static void Print(int providers)
    {
        ClosingCost world = new(providers);
        ulong slot = FirstSlot;
        world.Begin(slot);
        for (int i = 0; i < providers; i++)
            world.Send(world.PreCommit((ulong)i, slot), 0);
        world.End();
        world.Begin(slot += world._parameters.PrecommitDelay + 1);
        for (int i = 0; i < providers; i++)
        {
            world.Send(Claim((ulong)i), 1_000_000_000_000_000);
            if (i % 100 == 99)
                world.End(); // the count of a block's claims begins anew
        }
        world.End();
        slot += world._parameters.ProvingPeriod; // by then all of them are due
        world.Begin(slot);
        world.End();
        double[] times = new double[world._parameters.ProvingPeriod];
        for (int i = 0; i < times.Length; i++)
        {
            world.Begin(++slot);
            times[i] = StorageThroughput.Time(world.End);
        }
        double mean = times.Average();
        Array.Sort(times);
        Console.WriteLine(FormattableString.Invariant($"end of a block, {providers,6} providers: mean {1e3 * mean,7:F1} µs, median {1e3 * times[times.Length / 2],7:F1} µs, 99th of a hundred {1e3 * times[times.Length * 99 / 100],7:F1} µs"));
    }

    public bool TryGetAccount(in Address address, out Account account)
    {
        bool isThere = _accounts.TryGetValue(address, out GenesisAccount? found);
        account = isThere ? new Account(found!.Nonce, found.Balance, Keccak.Hash256(found.Code.Span), address == GenesisContracts.Providers) : default;
        return isThere;
    }

    public ReadOnlyMemory<byte> CodeOf(in Hash32 codeHash) => _codes[codeHash];

    public UInt256 SlotOf(in Address address, in UInt256 slot) => address == GenesisContracts.Providers ? _providers.GetValueOrDefault(slot) : UInt256.Zero;

    /// <summary>Writes a provider where the contract has it: <c>_providers</c> is its first variable. Registering ten thousand would take as many proofs of validators.</summary>
    private void Register(ulong id)
    {
        UInt256 place = UInt256.ReadBigEndian(Keccak.Hash256(AbiWords.Encode([AbiWords.Number(id), default])).AsSpan());
        UInt256 account = UInt256.ReadBigEndian([.. new byte[12], .. Operator.AsSpan()]);
        _providers[place] = account | (new UInt256(10_000_000_000_000) << 160) | (UInt256.One << 224); // owner, effective balance, active
        _providers[place + 1] = account;
        _providers[place + 2] = UInt256.ReadBigEndian(Keccak.Hash256(BitConverter.GetBytes(id)).AsSpan());
        _providers[place + 4] = place;
    }

    private void Begin(ulong slot) => _block = _block with { Number = _block.Number + 1, Timestamp = _parameters.GenesisTime + (slot * _parameters.SecondsPerSlot) };

    private void End()
    {
        if (Executor.CallAsSystem(GenesisContracts.Sectors, []) is not { IsSuccess: true })
            throw new InvalidOperationException("the call at the end of a block fails");
    }

    private byte[] PreCommit(ulong provider, ulong slot)
    {
        ulong expiration = slot + _parameters.PrecommitDelay + (2 * _parameters.MinLifetimePeriods * _parameters.ProvingPeriod);
        return AbiWords.Call(
            "preCommit(uint64,(uint64,bytes32,bytes32,uint40,uint40,uint8)[])", AbiWords.Number(provider), AbiWords.Number(64), AbiWords.Number(1),
            AbiWords.Number(1), AbiWords.Number(2), AbiWords.Number(3), AbiWords.Number(slot - 1), AbiWords.Number(expiration), AbiWords.Number(1));
    }

    private static byte[] Claim(ulong provider) => AbiWords.Call(
        "claim((uint8,uint64,uint64,bytes32,bytes32,uint16,uint32,uint64,bytes)[])", AbiWords.Number(32), AbiWords.Number(1), AbiWords.Number(32),
        AbiWords.Number(0), AbiWords.Number(provider), AbiWords.Number(1), default, default, default, default, default, AbiWords.Number(288), default);

    private void Send(byte[] input, ulong wei)
    {
        NoTracer tracer = default;
        Transaction message = new()
        {
            Type = TransactionType.Blob, ChainId = 1, Nonce = 0, MaxPriorityFeePerGas = 0, MaxFeePerGas = 0, GasLimit = 16_000_000, To = GenesisContracts.Sectors, Value = wei, Input = input,
            BlobHashes = [Hash32.Read([1, .. new byte[31]])],
        };
        if (Executor.Call(message, Operator, ref tracer, out TransactionOutcome? outcome) is not null || !outcome!.IsSuccess)
            throw new InvalidOperationException($"setting up fails: {Hex.Encode(outcome!.Output.Span)}");
    }
}
