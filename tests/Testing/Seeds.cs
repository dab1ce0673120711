namespace Flashback.Testing;

/// <summary>Random inputs that can be had again: the seed is fresh each run unless FLASHBACK_SEED names one, and it is in every failure.</summary>
public static class Seeds
{
    /// <summary>Runs a property under a seeded generator; a failure names the seed.</summary>
    public static void Check(Action<Random> property)
    {
        int seed = int.TryParse(Environment.GetEnvironmentVariable("FLASHBACK_SEED"), out int named) ? named : Random.Shared.Next();
        try
        {
            property(new Random(seed));
        }
        catch (Exception e)
        {
            throw new InvalidOperationException($"fails with FLASHBACK_SEED={seed}: {e.Message}", e);
        }
    }
}
