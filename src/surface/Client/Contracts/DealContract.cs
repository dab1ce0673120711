using Flashback.Execution;
using Flashback.Primitives;

namespace Flashback.Client;

/// <summary>How far a deal is. spec: contracts/src/base/DealBook.sol</summary>
public enum DealPhase
{
    /// <summary>There is no deal.</summary>
    None,

    /// <summary>Providers register.</summary>
    Registration,

    /// <summary>All that take part are known.</summary>
    Running,

    /// <summary>All are paid.</summary>
    Settled,

    /// <summary>It never ran.</summary>
    Cancelled,

    /// <summary>The client has ended it early.</summary>
    Deleted,
}

/// <summary>How a provider stands in a deal.</summary>
public enum ShareStanding
{
    /// <summary>It takes no part.</summary>
    None,

    /// <summary>It is to activate its share.</summary>
    Selected,

    /// <summary>A sector of it holds the piece.</summary>
    Active,

    /// <summary>It was dropped, or the deal is over.</summary>
    Out,
}

/// <summary>A provider's part of a deal.</summary>
/// <param name="Provider">Who.</param>
/// <param name="Sector">The sector that holds the piece.</param>
/// <param name="Partition">The sector's partition.</param>
/// <param name="Standing">How it stands.</param>
/// <param name="Fee">Wei for all of the deal.</param>
/// <param name="Collateral">Wei.</param>
/// <param name="ProvenWindows">Windows that both proofs were given in.</param>
public sealed record DealShare(ulong Provider, ulong Sector, ulong Partition, ShareStanding Standing, UInt256 Fee, UInt256 Collateral, ulong ProvenWindows)
{
    /// <summary>The slot in which its first window opens.</summary>
    public ulong FirstOpens { get; init; }

    /// <summary>The slot in which the window opened that was shown last; 0 before the first.</summary>
    public ulong LastOpens { get; init; }
}

/// <summary>A part of a piece that was asked for on chain.</summary>
/// <param name="Deal">The deal's contract, as it says itself: anybody may log such an event.</param>
/// <param name="Number">Its number in the deal, from 1.</param>
/// <param name="Place">Among the piece's parts of this height.</param>
/// <param name="Height">The part has 2^height nodes.</param>
/// <param name="Until">The last slot in which an answer counts.</param>
public sealed record DataRequest(Address Deal, ulong Number, ulong Place, ulong Height, ulong Until);

/// <summary>A later end that a client proposes, and pays for.</summary>
/// <param name="End">The new end, in slots.</param>
/// <param name="Agreed">Providers that have agreed so far.</param>
public sealed record ProposedExtension(ulong End, IReadOnlySet<ulong> Agreed);

/// <summary>Calls and views of a deal: a contract of its own. spec: ours#6</summary>
public static class DealContract
{
    private const int ShareWords = 15;
    private const ulong GasOfLast = 250_000; // whose transaction completes registration or agreement pays for sixteen shares

