using System.Buffers;
using System.Text;
using System.Text.Json;
using System.Threading.Channels;
using Flashback.Chain.Beacon;
using Microsoft.AspNetCore.Http;

namespace Flashback.Api.Beacon.Http;

/// <summary>Tells of what happens, as it happens: <c>/eth/v1/events</c>, over server-sent events. spec: beacon-APIs eventstream; WHATWG HTML §9.2</summary>
/// <remarks>
/// The chain's thread puts what happened into each listener's queue and goes on; the listener's own task writes it. A queue has a bound: who reads
/// more slowly than the chain goes is hung up on, and may come again.
/// </remarks>
/// <param name="chain">What is told of.</param>
/// <param name="clock">The time.</param>
/// <param name="mostListeners">How many may listen at once.</param>
/// <param name="stop">The server stops.</param>
internal sealed class EventStream(BeaconChain chain, TimeProvider clock, int mostListeners, CancellationToken stop)
{
    private const int QueueLength = 1024;
    private static readonly TimeSpan Silence = TimeSpan.FromSeconds(15); // after it a comment shows that the node is there, and that the listener is

    private int _listeners;

    public void AddTo(BeaconTable table) => table.Stream("/eth/v1/events", ListenAsync);

    private async Task ListenAsync(BeaconRequest request)
    {
        HashSet<string> topics = [.. request.QueryList("topics")];
        if (topics.Count == 0)
            throw BeaconApiException.Invalid("topics is missing");
        if (topics.FirstOrDefault(topic => !EventTopics.All.Contains(topic)) is { } unknown)
            throw BeaconApiException.Invalid($"there is no topic {BeaconRequest.Shown(unknown)}");
        if (Interlocked.Increment(ref _listeners) > mostListeners)
        {
            _ = Interlocked.Decrement(ref _listeners);
            throw new BeaconApiException(StatusCodes.Status503ServiceUnavailable, $"{mostListeners} listen already");
        }
        Channel<BeaconEvent> queue = Channel.CreateBounded<BeaconEvent>(new BoundedChannelOptions(QueueLength) { SingleReader = true });
        void Enqueue(BeaconEvent happened)
        {
            if (!queue.Writer.TryWrite(happened))
                _ = queue.Writer.TryComplete(); // too slow: hung up on
        }
        chain.Happened += Enqueue;
        try
        {
            using CancellationTokenSource over = CancellationTokenSource.CreateLinkedTokenSource(request.Cancellation, stop);
            await WriteAllAsync(request.Context.Response, queue.Reader, topics, over.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            // The server stops.
        }
        finally
        {
            chain.Happened -= Enqueue;
            _ = Interlocked.Decrement(ref _listeners);
        }
    }

    private async Task WriteAllAsync(HttpResponse response, ChannelReader<BeaconEvent> queue, HashSet<string> topics, CancellationToken cancellation)
    {
        response.ContentType = "text/event-stream";
        response.Headers.CacheControl = "no-cache";
        response.Headers["X-Accel-Buffering"] = "no"; // reverse proxies are to pass each event on at once
        await response.StartAsync(cancellation).ConfigureAwait(false);
        await response.BodyWriter.WriteAsync(":\n\n"u8.ToArray(), cancellation).ConfigureAwait(false);
        Task<bool> next = queue.WaitToReadAsync(cancellation).AsTask();
        while (true)
        {
            using (CancellationTokenSource waiting = CancellationTokenSource.CreateLinkedTokenSource(cancellation))
            {
                Task silence = Task.Delay(Silence, clock, waiting.Token);
                bool isSilent = await Task.WhenAny(next, silence).ConfigureAwait(false) == silence;
                await waiting.CancelAsync().ConfigureAwait(false);
                cancellation.ThrowIfCancellationRequested();
                if (isSilent)
                {
                    await response.BodyWriter.WriteAsync(":\n\n"u8.ToArray(), cancellation).ConfigureAwait(false);
                    continue;
                }
            }
            if (!await next.ConfigureAwait(false))
                return;
            while (queue.TryRead(out BeaconEvent? happened))
                Write(response.BodyWriter, happened, topics);
            _ = await response.BodyWriter.FlushAsync(cancellation).ConfigureAwait(false);
            next = queue.WaitToReadAsync(cancellation).AsTask();
        }
    }

    private void Write(IBufferWriter<byte> output, BeaconEvent happened, HashSet<string> topics)
    {
        foreach ((string topic, Action<Utf8JsonWriter> data) in EventTopics.Of(happened, chain.Preset))
        {
            if (!topics.Contains(topic))
                continue;
            output.Write(Encoding.UTF8.GetBytes($"event: {topic}\ndata: "));
            using (Utf8JsonWriter writer = new(output))
                data(writer);
            output.Write("\n\n"u8);
        }
    }
}
