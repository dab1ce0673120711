using Flashback.Chain.Spacetime;
using Flashback.Execution;
using Flashback.Primitives;
using static Flashback.Engine.Tests.Spacetime.SectorsModel;

namespace Flashback.Engine.Tests.Spacetime;

/// <summary>Random lives of some providers on our machine, beside the slow twin; after each block all invariants are checked.</summary>
public class RandomSectorsTests
{
    private const int Providers = 3;
    private const ulong CoveredSectors = 24;

    private readonly SpacetimeParameters _parameters = SpacetimeParameters.Devnet(1_000_000);
    private readonly SpacetimeWorld _world;
    private readonly SectorsModel _model;
    private Random _random = new(0);
    private ulong _nextNumber;
    private UInt256 _fees;

    public RandomSectorsTests()
    {
        ulong gwei = _parameters.CollateralPerTib * (ulong)_parameters.Seal.Size.Bytes * CoveredSectors / (1UL << 40) + 1;
        _world = new SpacetimeWorld(_parameters, gwei);
        _model = new SectorsModel(_parameters) { Slot = _world.Slot };
        for (int provider = 0; provider < Providers; provider++)
        {
            _world.Register(provider);
            _model.Register(provider, gwei);
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void The_contract_does_what_its_twin_does(int seed)
    {
        _random = new Random(seed);
        Dictionary<string, int> done = [];
        for (int block = 0; block < 600; block++)
        {
            for (int i = _random.Next(6); i > 0; i--)
            {
                (string name, bool isDone) = Act(_random.Next(Providers));
                done[name] = done.GetValueOrDefault(name) + (isDone ? 1 : 0);
            }
            CheckPenalties(_model.End(), _world.End());
            CheckInvariants();
            // Mostly small steps, sometimes a chain that stands still for a while.
            ulong next = _world.Slot + (ulong)(_random.Next(40) == 0 ? _random.Next(1, 500) : _random.Next(1, 12));
            _world.Begin(next);
            _model.Slot = next;
        }
        Assert.Equal(9, done.Count(pair => pair.Value > 0)); // all of them happened
    }

    private (string Name, bool IsDone) Act(int provider)
    {
        SectorState[] sectors = [.. _model[provider].Sectors.Values.Where(sector => sector.Stage != Stage.Ended || _random.Next(20) == 0)];
        ulong some = sectors.Length > 0 ? sectors[_random.Next(sectors.Length)].Number : 9_999;
        int partition = _random.Next(_model[provider].Partitions.Count + 1);
        object one = new object[] { some };
        switch (_random.Next(15))
        {
            case 0 or 1 or 2:
                return Both("preCommit", PreCommit(provider, out Func<bool> expected), expected);
            case 3 or 4 or 5:
                return Claim(provider, 0, some, () => _model.Seal(provider, some));
            case 6 or 7 or 8 or 9:
                return Claim(provider, 2, (ulong)partition, () => _model.Prove(provider, partition));
            case 10:
                return Claim(provider, 1, some, () => _model.Update(provider, some));
            case 11:
                return Both("declareFaults", _world.Operate(provider, "declareFaults(uint64,uint64[])", one), () => _model.DeclareFault(provider, some));
            case 12:
                return Both("declareRecoveries", _world.Operate(provider, "declareRecoveries(uint64,uint64[])", one), () => _model.DeclareRecovery(provider, some));
            case 13 when _random.Next(3) == 0:
                return Both("terminate", _world.Operate(provider, "terminate(uint64,uint64[])", one), () => _model.Terminate(provider, some));
            case 13:
                return Both("expire", _world.Operate(provider, "expire(uint64,uint64[])", one), () => _model.Expire(provider, some));
            default:
                ulong expiration = _world.Slot + (ulong)_random.Next(2_000);
                return Both("extend", _world.Operate(provider, "extend(uint64,uint64[],uint40)", one, expiration), () => _model.Extend(provider, some, expiration));
        }
    }

    private TransactionOutcome PreCommit(int provider, out Func<bool> expected)
    {
        ulong number = _random.Next(20) == 0 && _nextNumber > 0 ? _nextNumber - 1 : _nextNumber++;
        int cadence = _random.Next(12) == 0 ? _random.Next(7) : _random.Next(1, 4);
        ulong expiration = _world.Slot + (ulong)_random.Next(230, 700), sealSlot = _world.Slot - (ulong)_random.Next(_random.Next(10) == 0 ? 2 : 900);
        expected = () => _model.PreCommit(provider, number, cadence, expiration, sealSlot);
        return _world.TryPreCommit(provider, _world.PreCommit(number, cadence, expiration, sealSlot));
    }

    private (string Name, bool IsDone) Claim(int provider, int kind, ulong subject, Func<bool> expected)
    {
        UInt256 fee = Abi.WordAt(_world.Ask("claimFee()"), 0);
        bool isUpdate = kind == 1;
        Hash32 commR = isUpdate ? Keccak.Hash256([3, .. BitConverter.GetBytes(subject)]) : default, commD = isUpdate ? Keccak.Hash256([4]) : default;
        ValueTuple<object[]> claim = SpacetimeWorld.Claim(kind, provider, subject, commR, commD);
        (string, bool IsDone) outcome = Both($"claim {kind}", _world.TryClaim(SpacetimeWorld.OperatorOf(provider), fee + 5UL, claim), expected);
        if (outcome.IsDone)
            _fees += fee;
        return outcome;
    }

    private static (string Name, bool IsDone) Both(string name, TransactionOutcome outcome, Func<bool> expected)
    {
        Assert.True(outcome.Halt is Halt.Revert or < Halt.Revert, $"{name}: {outcome.Halt}");
        Assert.True(expected() == outcome.IsSuccess, $"{name}: {outcome.Halt} {SpacetimeWorld.Reason(outcome.Output)}");
        return (name, outcome.IsSuccess);
    }

    private void CheckPenalties(Dictionary<int, (ulong Gwei, bool Terminates)> expected, Penalty[] found)
    {
        Penalty[] owed = [.. expected.Select(pair => new Penalty(_world.Beacon[pair.Key].PublicKey, pair.Value.Gwei, pair.Value.Terminates ? (byte)1 : (byte)0))];
        Assert.Equal(owed.OrderBy(penalty => penalty.PublicKey), found.OrderBy(penalty => penalty.PublicKey));
    }

    private void CheckInvariants()
    {
        Assert.Equal(_fees, _world.Contracts.BalanceOf(GenesisContracts.Sectors)); // what was burnt and nothing else: it owes nobody
        for (int provider = 0; provider < Providers; provider++)
        {
            ProviderState state = _model[provider];
            byte[] account = _world.Ask("accountOf(uint64)", (ulong)provider);
            Assert.Equal([state.Committed, (ulong)state.Live, (ulong)state.Partitions.Count, 0], Enumerable.Range(0, 4).Select(i => Abi.WordAt(account, i).Low));
            Assert.InRange(state.Committed, 0UL, CoveredSectors);
            ulong live = 0;
            for (int i = 0; i < state.Partitions.Count; i++)
                live += CheckPartition(provider, i, state.Partitions[i]);
            Assert.Equal((ulong)state.Live, live); // partitions add up to the provider
            foreach (SectorState sector in state.Sectors.Values)
                CheckSector(provider, sector);
        }
    }

    private ulong CheckPartition(int provider, int index, PartitionState partition)
    {
        byte[] head = _world.Ask("partitionOf(uint64,uint64)", (ulong)provider, (ulong)index);
        ulong[] counts = [.. Enumerable.Range(4, 6).Select(i => Abi.WordAt(head, i).Low)];
        int[] expected = [partition.Sectors.Count, partition.Count(_ => true), partition.Count(sector => sector.IsFaulty), partition.Count(sector => sector.IsRecovering), partition.FirstDeadline, partition.Cadence];
        Assert.Equal(expected.Select(count => (ulong)count), counts);
        ulong[] window = _world.Window(provider, (ulong)index);
        Assert.Equal(partition.Proven.Contains(window[2]), window[4] == 1);
        byte[] inputs = window[1] <= _world.Slot ? _world.Ask("windowInputs(uint64,uint64)", (ulong)provider, (ulong)index) : [];
        if (inputs.Length > 0)
        {
            int start = (int)Abi.WordAt(inputs, 1).Low / 32;
            ulong[] shown = [.. Enumerable.Range(start + 1, (int)Abi.WordAt(inputs, start).Low).Select(i => Abi.WordAt(inputs, i).Low)];
            Assert.Equal(_model.Shown(partition, window[2]).Select(sector => sector.Number), shown);
        }
        return counts[1];
    }

    private void CheckSector(int provider, SectorState sector)
    {
        byte[] answer = _world.Ask("sectorOf(uint64,uint64)", (ulong)provider, sector.Number);
        bool[] flags = [.. Enumerable.Range(11, 3).Select(i => !Abi.WordAt(answer, i).IsZero)];
        Assert.Equal([sector.Stage == Stage.Live, sector.IsFaulty, sector.IsRecovering], flags);
        Assert.Equal(sector.Expiration, Abi.WordAt(answer, 6).Low);
    }
}
