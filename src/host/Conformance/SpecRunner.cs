using System.Diagnostics;

namespace Flashback.Conformance;

/// <summary>What a run over vectors came to.</summary>
public readonly record struct SpecSummary(int Passed, int Failed, int Skipped, TimeSpan Elapsed);

/// <summary>Runs a kind of vectors over a file or folder, units side by side over the cores, and reports each failure.</summary>
public static class SpecRunner
{
    private readonly record struct Tally(int Passed, int Failed, int Skipped)
    {
        public static Tally operator +(Tally a, Tally b) => new(a.Passed + b.Passed, a.Failed + b.Failed, a.Skipped + b.Skipped);
    }

    /// <summary>Runs every case, or of each unit every <paramref name="oneIn"/>-th, chosen by a stable hash of its name.</summary>
    /// <param name="kind">The format of the vectors.</param>
    /// <param name="path">A file or a folder.</param>
    /// <param name="failures">Where each failure is written: the case, what was expected, what came; and remarks on cases that passed.</param>
    /// <param name="oneIn">1 runs all cases; 10 about a tenth.</param>
    /// <param name="withLong">Whether cases run that take minutes; else they count as skipped.</param>
    /// <exception cref="FileNotFoundException">Nothing is at <paramref name="path"/>.</exception>
    public static SpecSummary Run(ISpecKind kind, string path, TextWriter failures, int oneIn = 1, bool withLong = true)
    {
        long started = Stopwatch.GetTimestamp();
        Lock gate = new();
        Tally total = default;
        void Report(string text)
        {
            lock (gate)
                failures.WriteLine(text);
        }

        IEnumerable<SpecUnit> units = kind.Find(Path.GetFullPath(path));
        ParallelOptions options = new() { MaxDegreeOfParallelism = Environment.ProcessorCount };
        Parallel.ForEach(units, options, unit =>
        {
            Tally tally = RunUnit(unit, oneIn, withLong, Report);
            lock (gate)
                total += tally;
        });
        return new SpecSummary(total.Passed, total.Failed, total.Skipped, Stopwatch.GetElapsedTime(started));
    }

    private static Tally RunUnit(SpecUnit unit, int oneIn, bool withLong, Action<string> report)
    {
        Tally tally = default;
        VectorFiles files = new(unit.Files);
        try
        {
            foreach (SpecCase @case in unit.Read(files))
            {
                if (@case.IsLong && !withLong)
                    tally += new Tally(0, 0, 1);
                else if (oneIn == 1 || StableHash($"{unit.Name} {@case.Name}") % (uint)oneIn == 0)
                    tally += RunCase(unit, @case, report);
            }
        }
        catch (Exception e)
        {
            report($"{unit.Name}: could not be read: {e}");
            return tally + new Tally(0, 1, 0);
        }
        if (oneIn == 1 && files.Unopened.Count > 0)
        {
            report($"{unit.Name}: declared but never opened: {string.Join(", ", files.Unopened)}");
            tally += new Tally(0, 1, 0);
        }
        return tally;
    }

    private static Tally RunCase(SpecUnit unit, SpecCase @case, Action<string> report)
    {
        SpecOutcome outcome;
        try
        {
            outcome = @case.Run();
        }
        catch (Exception e)
        {
            outcome = new SpecOutcome.Failed("no exception", e.ToString());
        }
        switch (outcome)
        {
            case SpecOutcome.Failed failed:
                report($"{unit.Name}: {@case.Name}{(@case.Part.Length == 0 ? "" : ", ")}{@case.Part}\n  expected {failed.Expected}\n  came     {failed.Actual}");
                return new Tally(0, 1, 0);
            case SpecOutcome.Skipped:
                return new Tally(0, 0, 1);
            case SpecOutcome.Passed { Remark.Length: > 0 } passed:
                report($"{unit.Name}: {@case.Name}: {passed.Remark}");
                return new Tally(1, 0, 0);
            default:
                return new Tally(1, 0, 0);
        }
    }

    /// <summary>FNV-1a: the framework's string hash differs from process to process, a sample must not.</summary>
    private static uint StableHash(string text)
    {
        uint hash = 2166136261;
        foreach (char c in text)
            hash = unchecked((hash ^ c) * 16777619);
        return hash;
    }
}
