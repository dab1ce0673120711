using System.Text.Json;
using System.Text.Json.Nodes;
using Flashback.Primitives;

namespace Flashback.Client;

/// <summary>The execution side of a node, over JSON-RPC: what roles ask of it. Of whichever make it is, beside <c>storage_*</c>. Safe to share between threads. spec: execution-apis</summary>
/// <remarks>Every member may throw <see cref="NodeException"/>; where the node refused, a <see cref="RpcErrorException"/> lies behind it.</remarks>
public sealed class ExecutionClient : IDisposable
{
    /// <summary>Longer than any block's receipts.</summary>
    private const int LongestAnswer = 64 << 20;

    private readonly HttpClient _http;
    private readonly JsonRpcHttp _rpc;

    /// <summary>A client of the node at an address.</summary>
    /// <param name="node">The address.</param>
    /// <param name="patience">How long an answer is waited for.</param>
    /// <param name="time">The time.</param>
    /// <param name="handler">What requests go through; disposed with the client. Null for a fresh one.</param>
    public ExecutionClient(Uri node, TimeSpan patience, TimeProvider time, HttpMessageHandler? handler = null)
    {
        _http = new HttpClient(handler ?? new SocketsHttpHandler()) { MaxResponseContentBufferSize = LongestAnswer, Timeout = Timeout.InfiniteTimeSpan };
        _rpc = new JsonRpcHttp(_http, node, patience, time);
    }

    /// <summary>The chain's number, which signatures are for.</summary>
    public async Task<ulong> GetChainIdAsync(CancellationToken cancellation) => (await RequireAsync("eth_chainId", [], cancellation)).ToNumber();

    /// <summary>The newest block.</summary>
    public async Task<ExecutionBlock> GetHeadAsync(CancellationToken cancellation)
    {
        JsonElement block = await RequireAsync("eth_getBlockByNumber", ["latest", false], cancellation);
        return new ExecutionBlock(
            block.Member("number").ToNumber(), block.Member("hash").ToFixed<Hash32>(), block.Member("parentHash").ToFixed<Hash32>(), block.Member("timestamp").ToNumber(),
            block.Member("gasLimit").ToNumber(), block.Member("baseFeePerGas").ToWide());
    }

    /// <summary>What an account has, in wei.</summary>
    public async Task<UInt256> GetBalanceAsync(Address account, CancellationToken cancellation) => (await RequireAsync("eth_getBalance", [account.ToString(), "latest"], cancellation)).ToWide();

    /// <summary>How many transactions of an account the chain has: the nonce of its next one.</summary>
    public async Task<ulong> GetTransactionCountAsync(Address account, CancellationToken cancellation) =>
        (await RequireAsync("eth_getTransactionCount", [account.ToString(), "latest"], cancellation)).ToNumber();

    /// <summary>What to offer for a transaction now.</summary>
    public async Task<FeeQuote> GetFeesAsync(CancellationToken cancellation) => new(
        (await GetHeadAsync(cancellation)).BaseFee,
        (await RequireAsync("eth_maxPriorityFeePerGas", [], cancellation)).ToWide(),
        (await RequireAsync("eth_blobBaseFee", [], cancellation)).ToWide());

    /// <summary>What a contract answers in the state of the newest block.</summary>
    public async Task<byte[]> CallAsync(Address contract, ReadOnlyMemory<byte> input, CancellationToken cancellation)
    {
        JsonObject call = new() { ["to"] = contract.ToString(), ["input"] = RpcJson.Bytes(input.Span) };
        return (await RequireAsync("eth_call", [call, "latest"], cancellation)).ToBytes();
    }

    /// <summary>Gas that a transaction would take on the newest block.</summary>
    /// <exception cref="NodeException">It would fail; what its code returned lies behind the exception.</exception>
    public async Task<ulong> EstimateGasAsync(Address sender, TransactionDraft draft, IReadOnlyList<Hash32> blobHashes, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(draft);
        JsonObject call = new()
        {
            ["from"] = sender.ToString(), ["to"] = draft.To.ToString(), ["input"] = RpcJson.Bytes(draft.Input.Span), ["value"] = RpcJson.Quantity(draft.Value),
        };
        if (blobHashes.Count > 0)
            call["blobVersionedHashes"] = new JsonArray([.. blobHashes.Select(hash => (JsonNode)JsonValue.Create(hash.ToString()))]);
        return (await RequireAsync("eth_estimateGas", [call], cancellation)).ToNumber();
    }

