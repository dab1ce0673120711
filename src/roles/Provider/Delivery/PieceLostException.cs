using Flashback.Primitives;

namespace Flashback.Provider;

/// <summary>A piece's readable copy is not there, or has become another one.</summary>
/// <param name="commP">The piece.</param>
/// <param name="reason">Told to people.</param>
public sealed class PieceLostException(Hash32 commP, string reason) : Exception(reason)
{
    /// <summary>The piece.</summary>
    public Hash32 CommP => commP;
}
