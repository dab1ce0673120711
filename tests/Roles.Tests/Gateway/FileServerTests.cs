using System.Net;
using System.Net.Http.Headers;
using System.Text.Json.Nodes;
using Flashback.Files.Content;
using Flashback.Testing;

namespace Flashback.Roles.Tests.Gateway;

public sealed class FileServerTests : IAsyncLifetime
{
    private GatewayHost _host = null!;
    private HttpClient _http = null!;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _host = await GatewayHost.StartAsync(options => options with { KeptBytes = 0 });
        _http = new HttpClient { BaseAddress = _host.Files, DefaultRequestHeaders = { Authorization = new AuthenticationHeaderValue("Bearer", _host.Token) } };
    }

    public async ValueTask DisposeAsync()
    {
        _http.Dispose();
        await _host.DisposeAsync();
    }

    [Fact]
    public async Task A_file_comes_back_whole_and_in_ranges()
    {
        byte[] content = Bytes(Seeds.Fresh(), 3_000_000);
        string cid = (string)(await UploadAsync(new ByteArrayContent(content) { Headers = { ContentType = new("image/png") } }))["cid"]!;
        using HttpResponseMessage whole = await _http.GetAsync($"/files/{cid}", Cancellation);
        Assert.Equal(content, await whole.Content.ReadAsByteArrayAsync(Cancellation));
        Assert.Equal(("image/png", $"\"{cid}\"", true), (whole.Content.Headers.ContentType!.MediaType, whole.Headers.ETag!.Tag, whole.Headers.CacheControl!.ToString().Contains("immutable", StringComparison.Ordinal)));
        using HttpResponseMessage part = await SendAsync(HttpMethod.Get, $"/files/{cid}", ("Range", "bytes=1048570-1048580"));
        Assert.Equal((HttpStatusCode.PartialContent, "bytes 1048570-1048580/3000000"), (part.StatusCode, part.Content.Headers.ContentRange!.ToString()));
        Assert.Equal(content[1048570..1048581], await part.Content.ReadAsByteArrayAsync(Cancellation));
        using HttpResponseMessage beyond = await SendAsync(HttpMethod.Get, $"/files/{cid}", ("Range", "bytes=3000000-"));
        Assert.Equal(HttpStatusCode.RequestedRangeNotSatisfiable, beyond.StatusCode);
        using HttpResponseMessage same = await SendAsync(HttpMethod.Get, $"/files/{cid}", ("If-None-Match", $"\"{cid}\""));
        Assert.Equal(HttpStatusCode.NotModified, same.StatusCode);
        using HttpResponseMessage head = await SendAsync(HttpMethod.Head, $"/files/{cid}");
        Assert.Equal(3_000_000, head.Content.Headers.ContentLength);
        Assert.Equal(cid, (string)(await UploadAsync(new ByteArrayContent(content)))["cid"]!);
    }

    [Fact]
    public async Task Who_shows_no_token_is_told_so()
    {
        using HttpClient stranger = new() { BaseAddress = _host.Files };
        foreach (string path in (string[])["/files/bafkqaaa", "/ipfs/bafkqaaa?format=raw", "/upload", "/health", "/quote?size=1", "/deals", "/wallet"])
        {
            using HttpResponseMessage answer = await stranger.GetAsync(path, Cancellation);
            Assert.Equal(HttpStatusCode.Unauthorized, answer.StatusCode);
        }
    }

    [Fact]
    public async Task A_form_of_files_becomes_a_directory_that_an_archive_holds()
    {
        Random random = Seeds.Fresh();
        byte[] first = Bytes(random, 10_000), second = Bytes(random, 2_500_000);
        using MultipartFormDataContent form = new() { { new StringContent("ignored"), "field" }, { new ByteArrayContent(first), "file", "a.txt" }, { new ByteArrayContent(second), "file", "ü b.bin" } };
        JsonNode answer = await UploadAsync(form);
        string root = (string)answer["cid"]!, file = (string)answer["files"]!["ü b.bin"]!;
        List<(Cid Cid, byte[] Block)> all = await ReadCarAsync($"/ipfs/{root}?format=car");
        Assert.Equal(root, all[0].Cid.ToString());
        Assert.Equal(1 + 1 + 4, all.Count); // the directory, one block, and a node with three leaves
        List<(Cid Cid, byte[] Block)> below = await ReadCarAsync($"/ipfs/{root}/{Uri.EscapeDataString("ü b.bin")}?format=car");
        Assert.Equal([root, file], below.Take(2).Select(block => block.Cid.ToString()));
        Assert.Equal(second, below.Skip(2).SelectMany(block => block.Block));
        Assert.Single(await ReadCarAsync($"/ipfs/{root}?format=car&dag-scope=entity"));
        Assert.Equal(2, (await ReadCarAsync($"/ipfs/{root}/a.txt?format=car&dag-scope=block")).Count);
        Assert.Equal(2, (await ReadCarAsync($"/ipfs/{file}?format=car&dag-scope=entity&entity-bytes=1048576:1048576")).Count);
        Assert.Equal(3, (await ReadCarAsync($"/ipfs/{file}?format=car&dag-scope=entity&entity-bytes=-1000000:*")).Count);
        Assert.Equal(4, (await ReadCarAsync($"/ipfs/{file}?format=car&entity-bytes=0:*")).Count);
    }

    [Fact]
    public async Task A_block_comes_with_the_headers_of_a_trustless_gateway()
    {
        string cid = (string)(await UploadAsync(new ByteArrayContent([1, 2, 3])))["cid"]!;
        using HttpResponseMessage raw = await SendAsync(HttpMethod.Get, $"/ipfs/{cid}", ("Accept", "application/vnd.ipld.raw"));
        Assert.Equal([1, 2, 3], await raw.Content.ReadAsByteArrayAsync(Cancellation));
        Assert.Equal("application/vnd.ipld.raw", raw.Content.Headers.ContentType!.ToString());
        Assert.Equal($"\"{cid}.raw\"", raw.Headers.ETag!.Tag);
        Assert.Equal($"/ipfs/{cid}", raw.Headers.GetValues("X-Ipfs-Path").Single());
        Assert.Equal(cid, raw.Headers.GetValues("X-Ipfs-Roots").Single());
        Assert.Equal("nosniff", raw.Headers.GetValues("X-Content-Type-Options").Single());
        Assert.Equal($"attachment; filename=\"{cid}.bin\"", raw.Content.Headers.ContentDisposition!.ToString());
        Assert.Contains("immutable", raw.Headers.CacheControl!.ToString(), StringComparison.Ordinal);
        using HttpResponseMessage car = await SendAsync(HttpMethod.Head, $"/ipfs/{cid}", ("Accept", "application/vnd.ipld.car;version=1;order=dfs"));
        Assert.Equal("application/vnd.ipld.car; version=1; order=dfs; dups=n", car.Content.Headers.ContentType!.ToString());
        using HttpResponseMessage same = await SendAsync(HttpMethod.Get, $"/ipfs/{cid}?format=car", ("If-None-Match", car.Headers.ETag!.Tag));
        Assert.Equal(HttpStatusCode.NotModified, same.StatusCode);
        using HttpResponseMessage inline = await SendAsync(HttpMethod.Get, "/ipfs/bafkqablimvwgy3y?format=raw");
        Assert.Equal("hello", await inline.Content.ReadAsStringAsync(Cancellation));
    }

    [Theory]
    [InlineData(406, "/ipfs/bafkqaaa")]
    [InlineData(406, "/ipfs/bafkqaaa?format=tar")]
    [InlineData(400, "/ipfs/bafkqaaa?format=car&car-version=2")]
    [InlineData(400, "/ipfs/bafkqaaa/x?format=raw")]
    [InlineData(400, "/ipfs/notacid?format=raw")]
    [InlineData(400, "/ipfs/bafkqaaa?format=car&entity-bytes=5:1")]
    [InlineData(400, "/ipfs/bafkqaaa?format=car&dag-scope=other")]
    [InlineData(404, "/ipfs/bafkreihdwdcefgh4dqkjv67uzcmw7ojee6xedzdetojuzjevtenxquvyku?format=raw")]
    [InlineData(404, "/ipfs/bafkqaaa/x?format=car")]
    [InlineData(404, "/files/bafkreihdwdcefgh4dqkjv67uzcmw7ojee6xedzdetojuzjevtenxquvyku")]
    [InlineData(400, "/files/..%2f..%2fetc")]
    [InlineData(400, "/quote")]
    [InlineData(400, "/quote?size=-1")]
    [InlineData(400, "/quote?size=9999999999999")]
    [InlineData(400, "/quote?size=1&size=2")]
    [InlineData(404, "/other")]
    public async Task A_failure_has_its_status_and_is_kept_by_nobody(int status, string path)
    {
        using HttpResponseMessage answer = await _http.GetAsync(path, Cancellation);
        Assert.Equal((status, "no-store"), ((int)answer.StatusCode, answer.Headers.CacheControl?.ToString()));
    }

    [Fact]
    public async Task What_is_stored_and_cannot_be_read_now_is_not_said_to_be_absent()
    {
        string cid = (string)(await UploadAsync(new ByteArrayContent(new byte[100])))["cid"]!;
        await _host.Store.FlushAsync(Cancellation);
        await _host.Store.Placement.PassAsync(Cancellation);
        _host.Network.IsDown = true;
        foreach (string path in (string[])[$"/files/{cid}", $"/ipfs/{cid}?format=raw", $"/ipfs/{cid}?format=car"])
        {
            using HttpResponseMessage answer = await _http.GetAsync(path, Cancellation);
            Assert.Equal((HttpStatusCode.ServiceUnavailable, "no-store"), (answer.StatusCode, answer.Headers.CacheControl?.ToString()));
        }
        _host.Network.IsDown = false;
        Assert.Equal(new byte[100], await _http.GetByteArrayAsync($"/files/{cid}", Cancellation));
    }

    [Theory]
    [InlineData("../x")]
    [InlineData("..")]
    [InlineData("/a")]
    [InlineData("a/")]
    [InlineData("a//c")]
    [InlineData("a/./c")]
    [InlineData("a/../../c")]
    [InlineData("b")]
    [InlineData("b/c")]
    [InlineData("d/e")]
    public async Task A_path_in_a_form_that_leads_out_of_the_folder_or_is_taken_is_refused_and_nothing_is_kept(string path)
    {
        using MultipartFormDataContent form = new() { { new ByteArrayContent(new byte[1_500_000]), "file", "b" }, { new ByteArrayContent([1]), "file", "d/e" }, { new ByteArrayContent([2]), "file", path } };
        using HttpResponseMessage answer = await _http.PostAsync("/upload", form, Cancellation);
        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        Assert.Empty(_host.Store.ListObjects("files", new Flashback.Gateway.Objects.ListQuery()).Objects);
        Assert.Single(Directory.GetFiles(Path.Combine(_host.Folder, "pieces"))); // the open piece
    }

    [Fact]
    public async Task Folders_in_a_form_may_lie_so_deep_and_no_deeper()
    {
        string deep = string.Join('/', Enumerable.Repeat("d", FolderTree.MostDepth));
        using (MultipartFormDataContent form = new() { { new ByteArrayContent([1]), "file", deep } })
            Assert.Equal("d", Assert.Single((await UploadAsync(form))["files"]!.AsObject()).Key[..1]);
        using MultipartFormDataContent deeper = new() { { new ByteArrayContent([1]), "file", deep + "/d" } };
        using HttpResponseMessage answer = await _http.PostAsync("/upload", deeper, Cancellation);
        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
    }

    private async Task<JsonNode> UploadAsync(HttpContent content)
    {
        using HttpResponseMessage answer = await _http.PostAsync("/upload", content, Cancellation);
        string text = await answer.Content.ReadAsStringAsync(Cancellation);
        Assert.True(answer.IsSuccessStatusCode, text);
        return JsonNode.Parse(text)!;
    }

    private async Task<HttpResponseMessage> SendAsync(HttpMethod method, string path, params (string Name, string Value)[] headers)
    {
        using HttpRequestMessage request = new(method, path);
        foreach ((string name, string value) in headers)
            request.Headers.TryAddWithoutValidation(name, value);
        return await _http.SendAsync(request, Cancellation);
    }

    private async Task<List<(Cid Cid, byte[] Block)>> ReadCarAsync(string path)
    {
        using Stream car = await _http.GetStreamAsync(path, Cancellation);
        using CarReader reader = await CarReader.OpenAsync(car, CarEnd.Exact, Cancellation);
        List<(Cid, byte[])> blocks = [];
        while (await reader.MoveNextAsync(Cancellation))
            blocks.Add((reader.Cid, reader.Content.ToArray()));
        return blocks;
    }

    private static byte[] Bytes(Random random, int count)
    {
        byte[] bytes = new byte[count];
        random.NextBytes(bytes);
        return bytes;
    }
}
