using System.Diagnostics;
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

/// <summary><c>./bench --gateway</c>: files of three sizes through a gateway over plain HTTP, beside nginx on the same files.</summary>
/// <remarks>
/// Both servers are programs of their own, asked in turns by the same client. The gateway's pieces are on its disk and stay there: what a network of providers adds is measured elsewhere. <c>./bench --gateway-server FOLDER</c> is that gateway alone, for clients of S3:
/// it prints its ports and the keys, and ends with its input.
/// </remarks>
internal static class GatewayThroughput
{
    public const string ServerVerb = "--gateway-server";

    private const string AccessKey = "FLASHBACK", Secret = "a secret for measuring alone";
    private const int Rounds = 7;
    private const int Puts = 4; // at a time

    private static readonly (string Name, int Bytes, int Files)[] Sizes = [("8 MiB", 8 << 20, 8), ("1 MiB", 1 << 20, 16), ("4 KiB", 4 << 10, 64)];
    private static readonly TimeSpan Round = TimeSpan.FromSeconds(1.5);

    public static async Task PrintAsync()
    {
        string folder = Directory.CreateTempSubdirectory("flashback-gateway-").FullName, root = Directory.CreateDirectory(Path.Combine(folder, "files")).FullName;
        try
        {
            using ServerProcess gateway = ServerProcess.Start(Environment.ProcessPath!, [ServerVerb, Path.Combine(folder, "gateway")]);
            int port = int.Parse((await gateway.ReadLineAsync()).Split(' ')[0], CultureInfo.InvariantCulture);
            using Nginx? nginx = Nginx.Start(Path.Combine(folder, "nginx"), root);
            if (nginx is null)
                Console.WriteLine("nginx is not here: the gateway is measured alone");
            foreach ((string name, int bytes, int files) in Sizes)
                await CompareAsync(name, bytes, await PutAsync(name, port, root, bytes, files), (gateway, port), nginx);
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

    /// <summary>Puts files, as many at a time as will be read, and tells how quickly.</summary>
    /// <returns>Their identifiers, which are their names for nginx.</returns>
    private static async Task<string[]> PutAsync(string name, int port, string root, int bytes, int files)
    {
        using HttpClient client = new() { BaseAddress = new Uri($"http://127.0.0.1:{port}") };
        string[] cids = new string[files];
        long started = Stopwatch.GetTimestamp();
        await Parallel.ForAsync(0, files, new ParallelOptions { MaxDegreeOfParallelism = Puts }, async (i, cancellation) =>
        {
            byte[] content = new byte[bytes];
            new Random(i + bytes).NextBytes(content);
            using HttpResponseMessage answer = await client.PostAsync(new Uri("upload", UriKind.Relative), new ByteArrayContent(content), cancellation);
            cids[i] = (await answer.EnsureSuccessStatusCode().Content.ReadFromJsonAsync<JsonElement>(cancellation)).GetProperty("cid").GetString()!;
            await File.WriteAllBytesAsync(Path.Combine(root, cids[i]), content, cancellation);
        });
        double seconds = Stopwatch.GetElapsedTime(started).TotalSeconds;
        Console.WriteLine(FormattableString.Invariant($"put  {name}  gateway {files / seconds,8:F1} a second  {files * (double)bytes / 1e6 / seconds,7:F1} MB/s"));
        return cids;
    }

    private static async Task CompareAsync(string name, int bytes, string[] cids, (ServerProcess Process, int Port) gateway, Nginx? nginx)
    {
        List<ReadRound> own = [], peer = [];
        for (int round = 0; round < Rounds; round++)
        {
            own.Add(await ReadRound.MeasureAsync(gateway.Process, gateway.Port, [.. cids.Select(cid => $"/files/{cid}")], bytes, Round));
            if (nginx is not null)
                peer.Add(await ReadRound.MeasureAsync(nginx.Process, nginx.Port, [.. cids.Select(cid => $"/{cid}")], bytes, Round));
        }
        own = own[1..]; // the first one compiles
        Tell(name, "gateway", own, bytes);
        if (nginx is null)
            return;
        peer = peer[1..];
        Tell(name, "nginx", peer, bytes);
        Console.WriteLine(FormattableString.Invariant($"get  {name}  gateway / nginx: {ReadRound.Ratio(own, peer):F2} of its rate, median of rounds"));
    }

    private static void Tell(string name, string server, List<ReadRound> rounds, int bytes)
    {
        double rate = ReadRound.Median(rounds, one => one.Rate);
        Console.WriteLine(FormattableString.Invariant(
            $"get  {name}  {server,-7} {rate,8:F1} a second  {rate * bytes / 1e6,7:F1} MB/s  first byte p50, one reader, {ReadRound.Median(rounds, one => one.FirstByteMs),6:F2} ms  its processor {ReadRound.Median(rounds, one => one.ProcessorMs),6:F3} ms each"));
    }
}
