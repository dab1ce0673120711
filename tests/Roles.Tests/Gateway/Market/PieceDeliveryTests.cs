using System.Globalization;
using System.Text.Json;
using Flashback.Files.Content;
using Flashback.Gateway.Market;
using Flashback.Proofs;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging.Abstractions;

namespace Flashback.Roles.Tests.Gateway.Market;

/// <summary>A piece comes to all who are to seal it, whoever has it: the gateway, one of them, or those of an older deal.</summary>
public sealed class PieceDeliveryTests : IAsyncLifetime
{
    private const ulong Slot = 100, Turn = 17; // slots after which it is somebody else's turn

    private static readonly byte[] Content = [.. Enumerable.Range(0, 5_000).Select(i => (byte)(i * 7))];
    private static readonly Piece Piece = PieceCommitment.Compute(Content);
    private static readonly KeptPiece Kept = new() { Commitment = Piece.Commitment.ToString(), PaddedBytes = Piece.Size.Bytes, Length = Content.Length };
    private static readonly KeptDeal Deal = new(11, "0x00000000000000000000000000000000000000d1", Copies: 2, 90, 200, 1_000);

    private readonly ProviderHttp _http = new();
    private readonly PieceDelivery _delivery;
    private readonly TakingProvider[] _providers = [new(0), new(1), new(2), new(3)];

    public PieceDeliveryTests() => _delivery = new PieceDelivery(_http, NullLogger.Instance);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => await Task.WhenAll(_providers.Select(provider => provider.StartAsync()));

    public async ValueTask DisposeAsync()
    {
        foreach (TakingProvider provider in _providers)
            await provider.DisposeAsync();
        _http.Dispose();
    }

