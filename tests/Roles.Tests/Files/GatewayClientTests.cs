using Flashback.Files.Content;
using Flashback.Files;
using Flashback.Roles.Tests.Gateway;
using Flashback.Testing;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace Flashback.Roles.Tests.Files;

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
        string[] names = ["a.txt", "b c.bin", "ü", "deep/er/x \"quoted\"", "deep/y;z", "only/one"];
        foreach (string name in names)
            Write(Path.Combine("source", name), 1_000);
        Directory.CreateDirectory(Path.Combine(source, "empty", "too"));
        RemoteFile one = await _client.PutAsync(file, Cancellation), folder = await _client.PutAsync(source, Cancellation);
        Assert.Equal(2_500_000, one.Size);

        await _client.GetAsync(Cid.Parse(one.Cid), target, Cancellation);
        Assert.Equal(await File.ReadAllBytesAsync(file, Cancellation), await File.ReadAllBytesAsync(target, Cancellation));
        await _client.GetAsync(Cid.Parse(folder.Cid), target + "s", Cancellation);
        foreach (string name in names)
            Assert.Equal(await File.ReadAllBytesAsync(Path.Combine(source, name), Cancellation), await File.ReadAllBytesAsync(Path.Combine(target + "s", name), Cancellation));

        Assert.Empty(Directory.GetFileSystemEntries(Path.Combine(target + "s", "empty", "too")));
        Assert.Equal(Tree(source), Tree(target + "s"));

        List<string> listed = [];
        await foreach (RemoteFile known in _client.ListAsync(Cancellation))
            listed.Add(known.Cid);
        Assert.Contains(one.Cid, listed);
        Assert.Contains(folder.Cid, listed);
        RemoteFile waiting = await _client.StatAsync(Cid.Parse(one.Cid), Cancellation);
        Assert.Equal("uploaded", waiting.State);
        Assert.All(waiting.Pieces!, piece => Assert.Null(piece.Providers));
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
        Directory.CreateDirectory(Path.Combine(_folder, "linked"));
        File.CreateSymbolicLink(Path.Combine(_folder, "linked", "elsewhere"), "/etc/hostname");
        await Assert.ThrowsAsync<InvalidDataException>(() => _client.PutAsync(Path.Combine(_folder, "linked"), Cancellation));
        string target = Path.Combine(_folder, "target");
        await Assert.ThrowsAnyAsync<IOException>(() => _client.GetAsync(Cid.Of(Multicodec.Raw, [1, 2, 3]), target, Cancellation));
        using GatewayClient stranger = new(_host.Files, token: null), nobody = new(new Uri("http://127.0.0.1:1"), token: null);
        Assert.Contains("401", (await Assert.ThrowsAsync<IOException>(() => stranger.PutAsync(Write("file", 10), Cancellation))).Message, StringComparison.Ordinal);
        await Assert.ThrowsAsync<IOException>(() => nobody.StatAsync(Cid.Of(Multicodec.Raw, [1]), Cancellation));
        Assert.False(Path.Exists(target));
    }

    [Fact]
    public async Task How_much_was_sent_is_told_from_the_first_byte_to_the_last_of_a_file_a_folder_and_what_is_encrypted()
    {
        string file = Write("file", 2_500_000);
        foreach (string name in (string[])["a", "b/c", "b/d"])
            Write(Path.Combine("folder", name), 300_000);
        Write("folder/empty", 0);
        foreach ((string path, ContentSecret? secret, long? total) in ((string, ContentSecret?, long?)[])[(file, null, 2_500_000), (Path.Combine(_folder, "folder"), null, 900_000), (file, ContentSecret.Generate(), null)])
        {
            Upload upload = await Upload.OpenAsync(path, secret, Cancellation);
            Told told = new();
            await _client.PutAsync(upload, told, Cancellation);
            Assert.True(told.All.Count > 9);
            Assert.All(told.All, one => Assert.Equal(total ?? upload.Size, one.TotalBytes));
            Assert.Equal(told.All.Select(one => one.SentBytes).Order(), told.All.Select(one => one.SentBytes));
            Assert.Equal(told.All[^1].TotalBytes, told.All[^1].SentBytes);
            Assert.InRange(told.All[0].SentBytes, 1, 1 << 16);
        }
    }

    [Fact]
    public async Task A_gateway_that_gives_or_names_something_else_is_found_out()
    {
        Cid other = Cid.Of(Multicodec.Raw, [9]);
        byte[] escaping = new DagNode([new DagLink(other, "../escaped", 1)], UnixFsEntry.Directory.Encode()).Encode();
        Cid folder = Cid.Of(Multicodec.DagPb, escaping);
        await using WebApplication liar = await LoopbackServer.StartAsync(app =>
        {
            app.MapPost("/upload", async http =>
            {
                await http.Request.Body.CopyToAsync(Stream.Null, http.RequestAborted);
                await http.Response.WriteAsync($$"""{"cid":"{{other}}","size":1}""", http.RequestAborted);
            });
            app.MapGet("/ipfs/{cid}", (string cid) => cid == folder.ToString() ? Results.Bytes(escaping) : cid == other.ToString() ? Results.Bytes([9]) : Results.Bytes(new byte[100]));
            app.MapGet("/stat/{cid}", () => Results.Text("""{"cid":null}"""));
        });
        using GatewayClient client = new(new Uri(liar.Urls.First()), token: null);
        string target = Path.Combine(_folder, "target");
        await Assert.ThrowsAsync<InvalidDataException>(() => client.PutAsync(Write("file", 10), Cancellation));
        await Assert.ThrowsAsync<InvalidDataException>(() => client.GetAsync(Cid.Of(Multicodec.Raw, [1]), target, Cancellation));
        await Assert.ThrowsAsync<InvalidDataException>(() => client.GetAsync(folder, target, Cancellation));
        await Assert.ThrowsAsync<IOException>(() => client.StatAsync(other, Cancellation));
        Assert.Equal(["file"], Directory.GetFileSystemEntries(_folder).Select(Path.GetFileName));
    }

    [Fact]
    public async Task A_folder_of_one_file_or_of_none_is_a_folder_still_and_goes_as_one()
    {
        string one = Directory.CreateDirectory(Path.Combine(_folder, "one")).FullName, none = Directory.CreateDirectory(Path.Combine(_folder, "none")).FullName;
        Write(Path.Combine("one", "file"), 1_200_000);
        RemoteFile put = await _client.PutAsync(one, Cancellation), empty = await _client.PutAsync(none, Cancellation);
        await _client.GetAsync(Cid.Parse(put.Cid), one + "-again", Cancellation);
        await _client.GetAsync(Cid.Parse(empty.Cid), none + "-again", Cancellation);
        Assert.Equal(Tree(one), Tree(one + "-again"));
        Assert.Empty(Tree(none + "-again"));
        List<string> listed = [];
        await foreach (RemoteFile known in _client.ListAsync(Cancellation))
            listed.Add(known.Cid);
        Assert.Equal([.. new[] { put.Cid, empty.Cid }.Order()], listed); // its file is no object of its own
        await _client.DeleteAsync(Cid.Parse(put.Cid), Cancellation);
        await _client.DeleteAsync(Cid.Parse(empty.Cid), Cancellation);
        Assert.All(_host.Store.Placement.ListPieces(), piece => Assert.Equal(0, piece.Live));
    }

    [Fact]
    public async Task What_was_encrypted_comes_back_by_its_secret_alone_and_says_nothing_to_the_gateway()
    {
        ContentSecret secret = ContentSecret.Generate();
        string file = Write("file", 2_500_000), folder = Path.Combine(_folder, "folder");
        foreach (string name in (string[])["a", "deep/er/secret-name", "deep/b"])
            Write(Path.Combine("folder", name), 1_100_000);
        Upload first = await Upload.OpenAsync(file, secret, Cancellation), second = await Upload.OpenAsync(folder, secret, Cancellation);
        Assert.NotEqual(first.Cid, (await Upload.OpenAsync(file, secret, Cancellation)).Cid);
        await _client.PutAsync(first, Cancellation);
        await _client.PutAsync(second, Cancellation);

        await _client.GetAsync(first.Cid, file + "-again", secret, Cancellation);
        await _client.GetAsync(second.Cid, folder + "-again", secret, Cancellation);
        Assert.Equal(await File.ReadAllBytesAsync(file, Cancellation), await File.ReadAllBytesAsync(file + "-again", Cancellation));
        Assert.Equal(Tree(folder), Tree(folder + "-again"));
        Assert.Equal(await File.ReadAllBytesAsync(Path.Combine(folder, "deep", "b"), Cancellation), await File.ReadAllBytesAsync(Path.Combine(folder + "-again", "deep", "b"), Cancellation));

        foreach (Cid cid in (Cid[])[first.Cid, second.Cid])
            await Assert.ThrowsAsync<InvalidDataException>(() => _client.GetAsync(cid, file + "-wrong", ContentSecret.Generate(), Cancellation));
        RemoteFile plain = await _client.PutAsync(file, Cancellation);
        await Assert.ThrowsAsync<InvalidDataException>(() => _client.GetAsync(Cid.Parse(plain.Cid), file + "-wrong", secret, Cancellation));
        await _client.GetAsync(second.Cid, folder + "-sealed", Cancellation);
        Assert.Equal(-1, (await File.ReadAllBytesAsync(folder + "-sealed", Cancellation)).AsSpan().IndexOf("secret-name"u8));
        Assert.Equal(["file", "file-again", "folder", "folder-again", "folder-sealed"], Directory.GetFileSystemEntries(_folder).Select(Path.GetFileName).Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task What_it_costs_who_keeps_it_and_who_pays_is_told()
    {
        RemoteQuote small = await _client.QuoteAsync(1_000, Cancellation), large = await _client.QuoteAsync(20_000_000, Cancellation), none = await _client.QuoteAsync(0, Cancellation);
        Assert.Equal((4_096L, 1, 30d), (small.PaddedBytes, small.Copies, small.Days)); // with the manifest
        Assert.Equal((8L << 20) * 2 + (4 << 20), large.PaddedBytes); // two sectors, and what is left
        Assert.InRange(none.PaddedBytes, 128, 4_096);
        Assert.Equal("0.000000000020971520".TrimEnd('0'), large.Total);
        Assert.Equal((7ul, "0.000000000035791394"), (small.Offers[0].Provider, small.Offers[0].PricePerGibDay));
        Assert.Null(small.Refusal);
        _host.Network.IsPoor = true;
        Assert.NotNull((await _client.QuoteAsync(1_000, Cancellation)).Refusal);
        _host.Network.IsPoor = false;

        Assert.Empty(await _client.ListDealsAsync(Cancellation));
        Assert.Null((await _client.GetWalletAsync(Cancellation)).RunwayDays);
        RemoteFile file = await _client.PutAsync(Write("file", 100), Cancellation);
        RemoteFile waiting = await _client.StatAsync(Cid.Parse(file.Cid), Cancellation);
        Assert.Contains("share a piece", Assert.Single(waiting.Pieces!).Waits!, StringComparison.Ordinal);
        await _host.Store.FlushAsync(Cancellation);
        await _host.Store.Placement.PassAsync(Cancellation);
        RemoteDeal deal = Assert.Single(await _client.ListDealsAsync(Cancellation));
        Assert.Equal(("running", "proven", 7ul), (deal.State, deal.Providers[0].State, deal.Providers[0].Provider));
        Assert.InRange(deal.RunwayDays, 29.9, 30);
        RemoteWallet wallet = await _client.GetWalletAsync(Cancellation);
        Assert.Equal(("0.000001099511627776", "0.000000000000000005"), (wallet.Balance, wallet.Credit));
        Assert.NotNull(wallet.PaidUntil);
        RemotePiece stored = Assert.Single((await _client.StatAsync(Cid.Parse(file.Cid), Cancellation)).Pieces!);
        Assert.Equal(("stored", 1, (string?)null), (stored.State, stored.Copies, stored.Waits));

        _host.Network.IsDown = true;
        Assert.Contains("503", (await Assert.ThrowsAsync<IOException>(() => _client.GetWalletAsync(Cancellation))).Message, StringComparison.Ordinal);
    }

    private static string[] Tree(string folder) =>
        [.. Directory.GetFileSystemEntries(folder, "*", SearchOption.AllDirectories).Select(path => Path.GetRelativePath(folder, path)).Order(StringComparer.Ordinal)];

    private string Write(string name, int size)
    {
        byte[] bytes = new byte[size];
        Seeds.Fresh().NextBytes(bytes);
        string path = Path.Combine(_folder, name);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllBytes(path, bytes);
        return path;
    }

    private sealed class Told : IProgress<SendProgress>
    {
        public List<SendProgress> All { get; } = [];

        public void Report(SendProgress value) => All.Add(value);
    }
}
