using System.Numerics;
using Flashback.Chain.Spacetime;
using Flashback.Execution;
using Flashback.Primitives;

namespace Flashback.Engine.Tests.Spacetime.Deals;

/// <summary>What a client asks for. Times are slots, money is wei.</summary>
internal sealed record Terms(TestPiece Piece, ulong RegistrationEnd, ulong ActivationEnd, ulong End)
{
    public int Providers { get; init; } = 1;

    public int Cadence { get; init; } = 1;

    public ulong Ceiling { get; init; } = 1_000_000_000_000;

    public ulong MinimumFee { get; init; } = 100;

    public ulong[] Regions { get; init; } = [756];

    public ulong[] Invited { get; init; } = [];

    public Hash32? CommP { get; init; }

    public ulong? PieceSize { get; init; }

    public UInt256 Escrow => (UInt256)(ulong)Providers * Ceiling;

    public ValueTuple<object[]> Encoded => new([
        CommP ?? Piece.CommP, PieceSize ?? Piece.PaddedSize, (ulong)Providers, (ulong)Cadence, RegistrationEnd, ActivationEnd, End, (UInt256)Ceiling, (UInt256)MinimumFee,
        Regions.Cast<object>().ToArray(), Invited.Cast<object>().ToArray()]);
}

/// <summary>A provider's part of a deal, as the contract has it.</summary>
internal sealed record Share(ulong Provider, ulong Sector, ulong Partition, ulong Activation, ulong FirstOpens, Standing Standing, BigInteger Fee, BigInteger Collateral, ulong Step, ulong Proven)
{
    public const int Words = 15;

    public ulong Node { get; init; }
}

internal enum Standing
{
    None,
    Selected,
    Active,
    Out,
}

internal enum Phase
{
    None,
    Registration,
    Running,
    Settled,
    Cancelled,
    Deleted,
}

/// <summary>Providers with sectors, a client, and deals between them.</summary>
internal sealed class DealWorld
{
    private const string Deploying = "deploy((bytes32,uint64,uint8,uint8,uint40,uint40,uint40,uint128,uint128,uint16[],uint64[]))";
    private const int SectorRows = 18; // 8 MiB

    public DealWorld(int providers = 3)
    {
        World = new SpacetimeWorld(gwei: 640_000_000_000_000, validators: Math.Max(4, providers), more: [ContractWorld.Rich(Client), ContractWorld.Rich(Reader)]);
        for (int provider = 0; provider < providers; provider++)
            World.Register(provider);
    }

    public static Address Client { get; } = ContractWorld.NewAddress(0xc11e47);

    public static Address Reader { get; } = ContractWorld.NewAddress(0x4ead);

    public SpacetimeWorld World { get; }

    public ulong Slot => World.Slot;

    public ulong Period => World.Parameters.ProvingPeriod;

    public ulong DisputeWindow => World.Parameters.ProvingPeriod / World.Parameters.Deadlines;

    public TestPiece Piece { get; } = new(6, seed: 1);

    /// <summary>Registration for 10 slots, activation until 60, then some periods.</summary>
    public Terms Terms(int providers = 1, ulong periods = 4) => new(Piece, Slot + 10, Slot + 60, Slot + 60 + periods * Period) { Providers = providers };

    // Deals

    public TransactionOutcome TryDeploy(Terms terms, UInt256? escrow = null, Address? by = null) =>
        World.Contracts.Send(by ?? Client, GenesisContracts.Market, Abi.Call(Deploying, terms.Encoded), escrow ?? terms.Escrow);

    /// <summary>A deal's number and contract.</summary>
    public (ulong Number, Address Deal) Deploy(Terms terms)
    {
        TransactionOutcome outcome = TryDeploy(terms);
        SpacetimeWorld.AssertDone(outcome);
        return (Abi.WordAt(outcome.Output.Span, 0).Low, Abi.WordAt(outcome.Output.Span, 1).ToAddress());
    }

    public TransactionOutcome ByClient(Address deal, string signature, params object[] arguments) => World.Contracts.Send(Client, deal, Abi.Call(signature, arguments));

