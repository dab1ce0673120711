namespace Flashback.Gateway.Market;

/// <summary>How far a piece has come to a provider, as was seen last.</summary>
/// <param name="Progress">What it has.</param>
/// <param name="Highest">The most that it ever had: what it fetched may have been wrong, and is fetched again.</param>
/// <param name="Since">The slot since which it has not had more.</param>
internal readonly record struct Brought(UploadProgress Progress, long Highest, ulong Since)
{
    private const ulong Patience = 16; // slots

    /// <summary>It is seen for the first time.</summary>
    public static Brought Begin(UploadProgress now, ulong slot) => new(now, now.Offset, slot);

    /// <summary>It is seen again.</summary>
    public Brought Then(UploadProgress now, ulong slot) => now.Offset > Highest ? Begin(now, slot) : this with { Progress = now };

    /// <summary>How often it has waited long enough for another provider, which may only say that it has the piece: it is somebody else's turn.</summary>
    public int TurnOf(ulong slot) => slot > Since ? (int)((slot - Since - 1) / Patience) : 0;
}
