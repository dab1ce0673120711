using System.Net;
using System.Net.Http.Headers;
using Flashback.Primitives;
using Flashback.Proofs;
using Flashback.Provider;
using Flashback.Testing;
using Microsoft.Extensions.Logging.Abstractions;

namespace Flashback.Roles.Tests.Provider.Delivery;

/// <summary>Pieces over HTTP, by a true server: what a deal asks for is taken in parts and given by ranges, nothing else is.</summary>
public sealed class DeliveryTests : IAsyncLifetime
{
    private readonly string _folder = Directory.CreateTempSubdirectory("flashback-delivery-").FullName;
    private readonly ScriptedIntake _intake = new();
    private readonly HttpClient _client = new();
    private readonly byte[] _data = new byte[3 << 20];
    private readonly Hash32 _commP;
    private PieceShelf _shelf;
    private string _query;
    private ProviderServer? _server;

    public DeliveryTests()
    {
        Seeds.Fresh().NextBytes(_data);
        _commP = PieceCommitment.Compute(_data).Commitment;
        _shelf = new PieceShelf(_folder);
        _query = $"?size={_data.Length}";
    }

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private string Part => Path.Combine(_folder, Convert.ToHexStringLower(_commP.AsSpan()) + ".part");

    public async ValueTask InitializeAsync()
    {
        ProviderAnswers answers = new(new ProofRequests(new ParameterCache(_folder))) { Pieces = new PieceEndpoints(_shelf, _intake) };
        _server = await ProviderServer.StartAsync(new IPEndPoint(IPAddress.Loopback, 0), answers, NullLoggerFactory.Instance, Cancellation);
    }

