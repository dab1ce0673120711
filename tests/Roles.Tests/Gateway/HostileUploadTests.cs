using System.Globalization;
using System.IO.Compression;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Flashback.Gateway.Objects;

namespace Flashback.Roles.Tests.Gateway;

/// <summary>Clients of plain HTTP that mean no good, or break: each is answered clearly, nothing is lost or paid, and nothing stays on the disk.</summary>
public sealed class HostileUploadTests : IAsyncLifetime
{
    private const string Boundary = "boundary";

    private GatewayHost _host = null!;
    private HttpClient _http = null!;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _host = await GatewayHost.StartAsync(options => options with { Patience = TimeSpan.FromSeconds(2) });
        _http = new HttpClient { BaseAddress = _host.Files };
    }

    public async ValueTask DisposeAsync()
    {
        _http.Dispose();
        await _host.DisposeAsync();
    }

    /// <summary>Names as they stand behind <c>filename*=UTF-8''</c>, each beside a right one.</summary>
    [Theory]
    [InlineData("..")]
    [InlineData(".")]
    [InlineData("..%2Fx")]
    [InlineData("a%2F..%2F..%2Fx")]
    [InlineData("%2Fetc%2Fpasswd")]
    [InlineData("a%2F")]
    [InlineData("a%2F%2Fb")]
    [InlineData("a%00b")]
    [InlineData("right.txt")]
    [InlineData("right.txt%2Fbelow")]
    [InlineData("folder")]
    [InlineData("empty")]
    public async Task A_name_that_leads_elsewhere_or_is_taken_makes_the_whole_form_void(string name)
    {
        string form = Part("form-data; name=f; filename=right.txt", "right") + Part("form-data; name=f; filename=\"folder/x\"", "x")
            + Part("form-data; name=f; filename=empty", "", "application/x-directory") + Part($"form-data; name=f; filename*=UTF-8''{name}", new string('y', 2_000_000)) + End;
        await AssertRefusedAsync(form, name);
    }

    [Fact]
    public async Task A_folder_may_not_take_the_place_of_a_file()
    {
        await AssertRefusedAsync(Part("form-data; name=f; filename=a", "a") + Part("form-data; name=f; filename=a", "", "application/x-directory") + End, "a folder of a file's name");
        await AssertRefusedAsync(Part("form-data; name=f; filename=\"a/b\"", "b") + Part("form-data; name=f; filename=a", "a") + End, "a file of a folder's name");
    }

    [Fact]
    public async Task A_name_may_be_strange_and_is_kept_as_it_is()
    {
        string form = Part("form-data; name=f; filename*=UTF-8''..%5C..%5Cx", "1") + Part("form-data; name=f; filename*=UTF-8''C%3A%5Cy", "2") + Part("form-data; name=f; filename*=UTF-8''...", "3") + End;
        string[] before = Files();
        (int status, string body) = await PostAsync(form);
        Assert.Equal(200, status);
        Assert.Equal(["...", "..\\..\\x", "C:\\y"], System.Text.Json.Nodes.JsonNode.Parse(body)!["files"]!.AsObject().Select(file => file.Key).Order(StringComparer.Ordinal));
        Assert.Equal(before, Files());
    }

    [Fact]
    public async Task Too_long_too_deep_and_too_many_are_refused()
    {
        await AssertRefusedAsync(Part($"form-data; name=f; filename={new string('n', 256)}", "x") + End, "a long name");
        await AssertRefusedAsync(Part($"form-data; name=f; filename*=UTF-8''{string.Concat(Enumerable.Repeat("%C3%BC", 128))}", "x") + End, "a name of many bytes");
        await AssertRefusedAsync(Part($"form-data; name=f; filename=\"{string.Join('/', Enumerable.Repeat("d", 65))}\"", "x") + End, "a deep path");
        await AssertRefusedAsync(Part($"form-data; name=f; filename=\"{new string('/', 12_000)}\"", "x") + End, "a path of slashes");
        await AssertRefusedAsync(Part("form-data; name=f; filename=a", "x", new string('t', 1_000)) + End, "a long type");
        await AssertRefusedAsync(Part("form-data; name=f; filename=a\r\nX-Long: " + new string('v', 20_000), "x") + End, "a long head");
        await AssertRefusedAsync(Part("form-data; name=f; filename=a" + string.Concat(Enumerable.Range(0, 20).Select(i => $"\r\nX-{i}: v")), "x") + End, "a head of many lines");
        await AssertRefusedAsync(string.Concat(Enumerable.Range(0, 10_001).Select(i => Part($"form-data; name=f; filename=\"{i % 100}/{i}\"", "x"))) + End, "many parts");
        await AssertRefusedAsync(string.Concat(Enumerable.Range(0, 9_000).Select(i => Part($"form-data; name=f; filename={i}", "x"))) + End, "many parts in one folder");
    }

    [Fact]
    public async Task A_form_that_is_none_is_refused()
    {
        string right = Part("form-data; name=f; filename=a", "content");
        await AssertRefusedAsync("", "nothing");
        await AssertRefusedAsync(End, "no part");
        await AssertRefusedAsync(Part("form-data; name=f", "content") + End, "no file");
        await AssertRefusedAsync(Part("form-data; name=f; filename=\"\"", "content") + End, "a file without a name");
        await AssertRefusedAsync(Part("attachment; filename=a", "content") + End, "another disposition");
        await AssertRefusedAsync(Part("form-data; name=f; filename=a", "x", "text/\u0001plain") + End, "a type that no header may have");
        await AssertRefusedAsync(right, "no end");
        await AssertRefusedAsync(right[..^10], "a file that breaks off");
        await AssertRefusedAsync(right + $"--{Boundary}\r\nContent-Dispo", "a head that breaks off");
        await AssertRefusedAsync(right + Part("form-data; name=f; filename=b", new string('b', 3_000_000))[..^9], "a large file that breaks off");
        foreach (string type in (string[])["multipart/form-data", "multipart/form-data; boundary=", "multipart/form-data; boundary=other", $"multipart/form-data; boundary={new string('b', 71)}", $"multipart/form-data; boundary={new string('b', 9_000)}"])
            await AssertRefusedAsync(right + End, type, type);
    }

    [Fact]
    public async Task A_type_that_no_answer_could_have_is_refused()
    {
        foreach (string type in (string[])["text/\u0001plain", "text/" + new string('t', 20_000)])
        {
            (int status, string body) = await PostAsync("content", type);
            Assert.True(status is 400 or 431, $"{status} {body}");
        }
        await AssertNothingIsLeftAsync();
    }

    [Theory]
    [InlineData("Content-Length: -1")]
    [InlineData("Content-Length: +5")]
    [InlineData("Content-Length: x")]
    [InlineData("Content-Length: 99999999999999999999")]
    [InlineData("Content-Length: 5\r\nContent-Length: 6")]
    [InlineData("Transfer-Encoding: chunked\r\nX: \r\n\r\nfffffffffffffffff\r\n")]
    [InlineData("Transfer-Encoding: chunked\r\n\r\n-1\r\n")]
    [InlineData("Transfer-Encoding: gzip")]
    public async Task A_size_that_makes_no_sense_is_refused(string size)
    {
        using TcpClient connection = await ConnectAsync($"POST /upload HTTP/1.1\r\n{size}\r\n\r\n");
        Assert.StartsWith("HTTP/1.1 4", await ReadLineAsync(connection), StringComparison.Ordinal);
        await AssertNothingIsLeftAsync();
    }

    [Fact]
    public async Task Who_sends_less_than_announced_breaks_off_or_falls_asleep_leaves_nothing_behind()
    {
        byte[] sent = new byte[9_000_000];
        byte[] begun = Encoding.UTF8.GetBytes(Part("form-data; name=f; filename=a", "a") + $"--{Boundary}\r\nContent-Disposition: form-data; name=f; filename=b\r\n\r\n");
        foreach (string type in (string[])["text/plain", $"multipart/form-data; boundary={Boundary}"])
        {
            foreach (bool isAsleep in (bool[])[false, true])
            {
                using TcpClient connection = await ConnectAsync($"POST /upload HTTP/1.1\r\nContent-Type: {type}\r\nContent-Length: 20000000\r\n\r\n");
                await connection.GetStream().WriteAsync(begun, Cancellation);
                await connection.GetStream().WriteAsync(sent, Cancellation);
                if (isAsleep)
                    Assert.StartsWith("HTTP/1.1 4", await ReadLineAsync(connection), StringComparison.Ordinal);
            }
        }
        await AssertNothingIsLeftAsync();
    }

    [Fact]
    public async Task What_is_packed_is_not_unpacked()
    {
        using MemoryStream packed = new();
        using (GZipStream gzip = new(packed, CompressionLevel.SmallestSize, leaveOpen: true))
            gzip.Write(new byte[100_000_000]);
        using HttpRequestMessage request = new(HttpMethod.Post, "/upload") { Content = new ByteArrayContent(packed.ToArray()) { Headers = { ContentEncoding = { "gzip" } } } };
        (int status, string body) = await SendAsync(request);
        Assert.Equal((200, packed.Length), (status, (long)System.Text.Json.Nodes.JsonNode.Parse(body)!["size"]!));
    }

    [Fact]
    public async Task A_wrong_token_gets_nothing_and_changes_nothing()
    {
        string cid = (string)System.Text.Json.Nodes.JsonNode.Parse((await PostAsync("content", "text/plain")).Body)!["cid"]!, token = _host.Token;
        string[] wrong = ["", "Bearer", "Bearer ", $"Basic {token}", token, $"Bearer {token}x", $"Bearer {token[..^1]}", $"Bearer {token}, Bearer {token}", $"Bearer x{token}", "Bearer " + new string('x', 20_000)];
        (HttpMethod Method, string Path)[] asked = [(HttpMethod.Post, "/upload"), (HttpMethod.Delete, $"/files/{cid}"), (HttpMethod.Get, $"/files/{cid}"), (HttpMethod.Get, "/quote?size=1"), (HttpMethod.Get, "/deals"), (HttpMethod.Get, "/wallet")];
        foreach (string authorization in wrong)
        {
            foreach ((HttpMethod method, string path) in asked)
            {
                using HttpRequestMessage request = new(method, path) { Content = method == HttpMethod.Post ? new ByteArrayContent(new byte[1_000]) : null };
                (int status, string body) = await SendAsync(request, authorization);
                Assert.True(status == 401, $"{authorization} {path}: {status} {body}");
            }
        }
        Assert.Equal(cid, Assert.Single(_host.Store.ListObjects("files", new ListQuery()).Objects).Key);
    }

    [Theory]
    [InlineData("")]
    [InlineData("-1")]
    [InlineData("+1")]
    [InlineData("%201")]
    [InlineData("1e3")]
    [InlineData("0x10")]
    [InlineData("1.5")]
    [InlineData("1,000")]
    [InlineData("NaN")]
    [InlineData("%D9%A3")]
    [InlineData("1%00")]
    [InlineData("5497558138881")]
    [InlineData("9223372036854775808")]
    [InlineData("99999999999999999999999999")]
    [InlineData("1&size=1")]
    [InlineData("%ff")]
    public async Task What_is_no_size_has_no_price(string size)
    {
        using HttpRequestMessage request = new(HttpMethod.Get, new Uri($"{_host.Files}quote?size={size}", new UriCreationOptions { DangerousDisablePathAndQueryCanonicalization = true }));
        Assert.Equal(400, (await SendAsync(request)).Status);
    }

    [Theory]
    [InlineData("GET", "/files?after=%00")]
    [InlineData("GET", "/files?after=%ff%fe")]
    [InlineData("GET", "/files?after=a&after=b")]
    [InlineData("GET", "/files/..%2f..%2fetc%2fpasswd")]
    [InlineData("GET", "/files/../../etc/passwd")]
    [InlineData("GET", "/files/%00")]
    [InlineData("GET", "/files/")]
    [InlineData("GET", "/files/a/b")]
    [InlineData("GET", "/stat/x")]
    [InlineData("GET", "/stat/%2e%2e")]
    [InlineData("GET", "/wallet/x")]
    [InlineData("POST", "/deals")]
    [InlineData("POST", "/wallet")]
    [InlineData("DELETE", "/deals")]
    [InlineData("PUT", "/upload")]
    [InlineData("DELETE", "/files/x")]
    [InlineData("PATCH", "/files/bafkqaaa")]
    public async Task What_makes_no_sense_is_no_failure_of_ours(string method, string target)
    {
        using TcpClient connection = await ConnectAsync($"{method} {target} HTTP/1.1\r\nContent-Length: 0\r\n\r\n");
        string status = await ReadLineAsync(connection);
        Assert.True(status.StartsWith("HTTP/1.1 4", StringComparison.Ordinal) || target.Contains("after=", StringComparison.Ordinal), status);
        Assert.DoesNotContain(" 5", status, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_identifier_may_be_as_long_as_a_request()
    {
        foreach (char letter in "bfmQzaA1")
        {
            foreach (int length in (int[])[1, 2, 58, 59, 60, 7_000])
            {
                using HttpRequestMessage request = new(HttpMethod.Get, $"/ipfs/{new string(letter, length)}?format=raw");
                Assert.Equal(400, (await SendAsync(request)).Status);
            }
        }
    }

    private static string End => $"--{Boundary}--\r\n";

    private static string Part(string disposition, string content, string? type = null) =>
        $"--{Boundary}\r\nContent-Disposition: {disposition}\r\n{(type is null ? "" : $"Content-Type: {type}\r\n")}\r\n{content}\r\n";

    private async Task AssertRefusedAsync(string form, string what, string type = $"multipart/form-data; boundary={Boundary}")
    {
        (int status, string body) = await PostAsync(form, type);
        Assert.True(status == 400, $"{what}: {status} {body}");
        Assert.True(body.Length > 10, what);
        await AssertNothingIsLeftAsync();
    }

    private Task<(int Status, string Body)> PostAsync(string body, string type = $"multipart/form-data; boundary={Boundary}")
    {
        ByteArrayContent content = new(Encoding.UTF8.GetBytes(body));
        Assert.True(content.Headers.TryAddWithoutValidation("Content-Type", type));
        return SendAsync(new HttpRequestMessage(HttpMethod.Post, "/upload") { Content = content });
    }

    private async Task<(int Status, string Body)> SendAsync(HttpRequestMessage request, string? authorization = null)
    {
        using (request)
        {
            Assert.True(request.Headers.TryAddWithoutValidation("Authorization", authorization ?? $"Bearer {_host.Token}"));
            using HttpResponseMessage answer = await _http.SendAsync(request, Cancellation);
            return ((int)answer.StatusCode, await answer.Content.ReadAsStringAsync(Cancellation));
        }
    }

    private async Task<TcpClient> ConnectAsync(string head)
    {
        TcpClient connection = new();
        await connection.ConnectAsync(IPAddress.Loopback, _host.Files.Port, Cancellation);
        int line = head.IndexOf("\r\n", StringComparison.Ordinal) + 2;
        await connection.GetStream().WriteAsync(Encoding.Latin1.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{head[..line]}Host: localhost\r\nAuthorization: Bearer {_host.Token}\r\n{head[line..]}")), Cancellation);
        return connection;
    }

    private static async Task<string> ReadLineAsync(TcpClient connection) => await new StreamReader(connection.GetStream()).ReadLineAsync(Cancellation) ?? "";

    /// <summary>What somebody breaks off is cleared away soon after; there is no moment to wait for.</summary>
    private async Task AssertNothingIsLeftAsync()
    {
        for (int i = 0; i < 100 && Files().Length > 1; i++)
            await Task.Delay(100, Cancellation);
        Assert.Single(Files()); // the open piece
        Assert.Empty(_host.Store.ListObjects("files", new ListQuery()).Objects);
        await _host.Store.Placement.PassAsync(Cancellation);
        await foreach (Flashback.Proofs.Piece paid in _host.Network.ListAsync(Cancellation))
            Assert.Fail($"{paid} was paid for");
    }

    private string[] Files() => [.. new[] { "pieces", "parts" }.SelectMany(name => Directory.GetFiles(Path.Combine(_host.Folder, name)))];
}