    private static readonly byte[] RegisterSelector = Abi.Selector("register(uint64,uint128)");
    private static readonly byte[] TakeFewerSelector = Abi.Selector("takeFewer()");
    private static readonly byte[] CancelSelector = Abi.Selector("cancel()");
    private static readonly byte[] ActivateSelector = Abi.Selector("activate(uint64,uint64,uint256,bytes32[])");
    private static readonly byte[] PruneSelector = Abi.Selector("prune()");
    private static readonly byte[] AbandonSelector = Abi.Selector("abandon(uint64)");
    private static readonly byte[] SettleSelector = Abi.Selector("settle()");
    private static readonly byte[] DeleteEarlySelector = Abi.Selector("deleteEarly()");
    private static readonly byte[] RequestDataSelector = Abi.Selector("requestData(uint64,uint8)");
    private static readonly byte[] SetReaderSelector = Abi.Selector("setReader(address)");
    private static readonly byte[] SubmitReceiptsSelector = Abi.Selector("submitReceipts(uint64,uint8,uint64,uint16,uint64,uint32,bytes32)");
    private static readonly byte[] ProposeExtensionSelector = Abi.Selector("proposeExtension(uint40)");
    private static readonly byte[] AcceptExtensionSelector = Abi.Selector("acceptExtension(uint64)");
    private static readonly byte[] WithdrawExtensionSelector = Abi.Selector("withdrawExtension()");
    private static readonly byte[] ProposedEndSelector = Abi.Selector("proposedEnd()");
    private static readonly byte[] PhaseSelector = Abi.Selector("phase()");
    private static readonly byte[] EndSelector = Abi.Selector("end()");
    private static readonly byte[] ReaderSelector = Abi.Selector("reader()");
    private static readonly byte[] SharesSelector = Abi.Selector("shares()");
    private static readonly byte[] TallyOfSelector = Abi.Selector("tallyOf(uint64,uint256)");
    private static readonly byte[] BatchOfSelector = Abi.Selector("batchOf(uint256)");
    private static readonly Hash32 ReceiptsSubmittedTopic = Abi.Topic("ReceiptsSubmitted(uint256,uint64,uint16,uint64,uint16,uint64,uint32,bytes32,address)");
    private static readonly Hash32 DataRequestedTopic = Abi.Topic("DataRequested(uint256,uint64,uint8,uint256)");
    private static readonly Hash32 ExtensionProposedTopic = Abi.Topic("ExtensionProposed(uint40,uint256)");
    private static readonly Hash32 ExtensionAcceptedTopic = Abi.Topic("ExtensionAccepted(uint64)");
    private static readonly Hash32 SharePaidTopic = Abi.Topic("SharePaid(uint64,uint256,uint256)");

    /// <summary>The custom errors of the contract, by which a refusal is told to people.</summary>
    public static IReadOnlyList<string> Errors { get; } =
    [
        "AlreadyAnswered(uint64,uint256)", "AlreadyProven(uint256)", "AlreadyRegistered(uint64)", "ExtensionPending(uint40)", "FeeAboveCeiling(uint256,uint256)", "InvalidBatch()",
        "InvalidCadence(uint256)", "InvalidEnd(uint256)", "InvalidPayment(uint256,uint256)", "InvalidPiece(bytes32,uint256)", "InvalidProviders(uint256,uint256)", "InvalidRegions()",
        "InvalidRequest(uint64,uint8)", "InvalidTimes(uint256,uint256,uint256)", "NoExtension()", "NobodyRegistered()", "NotClient(address)", "NotInDeal(uint64)",
        "NotInSector(bytes32,bytes32)", "NotInvited(uint64)", "NotMarket(address)", "NotNext(uint64,uint256)", "NotOperator(uint64,address)", "NotParty(address)", "NotReader(address)",
        "ProviderNotActive(uint64)", "SectorEmpty(uint64)", "SectorEndsBefore(uint256,uint256)", "SectorFaulty(uint64)", "SectorNotLive(uint64)", "SectorTooSlow(uint256,uint256)",
        "TooEarly(uint256,uint256)", "TooLate(uint256,uint256)", "TooManyRequests()", "TooManySamples(uint256)", "UnknownBatch(uint256)", "UnknownRequest(uint256)",
        "WindowAlreadyShown(uint256)", "WindowNotDue(uint256,uint256)", "WindowNotProven(uint256)", "WrongPhase(uint8)", "WrongStanding(uint64,uint8)",
    ];

    /// <summary>Takes part, as the operator.</summary>
    /// <param name="deal">The deal.</param>
    /// <param name="provider">Who.</param>
    /// <param name="fee">Wei for all of it.</param>
    /// <param name="collateral">Wei that go with it.</param>
    public static TransactionDraft Register(Address deal, ulong provider, UInt256 fee, UInt256 collateral) =>
        new($"registration in {deal}", deal, new AbiTuple().Add(provider).Add(fee).EncodeCall(RegisterSelector), collateral) { ExtraGas = GasOfLast };

