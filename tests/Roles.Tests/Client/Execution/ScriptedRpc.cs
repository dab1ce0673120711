using System.Net;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Flashback.Execution;
using Flashback.Primitives;

namespace Flashback.Roles.Tests.Client.Execution;

/// <summary>An execution chain with a pool, as small as a sender sees it: blocks come when the test wants them.</summary>
internal sealed class ScriptedRpc : HttpMessageHandler
{
    private readonly Dictionary<ulong, Transaction> _pool = [];
    private readonly List<Transaction> _chain = [];

    /// <summary>How often each transaction came, by hash.</summary>
    public Dictionary<Hash32, int> Offered { get; } = [];

    /// <summary>Those on the chain.</summary>
    public IReadOnlyList<Transaction> Chain => _chain;

    /// <summary>Those that wait.</summary>
    public IReadOnlyCollection<Transaction> Pool => _pool.Values;

    /// <summary>Wei for each gas.</summary>
    public ulong BaseFee { get; set; } = 1_000;

    /// <summary>What the node says to the next ones in place of taking them; null where it takes them.</summary>
    public Func<Transaction, string?> Refusal { get; set; } = _ => null;

    /// <summary>Whether answers get lost on the way back.</summary>
    public bool LosesAnswers { get; set; }

    /// <summary>Whether nobody answers at all.</summary>
    public bool IsAway { get; set; }

    /// <summary>What a trial of a transaction returns when it reverts; null where it does not.</summary>
    public byte[]? Reverts { get; set; }

    /// <summary>Puts what can be paid for into a block.</summary>
    public void Mine()
    {
        while (_pool.Remove((ulong)_chain.Count, out Transaction? next))
        {
            if (next.MaxFeePerGas < BaseFee)
            {
                _pool.Add(next.Nonce, next);
                return;
            }
            _chain.Add(next);
        }
    }

    /// <summary>Somebody else with the same key was first.</summary>
    public void Usurp(Transaction transaction) => _chain.Add(transaction);

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        if (IsAway)
            throw new HttpRequestException("nobody answers");
        using JsonDocument body = JsonDocument.Parse(await request.Content!.ReadAsStringAsync(cancellationToken));
        JsonObject answer = new() { ["jsonrpc"] = "2.0", ["id"] = 1 };
        try
        {
            answer["result"] = Answer(body.RootElement.GetProperty("method").GetString()!, body.RootElement.GetProperty("params"));
        }
        catch (RefusedException refused)
        {
            answer["error"] = new JsonObject { ["code"] = refused.Payload is null ? -32000 : 3, ["message"] = refused.Message, ["data"] = refused.Payload is null ? null : Hex.Encode(refused.Payload) };
        }
        if (LosesAnswers && body.RootElement.GetProperty("method").GetString() == "eth_sendRawTransaction")
            throw new HttpRequestException("the answer is lost");
        return new HttpResponseMessage(HttpStatusCode.OK) { Content = new StringContent(answer.ToJsonString(), Encoding.UTF8, "application/json") };
    }

    private JsonNode? Answer(string method, JsonElement parameters) => method switch
    {
        "eth_getTransactionCount" => Quantity((ulong)_chain.Count),
        "eth_estimateGas" => Reverts is null ? "0x5208" : throw new RefusedException("execution reverted", Reverts),
        "eth_maxPriorityFeePerGas" => "0x1",
        "eth_blobBaseFee" => "0x1",
        "eth_getBlockByNumber" => new JsonObject
        {
            ["number"] = "0x1", ["hash"] = default(Hash32).ToString(), ["parentHash"] = default(Hash32).ToString(), ["timestamp"] = "0x1", ["gasLimit"] = "0x1c9c380", ["baseFeePerGas"] = Quantity(BaseFee),
        },
        "eth_sendRawTransaction" => Take(Hex.Decode(parameters[0].GetString().AsSpan(2))),
        "eth_getTransactionReceipt" => Receipt(FixedBytes.Parse<Hash32>(parameters[0].GetString())),
        _ => throw new RefusedException($"the method {method} does not exist", null),
    };

    private string Take(byte[] encoded)
    {
        Assert.True(PooledTransactionCodec.TryDecode(encoded, out Transaction? transaction, out BlobSidecar? sidecar, out _));
        Assert.Null(sidecar?.Check(transaction!, ForkRules.Prague));
        Hash32 hash = transaction!.Hash();
        Offered[hash] = Offered.GetValueOrDefault(hash) + 1;
        if (transaction.Nonce < (ulong)_chain.Count)
            throw new RefusedException("nonce too low", null);
        _pool.TryGetValue(transaction.Nonce, out Transaction? old);
        if (old?.Hash() == hash)
            throw new RefusedException("already known", null);
        if (Refusal(transaction) is { } refusal)
            throw new RefusedException(refusal, null);
        ulong percent = transaction.Type == TransactionType.Blob ? 200UL : 110;
        if (old is not null && transaction.MaxFeePerGas * 100UL < old.MaxFeePerGas * percent)
            throw new RefusedException("replacement transaction underpriced", null);
        _pool[transaction.Nonce] = transaction;
        return hash.ToString();
    }

    private JsonObject? Receipt(Hash32 hash)
    {
        int index = _chain.FindIndex(transaction => transaction.Hash() == hash);
        return index < 0 ? null : new JsonObject
        {
            ["transactionHash"] = hash.ToString(), ["blockNumber"] = Quantity((ulong)index + 1), ["blockHash"] = default(Hash32).ToString(), ["status"] = "0x1", ["gasUsed"] = "0x5208",
            ["effectiveGasPrice"] = "0x1", ["logs"] = new JsonArray(),
        };
    }

    private static string Quantity(ulong number) => ((UInt256)number).ToString();

    private sealed class RefusedException(string message, byte[]? payload) : Exception(message)
    {
        public byte[]? Payload => payload;
    }
}
