using System.Buffers;
using System.Text;
using System.Text.Json;
using Flashback.Api.Engine;
using Flashback.Api.JsonRpc;
using Flashback.Chain;
using Flashback.Execution;
using Flashback.Primitives;
using Flashback.State;
using Flashback.State.Store;
using Flashback.State.Store.Sqlite;
using Microsoft.Extensions.Logging.Abstractions;

namespace Flashback.Conformance;

/// <summary>A node with the chain of one test, asked as a consensus client asks it.</summary>
internal sealed class EngineRun : IDisposable
{
    private readonly ChainService _chain;
    private readonly TransactionPool _pool;
    private readonly ExecutionEngine _engine;
    private readonly RpcDispatcher _dispatcher;

    private EngineRun(Genesis genesis)
    {
        IStore store = SqliteStore.OpenTemporary([.. ChainService.Columns, .. TransactionPool.Columns]);
        _chain = ChainService.Open(store, genesis, new ChainOptions(), new WorldStateOptions { CacheBytes = 16 << 20 }, NullLogger<ChainService>.Instance);
        _pool = new TransactionPool(_chain, new PoolOptions(), store, TimeProvider.System, NullLogger<TransactionPool>.Instance);
        _engine = new ExecutionEngine(_chain, new BlockBuilder(_chain, _pool, TimeProvider.System), new BuildingOptions(), NullLogger<ExecutionEngine>.Instance);
        RpcTable table = new();
        new EngineMethods(_engine, _chain, _pool).AddTo(table);
        _dispatcher = new RpcDispatcher(table, new RpcLimits(), NullLogger<RpcDispatcher>.Instance);
    }

    /// <summary>The head's hash.</summary>
    public Hash32 Head => _chain.Snapshot.Head.Hash;

    /// <summary>Begins with a test's genesis block and state.</summary>
    public static EngineRun Begin(ChainConfig chain, JsonElement test)
    {
        if (!Genesis.TryParseAccounts(test.GetProperty("pre"), out IReadOnlyList<GenesisAccount> accounts, out GenesisFault wrong))
            throw new FormatException(wrong.ToString());
        return new EngineRun(new Genesis(chain, HeaderOf(test.GetProperty("genesisBlockHeader")), accounts));
    }

    /// <summary>Hands a payload in and, when it is valid, makes it the head; null when both are answered as the test says.</summary>
    public SpecOutcome.Failed? NewPayload(JsonElement call)
    {
        JsonElement parameters = call.GetProperty("params");
        string answer = Ask($"engine_newPayloadV{call.GetProperty("newPayloadVersion").GetString()}", parameters.GetRawText(), out string status);
        string expected = call.TryGetProperty("errorCode", out JsonElement code) ? $"error {code}"
            : call.TryGetProperty("validationError", out _) ? "INVALID" : "VALID";
        if (status != expected)
            return new SpecOutcome.Failed(expected, answer);
        return expected == "VALID" ? Choose(call.GetProperty("forkchoiceUpdatedVersion").GetString()!, parameters[0].GetProperty("blockHash").GetString()!) : null;
    }

    /// <summary>Makes a block the head; null when that is answered with VALID.</summary>
    public SpecOutcome.Failed? Choose(string version, string hash)
    {
        string zero = default(Hash32).ToString();
        string answer = Ask(
            $"engine_forkchoiceUpdatedV{version}",
            $$"""[{"headBlockHash":"{{hash}}","safeBlockHash":"{{zero}}","finalizedBlockHash":"{{zero}}"}, null]""", out string status);
        return status == "VALID" ? null : new SpecOutcome.Failed("VALID", answer);
    }

    public void Dispose()
    {
        _engine.Dispose();
        _pool.Dispose();
        _chain.Dispose();
    }

    /// <summary>Asks a method; returns the whole answer, and in one word what it says.</summary>
    private string Ask(string method, string parameters, out string status)
    {
        ArrayBufferWriter<byte> output = new();
        byte[] body = Encoding.UTF8.GetBytes($$"""{"jsonrpc":"2.0","id":1,"method":"{{method}}","params":{{parameters}}}""");
        _dispatcher.AnswerAsync(body, output, null, CancellationToken.None).Wait();
        string answer = Encoding.UTF8.GetString(output.WrittenSpan);
        using JsonDocument document = JsonDocument.Parse(answer);
        if (document.RootElement.TryGetProperty("error", out JsonElement error))
            status = $"error {error.GetProperty("code")}";
        else if (document.RootElement.GetProperty("result").TryGetProperty("payloadStatus", out JsonElement chosen))
            status = chosen.GetProperty("status").GetString()!;
        else
            status = document.RootElement.GetProperty("result").GetProperty("status").GetString()!;
        return answer;
    }

    private static BlockHeader HeaderOf(JsonElement header) => new()
    {
        ParentHash = Fixed<Hash32>(header, "parentHash"),
        OmmersHash = Fixed<Hash32>(header, "uncleHash"),
        Coinbase = Fixed<Address>(header, "coinbase"),
        StateRoot = Fixed<Hash32>(header, "stateRoot"),
        TransactionsRoot = Fixed<Hash32>(header, "transactionsTrie"),
        ReceiptsRoot = Fixed<Hash32>(header, "receiptTrie"),
        LogsBloom = Fixed<LogBloom>(header, "bloom"),
        Difficulty = JsonWords.Word(header.GetProperty("difficulty")),
        Number = JsonWords.UInt64(header.GetProperty("number")),
        GasLimit = JsonWords.UInt64(header.GetProperty("gasLimit")),
        GasUsed = JsonWords.UInt64(header.GetProperty("gasUsed")),
        Timestamp = JsonWords.UInt64(header.GetProperty("timestamp")),
        ExtraData = JsonWords.Bytes(header.GetProperty("extraData")),
        PrevRandao = Fixed<Hash32>(header, "mixHash"),
        Nonce = JsonWords.UInt64(header.GetProperty("nonce")),
        BaseFeePerGas = JsonWords.Word(header.GetProperty("baseFeePerGas")),
        WithdrawalsRoot = Fixed<Hash32>(header, "withdrawalsRoot"),
        BlobGasUsed = JsonWords.UInt64(header.GetProperty("blobGasUsed")),
        ExcessBlobGas = JsonWords.UInt64(header.GetProperty("excessBlobGas")),
        ParentBeaconBlockRoot = Fixed<Hash32>(header, "parentBeaconBlockRoot"),
        RequestsHash = header.TryGetProperty("requestsHash", out _) ? Fixed<Hash32>(header, "requestsHash") : null,
    };

    private static T Fixed<T>(JsonElement header, string name)
        where T : unmanaged, IFixedBytes<T> => FixedBytes.Parse<T>(header.GetProperty(name).GetString()!);
}