    /// <summary>Goes on with those that have registered, as the client.</summary>
    public static TransactionDraft TakeFewer(Address deal) => Draft("fewer providers of", deal, TakeFewerSelector, new AbiTuple());

    /// <summary>Gives up a deal that does not run yet.</summary>
    public static TransactionDraft Cancel(Address deal) => Draft("cancellation of", deal, CancelSelector, new AbiTuple());

    /// <summary>Shows, as the operator, that a sector holds the piece.</summary>
    /// <param name="deal">The deal.</param>
    /// <param name="provider">Who.</param>
    /// <param name="sector">A live sector.</param>
    /// <param name="place">Of the piece among the parts of its size that the sector has.</param>
    /// <param name="path">The siblings from there up to CommD.</param>
    public static TransactionDraft Activate(Address deal, ulong provider, ulong sector, ulong place, IReadOnlyList<Hash32> path) =>
        Draft("activation in", deal, ActivateSelector, new AbiTuple().Add(provider).Add(sector).Add(place).AddList(path));

    /// <summary>Takes out providers that were late or lost their sector; anybody may.</summary>
    public static TransactionDraft Prune(Address deal) => Draft("pruning of", deal, PruneSelector, new AbiTuple());

    /// <summary>Leaves, as the operator, without fee and collateral.</summary>
    public static TransactionDraft Abandon(Address deal, ulong provider) => Draft("leaving of", deal, AbandonSelector, new AbiTuple().Add(provider));

    /// <summary>Pays everybody once the deal is over; anybody may.</summary>
    public static TransactionDraft Settle(Address deal) => Draft("settlement of", deal, SettleSelector, new AbiTuple());

    /// <summary>Deletes the piece before its time, as the client.</summary>
    public static TransactionDraft DeleteEarly(Address deal) => Draft("deletion of", deal, DeleteEarlySelector, new AbiTuple());

    /// <summary>Asks all providers on chain for a part of the piece: 2^height nodes of 32 bytes, padded, at a place of their row.</summary>
    public static TransactionDraft RequestData(Address deal, ulong place, ulong height) => Draft("request to", deal, RequestDataSelector, new AbiTuple().Add(place).Add(height));

    /// <summary>Names the key that reads for the client: its signature counts for requests and receipts.</summary>
    public static TransactionDraft SetReader(Address deal, Address reader) => Draft("reader of", deal, SetReaderSelector, new AbiTuple().Add(reader));

    /// <summary>Fixes a batch of deliveries that the other side has signed.</summary>
    /// <param name="deal">The deal.</param>
    /// <param name="provider">Who delivered.</param>
    /// <param name="region">The region's place among the deal's.</param>
    /// <param name="batch">The deliveries, numbered without a gap.</param>
    /// <param name="chainId">The chain that they were signed for.</param>
    public static TransactionDraft SubmitReceipts(Address deal, ulong provider, ulong region, IReadOnlyList<Delivery> batch, ulong chainId)
    {
        ArgumentNullException.ThrowIfNull(batch);
        ArgumentOutOfRangeException.ThrowIfZero(batch.Count, nameof(batch));
        Hash32 domain = Delivery.DomainOf(chainId, deal);
        ulong[] times = [.. batch.Select(delivery => (ulong)delivery.CountedMs).Order()];
        ulong sum = 0;
        foreach (ulong time in times)
            sum += time;
        Hash32 root = Delivery.RootOf([.. batch.Select(delivery => delivery.SigningHash(domain))]);
        AbiTuple arguments = new AbiTuple().Add(provider).Add(region).Add(batch[0].Number).Add((ulong)batch.Count).Add(sum).Add(times[(times.Length - 1) / 2]).Add(root);
        return Draft("receipts of", deal, SubmitReceiptsSelector, arguments);
    }

