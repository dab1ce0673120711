namespace Flashback.Gateway.Objects;

/// <summary>How a piece is kept.</summary>
/// <param name="Copies">By how many providers: those whose sectors hold it.</param>
/// <param name="IsStored">Whether each is proven on chain and the piece was read back.</param>
public sealed record PieceStatus(int Copies, bool IsStored)
{
    /// <summary>By how many it is to be kept.</summary>
    public int Wanted { get; init; } = Copies;

    /// <summary>Whether providers have taken it: a deal over it runs.</summary>
    public bool IsOnChain { get; init; }

    /// <summary>Whether all that have taken it are proven.</summary>
    public bool IsProven { get; init; }

    /// <summary>When the rest is expected to be proven; null where nothing is on its way.</summary>
    public DateTimeOffset? Expected { get; init; }

    /// <summary>What each provider has done.</summary>
    public IReadOnlyList<PieceCopy> Providers { get; init; } = [];
}

/// <summary>How far a provider has come with a piece.</summary>
public enum CopyState
{
    /// <summary>It has taken the deal and does not have the piece yet.</summary>
    Registered,

    /// <summary>It has the piece and seals it.</summary>
    Uploaded,

    /// <summary>A sector of it that is proven on chain holds the piece.</summary>
    Proven,

    /// <summary>It was late, or has left: it is not paid.</summary>
    Dropped,
}

/// <summary>What one provider has done for a piece.</summary>
/// <param name="Provider">Who.</param>
/// <param name="Endpoint">Where it answers; null where it does not say.</param>
/// <param name="State">How far it is.</param>
/// <param name="Deal">The deal's contract.</param>
public sealed record PieceCopy(ulong Provider, Uri? Endpoint, CopyState State, string Deal)
{
    /// <summary>Bytes of the piece that it has, while it gets them; null before the first and after the last.</summary>
    public long? ReceivedBytes { get; init; }
}

/// <summary>How far a piece has come that holds something.</summary>
/// <param name="Piece">The piece, as it is here.</param>
/// <param name="Network">As the network keeps it, as was seen last; null before it was placed.</param>
public sealed record PieceProgress(PieceRecord Piece, PieceStatus? Network);
