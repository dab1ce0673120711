using System.Globalization;
using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Flashback.Benchmarks.Http;
using Flashback.Gateway;
using Flashback.Gateway.Objects;
using Flashback.Gateway.S3;
using Flashback.State.Store.Sqlite;
using Microsoft.Extensions.Logging.Abstractions;

namespace Flashback.Benchmarks.Gateway;

/// <summary><c>./bench --gateway</c>: files of three sizes through a gateway, got over plain HTTP beside nginx on the same files, and put over plain HTTP and S3 beside nginx (WebDAV) and an S3 server.</summary>
/// <remarks>
/// All servers are programs of their own, asked in turns by the same client. The gateway alone has on the disk what it acknowledges. The gateway's pieces are on its disk and stay there: what a network of providers adds is measured elsewhere. <c>./bench --gateway-server FOLDER</c> is that gateway alone, for clients of S3:
/// it prints its ports and the keys, and ends with its input.
/// </remarks>
internal static class GatewayThroughput
{
    public const string ServerVerb = "--gateway-server";

    private const string AccessKey = "FLASHBACK", Secret = "a secret for measuring alone";
    private const int Rounds = 7;
    private const string Plain = "gateway", OverS3 = "gateway S3", Dav = "nginx dav", Peer = "s3rver";

    private static readonly (string Name, int Bytes, int Files)[] Sizes = [("8 MiB", 8 << 20, 8), ("1 MiB", 1 << 20, 16), ("4 KiB", 4 << 10, 64)];
    private static readonly TimeSpan Round = TimeSpan.FromSeconds(1.5);