    /// <summary>Proposes a later end, as the client, and pays for it; what is too much comes back.</summary>
    public static TransactionDraft ProposeExtension(Address deal, ulong end, UInt256 payment) =>
        new($"extension of {deal}", deal, new AbiTuple().Add(end).EncodeCall(ProposeExtensionSelector), payment);

    /// <summary>Agrees to a later end, as the operator.</summary>
    public static TransactionDraft AcceptExtension(Address deal, ulong provider) => Draft("agreement to extend", deal, AcceptExtensionSelector, new AbiTuple().Add(provider)) with { ExtraGas = GasOfLast };

    /// <summary>Takes a proposal back, as the client.</summary>
    public static TransactionDraft WithdrawExtension(Address deal) => Draft("withdrawn extension of", deal, WithdrawExtensionSelector, new AbiTuple());

    /// <summary>How far a deal is.</summary>
    public static async Task<DealPhase> GetPhaseAsync(ExecutionClient node, Address deal, CancellationToken cancellation) =>
        new AbiReader(await AskAsync(node, deal, PhaseSelector, cancellation)).Number(0) is var phase and <= (ulong)DealPhase.Deleted ? (DealPhase)phase : throw RpcJson.Nonsense("phase", "is none");

    /// <summary>The slot in which a deal ends: later than its terms say, once it was extended.</summary>
    public static async Task<ulong> GetEndAsync(ExecutionClient node, Address deal, CancellationToken cancellation) => new AbiReader(await AskAsync(node, deal, EndSelector, cancellation)).Number(0);

    /// <summary>The extension that is proposed now; null where none is.</summary>
    /// <param name="node">The node.</param>
    /// <param name="deal">The deal.</param>
    /// <param name="from">A block before the proposal: the deal's.</param>
    /// <param name="to">The head.</param>
    /// <param name="cancellation">Gives up.</param>
    public static async Task<ProposedExtension?> FindExtensionAsync(ExecutionClient node, Address deal, ulong from, ulong to, CancellationToken cancellation)
    {
        ulong end = new AbiReader(await AskAsync(node, deal, ProposedEndSelector, cancellation)).Number(0);
        if (end == 0)
            return null;
        IReadOnlyList<ExecutionLog> proposed = await node.GetLogsAsync(deal, [ExtensionProposedTopic], from, to, cancellation);
        ulong since = proposed.Count == 0 ? from : proposed[^1].BlockNumber; // who agreed before, agreed to another one
        IReadOnlyList<ExecutionLog> accepted = await node.GetLogsAsync(deal, [ExtensionAcceptedTopic], since, to, cancellation);
        return new ProposedExtension(end, accepted.Where(log => log.Topics.Count == 2).Select(log => new AbiReader(log.Topics[1].AsSpan()).Number(0)).ToHashSet());
    }

    /// <summary>Whose signature counts as the client's for requests and receipts.</summary>
    public static async Task<Address> GetReaderAsync(ExecutionClient node, Address deal, CancellationToken cancellation) => new AbiReader(await AskAsync(node, deal, ReaderSelector, cancellation)).AddressAt(0);

    /// <summary>How many deliveries of a provider to a region count so far.</summary>
    public static async Task<ulong> GetTallyAsync(ExecutionClient node, Address deal, ulong provider, ulong region, CancellationToken cancellation) =>
        new AbiReader(await node.CallAsync(deal, new AbiTuple().Add(provider).Add(region).EncodeCall(TallyOfSelector), cancellation)).Number(1);

    /// <summary>The slot in which a batch of receipts was submitted, and whether it counts.</summary>
    public static async Task<(ulong Slot, bool IsProven)> GetBatchAsync(ExecutionClient node, Address deal, ulong batch, CancellationToken cancellation)
    {
        AbiReader answer = new(await node.CallAsync(deal, new AbiTuple().Add(batch).EncodeCall(BatchOfSelector), cancellation));
        return (answer.Number(2), answer.Truth(5));
    }

