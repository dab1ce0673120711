using System.Globalization;
using Flashback.Client;
using Flashback.Cryptography;
using Flashback.Execution;
using Flashback.Gateway.Market;
using Flashback.Primitives;
using Flashback.Proofs;
using Flashback.Roles.Tests.Client.Execution;
using Flashback.Roles.Tests.Provider.Receipts;
using Flashback.State.Store.Sqlite;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging.Abstractions;

namespace Flashback.Roles.Tests.Gateway.Market;

/// <summary>Providers that answer with other sizes, bodies without an end, or signatures of their own making: others are read, nothing is signed for, and the gateway goes on.</summary>
public sealed class HostileProviderTests : IAsyncLifetime
{
    private const ulong ChainId = 7, Id = 3, Deal = 11, Slot = 100;
    private const int Offset = 300, Length = 1_000;

    private static readonly Address Contract = FixedBytes.Parse<Address>("0x00000000000000000000000000000000000000d1");
    private static readonly byte[] Content = [.. Enumerable.Range(0, 500_000).Select(i => (byte)(i * 7 / 3))];
    private static readonly Piece Piece = PieceCommitment.Compute(Content);

    private readonly Secp256k1SecretKey _operator = Secp256k1SecretKey.Generate(), _reader = Secp256k1SecretKey.Generate();
    private readonly SqliteStore _index = SqliteStore.OpenTemporary(MarketNetwork.Columns);
    private readonly ProviderHttp _http = new();
    private readonly ExecutionClient _node;
    private readonly TransactionSender _wallet;
    private readonly KnownStorageNetwork _network = new(0, 1, 2, UInt256.Zero, 0, 1, 60, 6, 5, 4, 5, 5, 2048, 2, 50_000_000_000, 1_000_000UL << 19, 60);
    private WebApplication _good = null!, _liar = null!;
    private RequestDelegate _answer = _ => Task.CompletedTask;
    private Func<SignedReadRequest, string> _delivery = _ => "";
    private Func<string> _last = () => "";
    private int _signed, _receipts;

