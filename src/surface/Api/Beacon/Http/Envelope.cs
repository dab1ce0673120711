using System.Text.Json;
using Flashback.Primitives;

namespace Flashback.Api.Beacon.Http;

/// <summary>What stands beside <c>data</c> in an answer. spec: beacon-APIs, "version", "execution_optimistic", "finalized", "dependent_root"</summary>
internal readonly record struct Envelope
{
    /// <summary>The fork whose rules what is told of follows: consensus knows one.</summary>
    public const string Version = "electra";

    /// <summary>Says nothing but the data.</summary>
    public static Envelope None => default;

    /// <summary>Says which fork the data is of.</summary>
    public static Envelope Versioned => new() { IsVersioned = true };

    /// <summary>Says which fork the data is of, also in a header.</summary>
    public bool IsVersioned { get; init; }

    /// <summary>Says whether the data is of the chain that is final.</summary>
    public bool? IsFinalized { get; init; }

    /// <summary>Says which block decided it.</summary>
    public Hash32? DependentRoot { get; init; }

    /// <summary>Writes the members before <c>data</c>.</summary>
    /// <remarks>Nothing is optimistic here: a block is taken in once its payload is executed.</remarks>
    public void WriteMembers(Utf8JsonWriter writer)
    {
        if (IsVersioned)
            writer.WriteString("version"u8, Version);
        if (DependentRoot is { } root)
            writer.WriteString("dependent_root"u8, Hex.Encode(root.AsSpan()));
        if (DependentRoot is not null || IsFinalized is not null)
            writer.WriteBoolean("execution_optimistic"u8, false);
        if (IsFinalized is { } isFinalized)
            writer.WriteBoolean("finalized"u8, isFinalized);
    }
}
