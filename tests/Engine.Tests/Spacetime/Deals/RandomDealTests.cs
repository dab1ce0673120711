using System.Numerics;
using Flashback.Chain.Spacetime;
using Flashback.Execution;
using Flashback.Primitives;

namespace Flashback.Engine.Tests.Spacetime.Deals;

/// <summary>Random deals between some providers and a client, beside the slow twin: who may do what, and where every wei is.</summary>
public class RandomDealTests : IDealSurroundings
{
    private const int Providers = 3, SectorsEach = 5;
    private const ulong Place = 3;

    private readonly DealWorld _deals = new(Providers);
    private readonly List<(ulong Number, Address Contract, DealModel Model)> _all = [];
    private readonly Dictionary<int, BigInteger> _credits = [];
    private readonly HashSet<(int Provider, ulong Sector)> _taken = [];
    private readonly List<(int Deal, int Provider, ulong Batch, int Region, ulong First, int Count, int Ms, ulong Slot)> _batches = [];
    private readonly Dictionary<string, int> _done = [];
    private Random _random = new(0);
    private BigInteger _clientsCredit, _burnt, _paidIn;

    public ulong Slot => _deals.Slot;

    public ulong Period => _deals.Period;

    public ulong Length => _deals.DisputeWindow;

    public ulong SecondsPerSlot => _deals.World.Parameters.SecondsPerSlot;

    private DealWorld.SectorView Sector(int provider, ulong sector) => _deals.SectorOf(provider, sector);

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void The_contract_does_what_its_twin_does(int seed)
    {
        _random = new Random(seed);
        for (int provider = 0; provider < Providers; provider++)
        {
            for (ulong sector = 1; sector <= SectorsEach; sector++)
                _deals.Seal(provider, sector, Place);
        }
        for (int step = 0; step < 800; step++)
        {
            _ = _deals.World.AdvanceTo(Slot + (ulong)_random.Next(1, 5));
            ProveWindows();
            for (int i = _random.Next(12); i > 0; i--)
                Act();
            CheckInvariants();
        }
        string[] all = ["abandon", "accept", "activate", "answer", "cancel", "delete", "deploy", "hot", "propose", "prune", "receive", "register", "request", "settle", "takeFewer", "withdraw"];
        Assert.Equal(all, _done.Where(pair => pair.Value > 0).Select(pair => pair.Key).Order(StringComparer.Ordinal));
        Assert.True(_burnt > 0);
    }

    void IDealSurroundings.Pay(int? provider, BigInteger wei)
    {
        if (provider is { } owner)
            _credits[owner] = _credits.GetValueOrDefault(owner) + wei;
        else
            _clientsCredit += wei;
    }

    void IDealSurroundings.Burn(BigInteger wei) => _burnt += wei;

    void IDealSurroundings.Penalize(int provider, BigInteger wei)
    {
        // What falls on the stake is seen in penalties, which windows that passed unproven add to: DealRunningTests looks at it.
    }

    bool IDealSurroundings.IsLive(int provider, ulong sector) => Sector(provider, sector).IsLive;

    void IDealSurroundings.Release(int provider, ulong sector) => Assert.True(_taken.Remove((provider, sector)));

