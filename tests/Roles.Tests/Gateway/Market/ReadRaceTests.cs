using Flashback.Gateway.Market;
using Flashback.Proofs;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace Flashback.Roles.Tests.Gateway.Market;

/// <summary>Providers that are quick, stuck, away or wrong.</summary>
public class ReadRaceTests
{
    private static readonly byte[] Content = [.. Enumerable.Range(0, 5_000).Select(i => (byte)(i * 7))];
    private static readonly Piece Piece = PieceCommitment.Compute(Content);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_right_answer_is_had_whoever_is_stuck_away_or_wrong()
    {
        await using WebApplication good = await ServeAsync(_ => Task.CompletedTask, Content), wrong = await ServeAsync(_ => Task.CompletedTask, new byte[5_000]), stuck = await ServeAsync(
            http => Task.Delay(Timeout.Infinite, http.RequestAborted), Content);
        using ProviderHttp http = new();
        PieceHolder away = new(1, new Uri("http://127.0.0.1:1"), new Pace()), last = Holder(4, good);
        PieceHolder[] holders = [away, Holder(2, wrong), Holder(3, stuck), last];
        for (int i = 0; i < 3; i++)
            last.Pace.CountFailure(); // the others are asked first
        byte[] read = new byte[1_000];
        await ReadRace.RunAsync(http, reads: null, holders, Piece, 300, read, bytes => bytes.Span.SequenceEqual(Content.AsSpan(300, 1_000)), Cancellation);
        Assert.Equal(Content[300..1_300], read);
        Assert.True(holders[1].Pace.Expected > TimeSpan.FromSeconds(1)); // who was wrong comes last from now on
        await Assert.ThrowsAsync<IOException>(() => ReadRace.RunAsync(http, reads: null, holders[..2], Piece, 300, read, bytes => bytes.Span.SequenceEqual(Content.AsSpan(300, 1_000)), Cancellation));
        using CancellationTokenSource tired = new(TimeSpan.FromMilliseconds(100));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => ReadRace.RunAsync(http, reads: null, holders[2..3], Piece, 300, read, _ => true, tired.Token));
        await Assert.ThrowsAsync<IOException>(() => ReadRace.RunAsync(http, reads: null, [], Piece, 300, read, _ => true, Cancellation));
    }

    [Fact]
    public async Task Who_never_says_where_an_upload_goes_on_is_given_up()
    {
        int asked = 0;
        await using WebApplication stubborn = await LoopbackServer.StartAsync(app => app.MapMethods("/pieces/{commP}", ["PATCH"], async http =>
        {
            asked++;
            await http.Request.Body.CopyToAsync(Stream.Null, http.RequestAborted);
            http.Response.StatusCode = StatusCodes.Status409Conflict;
            http.Response.Headers["Upload-Offset"] = "17";
        }));
        using ProviderHttp http = new();
        await Assert.ThrowsAsync<IOException>(() => http.UploadAsync(new Uri(stubborn.Urls.First()), Piece, default, new MemorySource(Content), offset: 0, _ => { }, Cancellation));
        Assert.Equal(4, asked);
    }

    [Fact]
    public async Task Zeros_follow_what_a_provider_keeps()
    {
        await using WebApplication good = await ServeAsync(_ => Task.CompletedTask, Content);
        using ProviderHttp http = new();
        byte[] read = new byte[400];
        await ReadRace.RunAsync(http, reads: null, [Holder(1, good)], Piece, 4_900, read, _ => true, Cancellation);
        Assert.Equal((byte[])[.. Content.AsSpan(4_900), .. new byte[300]], read);
        read.AsSpan().Fill(1);
        await ReadRace.RunAsync(http, reads: null, [Holder(1, good)], Piece, 6_000, read, _ => true, Cancellation);
        Assert.Equal(new byte[400], read);
        Assert.True(await http.IsWholeAsync(Holder(1, good).Endpoint, Piece, Cancellation));
        await using WebApplication wrong = await ServeAsync(_ => Task.CompletedTask, Content[1..]);
        Assert.False(await http.IsWholeAsync(Holder(1, wrong).Endpoint, Piece, Cancellation));
    }

    private static PieceHolder Holder(ulong provider, WebApplication app) => new(provider, new Uri(app.Urls.First()), new Pace());

    private static Task<WebApplication> ServeAsync(Func<HttpContext, Task> before, byte[] content) => LoopbackServer.StartAsync(app => app.MapGet("/pieces/{commP}", async http =>
    {
        await before(http);
        await Results.Bytes(content, enableRangeProcessing: true).ExecuteAsync(http);
    }));
}
