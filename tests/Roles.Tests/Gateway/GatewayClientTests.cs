using Flashback.Gateway.Content;
using Flashback.Gateway.Remote;
using Flashback.Testing;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Flashback.Roles.Tests.Gateway;

/// <summary>The client of a gateway: what it puts it names itself, what it gets it verifies.</summary>
public sealed class GatewayClientTests : IAsyncLifetime
{
    private readonly string _folder = Directory.CreateTempSubdirectory("flashback-client-").FullName;
    private GatewayHost _host = null!;
    private GatewayClient _client = null!;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _host = await GatewayHost.StartAsync();
        _client = new GatewayClient(_host.Files, _host.Token);
    }

    public async ValueTask DisposeAsync()
    {
        _client.Dispose();
        await _host.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public async Task A_file_and_a_folder_are_put_told_of_had_again_and_let_go()
    {
        string file = Write("file", 2_500_000), source = Path.Combine(_folder, "source"), target = Path.Combine(_folder, "target");
        Directory.CreateDirectory(source);
        string[] names = ["a.txt", "b c.bin", "ü"];
        foreach (string name in names)
            Write(Path.Combine("source", name), 1_000);
        RemoteFile one = await _client.PutAsync(file, Cancellation), folder = await _client.PutAsync(source, Cancellation);
        Assert.Equal(2_500_000, one.Size);

        await _client.GetAsync(Cid.Parse(one.Cid), target, Cancellation);
        Assert.Equal(await File.ReadAllBytesAsync(file, Cancellation), await File.ReadAllBytesAsync(target, Cancellation));
        await _client.GetAsync(Cid.Parse(folder.Cid), target + "s", Cancellation);
        foreach (string name in names)
            Assert.Equal(await File.ReadAllBytesAsync(Path.Combine(source, name), Cancellation), await File.ReadAllBytesAsync(Path.Combine(target + "s", name), Cancellation));

        List<string> listed = [];
        await foreach (RemoteFile known in _client.ListAsync(Cancellation))
            listed.Add(known.Cid);
        Assert.Contains(one.Cid, listed);
        Assert.Contains(folder.Cid, listed);
        Assert.Contains((await _client.StatAsync(Cid.Parse(one.Cid), Cancellation)).State, (string[])["waiting", "packed"]);
        await _host.Store.FlushAsync(Cancellation);
        await _host.Store.Placement.PassAsync(Cancellation);
        RemoteFile stored = await _client.StatAsync(Cid.Parse(one.Cid), Cancellation);
        Assert.Equal(("stored", 1), (stored.State, stored.Copies));

        await _client.DeleteAsync(Cid.Parse(one.Cid), Cancellation);
        await Assert.ThrowsAsync<IOException>(() => _client.StatAsync(Cid.Parse(one.Cid), Cancellation));
    }

    [Fact]
    public async Task What_cannot_be_put_is_said_and_nothing_is_left_where_nothing_was_had()
    {
        Directory.CreateDirectory(Path.Combine(_folder, "deep", "below"));
        await Assert.ThrowsAsync<InvalidDataException>(() => _client.PutAsync(Path.Combine(_folder, "deep"), Cancellation));
        string target = Path.Combine(_folder, "target");
        await Assert.ThrowsAnyAsync<IOException>(() => _client.GetAsync(Cid.Of(Multicodec.Raw, [1, 2, 3]), target, Cancellation));
        using GatewayClient stranger = new(_host.Files, token: null), nobody = new(new Uri("http://127.0.0.1:1"), token: null);
        Assert.Contains("401", (await Assert.ThrowsAsync<IOException>(() => stranger.PutAsync(Write("file", 10), Cancellation))).Message, StringComparison.Ordinal);
        await Assert.ThrowsAsync<IOException>(() => nobody.StatAsync(Cid.Of(Multicodec.Raw, [1]), Cancellation));
        Assert.False(Path.Exists(target));
    }

    [Fact]
    public async Task A_gateway_that_gives_or_names_something_else_is_found_out()
    {
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        await using WebApplication liar = builder.Build();
        Cid other = Cid.Of(Multicodec.Raw, [9]);
        byte[] escaping = new DagNode([new DagLink(other, "../escaped", 1)], UnixFsEntry.Directory.Encode()).Encode();
        Cid folder = Cid.Of(Multicodec.DagPb, escaping);
        liar.MapPost("/upload", async http =>
        {
            await http.Request.Body.CopyToAsync(Stream.Null, http.RequestAborted);
            await http.Response.WriteAsync($$"""{"cid":"{{other}}","size":1}""", http.RequestAborted);
        });
        liar.MapGet("/ipfs/{cid}", (string cid) => cid == folder.ToString() ? Results.Bytes(escaping) : cid == other.ToString() ? Results.Bytes([9]) : Results.Bytes(new byte[100]));
        liar.MapGet("/stat/{cid}", () => Results.Text("""{"cid":null}"""));
        await liar.StartAsync(Cancellation);
        using GatewayClient client = new(new Uri(liar.Urls.First()), token: null);
        string target = Path.Combine(_folder, "target");
        await Assert.ThrowsAsync<InvalidDataException>(() => client.PutAsync(Write("file", 10), Cancellation));
        await Assert.ThrowsAsync<InvalidDataException>(() => client.GetAsync(Cid.Of(Multicodec.Raw, [1]), target, Cancellation));
        await Assert.ThrowsAsync<InvalidDataException>(() => client.GetAsync(folder, target, Cancellation));
        await Assert.ThrowsAsync<IOException>(() => client.StatAsync(other, Cancellation));
        Assert.Equal(["file"], Directory.GetFileSystemEntries(_folder).Select(Path.GetFileName));
    }

    private string Write(string name, int size)
    {
        byte[] bytes = new byte[size];
        Seeds.Fresh().NextBytes(bytes);
        string path = Path.Combine(_folder, name);
        File.WriteAllBytes(path, bytes);
        return path;
    }
}
