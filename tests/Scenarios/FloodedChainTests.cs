using System.Net;
using System.Net.Sockets;
using System.Net.WebSockets;
using System.Text;
using Flashback.Testing;

namespace Flashback.Scenarios;

/// <summary>The real program, sent what nobody should send, by many at once and all of it together: it still answers, and its memory has a bound.</summary>
public sealed class FloodedChainTests
{
    private const int Oversized = 8 << 20; // bytes; 5 MiB are read
    private const long MostMemory = 1L << 30;

    [Fact]
    public async Task A_flood_leaves_it_answering()
    {
        await using DevChain chain = await DevChain.StartAsync();
        Random random = Seeds.Fresh();
        List<TcpClient> slow = [];
        try
        {
            for (int i = 0; i < 200; i++)
                slow.Add(await BeginAsync(chain, i % 2 == 0 ? "" : "POST / HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 1000\r\n\r\n{"));
            byte[][] garbage = [.. Enumerable.Range(0, 200).Select(_ => Garbage(random))];
            await Task.WhenAll(
                EachAsync(garbage, bytes => SendRawAsync(chain, bytes)),
                EachAsync(garbage, bytes => PostAsync(chain, Encoding.Latin1.GetString(bytes))),
                EachAsync(Enumerable.Range(0, 10), i => PostAsync(chain, new string(i % 2 == 0 ? '[' : ' ', Oversized))),
                EachAsync(Enumerable.Range(0, 5), _ => PostAsync(chain, new string('[', 4 << 20))),
                EachAsync(Enumerable.Range(0, 10), _ => SendOnSocketAsync(chain, Oversized)),
                EachAsync(Enumerable.Range(0, 20), async _ => Assert.Equal("0x0", (await chain.AskAsync("eth_blockNumber")).GetString())));
            Assert.Equal("0x0", (await chain.AskAsync("eth_blockNumber")).GetString());
            Assert.InRange(chain.PeakMemory, 1, MostMemory);
        }
        finally
        {
            slow.ForEach(client => client.Dispose());
        }
        Assert.Equal("0x0", (await chain.AskAsync("eth_blockNumber")).GetString());
    }

    private static async Task EachAsync<T>(IEnumerable<T> things, Func<T, Task> act)
    {
        foreach (T thing in things)
        {
            try
            {
                await act(thing);
            }
            catch (Exception hungUp) when (hungUp is IOException or SocketException or WebSocketException || (hungUp is HttpRequestException && hungUp.InnerException is not SocketException { SocketErrorCode: SocketError.ConnectionRefused }))
            {
                // it need not listen to all of this
            }
        }
    }

    private static byte[] Garbage(Random random)
    {
        byte[] bytes = new byte[random.Next(1, 5000)];
        random.NextBytes(bytes);
        return bytes;
    }

    private static async Task<TcpClient> BeginAsync(DevChain chain, string start)
    {
        TcpClient client = new();
        await client.ConnectAsync(IPAddress.Loopback, chain.Address.Port, TestContext.Current.CancellationToken);
        await client.GetStream().WriteAsync(Encoding.ASCII.GetBytes(start), TestContext.Current.CancellationToken);
        return client;
    }

    private static async Task SendRawAsync(DevChain chain, byte[] bytes)
    {
        using TcpClient client = new();
        await client.ConnectAsync(IPAddress.Loopback, chain.Address.Port, TestContext.Current.CancellationToken);
        await client.GetStream().WriteAsync(bytes, TestContext.Current.CancellationToken);
    }

    private static async Task PostAsync(DevChain chain, string body)
    {
        using HttpClient client = new();
        using StringContent content = new(body, Encoding.Latin1, "application/json");
        using HttpResponseMessage response = await client.PostAsync(chain.Address, content, TestContext.Current.CancellationToken);
        Assert.True(response.StatusCode is HttpStatusCode.OK or HttpStatusCode.RequestEntityTooLarge or HttpStatusCode.BadRequest or HttpStatusCode.UnsupportedMediaType, response.StatusCode.ToString());
    }

    private static async Task SendOnSocketAsync(DevChain chain, int length)
    {
        using ClientWebSocket socket = new();
        await socket.ConnectAsync(new UriBuilder(chain.Address) { Scheme = "ws" }.Uri, TestContext.Current.CancellationToken);
        await socket.SendAsync(new byte[length], WebSocketMessageType.Text, endOfMessage: true, TestContext.Current.CancellationToken);
        WebSocketReceiveResult result = await socket.ReceiveAsync(new byte[1000], TestContext.Current.CancellationToken);
        Assert.Equal(WebSocketCloseStatus.MessageTooBig, result.CloseStatus);
    }
}
