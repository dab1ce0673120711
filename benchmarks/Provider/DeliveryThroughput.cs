using System.Diagnostics;
using System.Globalization;
using System.Net;
using Flashback.Benchmarks.Http;
using Flashback.Primitives;
using Flashback.Proofs;
using Flashback.Provider;
using Microsoft.Extensions.Logging.Abstractions;

namespace Flashback.Benchmarks.Provider;

/// <summary><c>./bench --delivery</c>: readable copies of 8 MiB pieces over HTTP as a provider gives them, beside nginx on the same files; and how long the sealing of a devnet sector takes.</summary>
/// <remarks>Both servers are programs of their own, asked in turns by the same client on the same connections, so that whatever else goes on meets both. nginx is looked for on the PATH, or where the variable NGINX_PROGRAM says.</remarks>
internal static class DeliveryThroughput
{
    public const string ServerVerb = "--delivery-server";

    private const int Pieces = 8;
    private const int Rounds = 9;
    private const int PieceLength = (8 << 20) / 128 * 127; // all that 8 MiB hold before padding

    private static readonly TimeSpan Round = TimeSpan.FromSeconds(2);

    public static async Task PrintAsync()
    {
        string folder = Directory.CreateTempSubdirectory("flashback-delivery-").FullName;
        try
        {
            string[] names = MakePieces(Path.Combine(folder, "pieces"));
            await CompareAsync(folder, names);
            await SealAsync(Path.Combine(folder, "sectors"), workers: 1);
            await SealAsync(Path.Combine(folder, "sectors"), workers: 2);
            int receipt = 185 + (32 * DataTreeRows(PieceLength));
            Console.WriteLine(FormattableString.Invariant($"a receipt of an 8 MiB piece: {receipt} bytes of proof, {4096 * 31 / (64 * receipt) * 64} in a blob in batches of 64"));
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    /// <summary>The process that gives pieces, until its input ends.</summary>
    public static async Task ServeAsync(string folder)
    {
        using PieceShelf shelf = new(folder);
        ProviderAnswers answers = new(new ProofRequests(new ParameterCache(folder))) { Pieces = new PieceEndpoints(shelf, new NothingAsked()) };
        await using ProviderServer server = await ProviderServer.StartAsync(new IPEndPoint(IPAddress.Loopback, 0), answers, NullLoggerFactory.Instance, CancellationToken.None);
        Console.WriteLine(server.Endpoint.Port);
        await Console.In.ReadToEndAsync();
    }

    private static int DataTreeRows(long length) => PaddedSize.Holding(length).TreeHeight;

    private static string[] MakePieces(string folder)
    {
        using PieceShelf shelf = new(folder);
        Random random = new(1);
        byte[] data = new byte[PieceLength];
        string[] names = new string[Pieces];
        for (int i = 0; i < Pieces; i++)
        {
            random.NextBytes(data);
            Hash32 commP = PieceCommitment.Compute(data).Commitment;
            shelf.Restore(commP, output => output.Write(data));
            names[i] = Convert.ToHexStringLower(commP.AsSpan());
        }
        return names;
    }

    private static async Task CompareAsync(string folder, string[] names)
    {
        using ServerProcess provider = ServerProcess.Start(Environment.ProcessPath!, [ServerVerb, Path.Combine(folder, "pieces")]);
        List<(string Name, ServerProcess Process, int Port)> servers = [("provider", provider, int.Parse(await provider.ReadLineAsync(), CultureInfo.InvariantCulture))];
        using Nginx? nginx = Nginx.Start(Path.Combine(folder, "nginx"), Path.Combine(folder, "pieces"));
        if (nginx is null)
            Console.WriteLine("nginx is not here: the provider is measured alone");
        else
            servers.Add(("nginx", nginx.Process, nginx.Port));
        Dictionary<string, List<HttpRound>> rounds = servers.ToDictionary(server => server.Name, _ => new List<HttpRound>());
        for (int round = 0; round < Rounds; round++)
        {
            foreach ((string name, ServerProcess process, int port) in servers)
                rounds[name].Add(await HttpRound.MeasureAsync(process, _ => new RawReader(port, [.. names.Select(piece => (name == "provider" ? "/pieces/" : "/") + piece)], PieceLength), Round));
        }
        foreach ((string name, List<HttpRound> all) in rounds)
        {
            all.RemoveAt(0); // it compiles
            Console.WriteLine(FormattableString.Invariant(
                $"{name,-9} {HttpRound.Median(all, one => one.Rate),7:F1} deliveries/s  {HttpRound.Median(all, one => one.Rate * PieceLength / 1e6),8:F0} MB/s  first byte p50, one reader, {HttpRound.Median(all, one => one.AloneMs),6:F2} ms  its processor {HttpRound.Median(all, one => one.ProcessorMs) / (PieceLength / 1e6),6:F3} s/GB"));
        }
        if (nginx is not null)
            Console.WriteLine(FormattableString.Invariant($"provider / nginx: {HttpRound.Ratio(rounds["provider"], rounds["nginx"]):F2} of its deliveries, median of rounds"));
    }

    private static async Task SealAsync(string folder, int workers)
    {
        const int Sectors = 2;
        ParentFiles parents = new(Path.Combine(folder, "parents"));
        Hash32 ticket = Sha256Of("ticket");
        long started = Stopwatch.GetTimestamp();
        TimeSpan processor = Process.GetCurrentProcess().TotalProcessorTime;
        if (workers == 1)
        {
            parents.Open(SealKind.Devnet.CreateGraph(), progress: null, CancellationToken.None).Dispose(); // made once for all sectors
            (started, processor) = (Stopwatch.GetTimestamp(), Process.GetCurrentProcess().TotalProcessorTime);
        }
        await Parallel.ForAsync(0, Sectors, new ParallelOptions { MaxDegreeOfParallelism = workers }, (i, cancellation) =>
        {
            string path = Path.Combine(folder, FormattableString.Invariant($"{workers}-{i}"));
            using Sector sector = Sector.Create(path, SealKind.Devnet, ReplicaId.ProviderId(1), (ulong)i, parents, progress: null);
            sector.Seal(ticket, cancellation);
            return ValueTask.CompletedTask;
        });
        double seconds = Stopwatch.GetElapsedTime(started).TotalSeconds, used = (Process.GetCurrentProcess().TotalProcessorTime - processor).TotalSeconds;
        Console.WriteLine(FormattableString.Invariant($"sealing {Sectors} devnet sectors of 8 MiB, {workers} at once: {seconds / Sectors:F2} s a sector, {used / Sectors:F2} s of processor"));
    }

    private static Hash32 Sha256Of(string text)
    {
        byte[] hash = System.Security.Cryptography.SHA256.HashData(System.Text.Encoding.ASCII.GetBytes(text));
        hash[^1] &= 0x3f;
        return Hash32.Read(hash);
    }

    /// <summary>Takes no pieces.</summary>
    private sealed class NothingAsked : IPieceIntake
    {
        public ValueTask<ExpectedPiece?> FindAsync(Hash32 commP, string? deal, CancellationToken cancellation) => new((ExpectedPiece?)null);

        public Task<string?> OrderPullAsync(Hash32 commP, PullOrder order, CancellationToken cancellation) => Task.FromResult<string?>("no deal asks for it");

        public bool TryRecall(Hash32 commP) => false;
    }
}
