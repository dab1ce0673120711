using System.IO.Pipelines;
using System.Net;
using Flashback.Primitives;
using Flashback.Proofs;
using Flashback.Provider;
using Flashback.Testing;
using Microsoft.Extensions.Logging.Abstractions;

namespace Flashback.Roles.Tests.Provider.Delivery;

/// <summary>A piece that one provider fetches from another one.</summary>
public sealed class PullTests : IAsyncLifetime
{
    private readonly string _folder = Directory.CreateTempSubdirectory("flashback-pull-").FullName;
    private readonly byte[] _data = new byte[3_000_000];
    private readonly ExpectedPiece _piece;
    private readonly PieceShelf _theirs;
    private readonly PieceShelf _ours;
    private readonly PiecePulls _pulls;
    private ProviderServer? _server;

    public PullTests()
    {
        Seeds.Fresh().NextBytes(_data);
        _piece = new ExpectedPiece(PieceCommitment.Compute(_data).Commitment, PaddedSize.Of(4 << 20));
        (_theirs, _ours) = (new PieceShelf(Path.Combine(_folder, "theirs")), new PieceShelf(Path.Combine(_folder, "ours")));
        _pulls = new PiecePulls(_ours);
    }

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private string Endpoint => $"http://{_server!.Endpoint}/";

    public async ValueTask InitializeAsync() => _server = await ProviderServer.StartAsync(
        new IPEndPoint(IPAddress.Loopback, 0), new ProviderAnswers(new ProofRequests(new ParameterCache(_folder))) { Pieces = new PieceEndpoints(_theirs, new NoIntake()) }, NullLoggerFactory.Instance, Cancellation);

    public async ValueTask DisposeAsync()
    {
        await _server!.DisposeAsync();
        _pulls.Dispose();
        _theirs.Dispose();
        _ours.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1_234_567)]
    public async Task It_comes_by_ranges_from_where_it_stopped(int before)
    {
        await PutAsync(_theirs, _data);
        if (before > 0)
            await PutAsync(_ours, _data[..before]);
        Assert.Null(await PullAsync(Endpoint));
        await using FileStream stored = _ours.Read(_piece.CommP);
        byte[] came = new byte[_data.Length];
        await stored.ReadExactlyAsync(came, Cancellation);
        Assert.Equal(_data, came);
        Assert.Equal(stored.Length, came.Length);
    }

    [Fact]
    public async Task Bytes_that_are_another_pieces_are_dropped()
    {
        await PutAsync(_theirs, _data);
        byte[] altered = [.. _data[..1_000]];
        altered[7] ^= 1;
        await PutAsync(_ours, altered);
        Assert.Contains("WrongPiece", await PullAsync(Endpoint), StringComparison.Ordinal);
        Assert.Null(_ours.LengthOf(_piece.CommP));
        Assert.Equal(0, _ours.OffsetOf(_piece.CommP));
        Assert.Null(await PullAsync(Endpoint));
    }

    [Fact]
    public async Task Who_has_no_such_piece_or_does_not_answer_is_told_about()
    {
        Assert.Contains("answers 404", await PullAsync(Endpoint), StringComparison.Ordinal);
        Assert.Contains("http://127.0.0.1:1", await PullAsync("http://127.0.0.1:1"), StringComparison.Ordinal);
        Assert.Null(_ours.LengthOf(_piece.CommP));
    }

    /// <summary>Starts a pull, and asks again until it has ended.</summary>
    private async Task<string?> PullAsync(string endpoint)
    {
        DealDetails deal = new()
        {
            Contract = default(Address).ToString(), Client = default(Address).ToString(), CommP = _piece.CommP.ToString(), PieceSize = _piece.Size.Bytes, Cadence = 1, RegistrationEnd = 1, ActivationEnd = 2, End = 3,
            FeeWei = "0", CollateralWei = "0", Block = 1,
        };
        while (_pulls.Start(deal, endpoint, Cancellation) is var failure)
        {
            if (failure is not null || _ours.LengthOf(_piece.CommP) is not null)
                return failure;
            await Task.Delay(10, Cancellation);
        }
        return null;
    }

    private async Task PutAsync(PieceShelf shelf, byte[] data)
    {
        PieceUpload upload = shelf.Upload(_piece)!;
        using MemoryStream stream = new(data);
        if (await upload.AppendAsync(PipeReader.Create(stream), 0, length: null, Cancellation) == UploadResult.Stored)
            shelf.Close(upload);
    }

    private sealed class NoIntake : IPieceIntake
    {
        public ValueTask<ExpectedPiece?> FindAsync(Hash32 commP, string? deal, CancellationToken cancellation) => default;

        public bool TryRecall(Hash32 commP) => false;

        public Task<string?> OrderPullAsync(Hash32 commP, PullOrder order, CancellationToken cancellation) => Task.FromResult<string?>("no deal asks for it");
    }
}
