using Flashback.Primitives;

namespace Flashback.Chain;

/// <summary>What we know of a payload. spec: execution-apis engine, PayloadStatusV1</summary>
public enum PayloadVerdict
{
    /// <summary>It keeps every rule, and so do its ancestors.</summary>
    Valid,

    /// <summary>It breaks a rule, or one of its ancestors does.</summary>
    Invalid,

    /// <summary>An ancestor is missing.</summary>
    Syncing,

    /// <summary>It is well-formed beside the chain, and the state to check it with is not kept.</summary>
    Accepted,
}

/// <summary>What came of a payload.</summary>
/// <param name="Verdict">What we know of it.</param>
/// <param name="LatestValidHash">The newest block on the way to it that is valid; null when that is not known.</param>
/// <param name="Error">Which rule it breaks.</param>
public sealed record PayloadStatus(PayloadVerdict Verdict, Hash32? LatestValidHash = null, string? Error = null)
{
    /// <summary>An ancestor is missing.</summary>
    public static PayloadStatus Syncing { get; } = new(PayloadVerdict.Syncing);

    internal static PayloadStatus Valid(in Hash32 hash) => new(PayloadVerdict.Valid, hash);

    internal static PayloadStatus Invalid(string why, Hash32? latestValid = null) => new(PayloadVerdict.Invalid, latestValid, why);
}
