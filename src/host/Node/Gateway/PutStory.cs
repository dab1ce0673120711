using System.Globalization;
using Flashback.Files;

namespace Flashback.Node;

/// <summary>Tells on the error stream what becomes of what is put: packed, its cost, uploaded, on-chain, proven, stored; and what each provider has done.</summary>
internal sealed class PutStory
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(2);

    private readonly Dictionary<string, string> _told = [];

    /// <summary>It has its name.</summary>
    public static Task TellPackedAsync(Upload upload) => TellAsync("packed", Invariant($"{upload.Cid}, {upload.BlockBytes:N0} bytes of blocks"));

    /// <summary>What it will cost, before anything is paid.</summary>
    public static async Task TellCostAsync(RemoteQuote quote)
    {
        string offers = string.Join(", ", quote.Offers.Select(offer => $"provider {offer.Provider} asks {offer.PricePerGibDay} FLASH for a GiB and day"));
        await TellAsync("cost", Invariant($"at most {quote.Total} FLASH: {quote.PaddedBytes:N0} bytes, padded, for {quote.Days:0.##} days in {quote.Copies} copies ({offers}); less where it shares a piece. The wallet has {quote.Balance} FLASH")).ConfigureAwait(false);
        if (quote.Offers.Count < quote.Copies)
            await TellAsync("cost", $"only {quote.Offers.Count} of {quote.Copies} copies are offered now").ConfigureAwait(false);
    }

    /// <summary>The gateway gives no quote.</summary>
    public static Task TellNoCostAsync(string reason) => TellAsync("cost", $"not known: {reason}");

    /// <summary>Asks until it is stored, and tells what is new each time.</summary>
    public async Task<RemoteFile> FollowAsync(GatewayClient client, RemoteFile file, CancellationToken stop)
    {
        while (true)
        {
            RemoteFile now = await client.StatAsync(GatewayRequest.CidOf(file.Cid), stop).ConfigureAwait(false);
            foreach (RemotePiece piece in now.Pieces ?? [])
                await TellPieceAsync(piece).ConfigureAwait(false);
            await TellNewAsync("", now.State!, now.State == "stored" ? $"by {now.Copies} of {now.Wanted} providers, and read back" : ExpectedOf(now)).ConfigureAwait(false);
            if (now.State == "stored")
                return now with { Size = file.Size };
            await Task.Delay(Pause, stop).ConfigureAwait(false);
        }
    }

    private async Task TellPieceAsync(RemotePiece piece)
    {
        foreach (RemoteCopy copy in piece.Providers ?? [])
        {
            int? percent = GatewayRequest.PercentOf(copy, piece) / 10 * 10;
            string part = percent is null ? "" : Invariant($", {percent} % of it is there");
            await TellNewAsync($"{piece.Commitment} {copy.Deal} {copy.Provider}", copy.State, $"{GatewayRequest.Name(copy)}, piece {piece.Commitment?[..10]}…", part).ConfigureAwait(false);
        }
    }

    private async Task TellNewAsync(string whose, string state, string text, string part = "")
    {
        if (_told.GetValueOrDefault(whose) == state + part)
            return;
        _told[whose] = state + part;
        await TellAsync(whose.Length == 0 ? state : $"  {state}", text + part).ConfigureAwait(false);
    }

    private static string ExpectedOf(RemoteFile file) => file.Expected is { } expected && expected > DateTimeOffset.UtcNow
        ? Invariant($"expected to be proven by {expected.UtcDateTime:HH:mm:ss} UTC, in {Math.Ceiling((expected - DateTimeOffset.UtcNow).TotalMinutes):0} min")
        : string.Join("; ", (file.Pieces ?? []).Select(piece => piece.Waits).OfType<string>().Distinct().Select(reason => $"waits {reason}"));

    private static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);

    /// <summary>A line of the story.</summary>
    public static string LineOf(string state, string text) => $"{state,-12} {text}";

    private static Task TellAsync(string state, string text) => Console.Error.WriteLineAsync(LineOf(state, text));
}
