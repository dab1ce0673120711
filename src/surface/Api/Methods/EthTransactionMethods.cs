using Flashback.Api.Calls;
using Flashback.Api.JsonRpc;
using Flashback.Api.Wire;
using Flashback.Chain;
using Flashback.Execution;
using Flashback.Primitives;

namespace Flashback.Api.Methods;

/// <summary><c>eth_*</c> and <c>txpool_*</c>: transactions on their way. spec: execution-apis, eth/submit.yaml; go-ethereum's txpool namespace</summary>
internal sealed class EthTransactionMethods(ChainReader reader, TransactionPool pool, Wallet wallet, CallRunner runner, EthFeeMethods fees)
{
    public void AddTo(RpcTable table)
    {
        table.Add("eth_sendRawTransaction", call => Send(call, call.Parameters.Required<byte[]>(0)));
        table.Add("eth_getTransactionByHash", call => Find(call.Parameters.Required<Hash32>(0)));
        table.Add("eth_getRawTransactionByHash", call => FindRaw(call.Parameters.Required<Hash32>(0)));
        table.Add("eth_getTransactionCount", call => CountOf(call.Parameters.Required<Address>(0), call.Parameters.Optional(1, BlockSelector.Latest)));
        table.Add("eth_pendingTransactions", _ => pool.Content().Executable.Values.SelectMany(queue => queue).Select(Waiting).ToArray());
        table.Add("eth_accounts", _ => wallet.Addresses);
        table.Add("eth_sendTransaction", call => SendAsync(call));
        table.Add("eth_signTransaction", call => SignAsync(call));
        table.Add("eth_sign", call => wallet.Sign(call.Parameters.Required<Address>(0), call.Parameters.Required<byte[]>(1)));
        table.Add("personal_sign", call => wallet.Sign(call.Parameters.Required<Address>(1), call.Parameters.Required<byte[]>(0)));
        table.Add("txpool_status", _ => new WirePoolStatus((ulong)pool.Count.Pending, (ulong)pool.Count.Queued));
        table.Add("txpool_content", _ => Content(pool.Content()));
        table.Add("txpool_inspect", _ => Inspection(pool.Content()));
        table.Add("txpool_contentFrom", call => ContentFrom(pool.Content(), call.Parameters.Required<Address>(0)));
    }

    private Hash32 Send(in RpcCall call, byte[] bytes)
    {
        if (!PooledTransactionCodec.TryDecode(bytes, out Transaction? transaction, out BlobSidecar? sidecar, out TransactionFault fault))
            throw RpcException.Refused($"rlp: {fault}");
        return Send(call, transaction!, sidecar);
    }

    private Hash32 Send(in RpcCall call, Transaction transaction, BlobSidecar? sidecar)
    {
        PoolOutcome outcome = pool.AddUnwritten(transaction, sidecar);
        call.Duties.Add(pool.Write);
        return outcome switch
        {
            PoolOutcome.Accepted accepted => accepted.Transaction.Hash,
            PoolOutcome.Refused refused => throw RpcException.Refused(refused.Message),
            _ => throw new InvalidOperationException("an outcome is one of two"),
        };
    }

    // The pool is looked at first: what leaves it for a block between the two looks is found in the block.
    private WireTransaction? Find(in Hash32 hash)
    {
        bool waits = pool.TryGet(hash, out PooledTransaction? waiting);
        return reader.FindTransaction(hash, out int index) is { } block ? new WireTransaction(block, index) : waits ? Waiting(waiting!) : null;
    }

    private byte[]? FindRaw(in Hash32 hash)
    {
        bool waits = pool.TryGet(hash, out PooledTransaction? waiting);
        return reader.FindTransaction(hash, out int index) is { } block ? TransactionCodec.Encode(block.Block.Transactions[index])
            : waits ? TransactionCodec.Encode(waiting!.Transaction) : null;
    }

    private ulong CountOf(in Address address, BlockSelector selector) =>
        selector.Tag == BlockTag.Pending ? pool.NextNonceOf(address)
        : reader.State(selector, out _).TryGetAccount(address, out Account account) ? account.Nonce : 0;

