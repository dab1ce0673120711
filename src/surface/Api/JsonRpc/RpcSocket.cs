using System.Buffers;
using System.Net.WebSockets;
using Flashback.Api.Subscriptions;

namespace Flashback.Api.JsonRpc;

/// <summary>JSON-RPC over a WebSocket: answers in the order of the requests, and events of subscriptions between them.</summary>
internal sealed class RpcSocket(WebSocket socket, RpcDispatcher dispatcher, SubscriptionSet subscriptions, RpcLimits limits) : IRpcConnection
{
    private static readonly TimeSpan Farewell = TimeSpan.FromSeconds(5);

    public SubscriptionSet Subscriptions => subscriptions;

    /// <summary>Serves the socket until either side closes it.</summary>
    public async Task RunAsync(CancellationToken stop)
    {
        using CancellationTokenSource either = CancellationTokenSource.CreateLinkedTokenSource(stop);
        Task sending = SendAsync(either.Token);
        Task receiving = ReceiveAsync(either.Token);
        await Task.WhenAny(sending, receiving).ConfigureAwait(false);
        await either.CancelAsync().ConfigureAwait(false);
        try
        {
            await Task.WhenAll(sending, receiving).ConfigureAwait(false);
        }
        catch (Exception gone) when (gone is OperationCanceledException or WebSocketException or IOException)
        {
            // the other side has gone, or we are stopping
        }
    }

    private async Task ReceiveAsync(CancellationToken stop)
    {
        ArrayBufferWriter<byte> message = new(4096);
        while (socket.State == WebSocketState.Open)
        {
            ValueWebSocketReceiveResult received = await socket.ReceiveAsync(message.GetMemory(4096), stop).ConfigureAwait(false);
            if (received.MessageType == WebSocketMessageType.Close)
            {
                await CloseAsync(WebSocketCloseStatus.NormalClosure, "").ConfigureAwait(false);
                return;
            }
            message.Advance(received.Count);
            if (message.WrittenCount > limits.MaxBodyBytes)
            {
                await CloseAsync(WebSocketCloseStatus.MessageTooBig, $"more than {limits.MaxBodyBytes} bytes").ConfigureAwait(false);
                return;
            }
            if (!received.EndOfMessage)
                continue;
            ArrayBufferWriter<byte> answer = new(1024);
            await dispatcher.AnswerAsync(message.WrittenMemory, answer, this, stop).ConfigureAwait(false);
            subscriptions.Answer(answer.WrittenMemory);
            message = new ArrayBufferWriter<byte>(4096);
        }
    }

    private async Task SendAsync(CancellationToken stop)
    {
        await foreach (ReadOnlyMemory<byte> message in subscriptions.Messages.ReadAllAsync(stop).ConfigureAwait(false))
        {
            using CancellationTokenSource time = CancellationTokenSource.CreateLinkedTokenSource(stop);
            time.CancelAfter(limits.Timeout);
            await socket.SendAsync(message, WebSocketMessageType.Text, endOfMessage: true, time.Token).ConfigureAwait(false);
        }
        await CloseAsync(WebSocketCloseStatus.PolicyViolation, "too many messages wait").ConfigureAwait(false);
    }

    private async Task CloseAsync(WebSocketCloseStatus status, string reason)
    {
        using CancellationTokenSource time = new(Farewell);
        await socket.CloseOutputAsync(status, reason, time.Token).ConfigureAwait(false);
    }
}