    /// <summary>Hands over a signed transaction, with its blobs if it has some. The node has it when this returns.</summary>
    public async Task<Hash32> SendAsync(ReadOnlyMemory<byte> transaction, CancellationToken cancellation) =>
        (await RequireAsync("eth_sendRawTransaction", [RpcJson.Bytes(transaction.Span)], cancellation)).ToFixed<Hash32>();

    /// <summary>What a transaction left behind; null while it is not on the chain.</summary>
    public async Task<ExecutionReceipt?> FindReceiptAsync(Hash32 transaction, CancellationToken cancellation) =>
        await _rpc.AskAsync("eth_getTransactionReceipt", [transaction.ToString()], cancellation) is { } receipt ? ReadReceipt(receipt) : null;

    /// <summary>What a contract logged from one block to another, both included.</summary>
    /// <param name="contract">Which contract; null for any.</param>
    /// <param name="topics">What the first topics must be; null for any.</param>
    /// <param name="from">The first block.</param>
    /// <param name="to">The last block.</param>
    /// <param name="cancellation">Gives up.</param>
    public async Task<IReadOnlyList<ExecutionLog>> GetLogsAsync(Address? contract, IReadOnlyList<Hash32?> topics, ulong from, ulong to, CancellationToken cancellation)
    {
        JsonObject filter = new()
        {
            ["fromBlock"] = RpcJson.Quantity(from), ["toBlock"] = RpcJson.Quantity(to),
            ["topics"] = new JsonArray([.. topics.Select(topic => topic is { } hash ? (JsonNode)JsonValue.Create(hash.ToString()) : null)]),
        };
        if (contract is { } address)
            filter["address"] = address.ToString();
        return [.. (await RequireAsync("eth_getLogs", [filter], cancellation)).ToList().Select(ReadLog)];
    }

    /// <summary>Totals of storage, and the network's parameters.</summary>
    public async Task<KnownStorageNetwork> GetStorageNetworkAsync(CancellationToken cancellation)
    {
        JsonElement network = await RequireAsync("storage_getNetwork", [], cancellation), p = network.Member("parameters");
        ulong Of(string name) => p.Member(name).ToNumber();
        return new KnownStorageNetwork(
            network.Member("slot").ToNumber(), network.Member("providers").ToNumber(), network.Member("activeSectors").ToNumber(), network.Member("claimFee").ToWide(), Of("genesisTime"),
            Of("secondsPerSlot"), Of("provingPeriod"), Of("deadlines"), Of("challengeLookback"), Of("precommitDelay"), Of("faultMaxAge"), Of("sealProof"), Of("sectorSize"), Of("partitionSectors"),
            Of("collateralPerTib"), Of("faultFee"), Of("minLifetime"));
    }

    /// <summary>All storage providers, those that have ended too.</summary>
    public Task<IReadOnlyList<KnownProvider>> GetProvidersAsync(CancellationToken cancellation) => GetPagesAsync("storage_getProviders", [], ReadProvider, cancellation);

    /// <summary>A storage provider; null where the validator is none.</summary>
    public async Task<KnownProvider?> FindProviderAsync(ulong id, CancellationToken cancellation) =>
        await _rpc.AskAsync("storage_getProvider", [RpcJson.Quantity(id)], cancellation) is { } provider ? ReadProvider(provider) : null;

    /// <summary>A sector; null where the provider has none of that number.</summary>
    public async Task<KnownSector?> FindSectorAsync(ulong provider, ulong number, CancellationToken cancellation) =>
        await _rpc.AskAsync("storage_getSector", [RpcJson.Quantity(provider), RpcJson.Quantity(number)], cancellation) is { } sector ? ReadSector(sector) : null;

    /// <summary>All sectors that were ever put into a partition, by their places.</summary>
    public Task<IReadOnlyList<KnownSector>> GetSectorsAsync(ulong provider, ulong partition, CancellationToken cancellation) =>
        GetPagesAsync("storage_getSectors", [provider, partition], ReadSector, cancellation);

    /// <summary>All partitions of a provider with the window of each that is open or comes next.</summary>
    public Task<IReadOnlyList<KnownDeadline>> GetDeadlinesAsync(ulong provider, CancellationToken cancellation) =>
        GetPagesAsync("storage_getDeadlines", [provider], ReadDeadline, cancellation);

