using System.Buffers;
using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using System.Threading.Channels;
using Flashback.Api.JsonRpc;
using Flashback.Api.Wire;
using Flashback.Chain;
using Flashback.Primitives;

namespace Flashback.Api.Subscriptions;

/// <summary>The subscriptions of one socket: each event is written once as JSON and queued; who does not read is cut off. spec: EIP-1193, go-ethereum pubsub</summary>
public sealed class SubscriptionSet : IDisposable
{
    private const int MostWaiting = 20_000;

    private readonly Dictionary<UInt256, Subscription> _subscriptions = [];
    private readonly Dictionary<UInt256, Subscription> _announced = []; // they begin when the caller has been told their names
    private readonly Lock _lock = new();
    private readonly ChainService _chain;
    private readonly TransactionPool _pool;
    private readonly RpcLimits _limits;
    private readonly Channel<ReadOnlyMemory<byte>> _messages = Channel.CreateBounded<ReadOnlyMemory<byte>>(
        new BoundedChannelOptions(MostWaiting) { SingleReader = true, FullMode = BoundedChannelFullMode.Wait });

    internal SubscriptionSet(ChainService chain, TransactionPool pool, RpcLimits limits)
    {
        (_chain, _pool, _limits) = (chain, pool, limits);
        chain.HeadChanged += Note;
        pool.Added += Note;
    }

    private enum Topic
    {
        Heads,
        Logs,
        Transactions,
    }

    /// <summary>Messages for the socket, in order. It ends when too many wait: then the socket must be closed.</summary>
    internal ChannelReader<ReadOnlyMemory<byte>> Messages => _messages.Reader;

    public void Dispose()
    {
        _chain.HeadChanged -= Note;
        _pool.Added -= Note;
        _messages.Writer.TryComplete();
    }

    /// <summary>Adds a subscription.</summary>
    /// <exception cref="RpcException">There is nothing of that name to subscribe to, or there are too many.</exception>
    internal UInt256 Add(in RpcParameters parameters)
    {
        Subscription subscription = parameters.Required<string>(0) switch
        {
            "newHeads" => new Subscription(Topic.Heads, null, false),
            "logs" => new Subscription(Topic.Logs, parameters.Optional(1, new WireFilter()).ToFilter(), false),
            "newPendingTransactions" => new Subscription(Topic.Transactions, null, parameters.Optional<bool>(1)),
            string other => throw new RpcException(RpcCode.MethodNotFound, $"no \"{other}\" subscription in eth namespace"),
        };
        lock (_lock)
        {
            if (_subscriptions.Count + _announced.Count >= _limits.MaxSubscriptions)
                throw new RpcException(RpcCode.LimitExceeded, $"at most {_limits.MaxSubscriptions} subscriptions");
            UInt256 name = UInt256.ReadBigEndian(RandomNumberGenerator.GetBytes(16));
            _announced.Add(name, subscription);
            return name;
        }
    }

    /// <summary>Queues an answer, and begins the subscriptions that it names.</summary>
    internal void Answer(ReadOnlyMemory<byte> answer)
    {
        lock (_lock)
        {
            if (!answer.IsEmpty && !_messages.Writer.TryWrite(answer))
                _messages.Writer.TryComplete();
            foreach ((UInt256 name, Subscription subscription) in _announced)
                _subscriptions.Add(name, subscription);
            _announced.Clear();
        }
    }

    internal bool Remove(UInt256 name)
    {
        lock (_lock)
            return _subscriptions.Remove(name) || _announced.Remove(name);
    }

    private void Note(HeadChange change)
    {
        lock (_lock)
        {
            foreach ((UInt256 name, Subscription subscription) in _subscriptions)
            {
                if (subscription.Topic == Topic.Heads)
                {
                    foreach (ExecutedBlock block in change.Adopted)
                        Push(name, new WireHeader(block.Header, block.Hash), WireContext.Default.WireHeader);
                }
                else if (subscription.Topic == Topic.Logs)
                {
                    foreach (WireLog log in PolledFilter.LogsOf(change, subscription.Filter!))
                        Push(name, log, WireContext.Default.WireLog);
                }
            }
        }
    }

    private void Note(PooledTransaction transaction)
    {
        lock (_lock)
        {
            foreach ((UInt256 name, Subscription subscription) in _subscriptions)
            {
                if (subscription.Topic != Topic.Transactions)
                    continue;
                if (subscription.WantsWhole)
                    Push(name, new WireTransaction(transaction.Transaction, transaction.Sender), WireContext.Default.WireTransaction);
                else
                    Push(name, transaction.Hash, WireContext.Default.Hash32);
            }
        }
    }

    private void Push<T>(UInt256 name, T value, JsonTypeInfo<T> type)
    {
        ArrayBufferWriter<byte> message = new();
        using (Utf8JsonWriter writer = new(message))
        {
            writer.WriteStartObject();
            writer.WriteString("jsonrpc"u8, "2.0"u8);
            writer.WriteString("method"u8, "eth_subscription"u8);
            writer.WriteStartObject("params"u8);
            writer.WriteString("subscription"u8, name.ToString());
            writer.WritePropertyName("result"u8);
            JsonSerializer.Serialize(writer, value, type);
            writer.WriteEndObject();
            writer.WriteEndObject();
        }
        if (!_messages.Writer.TryWrite(message.WrittenMemory))
            _messages.Writer.TryComplete(); // it does not read: cut off, so that memory stays bounded
    }

    private sealed record Subscription(Topic Topic, LogFilter? Filter, bool WantsWhole);
}
