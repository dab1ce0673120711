using System.Diagnostics;
using Flashback.Execution;
using Flashback.Primitives;

namespace Flashback.Chain;

/// <summary>What a block goes through, as spans for who listens to <see cref="SourceName"/>; nothing is made where nobody does.</summary>
/// <remarks>
/// <code>
/// import ─┬─ execute ── state root      set head ── commit      build
///         └─ commit
/// </code>
/// </remarks>
public static class ChainTraces
{
    /// <summary>The name of the source.</summary>
    public const string SourceName = "Flashback.Chain";

    private static readonly ActivitySource Source = new(SourceName);

    /// <summary>Begins a span; it ends when what is returned is disposed. Null when nobody listens.</summary>
    internal static Activity? Begin(string name) => Source.StartActivity(name);

    /// <summary>Begins a span that belongs to a block.</summary>
    internal static Activity? Begin(string name, BlockHeader header, in Hash32 hash, int transactions)
    {
        if (Source.StartActivity(name) is not { } activity)
            return null;
        return activity.SetTag("block.number", (long)header.Number).SetTag("block.hash", hash.ToString()).SetTag("block.transactions", transactions).SetTag("block.gas", (long)header.GasUsed);
    }
}