    public static async Task PrintAsync()
    {
        string folder = Directory.CreateTempSubdirectory("flashback-gateway-").FullName, root = Directory.CreateDirectory(Path.Combine(folder, "files")).FullName;
        try
        {
            using ServerProcess gateway = ServerProcess.Start(Environment.ProcessPath!, [ServerVerb, Path.Combine(folder, "gateway")]);
            int[] ports = [.. (await gateway.ReadLineAsync()).Split(' ').Take(2).Select(port => int.Parse(port, CultureInfo.InvariantCulture))];
            using Nginx? nginx = Nginx.Start(Path.Combine(folder, "nginx"), root);
            using S3Peer? s3 = S3Peer.Start(Path.Combine(folder, "s3"));
            if (nginx is null)
                Console.WriteLine("nginx is not here: nothing is compared with it");
            else if (!nginx.TakesFiles)
                Console.WriteLine("this nginx has no WebDAV: nothing is put into it");
            if (s3 is null)
                Console.WriteLine("S3RVER_PROGRAM does not name s3rver's script: no S3 server is compared");
            foreach ((string name, int bytes, int files) in Sizes)
                await CompareAsync(name, bytes, await PrepareAsync(ports[0], root, bytes, files), (gateway, ports[0]), nginx);
            List<PutServer> servers = [.. ServersOf(gateway, ports, nginx, s3)];
            foreach ((string name, int bytes, _) in Sizes)
                await PutThroughput.PrintAsync(name, bytes, servers, [(Plain, Dav), (OverS3, Peer)]);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    /// <summary>The process that is measured.</summary>
    public static async Task ServeAsync(string folder)
    {
        Directory.CreateDirectory(folder);
        GatewayOptions options = new() { Folder = folder };
        using SqliteStore index = SqliteStore.Open(Path.Combine(folder, "index"), ObjectStore.Columns);
        await using ObjectStore store = ObjectStore.Open(index, new PatientNetwork(), options, TimeProvider.System, NullLogger.Instance);
        GatewayEndpoints endpoints = new(new IPEndPoint(IPAddress.Loopback, 0), new IPEndPoint(IPAddress.Loopback, 0)) { Credentials = [new S3Credentials(AccessKey, Secret)] };
        await using GatewayServer server = await GatewayServer.StartAsync(endpoints, store, options, NullLoggerFactory.Instance, CancellationToken.None);
        Console.WriteLine($"{server.Files.Port} {server.S3.Port} {AccessKey} {Secret}");
        await Console.In.ReadToEndAsync();
    }

    /// <summary>Those that files can be put into.</summary>
    private static IEnumerable<PutServer> ServersOf(ServerProcess gateway, int[] ports, Nginx? nginx, S3Peer? s3)
    {
        yield return new PutServer(Plain, gateway, ports[0], paths => paths.Select(_ => "POST /upload HTTP/1.1\r\nHost: localhost\r\n"));
        yield return OfS3(OverS3, gateway, ports[1], AccessKey, Secret);
        if (nginx is { TakesFiles: true })
            yield return new PutServer(Dav, nginx.Process, nginx.Port, paths => paths.Select(path => $"PUT {path.Replace("/bench/", "/put-", StringComparison.Ordinal)} HTTP/1.1\r\nHost: localhost\r\n"));
        if (s3 is not null)
            yield return OfS3(Peer, s3.Process, s3.Port, S3Peer.Key, S3Peer.Key);
    }

    private static PutServer OfS3(string name, ServerProcess process, int port, string accessKey, string secret)
    {
        using (RawWriter bucket = new(port, S3Request.Put(port, accessKey, secret, ["/bench"]), 0))
            bucket.Exchange(0);
        return new PutServer(name, process, port, paths => S3Request.Put(port, accessKey, secret, paths));
    }

    /// <summary>Puts the files that will be read.</summary>
    /// <returns>Their identifiers, which are their names for nginx.</returns>
    private static async Task<string[]> PrepareAsync(int port, string root, int bytes, int files)
    {
        using HttpClient client = new() { BaseAddress = new Uri($"http://127.0.0.1:{port}") };
        string[] cids = new string[files];
        for (int i = 0; i < files; i++)
        {
            byte[] content = new byte[bytes];
            new Random(i + bytes).NextBytes(content);
            using HttpResponseMessage answer = await client.PostAsync(new Uri("upload", UriKind.Relative), new ByteArrayContent(content));
            cids[i] = (await answer.EnsureSuccessStatusCode().Content.ReadFromJsonAsync<JsonElement>()).GetProperty("cid").GetString()!;
            await File.WriteAllBytesAsync(Path.Combine(root, cids[i]), content);
        }
        return cids;
    }

    private static async Task CompareAsync(string name, int bytes, string[] cids, (ServerProcess Process, int Port) gateway, Nginx? nginx)
    {
        List<HttpRound> own = [], peer = [];
        for (int round = 0; round < Rounds; round++)
        {
            own.Add(await HttpRound.MeasureAsync(gateway.Process, _ => new RawReader(gateway.Port, [.. cids.Select(cid => $"/files/{cid}")], bytes), Round));
            if (nginx is not null)
                peer.Add(await HttpRound.MeasureAsync(nginx.Process, _ => new RawReader(nginx.Port, [.. cids.Select(cid => $"/{cid}")], bytes), Round));
        }
        own = own[1..]; // the first one compiles
        Tell(name, "gateway", own, bytes);
        if (nginx is null)
            return;
        peer = peer[1..];
        Tell(name, "nginx", peer, bytes);
        Console.WriteLine(FormattableString.Invariant($"get  {name}  gateway / nginx: {HttpRound.Ratio(own, peer):F2} of its rate, median of rounds"));
    }

    private static void Tell(string name, string server, List<HttpRound> rounds, int bytes)
    {
        double rate = HttpRound.Median(rounds, one => one.Rate);
        Console.WriteLine(FormattableString.Invariant(
            $"get  {name}  {server,-7} {rate,8:F1} a second  {rate * bytes / 1e6,7:F1} MB/s  first byte p50, one reader, {HttpRound.Median(rounds, one => one.AloneMs),6:F2} ms  its processor {HttpRound.Median(rounds, one => one.ProcessorMs),6:F3} ms each"));
    }
}
