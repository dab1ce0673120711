using System.Net;
using System.Text.Json;
using Flashback.Api;
using Flashback.Api.JsonRpc;
using Flashback.State.Store;

namespace Flashback.Engine.Tests.Api;

/// <summary>The frame around methods. spec: JSON-RPC 2.0</summary>
public class JsonRpcTests
{
    [Theory]
    [InlineData("", RpcCode.ParseError)]
    [InlineData("{", RpcCode.ParseError)]
    [InlineData("nonsense", RpcCode.ParseError)]
    [InlineData("""{"jsonrpc":"2.0","id":1,"method":"eth_chainId"} trailing""", RpcCode.ParseError)]
    [InlineData("1", RpcCode.InvalidRequest)]
    [InlineData("null", RpcCode.InvalidRequest)]
    [InlineData("[]", RpcCode.InvalidRequest)]
    [InlineData("{}", RpcCode.InvalidRequest)]
    [InlineData("""{"id":1,"method":7}""", RpcCode.InvalidRequest)]
    [InlineData("""{"id":[1],"method":"eth_chainId"}""", RpcCode.InvalidRequest)]
    [InlineData("""{"id":1,"method":"eth_nothing"}""", RpcCode.MethodNotFound)]
    [InlineData("""{"id":1,"method":"ETH_CHAINID"}""", RpcCode.MethodNotFound)]
    [InlineData("""{"id":1,"method":"eth_getBalance"}""", RpcCode.InvalidParams)]
    [InlineData("""{"id":1,"method":"eth_getBalance","params":{"address":1}}""", RpcCode.InvalidParams)]
    [InlineData("""{"id":1,"method":"eth_getBalance","params":["0x12"]}""", RpcCode.InvalidParams)]
    [InlineData("""{"id":1,"method":"test_fail"}""", RpcCode.Internal)]
    public async Task A_request_that_cannot_be_answered_gets_the_standards_code(string body, int code)
    {
        await using ApiHost host = await ApiHost.StartAsync(more: table => table.Add("test_fail", string (_) => throw new InvalidTimeZoneException("the secret of the house")));
        JsonElement answer = await host.AskAsync(body);
        Assert.Equal("2.0", answer.GetProperty("jsonrpc").GetString());
        (int came, string message, _) = ApiHost.ErrorOf(answer);
        Assert.Equal(code, came);
        Assert.DoesNotContain("secret", message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("1")]
    [InlineData("\"one\"")]
    [InlineData("1.5")]
    [InlineData("null")]
    public async Task The_answer_carries_the_requests_id_as_it_was_written(string id)
    {
        await using ApiHost host = await ApiHost.StartAsync();
        JsonElement answer = await host.AskAsync($$"""{"jsonrpc":"2.0","id":{{id}},"method":"eth_chainId"}""");
        Assert.Equal(id, answer.GetProperty("id").GetRawText());
        Assert.Equal("0x539", ApiHost.ResultOf(answer).GetString());
    }

    [Fact]
    public async Task A_batch_is_answered_in_order_and_notifications_not_at_all()
    {
        await using ApiHost host = await ApiHost.StartAsync();
        JsonElement answers = await host.AskAsync("""[{"id":1,"method":"eth_chainId"},{"method":"eth_chainId"},7,{"id":2,"method":"eth_nothing"},{"id":3,"method":"eth_blockNumber"}]""");
        Assert.Equal(["1", "null", "2", "3"], answers.EnumerateArray().Select(answer => answer.GetProperty("id").GetRawText()));
        Assert.Equal(RpcCode.InvalidRequest, ApiHost.ErrorOf(answers[1]).Code);
        Assert.Equal(RpcCode.MethodNotFound, ApiHost.ErrorOf(answers[2]).Code);
        using HttpResponseMessage silent = await host.PostAsync("""[{"method":"eth_chainId"},{"method":"eth_nothing"}]""");
        Assert.Equal("", await silent.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task A_batch_longer_than_allowed_is_refused_whole()
    {
        await using ApiHost host = await ApiHost.StartAsync(new ApiOptions { Limits = new RpcLimits { MaxBatch = 2 } });
        const string One = """{"id":1,"method":"eth_chainId"}""";
        Assert.Equal(2, (await host.AskAsync($"[{One},{One}]")).GetArrayLength());
        Assert.Equal(RpcCode.InvalidRequest, ApiHost.ErrorOf(await host.AskAsync($"[{One},{One},{One}]")).Code);
    }

    [Fact]
    public async Task A_body_longer_than_allowed_is_refused()
    {
        await using ApiHost host = await ApiHost.StartAsync(new ApiOptions { Limits = new RpcLimits { MaxBodyBytes = 1000 } });
        string padding = new(' ', 1000 - ApiHost.Request("eth_chainId").Length);
        using HttpResponseMessage fits = await host.PostAsync(ApiHost.Request("eth_chainId") + padding);
        Assert.Equal(HttpStatusCode.OK, fits.StatusCode);
        using HttpResponseMessage tooLong = await host.PostAsync(ApiHost.Request("eth_chainId") + padding + " ");
        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, tooLong.StatusCode);
        using HttpResponseMessage chunked = await host.PostAsync(ApiHost.Request("eth_chainId") + padding + " ", change: request => request.Headers.TransferEncodingChunked = true);
        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, chunked.StatusCode);
    }

    [Fact]
    public async Task An_answer_longer_than_allowed_becomes_an_error()
    {
        await using ApiHost host = await ApiHost.StartAsync(new ApiOptions { Limits = new RpcLimits { MaxAnswerBytes = 300 } }, table => table.Add("test_long", _ => new string('x', 1000)));
        Assert.Equal(RpcCode.LimitExceeded, (await host.ErrorAsync("test_long")).Code);
        Assert.Equal("0x539", (await host.ResultAsync("eth_chainId")).GetString());
    }

    [Fact]
    public async Task A_method_that_takes_too_long_is_given_up()
    {
        await using ApiHost host = await ApiHost.StartAsync(
            new ApiOptions { Limits = new RpcLimits { Timeout = TimeSpan.FromMilliseconds(50) } },
            table => table.Add("test_wait", async ValueTask<bool> (call) =>
            {
                await Task.Delay(Timeout.Infinite, call.Cancellation);
                return true;
            }));
        Assert.Equal(RpcCode.Timeout, (await host.ErrorAsync("test_wait")).Code);
    }

    [Fact]
    public async Task Only_json_is_read()
    {
        await using ApiHost host = await ApiHost.StartAsync();
        using HttpResponseMessage response = await host.PostAsync(ApiHost.Request("eth_chainId"), "text/plain");
        Assert.Equal(HttpStatusCode.UnsupportedMediaType, response.StatusCode);
        using HttpResponseMessage get = await host.Client.GetAsync(host.Address, TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.MethodNotAllowed, get.StatusCode);
    }

    [Theory]
    [InlineData("localhost", HttpStatusCode.OK)]
    [InlineData("LOCALHOST:8545", HttpStatusCode.OK)]
    [InlineData("127.0.0.1:1", HttpStatusCode.OK)]
    [InlineData("[::1]", HttpStatusCode.OK)]
    [InlineData("node.example", HttpStatusCode.OK)]
    [InlineData("evil.example", HttpStatusCode.Forbidden)]
    [InlineData("localhost.evil.example", HttpStatusCode.Forbidden)]
    public async Task Only_known_names_of_this_host_are_answered(string name, HttpStatusCode status)
    {
        await using ApiHost host = await ApiHost.StartAsync(new ApiOptions { Hosts = ["localhost", "node.example"] });
        using HttpResponseMessage response = await host.PostAsync(ApiHost.Request("eth_chainId"), change: request => request.Headers.Host = name);
        Assert.Equal(status, response.StatusCode);
    }

    [Theory]
    [InlineData("", "https://page.example", false)]
    [InlineData("https://page.example", "https://page.example", true)]
    [InlineData("https://page.example", "https://other.example", false)]
    [InlineData("*", "https://other.example", true)]
    public async Task Pages_may_ask_whose_origin_is_allowed(string allowed, string origin, bool mayAsk)
    {
        await using ApiHost host = await ApiHost.StartAsync(new ApiOptions { CorsOrigins = allowed.Length == 0 ? [] : [allowed] });
        using HttpResponseMessage response = await host.PostAsync(ApiHost.Request("eth_chainId"), change: request => request.Headers.Add("Origin", origin));
        Assert.Equal(mayAsk, response.Headers.Contains("Access-Control-Allow-Origin"));
    }

    [Theory]
    [InlineData("\"0x1\"", true)]
    [InlineData("1", true)]
    [InlineData("\"1\"", true)]
    [InlineData("-1", false)]
    [InlineData("1.5", false)]
    [InlineData("\"\"", false)]
    [InlineData("\" 1\"", false)]
    [InlineData("true", false)]
    [InlineData("null", false)]
    public async Task A_count_comes_as_a_quantity_a_number_or_digits(string count, bool isOne)
    {
        await using ApiHost host = await ApiHost.StartAsync();
        string parameters = $"[{count}, \"latest\", []]";
        if (isOne)
            Assert.Equal(2, (await host.ResultAsync("eth_feeHistory", parameters)).GetProperty("baseFeePerGas").GetArrayLength());
        else
            Assert.Equal(RpcCode.InvalidParams, (await host.ErrorAsync("eth_feeHistory", parameters)).Code);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task What_a_batch_brought_is_kept_once_before_any_of_it_is_acknowledged(bool diskFails)
    {
        int times = 0;
        void Keep()
        {
            times++;
            if (diskFails)
                throw new StoreException("the disk is full");
        }
        await using ApiHost host = await ApiHost.StartAsync(more: table => table.Add("test_bring", call =>
        {
            call.Duties.Add(Keep);
            return times;
        }));
        const string One = """{"id":1,"method":"test_bring"}""";
        JsonElement answer = await host.AskAsync($"[{One},{One},{One}]");
        Assert.Equal(1, times);
        if (diskFails)
            Assert.Equal(RpcCode.Internal, ApiHost.ErrorOf(answer).Code);
        else
            Assert.Equal([0, 0, 0], answer.EnumerateArray().Select(each => ApiHost.ResultOf(each).GetInt32()));
    }

    [Fact]
    public async Task The_health_page_tells_the_head()
    {
        await using ApiHost host = await ApiHost.StartAsync();
        host.Dev.Adopt(host.Dev.Head, 1);
        string health = await host.Client.GetStringAsync(new Uri(host.Address, "/health"), TestContext.Current.CancellationToken);
        Assert.Contains("\"blockNumber\":\"0x1\"", health, StringComparison.Ordinal);
        string metrics = await host.Client.GetStringAsync(new Uri(host.Address, "/metrics"), TestContext.Current.CancellationToken);
        Assert.Contains("# TYPE", metrics, StringComparison.Ordinal);
    }
}
