using Flashback.Benchmarks.Http;

namespace Flashback.Benchmarks.Gateway;

/// <summary>A server that files are put into.</summary>
/// <param name="Name">For people.</param>
/// <param name="Process">What is measured.</param>
/// <param name="Port">Where it answers.</param>
/// <param name="Heads">Request lines and headers of the files of a connection.</param>
internal sealed record PutServer(string Name, ServerProcess Process, int Port, Func<IEnumerable<string>, IEnumerable<string>> Heads);

/// <summary>Files put into servers in turns: by four connections, then by one alone. No two files are alike, and their names come again.</summary>
internal static class PutThroughput
{
    private const int Rounds = 6; // without the first: it compiles
    private const int Names = 16; // of a connection

    private static readonly TimeSpan Round = TimeSpan.FromSeconds(1.5);

    /// <summary>Measures and prints.</summary>
    /// <param name="size">The files' size, for people.</param>
    /// <param name="bytes">The same in bytes.</param>
    /// <param name="servers">Those that are measured.</param>
    /// <param name="pairs">Which are compared: the first by the second.</param>
    public static async Task PrintAsync(string size, int bytes, IReadOnlyList<PutServer> servers, IEnumerable<(string One, string Other)> pairs)
    {
        Dictionary<string, List<HttpRound>> rounds = servers.ToDictionary(server => server.Name, _ => new List<HttpRound>());
        for (int round = 0; round < Rounds; round++)
        {
            foreach (PutServer server in servers)
            {
                HttpRound measured = await HttpRound.MeasureAsync(
                    server.Process, connection => new RawWriter(server.Port, server.Heads(Enumerable.Range(0, Names).Select(i => FormattableString.Invariant($"/bench/{connection}-{i}"))), bytes), Round);
                if (round > 0)
                    rounds[server.Name].Add(measured);
            }
        }
        foreach ((string name, List<HttpRound> all) in rounds)
        {
            double rate = HttpRound.Median(all, one => one.Rate);
            Console.WriteLine(FormattableString.Invariant(
                $"put  {size}  {name,-10} {rate,8:F1} a second  {rate * bytes / 1e6,7:F1} MB/s  alone p50 {HttpRound.Median(all, one => one.AloneMs),7:F2} ms  its processor {HttpRound.Median(all, one => one.ProcessorMs),6:F3} ms each"));
        }
        foreach ((string one, string other) in pairs.Where(pair => rounds.ContainsKey(pair.One) && rounds.ContainsKey(pair.Other)))
            Console.WriteLine(FormattableString.Invariant($"put  {size}  {one} / {other}: {HttpRound.Ratio(rounds[one], rounds[other]):F2} of its rate, median of rounds"));
    }
}
