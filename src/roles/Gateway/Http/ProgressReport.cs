using System.Globalization;
using System.Text.Json.Nodes;
using Flashback.Gateway.Objects;

namespace Flashback.Gateway.Http;

/// <summary>Tells how far a file has come, in the words that <c>flashback put</c> uses, too: packed, uploaded, on-chain, proven, stored.</summary>
internal static class ProgressReport
{
    private static readonly string[] States = ["uploaded", "on-chain", "proven", "stored"]; // packed it is before it comes here

    /// <summary>Adds what is known of a file's pieces: the file is as far as the last of them.</summary>
    public static void AddTo(JsonObject answer, IReadOnlyList<PieceProgress> pieces, TimeSpan pieceAge)
    {
        answer["state"] = States[pieces.Select(RankOf).DefaultIfEmpty(States.Length - 1).Min()];
        answer["copies"] = pieces.Select(piece => piece.Network?.Copies ?? 0).DefaultIfEmpty(0).Min();
        answer["wanted"] = pieces.Select(piece => piece.Network?.Wanted ?? 0).DefaultIfEmpty(0).Max();
        if (pieces.Max(piece => piece.Network?.Expected) is { } expected)
            answer["expected"] = TimeOf(expected);
        answer["pieces"] = new JsonArray([.. pieces.Select(piece => (JsonNode)Describe(piece, pieceAge))]);
    }

    /// <summary>What a provider has done: {"provider":…,"endpoint":…,"state":…,"deal":…}; while it gets the piece with "received", the bytes that it has.</summary>
    public static JsonObject Describe(PieceCopy copy)
    {
        JsonObject answer = new() { ["provider"] = copy.Provider, ["endpoint"] = copy.Endpoint?.ToString(), ["state"] = copy.State.ToString().ToLowerInvariant(), ["deal"] = copy.Deal };
        if (copy.ReceivedBytes is { } received)
            answer["received"] = received;
        return answer;
    }

    public static string TimeOf(DateTimeOffset time) => time.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);

    private static JsonObject Describe(PieceProgress progress, TimeSpan pieceAge)
    {
        JsonObject answer = new() { ["commitment"] = progress.Piece.Commitment, ["state"] = States[RankOf(progress)] };
        if (WaitOf(progress, pieceAge) is { } reason)
            answer["waits"] = reason;
        if (progress.Network is not { } status)
            return answer;
        (answer["copies"], answer["wanted"]) = (status.Copies, status.Wanted);
        if (status.Expected is { } expected)
            answer["expected"] = TimeOf(expected);
        if (status.Providers.Any(copy => copy.ReceivedBytes is not null))
            answer["bytes"] = progress.Piece.Length;
        answer["providers"] = new JsonArray([.. status.Providers.Select(copy => (JsonNode)Describe(copy))]);
        return answer;
    }

    private static string? WaitOf(PieceProgress progress, TimeSpan pieceAge) => progress switch
    {
        { Piece.State: PieceState.Open } => $"for others to share a piece with, until {TimeOf(progress.Piece.Created + pieceAge)}",
        { Piece.State: PieceState.Closed } => "to be placed",
        { Network: { IsStored: false, IsProven: true } } => "to be read back",
        { Network: { IsStored: false, IsOnChain: true } } => "for providers to seal it and prove it",
        { Network: { IsStored: false } } => "for providers to take it",
        _ => null,
    };

    private static int RankOf(PieceProgress progress) => progress switch
    {
        { Piece.State: PieceState.Stored } => 3,
        { Network.IsProven: true } => 2,
        { Network.IsOnChain: true } => 1,
        _ => 0,
    };
}
