using Flashback.Primitives;

namespace Flashback.Client;

/// <summary>A deal as Market made it.</summary>
/// <param name="Number">Its number, from 1.</param>
/// <param name="Contract">Where it is.</param>
/// <param name="Client">Who pays.</param>
/// <param name="Terms">What is asked for.</param>
/// <param name="BlockNumber">The block that it came with.</param>
public sealed record DeployedDeal(ulong Number, Address Contract, Address Client, DealTerms Terms, ulong BlockNumber);

/// <summary>How well a provider answered over all deals. spec: ours#6</summary>
/// <param name="Availability">The lower confidence bound of served over asked, in millionths.</param>
/// <param name="Asked">Requests that count.</param>
/// <param name="Served">Of these, how many were answered.</param>
/// <param name="MedianMs">Milliseconds to the last byte.</param>
/// <param name="Timed">How many samples stand behind it.</param>
public readonly record struct ProviderScore(ulong Availability, ulong Asked, ulong Served, ulong MedianMs, ulong Timed);

/// <summary>What a HOT claim must show. spec: ours#4</summary>
/// <param name="CommP">The piece.</param>
/// <param name="Rows">Rows of its tree of data above the nodes.</param>
/// <param name="Height">Rows above the nodes in which the places are.</param>
/// <param name="Places">Which of that row.</param>
public sealed record HotInputs(Hash32 CommP, int Rows, int Height, IReadOnlyList<ulong> Places);

/// <summary>Calls, views and events of Market: it makes deals, and is what they have in common. spec: ours#6</summary>
public static class MarketContract
{
    private static readonly byte[] DeploySelector = Abi.Selector($"deploy({DealTerms.AbiType})");
    private static readonly byte[] WithdrawSelector = Abi.Selector("withdraw(address)");
    private static readonly byte[] CreditOfSelector = Abi.Selector("creditOf(address)");
    private static readonly byte[] ScoreOfSelector = Abi.Selector("scoreOf(uint64)");
    private static readonly byte[] HotInputsSelector = Abi.Selector("hotInputs(uint64,uint64)");
    private static readonly byte[] ReceiptInputsSelector = Abi.Selector("receiptInputs(uint64,uint64)");
    private static readonly Hash32 DealDeployedTopic = Abi.Topic($"DealDeployed(uint64,address,address,{DealTerms.AbiType})");

    /// <summary>The custom errors of the contract, by which a refusal is told to people.</summary>
    public static IReadOnlyList<string> Errors { get; } =
    [
        "DeploymentFailed()", "NotDeal(address)", "NotSectors(address)", "PaymentFailed(address)", "PlaceNotFree(uint64,uint64,uint256)", "UnknownDeal(uint64)", "UnknownKind(uint8)",
    ];

    /// <summary>Makes a deal; the escrow goes with it.</summary>
    public static TransactionDraft Deploy(DealTerms terms)
    {
        ArgumentNullException.ThrowIfNull(terms);
        return new($"deal for {terms.CommP}", StorageContracts.Market, new AbiTuple().Add(terms.ToAbi()).EncodeCall(DeploySelector), terms.Escrow);
    }

    /// <summary>Pays out all that deals have put aside for the sender.</summary>
    public static TransactionDraft Withdraw(Address to) => new("withdrawal", StorageContracts.Market, new AbiTuple().Add(to).EncodeCall(WithdrawSelector));

    /// <summary>What deals have put aside for somebody, in wei.</summary>
    public static async Task<UInt256> GetCreditAsync(ExecutionClient node, Address payee, CancellationToken cancellation) =>
        new AbiReader(await node.CallAsync(StorageContracts.Market, new AbiTuple().Add(payee).EncodeCall(CreditOfSelector), cancellation)).Wide(0);