    /// <summary>Gives up what is under way.</summary>
    public void Dispose() => _http.Dispose();

    private async Task<IReadOnlyList<T>> GetPagesAsync<T>(string method, ulong[] parameters, Func<JsonElement, T> read, CancellationToken cancellation)
    {
        const ulong AtOnce = 256; // the most that a node tells at once
        List<T> all = [];
        for (ulong skipped = 0; ; skipped += AtOnce)
        {
            JsonNode?[] asked = [.. parameters.Append(skipped).Append(AtOnce).Select(number => RpcJson.Quantity(number))];
            int before = all.Count;
            all.AddRange((await RequireAsync(method, asked, cancellation)).ToList().Select(read));
            if ((ulong)(all.Count - before) < AtOnce)
                return all;
        }
    }

    private async Task<JsonElement> RequireAsync(string method, JsonNode?[] parameters, CancellationToken cancellation) =>
        await _rpc.AskAsync(method, parameters, cancellation) ?? throw RpcJson.Nonsense(method, "is null");

    private static KnownProvider ReadProvider(JsonElement p) => new(
        p.Member("id").ToNumber(), p.Member("owner").ToFixed<Address>(), p.Member("operator").ToFixed<Address>(), p.Member("proverId").ToFixed<Hash32>(), p.Member("effectiveBalance").ToNumber(),
        p.Member("isActive").ToTruth(), p.Member("committedSectors").ToNumber(), p.Member("activeSectors").ToNumber(), p.Member("partitions").ToNumber(), p.Member("debt").ToWide(),
        ReadAsk(p.Member("ask")));

    private static KnownSector ReadSector(JsonElement s)
    {
        ChainSectorStatus status = s.Member("status").ToText() switch
        {
            "preCommitted" => ChainSectorStatus.PreCommitted,
            "live" => ChainSectorStatus.Live,
            _ => ChainSectorStatus.Ended,
        };
        return new KnownSector(
            s.Member("number").ToNumber(), status, s.Member("isFaulty").ToTruth(), s.Member("isRecovering").ToTruth(), s.Member("commR").ToFixed<Hash32>(), s.Member("commD").ToFixed<Hash32>(),
            s.Member("sealedCommR").ToFixed<Hash32>(), s.Member("sealSlot").ToNumber(), s.Member("preCommitSlot").ToNumber(), s.Member("activation").ToNumber(), s.Member("expiration").ToNumber(),
            s.Member("partition").ToNumber(), s.Member("cadence").ToNumber());
    }

    private static ProviderAsk ReadAsk(JsonElement a) => new(
        a.Member("feePerGibDay").ToWide(), a.Member("smallestPiece").ToNumber(), a.Member("largestPiece").ToNumber(), a.Member("longestDuration").ToNumber(), a.Member("region").ToNumber(),
        a.Member("endpoint").ToText());

    private static ExecutionReceipt ReadReceipt(JsonElement r) => new(
        r.Member("transactionHash").ToFixed<Hash32>(), r.Member("blockNumber").ToNumber(), r.Member("blockHash").ToFixed<Hash32>(), r.Member("status").ToNumber() == 1, r.Member("gasUsed").ToNumber(),
        r.Member("effectiveGasPrice").ToWide(), r.Find("blobGasUsed")?.ToNumber() ?? 0, r.Find("blobGasPrice")?.ToWide() ?? UInt256.Zero, [.. r.Member("logs").ToList().Select(ReadLog)]);

    private static ExecutionLog ReadLog(JsonElement log) => new(
        log.Member("address").ToFixed<Address>(), [.. log.Member("topics").ToList().Select(topic => topic.ToFixed<Hash32>())], log.Member("data").ToBytes(), log.Member("blockNumber").ToNumber(),
        log.Member("transactionHash").ToFixed<Hash32>());

    private static KnownDeadline ReadDeadline(JsonElement d) => new(
        d.Member("partition").ToNumber(), d.Member("cadence").ToNumber(), d.Member("liveSectors").ToNumber(), d.Member("faultySectors").ToNumber(), d.Member("recoveringSectors").ToNumber(),
        d.Member("window").ToNumber(), d.Member("challengeSlot").ToNumber(), d.Member("opens").ToNumber(), d.Member("closes").ToNumber(), d.Member("isProven").ToTruth());
}