    private async ValueTask<Hash32> SendAsync(RpcCall call) => Send(call, await FillAndSignAsync(call).ConfigureAwait(false), null);

    private async ValueTask<WireSignedTransaction> SignAsync(RpcCall call)
    {
        Transaction signed = await FillAndSignAsync(call).ConfigureAwait(false);
        return new WireSignedTransaction(TransactionCodec.Encode(signed), new WireTransaction(signed, call.Parameters.Required<WireCall>(0).From!.Value));
    }

    /// <summary>Fills what the caller left open as a wallet would, and signs.</summary>
    private async ValueTask<Transaction> FillAndSignAsync(RpcCall call)
    {
        WireCall asked = call.Parameters.Required<WireCall>(0);
        Address from = asked.From ?? throw RpcException.InvalidParams("missing from");
        if (!wallet.Has(from))
            throw RpcException.Refused("unknown account");
        if (asked.BlobVersionedHashes is not null)
            throw RpcException.InvalidParams("blobs are sent with eth_sendRawTransaction");
        UInt256 baseFee = FeeMarket.BaseFeeAfter(reader.Chain.Snapshot.Head.Header);
        if (asked.GasPrice is null)
        {
            UInt256 tip = asked.MaxPriorityFeePerGas ?? fees.SuggestTip();
            asked = asked with { MaxPriorityFeePerGas = tip, MaxFeePerGas = asked.MaxFeePerGas ?? baseFee + baseFee + tip };
        }
        ulong gas = asked.Gas ?? await runner.EstimateAsync(new Question(asked, BlockSelector.Latest), call.Cancellation).ConfigureAwait(false);
        return wallet.Sign(asked.ToTransaction(gas, baseFee, pool.NextNonceOf(from), reader.Chain.Config.ChainId), from);
    }

    private static WireTransaction Waiting(PooledTransaction waiting) => new(waiting.Transaction, waiting.Sender);

    private static WirePoolContent Content(PoolContent content) => new(ByNonce(content.Executable, Waiting), ByNonce(content.Waiting, Waiting));

    private static WirePoolInspection Inspection(PoolContent content) => new(ByNonce(content.Executable, LineOf), ByNonce(content.Waiting, LineOf));

    private static WirePoolContentFrom ContentFrom(PoolContent content, in Address sender) => new(
        ByNonce(content.Executable.GetValueOrDefault(sender, []), Waiting), ByNonce(content.Waiting.GetValueOrDefault(sender, []), Waiting));

    private static string LineOf(PooledTransaction waiting)
    {
        Transaction t = waiting.Transaction;
        string to = t.To?.ToString() ?? "contract creation";
        return $"{to}: {Decimal(t.Value)} wei + {t.GasLimit} gas × {Decimal(t.MaxFeePerGas)} wei";
    }

    private static string Decimal(in UInt256 value) => ((System.Numerics.BigInteger)value).ToString(System.Globalization.CultureInfo.InvariantCulture);

    private static Dictionary<Address, IReadOnlyDictionary<ulong, T>> ByNonce<T>(IReadOnlyDictionary<Address, IReadOnlyList<PooledTransaction>> queues, Func<PooledTransaction, T> show) =>
        queues.ToDictionary(queue => queue.Key, IReadOnlyDictionary<ulong, T> (queue) => ByNonce(queue.Value, show));

    private static Dictionary<ulong, T> ByNonce<T>(IReadOnlyList<PooledTransaction> queue, Func<PooledTransaction, T> show) =>
        queue.ToDictionary(waiting => waiting.Nonce, show);
}

/// <summary>A signed transaction, as bytes and as fields.</summary>
public sealed record WireSignedTransaction(byte[] Raw, WireTransaction Tx);

/// <summary>What waits of one sender. spec: go-ethereum txpool_contentFrom</summary>
public sealed record WirePoolContentFrom(IReadOnlyDictionary<ulong, WireTransaction> Pending, IReadOnlyDictionary<ulong, WireTransaction> Queued);