    private void Act()
    {
        if (_all.Count(deal => deal.Model.Phase is Phase.Registration or Phase.Running) < 4)
            Deploy();
        int[] alive = [.. Enumerable.Range(0, _all.Count).Where(i => _all[i].Model.Phase is Phase.Registration or Phase.Running || _random.Next(10) == 0)];
        int index = alive[_random.Next(alive.Length)];
        (ulong number, Address contract, DealModel model) = _all[index];
        int provider = _random.Next(Providers);
        switch (_random.Next(26))
        {
            case < 9 or 18 or 19:
                (ulong fee, ulong collateral) = ((ulong)_random.Next(1, 1_050), (ulong)_random.Next(95, 200));
                if (Both("register", _deals.TryRegister(contract, provider, fee, collateral), model.Register(provider, fee, collateral)))
                    _paidIn += collateral;
                break;
            case < 12:
                Activate(contract, model, provider);
                break;
            case 12 when _random.Next(3) == 0:
                bool byClient = _random.Next(2) == 0;
                _ = Both("cancel", byClient ? _deals.ByClient(contract, "cancel()") : _deals.ByAnybody(contract, "cancel()"), model.Cancel(byClient));
                break;
            case 12 or 13:
                _ = Both("takeFewer", _deals.ByClient(contract, "takeFewer()"), model.TakeFewer());
                break;
            case 14:
                _ = Both("request", _deals.ByClient(contract, "requestData(uint64,uint8)", 0UL, 2UL), model.Request());
                break;
            case 15 or 16:
                int item = Math.Max(1, model.Requests.Count - _random.Next(2));
                _ = Both("answer", _deals.TryHot(provider, number, (ulong)item), model.Answer(provider, item));
                break;
            case 17:
                for (int of = 0; of < Providers * model.Terms.Regions.Length; of++)
                    Submit(index, of / model.Terms.Regions.Length, of % model.Terms.Regions.Length);
                break;
            case 20 when _random.Next(12) == 0:
                _ = Both("abandon", _deals.ByOperator(provider, contract, "abandon(uint64)"), model.Abandon(provider));
                break;
            case 20 or 21:
                _ = Both("prune", _deals.ByAnybody(contract, "prune()"), model.Prune());
                break;
            case 22:
                Propose(contract, model);
                break;
            case 23 when _random.Next(3) == 0:
                _ = Both("withdraw", _deals.ByClient(contract, "withdrawExtension()"), model.WithdrawProposal());
                break;
            case 23 or 24:
                ulong expiration = model.Find(provider) is { Standing: Standing.Active } share ? Sector(provider, share.Sector).Expiration : 0;
                _ = Both("accept", _deals.ByOperator(provider, contract, "acceptExtension(uint64)"), model.Accept(provider, expiration));
                break;
            default:
                if (_random.Next(40) == 0)
                    _ = Both("delete", _deals.ByClient(contract, "deleteEarly()"), model.DeleteEarly());
                else
                    _ = Both("settle", _deals.ByAnybody(contract, "settle()"), model.Settle());
                break;
        }
        ClaimBatches();
    }

    private void Deploy()
    {
        ulong registration = Slot + (ulong)_random.Next(5, 40), activation = registration + (ulong)_random.Next(5, 40);
        int wanted = _random.Next(1, Providers + 1);
        Terms terms = new(_deals.Piece, registration, activation, activation + Period + (ulong)_random.Next(300))
        {
            Providers = wanted, Ceiling = 1_000, Regions = _random.Next(2) == 0 ? [756] : [40, 756], Invited = _random.Next(5) == 0 ? [0, 1, 2] : [],
        };
        (ulong number, Address contract) = _deals.Deploy(terms);
        _paidIn += (BigInteger)terms.Escrow;
        _all.Add((number, contract, new DealModel(terms, this)));
        _done["deploy"] = 1;
    }

    private void Activate(Address contract, DealModel model, int provider)
    {
        ulong sector = (ulong)_random.Next(1, SectorsEach + 1);
        DealWorld.SectorView found = Sector(provider, sector);
        ulong[] window = _deals.World.Window(provider, found.Partition);
        ulong next = window[1] > Slot ? window[2] : window[2] + Period;
        bool isFree = !_taken.Contains((provider, sector));
        bool expected = isFree && model.Activate(provider, sector, found.IsLive && !found.IsFaulty, found.Expiration, next);
        if (Both("activate", _deals.TryActivate(contract, provider, sector, Place), expected))
            _ = _taken.Add((provider, sector));
    }

