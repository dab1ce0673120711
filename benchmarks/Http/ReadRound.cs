using System.Diagnostics;

namespace Flashback.Benchmarks.Http;

/// <summary>What a server did in one round: four connections that read file after file, then one alone.</summary>
/// <param name="Rate">Files a second.</param>
/// <param name="FirstByteMs">To the first byte, alone, the median.</param>
/// <param name="ProcessorMs">The server's processor time for each file.</param>
internal readonly record struct ReadRound(double Rate, double FirstByteMs, double ProcessorMs)
{
    private const int Connections = 4;

    private static readonly TimeSpan Alone = TimeSpan.FromSeconds(0.5);

    /// <summary>Measures a round.</summary>
    /// <param name="process">The server.</param>
    /// <param name="port">Where it answers.</param>
    /// <param name="paths">What is read, in turns.</param>
    /// <param name="bytes">Of each.</param>
    /// <param name="time">How long the four read.</param>
    public static async Task<ReadRound> MeasureAsync(ServerProcess process, int port, string[] paths, long bytes, TimeSpan time)
    {
        TimeSpan before = process.ProcessorTime;
        long started = Stopwatch.GetTimestamp();
        List<double>[] busy = await Task.WhenAll(Enumerable.Range(0, Connections).Select(connection => Task.Run(() => Read(port, paths, bytes, connection, time))));
        double seconds = Stopwatch.GetElapsedTime(started).TotalSeconds;
        int reads = busy.Sum(one => one.Count);
        double used = (process.ProcessorTime - before).TotalMilliseconds;
        double[] alone = [.. Read(port, paths, bytes, 0, Alone).Order()];
        return new ReadRound(reads / seconds, alone[alone.Length / 2], used / reads);
    }

    /// <summary>The middle one of several rounds, by a figure.</summary>
    public static double Median(IReadOnlyList<ReadRound> rounds, Func<ReadRound, double> of) => rounds.Select(of).Order().ElementAt(rounds.Count / 2);

    /// <summary>The median of the rounds' own ratios: what else goes on meets both.</summary>
    public static double Ratio(IReadOnlyList<ReadRound> rounds, IReadOnlyList<ReadRound> others) => rounds.Zip(others, (one, other) => one.Rate / other.Rate).Order().ElementAt(rounds.Count / 2);

    /// <summary>Reads on one connection.</summary>
    /// <returns>Milliseconds to the first byte of each.</returns>
    private static List<double> Read(int port, string[] paths, long bytes, int first, TimeSpan time)
    {
        using RawReader reader = new(port);
        List<double> firsts = [];
        long started = Stopwatch.GetTimestamp();
        for (int i = first; Stopwatch.GetElapsedTime(started) < time; i++)
            firsts.Add(reader.Get(paths[i % paths.Length], bytes).TotalMilliseconds);
        return firsts;
    }
}
