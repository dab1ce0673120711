using System.Text.Json;
using Flashback.Chain.Spacetime;
using Flashback.Execution;
using Flashback.Primitives;

namespace Flashback.Engine.Tests.Spacetime;

/// <summary>Whatever changes is said in an event, with the provider to look for; and the views that show what there is.</summary>
public class EventTests
{
    private const int Provider = 1;

    private static readonly Dictionary<Hash32, string> Events = new[] { "Providers", "Sectors" }.SelectMany(EventsOf).DistinctBy(pair => pair.Key).ToDictionary();

    private readonly SpacetimeWorld _world = new();
    private readonly HashSet<string> _seen = [];

    [Fact]
    public void Each_change_has_its_events_and_each_event_its_change()
    {
        object one = new object[] { 1UL }, two = new object[] { 2UL };
        Expect("ProviderRegistered StakeProven AskChanged", _world.TryRegister(Provider, BeaconRecords.OwnerOf(Provider), _world.Beacon.Prove(Provider, _world.Timestamp)));
        Expect("AskChanged", ByOwner("setAsk(uint64,(uint128,uint64,uint64,uint64,uint16,string))", SpacetimeWorld.Ask()));
        Expect("OperatorChanged", ByOwner("setOperator(uint64,address)", SpacetimeWorld.OperatorOf(Provider)));
        // Well before the first deadline's next opening, so that what is sealed is due in it.
        ulong offset = Abi.WordAt(_world.Ask("offsetOf(uint64)", (ulong)Provider), 0).Low;
        _ = _world.AdvanceTo(offset + (9 * _world.Parameters.ProvingPeriod) + 30);
        Expect("SectorPreCommitted SectorPreCommitted", _world.TryPreCommit(Provider, _world.PreCommit(1), _world.PreCommit(2, expiration: _world.Slot + 4 + (2 * _world.Parameters.ProvingPeriod))));
        _ = _world.AdvanceTo(_world.Slot + 5);
        Expect("PartitionCreated SectorActivated ProofClaimed", Claim(0, 1));
        Expect("SectorActivated ProofClaimed", Claim(0, 2));
        Expect("SectorUpdated ProofClaimed", _world.TryClaim(Provider, SpacetimeWorld.Claim(1, Provider, 1, Keccak.Hash256([1]), Keccak.Hash256([2]))));
        Expect("SectorExtended", _world.Operate(Provider, "extend(uint64,uint64[],uint40)", one, _world.Slot + (40 * _world.Parameters.ProvingPeriod)));
        Expect("FaultDeclared", _world.Operate(Provider, "declareFaults(uint64,uint64[])", one));
        Expect("RecoveryDeclared", _world.Operate(Provider, "declareRecoveries(uint64,uint64[])", one));
        _ = _world.AdvanceTo(_world.Window(Provider, 0)[2]);
        Expect("ProofClaimed", Claim(2, 0));
        _ = _world.AdvanceTo(_world.Slot + 2 * _world.Parameters.ProvingPeriod);
        // A window that passes without a block is closed by whoever comes first.
        _ = _world.End();
        _world.Begin(_world.Window(Provider, 0)[3]);
        Expect("WindowClosed PenaltyCharged RecoveryDeclared", _world.Operate(Provider, "declareRecoveries(uint64,uint64[])", one));
        Expect("SectorExpired", _world.Operate(Provider, "expire(uint64,uint64[])", two));
        Expect("SectorTerminated PenaltyCharged", _world.Operate(Provider, "terminate(uint64,uint64[])", one));
        _ = _world.AdvanceTo(_world.Slot + 1);
        Expect("StakeProven", _world.TryRefresh(_world.Beacon.Prove(Provider, _world.Timestamp)));
        _world.Beacon.Change(Provider, validator => validator with { Slashed = true });
        _ = _world.AdvanceTo(_world.Slot + 1);
        Expect("StakeProven ProviderTerminated", _world.TryRefresh(_world.Beacon.Prove(Provider, _world.Timestamp)));
        Assert.Equal(Events.Values.Order(StringComparer.Ordinal), _seen.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Views_show_what_there_is()
    {
        _world.Register(Provider);
        _world.Seal(Provider, 5, 3);
        byte[] sectors = _world.Ask("sectorsOf(uint64,uint64)", (ulong)Provider, 0UL);
        Assert.Equal([5UL, 6UL], [Abi.WordAt(sectors, 2).Low, Abi.WordAt(sectors, 3).Low]);
        UInt256 drawn = UInt256.ReadBigEndian(Keccak.Hash256(Abi.Encode((ulong)Provider)).AsSpan());
        Assert.Equal((ulong)((System.Numerics.BigInteger)drawn % _world.Parameters.ProvingPeriod), Abi.WordAt(_world.Ask("offsetOf(uint64)", (ulong)Provider), 0).Low);
        Assert.Equal(_world.Beacon[Provider].PublicKey.AsSpan(), _world.Ask(GenesisContracts.Providers, "pubkeyOf(uint64)", (ulong)Provider).AsSpan(0, 48));
        foreach ((Address contract, string view) in new[] { (GenesisContracts.Providers, "currentSlot()"), (GenesisContracts.Sectors, "currentSlot()"), (GenesisContracts.Randomness, "lastSlot()") })
            Assert.Equal(_world.Slot, Abi.WordAt(_world.Ask(contract, view), 0).Low);
        Assert.Equal("UnknownPartition", _world.ReasonOfAsking("windowOf(uint64,uint64)", (ulong)Provider, 2UL));
        Assert.Equal("UnknownPartition", _world.ReasonOfAsking("windowInputs(uint64,uint64)", (ulong)Provider, 2UL));
    }

    /// <summary>A contract's events by their topics, out of its interface.</summary>
    public static IEnumerable<KeyValuePair<Hash32, string>> EventsOf(string contract)
    {
        using JsonDocument abi = JsonDocument.Parse(ContractArtifact.Load(contract).Abi);
        return [.. from entry in abi.RootElement.EnumerateArray()
                   where entry.GetProperty("type").GetString() == "event"
                   let name = entry.GetProperty("name").GetString()!
                   select KeyValuePair.Create(Abi.Topic($"{name}({string.Join(',', entry.GetProperty("inputs").EnumerateArray().Select(TypeOf))})"), name)];
    }

    /// <summary>A type as signatures have it: a tuple is its parts.</summary>
    private static string TypeOf(JsonElement input)
    {
        string type = input.GetProperty("type").GetString()!;
        return type.StartsWith("tuple", StringComparison.Ordinal) ? $"({string.Join(',', input.GetProperty("components").EnumerateArray().Select(TypeOf))}){type[5..]}" : type;
    }

    private TransactionOutcome Claim(int kind, ulong subject) => _world.TryClaim(Provider, SpacetimeWorld.Claim(kind, Provider, subject));

    private TransactionOutcome ByOwner(string signature, object argument) =>
        _world.Contracts.Send(BeaconRecords.OwnerOf(Provider), GenesisContracts.Providers, Abi.Call(signature, (ulong)Provider, argument));

    private void Expect(string events, TransactionOutcome outcome)
    {
        SpacetimeWorld.AssertDone(outcome);
        string[] names = [.. outcome.Logs.Select(log => Events[log.Topics[0]])];
        Assert.Equal(events.Split(' '), names);
        Assert.All(outcome.Logs, log => Assert.Contains(((UInt256)(ulong)Provider).ToHash32(), log.Topics.Skip(1)));
        _seen.UnionWith(names);
    }
}