    /// <summary>Mostly all that is open is proven; what was found faulty recovers mostly.</summary>
    private void ProveWindows()
    {
        for (int provider = 0; provider < Providers; provider++)
        {
            for (ulong sector = 1; sector <= SectorsEach; sector++)
            {
                if (Sector(provider, sector) is { IsFaulty: true, IsRecovering: false } && _random.Next(3) > 0)
                    SpacetimeWorld.AssertDone(_deals.World.Operate(provider, "declareRecoveries(uint64,uint64[])", (object)new object[] { sector }));
            }
            for (ulong partition = 0; partition < (SectorsEach + 1) / 2; partition++)
            {
                ulong[] window = _deals.World.Window(provider, partition);
                if (window[2] <= Slot && _random.Next(8) > 0)
                    _ = _deals.World.TryClaim(provider, SpacetimeWorld.Claim((int)ClaimKind.Window, provider, partition)); // refused when it was proven, or nothing is due
            }
        }
        foreach ((ulong number, _, DealModel model) in _all)
        {
            foreach (DealModel.ShareModel share in model.Shares.Where(share => share.Standing == Standing.Active || _random.Next(20) == 0))
            {
                DealWorld.SectorView sector = Sector(share.Provider, Math.Max(1, share.Sector));
                ulong[] window = _deals.World.Window(share.Provider, sector.Partition);
                bool isOpen = window[2] <= Slot && window[4] == 1 && sector.IsLive && !sector.IsFaulty;
                _ = Both("hot", _deals.TryHot(share.Provider, number), isOpen && model.ShowWindow(share.Provider, window[2]));
            }
        }
    }

    private void Submit(int index, int provider, int region)
    {
        (_, Address contract, DealModel model) = _all[index];
        if (model.Phase != Phase.Running || Slot >= model.End || model.Find(provider) is not { Standing: Standing.Active } share)
            return;
        int count = _random.Next(1, 65), ms = _random.Next(1, 3_000);
        ulong first = (ulong)(share.Samples[region].Count + 1 + (_random.Next(10) == 0 ? 1 : 0));
        TransactionOutcome outcome = _deals.TrySubmit(provider, contract, first, (ulong)count, (ulong)(count * ms), (ulong)ms, (ulong)region);
        SpacetimeWorld.AssertDone(outcome);
        _batches.Add((index, provider, Abi.WordAt(outcome.Output.Span, 0).Low, region, first, count, ms, Slot));
    }

    private void ClaimBatches()
    {
        foreach (var batch in _batches.Where(batch => Slot >= batch.Slot + 2).ToArray())
        {
            (ulong number, _, DealModel model) = _all[batch.Deal];
            _ = Both("receive", _deals.TryReceipt(batch.Provider, number, batch.Batch), model.Receive(batch.Provider, batch.Region, batch.First, batch.Count, batch.Ms));
            _ = _batches.Remove(batch);
        }
    }

    private void Propose(Address contract, DealModel model)
    {
        ulong end = model.End + (ulong)_random.Next(200), wei = (ulong)_random.Next(3_000);
        if (Both("propose", _deals.World.Contracts.Send(DealWorld.Client, contract, Abi.Call("proposeExtension(uint40)", end), wei), model.Propose(end, wei)))
            _paidIn += wei;
    }

    private bool Both(string name, TransactionOutcome outcome, bool expected)
    {
        Assert.True(expected == outcome.IsSuccess, $"{name} at {Slot}: {outcome.Halt} {SpacetimeWorld.Reason(outcome.Output)}");
        Assert.True(outcome.IsSuccess || outcome.Halt == Halt.Revert, $"{name}: {outcome.Halt}");
        _done[name] = _done.GetValueOrDefault(name) + (expected ? 1 : 0);
        return expected;
    }

    private void CheckInvariants()
    {
        BigInteger held = 0, credits = _clientsCredit;
        foreach ((_, Address contract, DealModel model) in _all)
        {
            Assert.Equal(model.Held, _deals.BalanceOf(contract)); // what it owes and not a wei more
            held += model.Held;
            Assert.Equal(model.Phase, _deals.PhaseOf(contract));
        }
        Assert.Equal(_clientsCredit, _deals.CreditOf(DealWorld.Client));
        for (int provider = 0; provider < Providers; provider++)
        {
            Assert.Equal(_credits.GetValueOrDefault(provider), _deals.CreditOf(provider));
            credits += _credits.GetValueOrDefault(provider);
            for (ulong sector = 1; sector <= SectorsEach; sector++)
                Assert.Equal(_taken.Contains((provider, sector)) ? 1UL : 0UL, _deals.Number(GenesisContracts.Sectors, "dealsIn(uint64,uint64)", (ulong)provider, sector)); // one place, one deal
        }
        Assert.Equal(credits, _deals.BalanceOf(GenesisContracts.Market));
        Assert.Equal(_burnt, _deals.Burnt);
        Assert.Equal(_paidIn, held + credits + _burnt); // nothing came from nowhere, nothing is lost
    }
}