    public TransactionOutcome ByOperator(int provider, Address deal, string signature, params object[] arguments) =>
        World.Contracts.Send(SpacetimeWorld.OperatorOf(provider), deal, Abi.Call(signature, [(ulong)provider, .. arguments]));

    public TransactionOutcome ByAnybody(Address deal, string signature) => World.Contracts.Send(SpacetimeWorld.Sender, deal, Abi.Call(signature));

    public TransactionOutcome TryRegister(Address deal, int provider, ulong fee, ulong collateral = 100) =>
        World.Contracts.Send(SpacetimeWorld.OperatorOf(provider), deal, Abi.Call("register(uint64,uint128)", (ulong)provider, fee), collateral);

    public TransactionOutcome TryActivate(Address deal, int provider, ulong sector, ulong place, Hash32[]? path = null) => ByOperator(
        provider, deal, "activate(uint64,uint64,uint256,bytes32[])", sector, place, (path ?? TestPiece.PathIn(SectorRows, Piece.Rows)).Cast<object>().ToArray());

    /// <summary>A sealed sector with the piece at a place.</summary>
    public void Seal(int provider, ulong sector, ulong place = 0, int cadence = 1, ulong? expiration = null, Hash32? commD = null)
    {
        SpacetimeWorld.AssertDone(World.TryPreCommit(provider, World.PreCommit(sector, cadence, expiration ?? Slot + 60 * Period, commD: commD ?? Piece.CommDAt(SectorRows, place))));
        _ = World.AdvanceTo(Slot + World.Parameters.PrecommitDelay + 1);
        SpacetimeWorld.AssertDone(World.TryClaim(provider, SpacetimeWorld.Claim(0, provider, sector)));
    }

    /// <summary>A running deal, all of whose providers are active: the first ones, in sector 1 at place 3.</summary>
    public (ulong Number, Address Deal) Start(Terms terms, params ulong[] fees)
    {
        for (int provider = 0; provider < fees.Length; provider++)
        {
            if (Abi.WordAt(World.Ask("sectorOf(uint64,uint64)", (ulong)provider, 1UL), 10).IsZero)
                Seal(provider, 1, place: 3);
        }
        terms = terms with { RegistrationEnd = Slot + 10, ActivationEnd = Slot + 60, End = Slot + 60 + (terms.End - terms.ActivationEnd) };
        (ulong number, Address deal) = Deploy(terms);
        for (int provider = 0; provider < fees.Length; provider++)
            SpacetimeWorld.AssertDone(TryRegister(deal, provider, fees[provider]));
        for (int provider = 0; provider < fees.Length; provider++)
            SpacetimeWorld.AssertDone(TryActivate(deal, provider, 1, 3));
        return (number, deal);
    }

    // Claims

    public static ulong Subject(ulong deal, ulong item = 0) => (item << 32) | deal;

    public TransactionOutcome TryHot(int provider, ulong deal, ulong item = 0) => World.TryClaim(provider, SpacetimeWorld.Claim((int)ClaimKind.Hot, provider, Subject(deal, item)));

    public TransactionOutcome TryReceipt(int provider, ulong deal, ulong batch, Address? by = null) =>
        World.TryClaim(by ?? SpacetimeWorld.Sender, (UInt256)1_000_000_000_000UL, SpacetimeWorld.Claim((int)ClaimKind.Receipt, provider, Subject(deal, batch)));

    public static StorageClaim[] ClaimsOf(TransactionOutcome outcome) => [.. StorageClaim.Of([new Receipt(TransactionType.Blob, outcome.IsSuccess, outcome.GasUsed, outcome.Logs)])];

    /// <summary>Slots pass; these providers prove each window that opens, replica and copy.</summary>
    public Penalty[] RunTo(ulong slot, Address deal, ulong number, params int[] faithful)
    {
        List<Penalty> penalties = [];
        while (Slot < slot)
        {
            penalties.AddRange(World.AdvanceTo(Slot + 1));
            foreach (int provider in faithful)
                ProveOpenWindow(provider, deal, number);
        }
        return [.. penalties];
    }