    /// <summary>The number of a batch of receipts that was submitted in some blocks, both ends included; null where it was not.</summary>
    public static async Task<ulong?> FindBatchAsync(ExecutionClient node, Address deal, ulong provider, Hash32 root, ulong from, ulong to, CancellationToken cancellation)
    {
        const int Root = 5; // of the words that are not topics
        IReadOnlyList<ExecutionLog> logs = await node.GetLogsAsync(deal, [ReceiptsSubmittedTopic, null, ((UInt256)provider).ToHash32()], from, to, cancellation);
        return logs.FirstOrDefault(log => log.Topics.Count == 3 && new AbiReader(log.Payload.Span)[Root] == root) is { } found ? new AbiReader(found.Topics[1].AsSpan()).Number(0) : null;
    }

    /// <summary>Parts of pieces that were asked for on chain in some blocks, both ends included, of all deals.</summary>
    public static async Task<IReadOnlyList<DataRequest>> GetRequestsAsync(ExecutionClient node, ulong from, ulong to, CancellationToken cancellation)
    {
        IReadOnlyList<ExecutionLog> logs = await node.GetLogsAsync(contract: null, [DataRequestedTopic], from, to, cancellation);
        return [.. logs.Where(log => log.Topics.Count == 2).Select(ReadRequest)];
    }

    /// <summary>The fee that a deal has paid a provider in some blocks, both ends included, in wei; null where it paid none.</summary>
    public static async Task<UInt256?> FindPaymentAsync(ExecutionClient node, Address deal, ulong provider, ulong from, ulong to, CancellationToken cancellation)
    {
        IReadOnlyList<ExecutionLog> logs = await node.GetLogsAsync(deal, [SharePaidTopic, ((UInt256)provider).ToHash32()], from, to, cancellation);
        return logs.Count == 0 ? null : new AbiReader(logs[^1].Payload.Span).Wide(0);
    }

    /// <summary>A provider's share; null where it takes no part.</summary>
    public static async Task<DealShare?> FindShareAsync(ExecutionClient node, Address deal, ulong provider, CancellationToken cancellation) =>
        (await GetSharesAsync(node, deal, cancellation)).FirstOrDefault(share => share.Provider == provider);

    /// <summary>All shares, in the order of registration.</summary>
    public static async Task<IReadOnlyList<DealShare>> GetSharesAsync(ExecutionClient node, Address deal, CancellationToken cancellation)
    {
        AbiReader answer = new(await AskAsync(node, deal, SharesSelector, cancellation));
        if (!answer.TryList(0, out int first, out int count) || first + (ShareWords * (long)count) > answer.Words)
            throw RpcJson.Nonsense("shares", "is no list of shares");
        DealShare[] shares = new DealShare[count];
        for (int i = 0; i < count; i++)
        {
            int at = first + (ShareWords * i);
            if (answer.Number(at + 5) > (ulong)ShareStanding.Out)
                throw RpcJson.Nonsense("shares", "has a standing that is none");
            shares[i] = new DealShare(
                answer.Number(at), answer.Number(at + 1), answer.Number(at + 2), (ShareStanding)answer.Number(at + 5), answer.Wide(at + 6), answer.Wide(at + 7), answer.Number(at + 9))
            {
                FirstOpens = answer.Number(at + 4),
                LastOpens = answer.Number(at + 10),
            };
        }
        return shares;
    }

    private static DataRequest ReadRequest(ExecutionLog log)
    {
        AbiReader payload = new(log.Payload.Span);
        return new DataRequest(log.Contract, new AbiReader(log.Topics[1].AsSpan()).Number(0), payload.Number(0), payload.Number(1), payload.Number(2));
    }

    private static Task<byte[]> AskAsync(ExecutionClient node, Address deal, byte[] selector, CancellationToken cancellation) => node.CallAsync(deal, selector, cancellation);

    private static TransactionDraft Draft(string purpose, Address deal, byte[] selector, AbiTuple arguments) => new($"{purpose} {deal}", deal, arguments.EncodeCall(selector));
}