    [Fact]
    public async Task What_lies_here_is_sent_to_one_and_fetched_from_it_by_the_others()
    {
        _delivery.SetContent(Piece.Commitment, new MemorySource(Content));
        await RunAsync(waiting: [0, 1, 2], holding: [], others: [], Slot);
        Assert.Equal(1, _providers[..3].Count(provider => provider.WasSent));
        Assert.All(_providers[..3], provider => Assert.Equal(Content, provider.Stored));
        Assert.True(_delivery.ProgressOf(Deal.Number, _providers[..3].Single(provider => provider.WasSent).Id).IsStored);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task What_lies_here_no_more_is_fetched_from_who_has_it_by_an_older_deal(bool everLayHere)
    {
        if (everLayHere)
            _delivery.SetContent(Piece.Commitment, new GoneCopy());
        await _providers[2].DisposeAsync(); // killed: it gives nothing
        _providers[3].Stored = Content;
        await RunAsync(waiting: [0, 1], holding: [], others: [2, 3], Slot);
        Assert.All(_providers[..2], provider => Assert.Equal(Content, provider.Stored));
        Assert.All(_providers[..2], provider => Assert.False(provider.WasSent));
    }

    [Fact]
    public async Task What_one_of_the_same_deal_holds_is_fetched_there_though_it_lies_here()
    {
        _delivery.SetContent(Piece.Commitment, new MemorySource(Content));
        _providers[1].Stored = Content;
        await RunAsync(waiting: [0], holding: [1], others: [], Slot);
        Assert.Equal(Content, _providers[0].Stored);
        Assert.False(_providers[0].WasSent);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Who_only_says_to_have_it_holds_nobody_up_for_ever(bool liesHere)
    {
        if (liesHere)
            _delivery.SetContent(Piece.Commitment, new MemorySource(Content));
        _providers[1].Stored = new byte[Content.Length];
        _providers[2].Stored = Content;
        int[] others = liesHere ? [] : [2];
        await RunAsync(waiting: [0], holding: [1], others, Slot);
        Assert.Null(_providers[0].Stored);
        await RunAsync(waiting: [0], holding: [1], others, Slot + Turn - 1);
        Assert.Null(_providers[0].Stored);
        await RunAsync(waiting: [0], holding: [1], others, Slot + Turn);
        Assert.Equal(Content, _providers[0].Stored);
        Assert.Equal(liesHere, _providers[0].WasSent);
    }

    [Fact]
    public async Task Where_nobody_has_it_nobody_is_asked_to_fetch_it_and_who_is_away_is_passed_over()
    {
        await _providers[1].DisposeAsync();
        await RunAsync(waiting: [0, 1], holding: [], others: [2, 3], Slot);
        Assert.Equal(0, _providers[0].Pulls);
        _delivery.SetContent(Piece.Commitment, new MemorySource(Content));
        await RunAsync(waiting: [1, 0], holding: [], others: [], Slot);
        Assert.Equal(Content, _providers[0].Stored);
    }

    private Task RunAsync(int[] waiting, int[] holding, int[] others, ulong slot)
    {
        IReadOnlyList<PieceHolder> Of(int[] which) => [.. which.Select(i => _providers[i].Holder)];
        return _delivery.RunAsync(Kept, Deal, Of(waiting), Of(holding), () => Task.FromResult(Of(others)), slot, Cancellation);
    }

    /// <summary>The gateway's own copy after others keep the piece.</summary>
    private sealed class GoneCopy : IRangeSource
    {
        public long Length => Content.Length;

        public ValueTask ReadAsync(long offset, Memory<byte> destination, CancellationToken cancellation) => throw new FileNotFoundException("it was let go");
    }

    /// <summary>A provider that takes what it is sent, and fetches before it answers an order to do so; what is another piece it drops.</summary>
    private sealed class TakingProvider(ulong id) : IAsyncDisposable
    {
        private readonly HttpClient _http = new();
        private WebApplication? _app;

        public ulong Id => id;

        /// <summary>What it says to have.</summary>
        public byte[]? Stored { get; set; }

        public bool WasSent { get; private set; }

        /// <summary>Orders to fetch the piece.</summary>
        public int Pulls { get; private set; }

        public PieceHolder Holder { get; private set; } = null!;

        public async Task StartAsync()
        {
            _app = await LoopbackServer.StartAsync(app =>
            {
                app.MapMethods("/pieces/{commP}", ["HEAD"], http =>
                {
                    http.Response.Headers["Flashback-State"] = Stored is null ? "uploading" : "stored";
                    http.Response.Headers["Upload-Offset"] = (Stored?.Length ?? 0).ToString(CultureInfo.InvariantCulture);
                    return Task.CompletedTask;
                });
                app.MapGet("/pieces/{commP}", () => Stored is { } stored ? Results.Bytes(stored, enableRangeProcessing: true) : Results.NotFound());
                app.MapMethods("/pieces/{commP}", ["PATCH"], async http =>
                {
                    using MemoryStream sent = new();
                    await http.Request.Body.CopyToAsync(sent, http.RequestAborted);
                    (Stored, WasSent) = (sent.ToArray(), true);
                });
                app.MapPost("/pieces/{commP}/pull", async http =>
                {
                    Pulls++;
                    using JsonDocument order = await JsonDocument.ParseAsync(http.Request.Body, cancellationToken: http.RequestAborted);
                    Assert.Equal(Deal.Contract, order.RootElement.GetProperty("deal").GetString());
                    byte[] fetched = await _http.GetByteArrayAsync($"{order.RootElement.GetProperty("from").GetString()!.TrimEnd('/')}{http.Request.Path.Value![..^"/pull".Length]}", http.RequestAborted);
                    if (PieceCommitment.Compute(fetched) == Piece)
                        Stored = fetched;
                    http.Response.StatusCode = StatusCodes.Status202Accepted;
                });
            });
            Holder = new PieceHolder(id, new Uri(_app.Urls.First()), new Pace());
        }

        public async ValueTask DisposeAsync()
        {
            if (_app is not null)
                await _app.DisposeAsync();
            _app = null;
            _http.Dispose();
        }
    }
}