    public async ValueTask DisposeAsync()
    {
        await _server!.DisposeAsync();
        _shelf.Dispose();
        _client.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public async Task What_no_deal_asks_for_is_neither_taken_nor_known()
    {
        Assert.Equal(HttpStatusCode.NotFound, (await HeadAsync()).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await PatchAsync(0, _data)).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await GetAsync(null)).StatusCode);
        Assert.False(File.Exists(Part));
        Assert.Equal(HttpStatusCode.BadRequest, (await _client.GetAsync(new Uri($"http://{_server!.Endpoint}/pieces/zz"), Cancellation)).StatusCode);
    }

    [Fact]
    public async Task A_piece_comes_in_parts_and_goes_on_where_it_stopped_also_after_a_restart()
    {
        _intake.Expect(_commP, _data.Length);
        Assert.Equal(("expected", 0, _data.Length), StateOf(await HeadAsync()));
        HttpResponseMessage first = await PatchAsync(0, _data[..1_000_000]);
        Assert.Equal((HttpStatusCode.NoContent, ("uploading", 1_000_000, _data.Length)), (first.StatusCode, StateOf(first)));
        Assert.Equal(("uploading", 1_000_000, _data.Length), StateOf(await HeadAsync()));
        HttpResponseMessage wrong = await PatchAsync(999_999, _data[999_999..]);
        Assert.Equal((HttpStatusCode.Conflict, 1_000_000), (wrong.StatusCode, StateOf(wrong).Offset));
        await RestartAsync();
        Assert.Equal(("uploading", 1_000_000, _data.Length), StateOf(await HeadAsync()));
        HttpResponseMessage last = await PatchAsync(1_000_000, _data[1_000_000..]);
        Assert.Equal((HttpStatusCode.OK, ("stored", _data.Length, _data.Length)), (last.StatusCode, StateOf(last)));
        Assert.Equal(("stored", _data.Length, _data.Length), StateOf(await HeadAsync()));
        Assert.Equal(_data, await (await GetAsync(null)).Content.ReadAsByteArrayAsync(Cancellation));
        Assert.False(File.Exists(Part));
        Assert.Equal(HttpStatusCode.OK, (await PatchAsync(0, _data)).StatusCode); // who did not get the answer asks again
    }

    [Fact]
    public async Task Other_bytes_than_the_pieces_are_dropped_and_more_than_it_has_are_not_taken()
    {
        _intake.Expect(_commP, _data.Length);
        byte[] altered = [.. _data];
        altered[^1] ^= 1;
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await PatchAsync(0, altered)).StatusCode);
        Assert.Equal(("expected", 0, _data.Length), StateOf(await HeadAsync()));
        Assert.False(File.Exists(Part));
        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, (await PatchAsync(0, [.. _data, 0])).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await GetAsync(null)).StatusCode);
        long reached = StateOf(await HeadAsync()).Offset;
        Assert.Equal(HttpStatusCode.OK, (await PatchAsync(reached, _data[(int)reached..])).StatusCode);
        Assert.Equal(HttpStatusCode.BadRequest, (await PatchAsync(null, _data)).StatusCode);
    }

    [Fact]
    public async Task Whose_length_is_not_told_is_whole_when_its_commitment_is_right()
    {
        _query = "";
        _intake.Expect(_commP, _data.Length);
        Assert.Equal(("expected", 0, 127 << 15), StateOf(await HeadAsync()));
        HttpResponseMessage first = await PatchAsync(0, _data[..2_500_000]);
        Assert.Equal((HttpStatusCode.NoContent, ("uploading", 2_500_000, 127 << 15)), (first.StatusCode, StateOf(first)));
        HttpResponseMessage last = await PatchAsync(2_500_000, _data[2_500_000..]);
        Assert.Equal((HttpStatusCode.OK, ("stored", _data.Length, _data.Length)), (last.StatusCode, StateOf(last)));
        Assert.Equal(_data, await (await GetAsync(null)).Content.ReadAsByteArrayAsync(Cancellation));
    }

    [Theory]
    [InlineData("0")]
    [InlineData("-1")]
    [InlineData("2080768")] // 127 · 2^14: it would be a smaller piece
    [InlineData("4161537")]
    public async Task A_length_that_the_piece_cannot_have_is_refused(string size)
    {
        _query = $"?size={size}";
        _intake.Expect(_commP, _data.Length);
        Assert.Equal(HttpStatusCode.BadRequest, (await HeadAsync()).StatusCode);
        Assert.Equal(HttpStatusCode.BadRequest, (await PatchAsync(0, _data)).StatusCode);
        Assert.False(File.Exists(Part));
    }

    [Fact]
    public async Task A_piece_that_lies_in_a_sector_alone_is_given_later()
    {
        _intake.Sealed.Add(_commP);
        HttpResponseMessage answer = await GetAsync(null);
        Assert.Equal(HttpStatusCode.ServiceUnavailable, answer.StatusCode);
        Assert.NotNull(answer.Headers.RetryAfter?.Delta);
    }

    [Fact]
    public async Task A_piece_is_fetched_from_elsewhere_only_where_a_deal_asks_for_it()
    {
        Uri pull = new($"http://{_server!.Endpoint}/pieces/{Convert.ToHexStringLower(_commP.AsSpan())}/pull");
        Task<HttpResponseMessage> OrderAsync(string json) => _client.PostAsync(pull, new StringContent(json), Cancellation);
        Assert.Equal(HttpStatusCode.Conflict, (await OrderAsync("""{"from":"http://127.0.0.1:1"}""")).StatusCode);
        _intake.Expect(_commP, _data.Length);
        foreach (string broken in (string[])["", "{", "[]", "{}", """{"from":7}""", $$"""{"from":"{{new string('x', 5_000)}}"}"""])
            Assert.Equal(HttpStatusCode.BadRequest, (await OrderAsync(broken)).StatusCode);
        Assert.Null(_intake.Pull);
        Assert.Equal(HttpStatusCode.Accepted, (await OrderAsync("""{"from":"http://127.0.0.1:1","deal":"0x12","provider":7}""")).StatusCode);
        Assert.Equal(new PullOrder("http://127.0.0.1:1", "0x12", 7), _intake.Pull);
    }

    [Theory]
    [InlineData("bytes=0-0", 0, 1)]
    [InlineData("bytes=1000-1999", 1000, 1000)]
    [InlineData("bytes=3145727-", (3 << 20) - 1, 1)]
    [InlineData("bytes=3145000-9999999", 3_145_000, 728)]
    [InlineData("bytes=-100", (3 << 20) - 100, 100)]
    [InlineData("bytes=-9999999", 0, 3 << 20)]
    public async Task A_range_is_given_alone(string range, int from, int count)
    {
        await StoreAsync();
        HttpResponseMessage answer = await GetAsync(range);
        Assert.Equal(HttpStatusCode.PartialContent, answer.StatusCode);
        Assert.Equal($"bytes {from}-{from + count - 1}/{_data.Length}", answer.Content.Headers.ContentRange!.ToString());
        Assert.Equal(_data[from..(from + count)], await answer.Content.ReadAsByteArrayAsync(Cancellation));
    }

    [Fact]
    public async Task The_whole_is_given_with_its_tag_and_what_lies_outside_is_refused()
    {
        await StoreAsync();
        HttpResponseMessage whole = await GetAsync(null);
        Assert.Equal((HttpStatusCode.OK, $"\"{Convert.ToHexStringLower(_commP.AsSpan())}\"", (long?)_data.Length), (whole.StatusCode, whole.Headers.ETag!.Tag, whole.Content.Headers.ContentLength));
        Assert.Equal("bytes", Assert.Single(whole.Headers.AcceptRanges));
        Assert.Equal(HttpStatusCode.OK, (await GetAsync("bytes=0-1,5-6")).StatusCode);
        foreach (string outside in (string[])["bytes=3145728-", "bytes=-0"])
            Assert.Equal(HttpStatusCode.RequestedRangeNotSatisfiable, (await GetAsync(outside)).StatusCode);
    }

    [Fact]
    public async Task A_sender_that_goes_away_leaves_what_came_and_one_more_at_once_is_turned_away()
    {
        _intake.Expect(_commP, _data.Length);
        using SlowBody slow = new(_data[..500_000]);
        using CancellationTokenSource gone = new();
        Task<HttpResponseMessage> sending = PatchAsync(0, slow, gone.Token);
        await slow.UntilSentAsync();
        await UntilAsync(async () => StateOf(await HeadAsync()).Offset == 500_000);
        Assert.Equal(HttpStatusCode.Conflict, (await PatchAsync(500_000, _data[500_000..])).StatusCode);
        await gone.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => sending);
        await UntilAsync(async () => (await PatchAsync(500_000, _data[500_000..])).StatusCode == HttpStatusCode.OK);
        Assert.Equal(_data, await (await GetAsync(null)).Content.ReadAsByteArrayAsync(Cancellation));
    }

    private async Task StoreAsync()
    {
        _intake.Expect(_commP, _data.Length);
        Assert.Equal(HttpStatusCode.OK, (await PatchAsync(0, _data)).StatusCode);
    }

    private async Task RestartAsync()
    {
        await _server!.DisposeAsync();
        _shelf.Dispose();
        _shelf = new PieceShelf(_folder);
        await InitializeAsync();
    }

    private static async Task UntilAsync(Func<Task<bool>> condition)
    {
        while (!await condition())
            await Task.Delay(20, Cancellation);
    }

    private static (string State, long Offset, long Length) StateOf(HttpResponseMessage answer) => (
        answer.Headers.GetValues("Flashback-State").Single(), long.Parse(answer.Headers.GetValues("Upload-Offset").Single(), null), long.Parse(answer.Headers.GetValues("Upload-Length").Single(), null));

    private Task<HttpResponseMessage> HeadAsync() => SendAsync(HttpMethod.Head, null, _ => { }, Cancellation);

    private Task<HttpResponseMessage> GetAsync(string? range) => SendAsync(HttpMethod.Get, null, request => request.Headers.Range = range is null ? null : RangeHeaderValue.Parse(range), Cancellation);

    private Task<HttpResponseMessage> PatchAsync(long? offset, byte[] body) => PatchAsync(offset, new ByteArrayContent(body), Cancellation);

    private Task<HttpResponseMessage> PatchAsync(long? offset, HttpContent body, CancellationToken cancellation) => SendAsync(
        HttpMethod.Patch,
        body,
        request =>
        {
            if (offset is { } from)
                request.Headers.Add("Upload-Offset", from.ToString(System.Globalization.CultureInfo.InvariantCulture));
            request.Headers.ExpectContinue = true; // so that a refusal comes before the body
        },
        cancellation);

    private async Task<HttpResponseMessage> SendAsync(HttpMethod method, HttpContent? body, Action<HttpRequestMessage> change, CancellationToken cancellation)
    {
        using HttpRequestMessage request = new(method, new Uri($"http://{_server!.Endpoint}/pieces/{Convert.ToHexStringLower(_commP.AsSpan())}{_query}")) { Content = body };
        change(request);
        return await _client.SendAsync(request, cancellation);
    }

    private sealed class ScriptedIntake : IPieceIntake
    {
        private readonly Dictionary<Hash32, ExpectedPiece> _expected = [];

        public HashSet<Hash32> Sealed { get; } = [];

        public bool TryRecall(Hash32 commP) => Sealed.Contains(commP);

        public PullOrder? Pull { get; private set; }

        public void Expect(Hash32 commP, long length) => _expected[commP] = new ExpectedPiece(commP, PaddedSize.Holding(length));

        public Task<string?> OrderPullAsync(Hash32 commP, PullOrder order, CancellationToken cancellation)
        {
            Pull = _expected.ContainsKey(commP) ? order : null;
            return Task.FromResult(Pull is null ? "no deal asks for it" : null);
        }

        public ValueTask<ExpectedPiece?> FindAsync(Hash32 commP, string? deal, CancellationToken cancellation) => new(_expected.GetValueOrDefault(commP));
    }

    /// <summary>A body of which the end never comes.</summary>
    private sealed class SlowBody(byte[] first) : HttpContent
    {
        private readonly TaskCompletionSource _sent = new();

        public Task UntilSentAsync() => _sent.Task.WaitAsync(Cancellation);

        protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) => SerializeToStreamAsync(stream, context, Cancellation);

        protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context, CancellationToken cancellationToken)
        {
            await stream.WriteAsync(first, cancellationToken);
            await stream.FlushAsync(cancellationToken);
            _sent.SetResult();
            await Task.Delay(Timeout.Infinite, cancellationToken);
        }

        protected override bool TryComputeLength(out long length)
        {
            length = 0;
            return false;
        }
    }
}
