using System.Text.Json;
using Flashback.Execution;
using Flashback.Primitives;

namespace Flashback.Benchmarks.Execution;

/// <summary>A contract's long-running function, with the gas and the checksum that it must come to.</summary>
/// <remarks>
/// The workloads are those that other implementations are measured with (evm-workloads.json in the folder that FLASHBACK_PEERS names, else in
/// ../shared/peers beside the checkout): over JSON-RPC there, in process here.
/// </remarks>
public sealed class EvmWorkload : IStateView
{
    private const long Gas = 100_000_000_000;
    private const string Workloads = "evm-workloads.json";

    /// <summary>Where the peers' scripts are; null when they are nowhere.</summary>
    internal static string? PeersFolder { get; } = new[]
    {
        Environment.GetEnvironmentVariable("FLASHBACK_PEERS") ?? "",
        Path.GetFullPath(Path.Combine(AppContext.BaseDirectory, "../../../../../shared/peers")),
    }.FirstOrDefault(folder => File.Exists(Path.Combine(folder, Workloads)));

    private static readonly Address Caller = FixedBytes.Parse<Address>("0xf39fd6e51aad88f6f4ce6ab8827279cfffb92266");
    private static readonly Address Contract = FixedBytes.Parse<Address>("0x00000000000000000000000000000000be000000");

    private readonly byte[] _code;
    private readonly Hash32 _codeHash;
    private readonly byte[] _input;
    private readonly BytecodeCache _codes = new();
    private readonly Evm _machine = new();

    private EvmWorkload(JsonElement workload, byte[] code)
    {
        Name = workload.GetProperty("name").GetString()!;
        IsOsaka = workload.TryGetProperty("fork", out JsonElement fork) && fork.GetString() == "osaka";
        ExpectedGas = workload.GetProperty("expect").GetProperty("gas").GetInt64();
        ExpectedChecksum = workload.GetProperty("expect").GetProperty("checksum").GetString()!;
        _input = Hex.Decode(workload.GetProperty("calldata").GetString());
        _code = code;
        _codeHash = Keccak.Hash256(code);
    }

    public string Name { get; }

    public bool IsOsaka { get; }

    public long ExpectedGas { get; }

    public string ExpectedChecksum { get; }

    /// <summary>All workloads, or none when the file is not there.</summary>
    public static IReadOnlyList<EvmWorkload> All { get; } = Read();

    /// <summary>Runs it once on a fresh state.</summary>
    /// <returns>The gas that the contract measured, and its checksum.</returns>
    public (long Gas, string Checksum) Run()
    {
        JournaledState state = new(this, _codes);
        state.BeginTransaction();
        ForkRules rules = IsOsaka ? ForkRules.Osaka : ForkRules.Prague;
        foreach (Address address in rules.Precompiles.Addresses.Append(Caller).Append(Contract))
            _ = state.Warm(state[address]);
        _machine.Enter(rules, new BlockEnvironment(31337, default, 1, 1, (ulong)Gas, default, default, 1, _ => default), new TransactionEnvironment(Caller, default, []), state);
        NoTracer tracer = default;
        CallResult result = _machine.Run(new CallMessage { Caller = Caller, Target = Contract, Input = _input, Gas = Gas }, ref tracer);
        if (!result.IsSuccess || _machine.Output.Length < 64)
            throw new InvalidOperationException($"{Name} ended with {result.Halt}");
        return ((long)UInt256.ReadBigEndian(_machine.Output[..32]).Low, Hex.Encode(_machine.Output[32..64]));
    }

    public override string ToString() => Name;

    bool IStateView.TryGetAccount(in Address address, out Account account)
    {
        account = address == Contract ? new Account(1, default, _codeHash) : new Account(0, UInt256.One << 100, Keccak.OfNothing);
        return address == Contract || address == Caller;
    }

    ReadOnlyMemory<byte> IStateView.CodeOf(in Hash32 codeHash) => _code;

    UInt256 IStateView.SlotOf(in Address address, in UInt256 slot) => default;

    private static List<EvmWorkload> Read()
    {
        if (PeersFolder is null)
            return [];
        using JsonDocument document = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(PeersFolder, Workloads)));
        JsonElement contracts = document.RootElement.GetProperty("contracts");
        return [.. from workload in document.RootElement.GetProperty("workloads").EnumerateArray()
                   let code = contracts.GetProperty(workload.GetProperty("contract").GetString()!).GetProperty("runtime").GetString()
                   select new EvmWorkload(workload, Hex.Decode(code))];
    }
}