    public HostileProviderTests()
    {
        _node = new ExecutionClient(new Uri("http://node.test"), TimeSpan.FromSeconds(5), TimeProvider.System, new AnsweringNode(_reader.PublicKey.ToAddress(), Sha256.Hash([2]), Slot));
        _wallet = new TransactionSender(_node, _reader, new KeptJournal(), new ChainConfig(ChainId, ChainConfig.MainnetDepositContract, new RulesActivation(0, ForkRules.Prague)), TimeSpan.FromSeconds(1), TimeProvider.System);
    }

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _good = await LoopbackServer.StartAsync(app => app.MapGet("/pieces/{commP}", () => Results.Bytes(Content, enableRangeProcessing: true)));
        _liar = await LoopbackServer.StartAsync(app => app.Run(http => _answer(http)));
    }

    public async ValueTask DisposeAsync()
    {
        await _good.DisposeAsync();
        await _liar.DisposeAsync();
        _http.Dispose();
        _wallet.Dispose();
        _node.Dispose();
        _index.Dispose();
        _operator.Dispose();
        _reader.Dispose();
    }

    public static TheoryData<string> WrongAnswers => ["whole", "no range", "another range", "backward range", "cut off", "too short", "without end", "zeros", "nothing", "elsewhere", "redirect", "failure", "no http"];

    [Theory]
    [MemberData(nameof(WrongAnswers))]
    public async Task Who_answers_a_read_wrongly_is_passed_over_and_nothing_is_signed(string way)
    {
        _answer = http => AnswerWronglyAsync(http, way);
        await using SignedReads reads = await OpenAsync();
        foreach (bool isSigned in (bool[])[false, true])
        {
            PieceHolder liar = Holder(_liar, isSigned), good = Holder(_good, isSigned: false);
            if (isSigned)
                await reads.PrepareAsync(liar);
            await Assert.ThrowsAsync<IOException>(() => ReadAsync(reads, liar));
            for (int i = 0; i < 3; i++)
                good.Pace.CountFailure(); // the other is asked first
            Assert.Equal(Content[Offset..(Offset + Length)], await ReadAsync(reads, Holder(_liar, isSigned), good));
        }
        Assert.Equal(0, _receipts);
    }

    [Fact]
    public async Task Right_bytes_are_taken_though_more_than_was_asked_for_would_follow()
    {
        _answer = async http =>
        {
            http.Response.StatusCode = StatusCodes.Status206PartialContent;
            http.Response.Headers.ContentRange = $"bytes {Offset}-{Offset + Length - 1}/{Content.Length}";
            await http.Response.Body.WriteAsync(Content.AsMemory(Offset, Length), http.RequestAborted);
            await WriteWithoutEndAsync(http);
        };
        await using SignedReads reads = await OpenAsync();
        Assert.Equal(Content[Offset..(Offset + Length)], await ReadAsync(reads, Holder(_liar, isSigned: false)));
    }

    /// <summary>What comes in place of a signed delivery; each time the read itself is right.</summary>
    [Fact]
    public async Task A_delivery_that_is_none_or_another_is_countersigned_by_nobody_and_the_number_stays_free()
    {
        byte[] Of(SignedReadRequest read, Secp256k1SecretKey key, Func<Delivery, Delivery>? change = null)
        {
            ReadRequest request = read.Request;
            Delivery right = new(request.SigningHash(ChainId, Contract), request.Provider, request.Number, request.Offset, request.Length, request.Region, 5, 10, Sha256.Hash(Content.AsSpan(Offset, Length)));
            return SignedDelivery.Sign(change?.Invoke(right) ?? right, ChainId, Contract, key).ToBytes();
        }
        string Json(byte[] delivery) => $$"""{"delivery":"{{Convert.ToBase64String(delivery)}}"}""";
        byte[] Altered(byte[] bytes, int at, byte value)
        {
            bytes[at] = value;
            return bytes;
        }
        Func<SignedReadRequest, string>[] wrong =
        [
            _ => "", _ => "null", _ => "{}", _ => "[]", _ => "no json", _ => """{"delivery":null}""", _ => """{"delivery":5}""", _ => """{"delivery":"?"}""", _ => """{"delivery":"AAAA"}""",
            _ => new string('[', 4_000), _ => $$"""{"delivery":"{{new string('A', 1_000_000)}}"}""", _ => Json(new byte[171]), _ => Json([.. Enumerable.Repeat((byte)0xff, 171)]),
            read => Json(Of(read, _reader)), read => Json(Altered(Of(read, _operator), 170, 0)), read => Json(Altered(Of(read, _operator), 170, 255)), read => Json(Altered(Of(read, _operator), 106, 0xff)),
            read => Json(Of(read, _operator, right => right with { Number = right.Number + 1 })), read => Json(Of(read, _operator, right => right with { Length = ulong.MaxValue })),
            read => Json(Of(read, _operator, right => right with { MsToFirstByte = uint.MaxValue })), read => Json(Of(read, _operator, right => right with { Digest = default })), read => Json([.. Of(read, _operator), 0]),
        ];
        _answer = DeliverAsync;
        await using SignedReads reads = await OpenAsync();
        PieceHolder holder = Holder(_liar, isSigned: true);
        await reads.PrepareAsync(holder);
        foreach (Func<SignedReadRequest, string> one in wrong)
        {
            _delivery = one;
            await ReadSignedAsync(reads, holder);
        }
        Assert.Equal(0, _receipts);
        _delivery = read => Json(Of(read, _operator));
        await ReadSignedAsync(reads, holder);
        for (int i = 0; i < 500 && Volatile.Read(ref _receipts) == 0; i++)
            await Task.Delay(10, Cancellation);
        Assert.Equal((1, 1UL), (_receipts, new DealReceipts(_index).Find(Deal, Id)!.Number)); // still the first
    }

    [Fact]
    public async Task Who_is_read_back_may_break_off_lie_about_the_length_or_give_nothing()
    {
        (string What, bool? Outcome, RequestDelegate Answer)[] ways =
        [
            ("right", true, http => Results.Bytes(Content).ExecuteAsync(http)),
            ("nothing", false, http => Results.Bytes([]).ExecuteAsync(http)),
            ("less", false, http => Results.Bytes(Content[..1_000]).ExecuteAsync(http)),
            ("more", null, http => Results.Bytes(new byte[Piece.Size.Unpadded.Bytes + 1]).ExecuteAsync(http)),
            ("cut off", null, async http =>
            {
                http.Response.ContentLength = Content.Length;
                await http.Response.Body.WriteAsync(Content.AsMemory(0, 300_000), http.RequestAborted);
                await http.Response.Body.FlushAsync(http.RequestAborted);
                http.Abort();
            }),
            ("without end", null, WriteWithoutEndAsync),
            ("a part", null, http => AnswerWronglyAsync(http, "another range")),
        ];
        foreach ((string what, bool? outcome, RequestDelegate answer) in ways)
        {
            _answer = answer;
            Exception? fault = await Record.ExceptionAsync(async () => Assert.True(outcome == await _http.IsWholeAsync(Endpoint, Piece, Cancellation), what));
            Assert.True(outcome is null ? fault is IOException : fault is null, $"{what}: {fault}");
        }
    }

    [Fact]
    public async Task A_whole_piece_is_copied_from_whoever_has_it_though_others_are_asked_first()
    {
        PieceHolder good = Holder(_good, isSigned: false), liar = Holder(_liar, isSigned: false);
        for (int i = 0; i < 3; i++)
            good.Pace.CountFailure();
        foreach (RequestDelegate answer in (RequestDelegate[])[http => Results.Bytes(new byte[Piece.Size.Unpadded.Bytes]).ExecuteAsync(http), WriteWithoutEndAsync, http => AnswerWronglyAsync(http, "no http"), http => Results.Bytes(Content[..^1]).ExecuteAsync(http)])
        {
            _answer = answer;
            using MemoryStream copy = new();
            bool IsRight() => copy.ToArray().AsSpan().SequenceEqual(Content);
            await PieceCopying.RunAsync(_http, [Holder(_liar, isSigned: false), good], Piece, copy, IsRight, Cancellation);
            Assert.True(IsRight());
            await Assert.ThrowsAsync<IOException>(() => PieceCopying.RunAsync(_http, [liar], Piece, copy, IsRight, Cancellation));
        }
    }

    [Theory]
    [InlineData("stored", "")]
    [InlineData("stored", "-1")]
    [InlineData("uploading", "x")]
    [InlineData("uploading", "520193")]
    [InlineData("uploading", "9223372036854775807")]
    [InlineData("uploading", "99999999999999999999")]
    [InlineData(null, "5")]
    public async Task Who_says_to_have_what_there_cannot_be_is_not_sent_anything(string? state, string offset)
    {
        _answer = http =>
        {
            if (state is not null)
                http.Response.Headers["Flashback-State"] = state;
            http.Response.Headers["Upload-Offset"] = offset;
            return Task.CompletedTask;
        };
        await Assert.ThrowsAsync<IOException>(() => _http.AskAsync(Endpoint, Piece, Contract, Content.Length, Cancellation));
    }

    /// <summary>Endpoints as the chain may hold them: anything may stand there.</summary>
    [Theory]
    [InlineData("http://xn--a.test")]
    [InlineData("http://xn--99999999999.test")]
    [InlineData("http://\u0301.test")]
    [InlineData("http://\u00ad/")]
    [InlineData("http://\ud800.test")]
    [InlineData("http://127.0.0.1:0")]
    [InlineData("http://127.0.0.1:1/?a=b#c")]
    [InlineData("http://127.0.0.1:1/%ff%00/%2e%2e/")]
    [InlineData("http://127.0.0.1:1/\r\nX: y")]
    [InlineData("http://[::1%251]:1")]
    [InlineData("http://[::]:1")]
    [InlineData("http://0:1")]
    [InlineData("http://.")]
    [InlineData("http://..:1")]
    [InlineData("http://-")]
    [InlineData("http://a..b:1")]
    [InlineData("http://*:1")]
    [InlineData("https://255.255.255.255:1")]
    [InlineData("http://99999999999999999999:1")]
    [InlineData("http://user:secret@127.0.0.1:1")]
    [InlineData("file:///etc/passwd")]
    [InlineData("unix:/run/docker.sock")]
    [InlineData("//127.0.0.1:1")]
    [InlineData("")]
    public async Task An_endpoint_that_leads_nowhere_is_a_provider_that_does_not_answer(string text)
    {
        if (!ProviderHttp.TryEndpoint(text, out Uri? endpoint))
            return;
        await Assert.ThrowsAsync<IOException>(() => _http.AskAsync(endpoint, Piece, Contract, Content.Length, Cancellation));
        await Assert.ThrowsAsync<IOException>(() => _http.OrderPullAsync(new Uri(_liar.Urls.First()), Piece, new PullMessage(endpoint.ToString(), Contract.ToString(), Id), Cancellation));
    }

    [Theory]
    [InlineData(500_001, 204, "600000")]
    [InlineData(0, 204, "0")]
    [InlineData(0, 204, "500000")]
    [InlineData(0, 204, "9223372036854775807")]
    [InlineData(0, 409, "9223372036854775807")]
    [InlineData(0, 204, "")]
    [InlineData(0, 302, "1")]
    [InlineData(0, 507, "1")]
    public async Task Who_takes_a_piece_and_tells_nonsense_is_given_up(long begun, int status, string offset)
    {
        _answer = async http =>
        {
            await http.Request.Body.CopyToAsync(Stream.Null, http.RequestAborted);
            http.Response.StatusCode = status;
            http.Response.Headers["Upload-Offset"] = offset;
            http.Response.Headers.Location = "/elsewhere";
        };
        await Assert.ThrowsAsync<IOException>(() => _http.UploadAsync(Endpoint, Piece, Contract, new MemorySource(Content), begun, _ => { }, Cancellation));
    }

    private Uri Endpoint => new(_liar.Urls.First());

    private static async Task AnswerWronglyAsync(HttpContext http, string way)
    {
        HttpResponse response = http.Response;
        void Begin(string? range, int? length = null) => (response.StatusCode, response.Headers.ContentRange, response.ContentLength) = (StatusCodes.Status206PartialContent, range, length);
        string right = $"bytes {Offset}-{Offset + Length - 1}/{Content.Length}";
        switch (way)
        {
            case "whole":
                await response.Body.WriteAsync(Content, http.RequestAborted);
                break;
            case "no range":
                Begin(null);
                await response.Body.WriteAsync(Content.AsMemory(Offset, Length), http.RequestAborted);
                break;
            case "another range":
                Begin($"bytes 0-{Length - 1}/{Content.Length}");
                await response.Body.WriteAsync(Content.AsMemory(0, Length), http.RequestAborted);
                break;
            case "backward range":
                Begin($"bytes {Offset}-{Offset - 1}/{Offset}");
                break;
            case "cut off":
                Begin(right, Length);
                await response.Body.WriteAsync(Content.AsMemory(Offset, 10), http.RequestAborted);
                await response.Body.FlushAsync(http.RequestAborted);
                http.Abort();
                break;
            case "too short":
                Begin(right, 10);
                await response.Body.WriteAsync(Content.AsMemory(Offset, 10), http.RequestAborted);
                break;
            case "without end":
                Begin(right);
                await WriteWithoutEndAsync(http);
                break;
            case "zeros":
                response.StatusCode = StatusCodes.Status416RangeNotSatisfiable;
                response.Headers.ContentRange = "bytes */0";
                break;
            case "elsewhere":
                response.StatusCode = StatusCodes.Status403Forbidden;
                response.Headers[SignedReadRequest.NextHeaderName] = ulong.MaxValue.ToString(CultureInfo.InvariantCulture);
                break;
            case "redirect":
                response.Redirect(http.Request.Path.Value!);
                break;
            case "failure":
                response.StatusCode = StatusCodes.Status500InternalServerError;
                await WriteWithoutEndAsync(http);
                break;
            case "no http":
                http.Abort();
                break;
            default:
                response.StatusCode = StatusCodes.Status204NoContent;
                break;
        }
    }

    private static async Task WriteWithoutEndAsync(HttpContext http)
    {
        try
        {
            for (byte[] part = new byte[1 << 16]; ;)
                await http.Response.Body.WriteAsync(part, http.RequestAborted);
        }
        catch (OperationCanceledException)
        {
            // at last
        }
    }

    /// <summary>Gives the right bytes, and for a delivery what the test wants.</summary>
    private async Task DeliverAsync(HttpContext http)
    {
        if (HttpMethods.IsPost(http.Request.Method))
        {
            Interlocked.Increment(ref _receipts);
            http.Response.StatusCode = StatusCodes.Status204NoContent;
        }
        else if (http.Request.Headers[SignedReadRequest.HeaderName] is [{ } header])
        {
            SignedReadRequest read = SignedReadRequest.TryRead(header)!;
            Assert.Equal(1UL, read.Request.Number);
            Func<SignedReadRequest, string> tell = _delivery;
            _last = () => tell(read);
            http.Response.StatusCode = StatusCodes.Status206PartialContent;
            http.Response.Headers.ContentRange = $"bytes {Offset}-{Offset + Length - 1}/{Content.Length}";
            Interlocked.Increment(ref _signed);
            await http.Response.Body.WriteAsync(Content.AsMemory(Offset, Length), http.RequestAborted);
        }
        else if (http.Request.Path.StartsWithSegments("/deliveries", StringComparison.Ordinal))
        {
            await http.Response.WriteAsync(_last(), http.RequestAborted);
        }
        else
        {
            await Results.Bytes(Content, enableRangeProcessing: true).ExecuteAsync(http);
        }
    }

    /// <summary>Reads until that was by a signed request: it takes a moment until the number is free.</summary>
    private async Task ReadSignedAsync(SignedReads reads, PieceHolder holder)
    {
        int before = Volatile.Read(ref _signed);
        for (int i = 0; i < 500 && Volatile.Read(ref _signed) == before; i++)
        {
            Assert.Equal(Content[Offset..(Offset + Length)], await ReadAsync(reads, holder));
            await Task.Delay(10, Cancellation);
        }
        Assert.Equal(before + 1, _signed);
    }

    private async Task<byte[]> ReadAsync(SignedReads reads, params PieceHolder[] holders)
    {
        byte[] read = new byte[Length];
        await ReadRace.RunAsync(_http, reads, holders, Piece, Offset, read, bytes => bytes.Span.SequenceEqual(Content.AsSpan(Offset, Length)), Cancellation);
        return read;
    }

    private PieceHolder Holder(WebApplication app, bool isSigned) =>
        new(Id, new Uri(app.Urls.First()), new Pace()) { Terms = isSigned ? new ReadTerms(Deal, Contract, _operator.PublicKey.ToAddress(), 756, Slot, Slot + 1_000, Content.Length) : null };

    private async Task<SignedReads> OpenAsync()
    {
        MarketChain chain = new(_node, _wallet, _network);
        await chain.GetHeadSlotAsync(Cancellation);
        return new SignedReads(chain, _http, _index, NullLogger.Instance);
    }
}