    public void ProveOpenWindow(int provider, Address deal, ulong number)
    {
        Share share = ShareOf(deal, provider);
        ulong[] window = World.Window(provider, share.Partition);
        if (window[2] > Slot || window[4] == 1 || Abi.WordAt(World.Ask("windowInputs(uint64,uint64)", (ulong)provider, share.Partition), 3).IsZero)
            return;
        SpacetimeWorld.AssertDone(World.TryClaim(provider, SpacetimeWorld.Claim((int)ClaimKind.Window, provider, share.Partition)));
        if (share.Standing == Standing.Active && window[2] >= share.FirstOpens && window[3] <= Number(deal, "end()"))
            SpacetimeWorld.AssertDone(TryHot(provider, number));
    }

    /// <summary>A batch that is submitted and claimed.</summary>
    public void Receive(int provider, Address deal, ulong number, ulong count, ulong msEach, ulong region = 0)
    {
        byte[] tally = World.Ask(deal, "tallyOf(uint64,uint256)", (ulong)provider, region);
        TransactionOutcome submitted = TrySubmit(provider, deal, Abi.WordAt(tally, 1).Low + 1, count, count * msEach, msEach, region);
        SpacetimeWorld.AssertDone(submitted);
        _ = World.AdvanceTo(Slot + 2);
        SpacetimeWorld.AssertDone(TryReceipt(provider, number, Abi.WordAt(submitted.Output.Span, 0).Low));
    }

    public TransactionOutcome TrySubmit(int provider, Address deal, ulong first, ulong count, ulong sum, ulong median, ulong region = 0, Address? by = null) => World.Contracts.Send(
        by ?? Client, deal, Abi.Call("submitReceipts(uint64,uint8,uint64,uint16,uint64,uint32,bytes32)", (ulong)provider, region, first, count, sum, median, Keccak.Hash256([1])));

    // What there is

    public Share[] SharesOf(Address deal)
    {
        byte[] answer = World.Ask(deal, "shares()");
        UInt256 Word(int share, int field) => Abi.WordAt(answer, 2 + (Share.Words * share) + field);
        return [.. Enumerable.Range(0, (int)Abi.WordAt(answer, 1).Low).Select(i => new Share(
            Word(i, 0).Low, Word(i, 1).Low, Word(i, 2).Low, Word(i, 3).Low, Word(i, 4).Low, (Standing)Word(i, 5).Low, (BigInteger)Word(i, 6), (BigInteger)Word(i, 7), Word(i, 8).Low, Word(i, 9).Low)
        {
            Node = Word(i, 14).Low,
        })];
    }

    public Share ShareOf(Address deal, int provider) => SharesOf(deal).Single(share => share.Provider == (ulong)provider);

    /// <summary>A sector as the contract has it.</summary>
    public readonly record struct SectorView(ulong Expiration, ulong Partition, bool IsLive, bool IsFaulty, bool IsRecovering);

    public SectorView SectorOf(int provider, ulong sector)
    {
        byte[] answer = World.Ask("sectorOf(uint64,uint64)", (ulong)provider, sector);
        return new SectorView(Abi.WordAt(answer, 6).Low, Abi.WordAt(answer, 7).Low, !Abi.WordAt(answer, 11).IsZero, !Abi.WordAt(answer, 12).IsZero, !Abi.WordAt(answer, 13).IsZero);
    }

    public Phase PhaseOf(Address deal) => (Phase)Number(deal, "phase()");

    public ulong Number(Address contract, string view, params object[] arguments) => Abi.WordAt(World.Ask(contract, view, arguments), 0).Low;

    /// <summary>What is put aside for somebody in Market, in wei.</summary>
    public BigInteger CreditOf(Address payee) => (BigInteger)Abi.WordAt(World.Ask(GenesisContracts.Market, "creditOf(address)", payee), 0);

    public BigInteger CreditOf(int provider) => CreditOf(BeaconRecords.OwnerOf(provider));

    public BigInteger BalanceOf(Address account) => (BigInteger)World.Contracts.BalanceOf(account);

    /// <summary>Coins that nobody has any more.</summary>
    public BigInteger Burnt => BalanceOf(default);
}