    /// <summary>How well a provider answered.</summary>
    public static async Task<ProviderScore> GetScoreAsync(ExecutionClient node, ulong provider, CancellationToken cancellation)
    {
        AbiReader answer = new(await node.CallAsync(StorageContracts.Market, new AbiTuple().Add(provider).EncodeCall(ScoreOfSelector), cancellation));
        return new ProviderScore(answer.Number(0), answer.Number(1), answer.Number(2), answer.Number(3), answer.Number(4));
    }

    /// <summary>The subject of claims about a deal: its number, and above it which request or batch, from 1; 0 for a window.</summary>
    public static ulong SubjectOf(ulong deal, uint item) => deal | (ulong)item << 32;

    /// <summary>What a HOT claim states.</summary>
    public static async Task<HotInputs> GetHotInputsAsync(ExecutionClient node, ulong provider, ulong subject, CancellationToken cancellation)
    {
        AbiReader answer = new(await node.CallAsync(StorageContracts.Market, new AbiTuple().Add(provider).Add(subject).EncodeCall(HotInputsSelector), cancellation));
        if (!answer.TryList(3, out int first, out int count))
            throw RpcJson.Nonsense("hotInputs", "has no list of places");
        ulong[] places = new ulong[count];
        for (int i = 0; i < count; i++)
            places[i] = answer.Number(first + i);
        return new HotInputs(answer[0], (int)answer.Number(1), (int)answer.Number(2), places);
    }

    /// <summary>What the nodes that a RECEIPT claim shows are drawn with. It is there from two slots after the submission on.</summary>
    public static async Task<Hash32> GetReceiptSeedAsync(ExecutionClient node, ulong provider, ulong subject, CancellationToken cancellation)
    {
        const int Seed = 11; // of twelve words
        return new AbiReader(await node.CallAsync(StorageContracts.Market, new AbiTuple().Add(provider).Add(subject).EncodeCall(ReceiptInputsSelector), cancellation))[Seed];
    }

    /// <summary>The deals that came with some blocks, both ends included, in order.</summary>
    /// <param name="node">The node.</param>
    /// <param name="client">Only those of this client; null for all.</param>
    /// <param name="from">The first block.</param>
    /// <param name="to">The last block.</param>
    /// <param name="cancellation">Gives up.</param>
    public static async Task<IReadOnlyList<DeployedDeal>> GetDealsAsync(ExecutionClient node, Address? client, ulong from, ulong to, CancellationToken cancellation)
    {
        Hash32? payer = client is { } address ? Hash32.Read(new AbiTuple().Add(address).Encode()) : null;
        IReadOnlyList<ExecutionLog> logs = await node.GetLogsAsync(StorageContracts.Market, [DealDeployedTopic, null, null, payer], from, to, cancellation);
        return [.. logs.Select(ReadDeployed)];
    }

    /// <summary>A deal by its number, if it came with some blocks, both ends included; null where it did not.</summary>
    /// <param name="node">The node.</param>
    /// <param name="number">Which deal.</param>
    /// <param name="from">The first block.</param>
    /// <param name="to">The last block.</param>
    /// <param name="cancellation">Gives up.</param>
    public static async Task<DeployedDeal?> FindDealAsync(ExecutionClient node, ulong number, ulong from, ulong to, CancellationToken cancellation)
    {
        Hash32 topic = ((UInt256)number).ToHash32();
        IReadOnlyList<ExecutionLog> logs = await node.GetLogsAsync(StorageContracts.Market, [DealDeployedTopic, topic], from, to, cancellation);
        return logs.Count == 0 ? null : ReadDeployed(logs[^1]);
    }

    private static DeployedDeal ReadDeployed(ExecutionLog log)
    {
        if (log.Topics.Count != 4)
            throw RpcJson.Nonsense("DealDeployed", "has other topics");
        AbiReader topics = new([.. log.Topics[1].AsSpan(), .. log.Topics[2].AsSpan(), .. log.Topics[3].AsSpan()]);
        return new DeployedDeal(topics.Number(0), topics.AddressAt(1), topics.AddressAt(2), DealTerms.Read(new AbiReader(log.Payload.Span).Structure(0)), log.BlockNumber);
    }
}
