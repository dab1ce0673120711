using Flashback.Primitives;

namespace Flashback.Provider;

/// <summary>Says which pieces somebody pays for: nothing else is taken.</summary>
public interface IPieceIntake
{
    /// <summary>The piece as a deal asks for it; null where none does.</summary>
    /// <param name="commP">The piece.</param>
    /// <param name="deal">The deal that the sender names; null for whichever asks for it.</param>
    /// <param name="cancellation">Gives up.</param>
    ValueTask<ExpectedPiece?> FindAsync(Hash32 commP, string? deal, CancellationToken cancellation);
}

/// <summary>A piece that a deal asks for.</summary>
/// <param name="CommP">Its commitment.</param>
/// <param name="Length">How many bytes are sent: zeros follow them up to its padded size.</param>
public sealed record ExpectedPiece(Hash32 CommP, long Length);
