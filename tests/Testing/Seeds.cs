namespace Flashback.Testing;

/// <summary>Random inputs that can be had again: the seed is fresh each run unless FLASHBACK_SEED names one, and it is in every failure.</summary>
public static class Seeds
{
    /// <summary>Runs a property under a seeded generator; a failure names the seed.</summary>
    public static void Check(Action<Random> property)
    {
        int seed = Next();
        try
        {
            property(new Random(seed));
        }
        catch (Exception e) when (e is not Xunit.Sdk.SkipException)
        {
            throw new InvalidOperationException($"fails with FLASHBACK_SEED={seed}: {e.Message}", e);
        }
    }

    /// <summary>A seeded generator for a test class whose tests all draw; the seed is in the output of each test.</summary>
    public static Random Fresh()
    {
        int seed = Next();
        TestContext.Current.TestOutputHelper?.WriteLine($"FLASHBACK_SEED={seed}");
        return new Random(seed);
    }

    private static int Next() => int.TryParse(Environment.GetEnvironmentVariable("FLASHBACK_SEED"), out int named) ? named : Random.Shared.Next();
}
