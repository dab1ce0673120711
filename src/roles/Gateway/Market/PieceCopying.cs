using Flashback.Proofs;

namespace Flashback.Gateway.Market;

/// <summary>Copies a whole piece from one provider; where that gives another one, or none, from the next.</summary>
internal static class PieceCopying
{
    /// <summary>Copies until it is the piece; whoever gave something else is asked later the next time.</summary>
    /// <exception cref="IOException">Nobody gave it.</exception>
    public static async Task RunAsync(ProviderHttp http, IEnumerable<PieceHolder> holders, Piece piece, Stream destination, Func<bool> isRight, CancellationToken cancellation)
    {
        List<string> failures = [];
        foreach (PieceHolder holder in holders.OrderBy(holder => holder.Pace.Expected))
        {
            try
            {
                destination.SetLength(0);
                await http.CopyAsync(holder.Endpoint, piece, destination, cancellation).ConfigureAwait(false);
                if (isRight())
                    return;
                failures.Add($"{holder.Endpoint} gave another piece");
            }
            catch (IOException fault)
            {
                failures.Add(fault.Message);
            }
            holder.Pace.CountFailure();
        }
        throw new IOException(failures.Count == 0 ? "nobody keeps the piece now" : string.Join("; ", failures));
    }
}
