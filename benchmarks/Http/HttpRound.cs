using System.Diagnostics;

namespace Flashback.Benchmarks.Http;

/// <summary>A connection that asks a server for one thing after the other.</summary>
internal interface IHttpExchange : IDisposable
{
    /// <summary>Asks once and takes the whole answer.</summary>
    /// <param name="number">Of the request: what is asked for in turns.</param>
    /// <returns>What is measured of it.</returns>
    TimeSpan Exchange(int number);
}

/// <summary>What a server did in one round: four connections that ask again and again, then one alone.</summary>
/// <param name="Rate">Files a second.</param>
/// <param name="AloneMs">What is measured of an exchange, alone, the median.</param>
/// <param name="ProcessorMs">The server's processor time for each file.</param>
internal readonly record struct HttpRound(double Rate, double AloneMs, double ProcessorMs)
{
    private const int Connections = 4;

    private static readonly TimeSpan Alone = TimeSpan.FromSeconds(0.5);

    /// <summary>Measures a round.</summary>
    /// <param name="process">The server.</param>
    /// <param name="connect">Makes a connection; the number tells them apart.</param>
    /// <param name="time">How long the four ask.</param>
    public static async Task<HttpRound> MeasureAsync(ServerProcess process, Func<int, IHttpExchange> connect, TimeSpan time)
    {
        TimeSpan before = process.ProcessorTime;
        long started = Stopwatch.GetTimestamp();
        List<double>[] busy = await Task.WhenAll(Enumerable.Range(0, Connections).Select(connection => Task.Run(() => Ask(connect, connection, time))));
        double seconds = Stopwatch.GetElapsedTime(started).TotalSeconds;
        int exchanges = busy.Sum(one => one.Count);
        double used = (process.ProcessorTime - before).TotalMilliseconds;
        double[] alone = [.. Ask(connect, 0, Alone).Order()];
        return new HttpRound(exchanges / seconds, alone[alone.Length / 2], used / exchanges);
    }

    /// <summary>The middle one of several rounds, by a figure.</summary>
    public static double Median(IReadOnlyList<HttpRound> rounds, Func<HttpRound, double> of) => rounds.Select(of).Order().ElementAt(rounds.Count / 2);

    /// <summary>The median of the rounds' own ratios: what else goes on meets both.</summary>
    public static double Ratio(IReadOnlyList<HttpRound> rounds, IReadOnlyList<HttpRound> others) => rounds.Zip(others, (one, other) => one.Rate / other.Rate).Order().ElementAt(rounds.Count / 2);

    /// <summary>Asks on one connection.</summary>
    /// <returns>Milliseconds of each exchange.</returns>
    private static List<double> Ask(Func<int, IHttpExchange> connect, int first, TimeSpan time)
    {
        using IHttpExchange connection = connect(first);
        List<double> all = [];
        long started = Stopwatch.GetTimestamp();
        for (int i = first; Stopwatch.GetElapsedTime(started) < time; i++)
            all.Add(connection.Exchange(i).TotalMilliseconds);
        return all;
    }
}
