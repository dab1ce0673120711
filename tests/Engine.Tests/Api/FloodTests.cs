using System.Net;
using System.Net.Sockets;
using System.Net.WebSockets;
using System.Text;
using Flashback.Api;
using Flashback.Api.JsonRpc;

namespace Flashback.Engine.Tests.Api;

/// <summary>Whatever comes, the server still answers.</summary>
public class FloodTests
{
    private const int Seed = 20261123;

    [Fact]
    public async Task Garbage_is_answered_or_hung_up_on()
    {
        await using ApiHost host = await ApiHost.StartAsync();
        Random random = new(Seed);
        for (int i = 0; i < 200; i++)
        {
            byte[] garbage = new byte[random.Next(1, 5000)];
            random.NextBytes(garbage);
            if (i % 2 == 0)
                await SendRawAsync(host, garbage);
            else
                (await host.PostAsync(Mutated(random))).Dispose();
        }
        await AssertAnswersAsync(host);
    }

    [Fact]
    public async Task Deep_nesting_and_long_bodies_cost_nothing()
    {
        await using ApiHost host = await ApiHost.StartAsync(new ApiOptions { Limits = new RpcLimits { MaxBodyBytes = 1 << 20 } });
        Assert.Equal(RpcCode.ParseError, ApiHost.ErrorOf(await host.AskAsync(new string('[', 1 << 20))).Code);
        for (int i = 0; i < 20; i++)
        {
            try
            {
                using HttpResponseMessage response = await host.PostAsync(new string('[', 2 << 20));
                Assert.Equal(HttpStatusCode.RequestEntityTooLarge, response.StatusCode);
            }
            catch (HttpRequestException)
            {
                // it hung up before all was sent
            }
        }
        await AssertAnswersAsync(host);
    }

    [Fact]
    public async Task Connections_that_say_nothing_do_not_keep_others_out()
    {
        await using ApiHost host = await ApiHost.StartAsync();
        List<TcpClient> idle = [];
        try
        {
            for (int i = 0; i < 300; i++)
            {
                TcpClient client = new();
                idle.Add(client);
                await client.ConnectAsync(IPAddress.Loopback, host.Address.Port, TestContext.Current.CancellationToken);
                if (i % 3 == 0)
                    await client.GetStream().WriteAsync("POST / HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n{"u8.ToArray(), TestContext.Current.CancellationToken);
                else if (i % 3 == 1)
                    await client.GetStream().WriteAsync("POST / HT"u8.ToArray(), TestContext.Current.CancellationToken);
            }
            await AssertAnswersAsync(host);
        }
        finally
        {
            idle.ForEach(client => client.Dispose());
        }
    }

    [Fact]
    [Trait("Speed", "Slow")]
    public async Task A_body_that_trickles_in_is_given_up()
    {
        await using ApiHost host = await ApiHost.StartAsync();
        using TcpClient client = new();
        await client.ConnectAsync(IPAddress.Loopback, host.Address.Port, TestContext.Current.CancellationToken);
        NetworkStream stream = client.GetStream();
        await stream.WriteAsync("POST / HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 100000\r\n\r\n"u8.ToArray(), TestContext.Current.CancellationToken);
        Task<int> answer = stream.ReadAsync(new byte[1000], TestContext.Current.CancellationToken).AsTask();
        while (!answer.IsCompleted)
        {
            try
            {
                await stream.WriteAsync(" "u8.ToArray(), TestContext.Current.CancellationToken);
            }
            catch (IOException)
            {
                break; // hung up on
            }
            await Task.WhenAny(answer, Task.Delay(500, TestContext.Current.CancellationToken));
        }
        await AssertAnswersAsync(host);
    }

    [Fact]
    public async Task Idle_sockets_have_a_bound_and_those_within_it_are_served()
    {
        await using ApiHost host = await ApiHost.StartAsync(new ApiOptions { Limits = new RpcLimits { MaxConnections = 40 } });
        List<ClientWebSocket> sockets = [];
        int refused = 0;
        try
        {
            for (int i = 0; i < 30; i++)
            {
                ClientWebSocket socket = new();
                try
                {
                    await socket.ConnectAsync(new UriBuilder(host.Address) { Scheme = "ws" }.Uri, TestContext.Current.CancellationToken);
                    sockets.Add(socket);
                }
                catch (WebSocketException)
                {
                    socket.Dispose();
                    refused++;
                }
            }
            Assert.Equal((20, 10), (sockets.Count, refused));
            Assert.Contains("0x539", await AskAsync(sockets[^1], ApiHost.Request("eth_chainId")), StringComparison.Ordinal);
            Assert.Contains("-32700", await AskAsync(sockets[0], "garbage"), StringComparison.Ordinal);
            await AssertAnswersAsync(host);
        }
        finally
        {
            sockets.ForEach(socket => socket.Dispose());
        }
    }

    [Fact]
    public async Task A_socket_whose_message_is_too_long_is_closed()
    {
        await using ApiHost host = await ApiHost.StartAsync(new ApiOptions { Limits = new RpcLimits { MaxBodyBytes = 10_000 } });
        using ClientWebSocket socket = new();
        await socket.ConnectAsync(new UriBuilder(host.Address) { Scheme = "ws" }.Uri, TestContext.Current.CancellationToken);
        await socket.SendAsync(new byte[20_000], WebSocketMessageType.Text, endOfMessage: false, TestContext.Current.CancellationToken);
        WebSocketReceiveResult result = await socket.ReceiveAsync(new byte[100], TestContext.Current.CancellationToken);
        Assert.Equal(WebSocketCloseStatus.MessageTooBig, result.CloseStatus);
        await AssertAnswersAsync(host);
    }

    private static string Mutated(Random random)
    {
        char[] request = ApiHost.Request("eth_getBalance", "[\"0x0000000000000000000000000000000000000001\",\"latest\"]").ToCharArray();
        for (int i = random.Next(1, 6); i > 0; i--)
            request[random.Next(request.Length)] = (char)random.Next(32, 127);
        return new string(request);
    }

    private static async Task SendRawAsync(ApiHost host, byte[] bytes)
    {
        using TcpClient client = new();
        await client.ConnectAsync(IPAddress.Loopback, host.Address.Port, TestContext.Current.CancellationToken);
        await client.GetStream().WriteAsync(bytes, TestContext.Current.CancellationToken);
    }

    private static async Task<string> AskAsync(ClientWebSocket socket, string request)
    {
        await socket.SendAsync(Encoding.UTF8.GetBytes(request), WebSocketMessageType.Text, endOfMessage: true, TestContext.Current.CancellationToken);
        byte[] answer = new byte[10_000];
        WebSocketReceiveResult result = await socket.ReceiveAsync(answer, TestContext.Current.CancellationToken);
        return Encoding.UTF8.GetString(answer, 0, result.Count);
    }

    private static async Task AssertAnswersAsync(ApiHost host)
    {
        for (int i = 0; i < 5; i++)
            Assert.Equal("0x539", (await host.ResultAsync("eth_chainId")).GetString());
    }
}
