using System.Net;
using System.Security.Cryptography;
using Flashback.Client;
using Flashback.Cryptography;
using Flashback.Execution;
using Flashback.Gateway.Market;
using Flashback.Primitives;
using Flashback.Proofs;
using Flashback.Provider;
using Flashback.Roles.Tests.Client.Execution;
using Flashback.Roles.Tests.Provider.Receipts;
using Flashback.State.Store;
using Flashback.State.Store.Sqlite;
using Microsoft.Extensions.Logging.Abstractions;

namespace Flashback.Roles.Tests.Gateway.Market;

/// <summary>Reads that count, from a true provider's server: one after the other they end in its book, signed by both, whatever happens to the gateway; what is not right is signed by nobody.</summary>
public sealed class SignedReadsTests : IAsyncLifetime
{
    private const ulong ChainId = 7, Id = 3, Deal = 11, Slot = 100, End = 1_100;

    private static readonly Address Contract = FixedBytes.Parse<Address>("0x00000000000000000000000000000000000000d1");
    private static readonly byte[] Content = [.. Enumerable.Range(0, 500_000).Select(i => (byte)(i * 7 / 3))];
    private static readonly Piece Piece = PieceCommitment.Compute(Content);

    private readonly string _folder = Directory.CreateTempSubdirectory("flashback-reads-").FullName;
    private readonly Secp256k1SecretKey _operator = Secp256k1SecretKey.Generate(), _reader = Secp256k1SecretKey.Generate();
    private readonly SqliteStore _providers = SqliteStore.OpenTemporary(ProviderDisk.Columns);
    private readonly List<SqliteStore> _indexes = [];
    private readonly ProviderHttp _http = new();
    private readonly ExecutionClient _node;
    private readonly TransactionSender _sender, _wallet;
    private readonly DeliveryBook _book;
    private readonly PieceShelf _shelf;
    private readonly KnownStorageNetwork _network = new(0, 1, 2, UInt256.Zero, 0, 1, 60, 6, 5, 4, 5, 5, 2048, 2, 50_000_000_000, 1_000_000UL << 19, 60);
    private ProviderServer _server = null!;

    public SignedReadsTests()
    {
        _node = new ExecutionClient(new Uri("http://node.test"), TimeSpan.FromSeconds(5), TimeProvider.System, new AnsweringNode(_reader.PublicKey.ToAddress(), Sha256.Hash([2]), Slot));
        ChainConfig chain = new(ChainId, ChainConfig.MainnetDepositContract, new RulesActivation(0, ForkRules.Prague));
        _sender = new TransactionSender(_node, _operator, new KeptJournal(), chain, TimeSpan.FromSeconds(1), TimeProvider.System);
        _wallet = new TransactionSender(_node, _reader, new KeptJournal(), chain, TimeSpan.FromSeconds(1), TimeProvider.System);
        _book = new DeliveryBook(_providers);
        _shelf = new PieceShelf(_folder);
        _shelf.Restore(Piece.Commitment, stream => stream.Write(Content));
    }

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private Address Operator => _operator.PublicKey.ToAddress();

    public async ValueTask InitializeAsync()
    {
        WorkQueue queue = new(_providers, "run");
        DealDetails deal = new()
        {
            Contract = Contract.ToString(), Client = default(Address).ToString(), CommP = Piece.Commitment.ToString(), PieceSize = Piece.Size.Bytes, Cadence = 1, RegistrationEnd = 1, ActivationEnd = 2, End = End, FeeWei = "0",
            CollateralWei = "0", Block = 1, Regions = [756],
        };
        queue.Add(new WorkItem { Id = WorkId.OfDeal(Deal), State = WorkState.DealActive, Details = new WorkDetails { Deal = deal } });
        ReadDesk desk = new(new ProviderChain(_node, _sender, Id, default, _network, TimeProvider.System), queue, _book);
        ProviderAnswers answers = new(new ProofRequests(new ParameterCache(_folder))) { Pieces = new PieceEndpoints(_shelf, new NothingExpected(), desk) };
        _server = await ProviderServer.StartAsync(new IPEndPoint(IPAddress.Loopback, 0), answers, NullLoggerFactory.Instance, Cancellation);
    }

    public async ValueTask DisposeAsync()
    {
        await _server.DisposeAsync();
        _shelf.Dispose();
        _sender.Dispose();
        _wallet.Dispose();
        _http.Dispose();
        _node.Dispose();
        _indexes.ForEach(index => index.Dispose());
        _providers.Dispose();
        _operator.Dispose();
        _reader.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public async Task Reads_are_signed_by_both_one_after_the_other_also_after_a_restart_and_without_an_index()
    {
        SqliteStore index = NewIndex();
        await using (SignedReads reads = await OpenAsync(index))
        {
            for (int i = 0; i < 5; i++)
                await ReadAsync(reads, i * 1_000, 5_000, counted: (ulong)i + 1);
        }
        await using (SignedReads reads = await OpenAsync(index))
        {
            await ReadAsync(reads, 7, 1, counted: 6);
            await ReadAsync(reads, Content.Length - 10, 10, counted: 7);
            await ReadAsync(reads, Content.Length - 10, 20, counted: 7); // the zeros behind it cannot be signed for
        }
        await using (SignedReads reads = await OpenAsync(NewIndex()))
        {
            await ReadAsync(reads, 0, 10, counted: 7); // the provider says which number is next
            await ReadAsync(reads, 0, 10, counted: 8);
        }
        IReadOnlyList<SignedDelivery> kept = _book.Read(Deal, 756, 1, 64);
        Assert.Equal([1, 2, 3, 4, 5, 6, 7, 8], kept.Select(signed => (int)signed.Delivery.Number));
        Assert.All(kept, signed => Assert.Equal(_reader.PublicKey.ToAddress(), signed.SignerOn(ChainId, Contract)));
        Assert.All(kept, signed => Assert.InRange(signed.Delivery.MsToFirstByte, 0U, signed.Delivery.MsToLastByte));
        Assert.Equal(Hash32.Read(SHA256.HashData(Content.AsSpan(2_000, 5_000))), kept[2].Delivery.Digest);
    }

    [Fact]
    public async Task A_signature_that_did_not_arrive_is_handed_over_before_the_next_read()
    {
        SqliteStore index = NewIndex();
        await using SignedReads reads = await OpenAsync(index);
        await ReadAsync(reads, 0, 100, counted: 1);
        KeptReceipt kept = new DealReceipts(index).Find(Deal, Id)!;
        _book.Forget(Deal); // as if the provider had died before it was on its disk
        await using SignedReads again = await OpenAsync(index);
        await ReadAsync(again, 0, 100, counted: 2);
        Assert.Equal(SignedDelivery.TryRead(kept.Theirs)!.Delivery, _book.Read(Deal, 756, 1, 1)[0].Delivery);
    }

    [Fact]
    public async Task Who_counts_in_another_way_gets_no_more_signatures_and_is_read_all_the_same()
    {
        SqliteStore index = NewIndex();
        await using SignedReads reads = await OpenAsync(index);
        for (int i = 0; i < 3; i++)
            await ReadAsync(reads, 0, 100, counted: (ulong)i + 1);
        _book.Forget(Deal); // it would have the first ones signed anew: quicker ones
        for (int i = 0; i < 3; i++)
            await ReadAsync(reads, 0, 100, counted: 0);
    }

    [Fact]
    public async Task Nobody_waits_for_what_is_only_measured_and_wrong_bytes_are_never_signed_for()
    {
        await using SignedReads reads = await OpenAsync(NewIndex());
        PieceHolder holder = Holder();
        reads.Measure(holder, Piece, 0, 1_000, bytes => bytes.Span.SequenceEqual(Content.AsSpan(0, 1_000)));
        await UntilCountedAsync(1);
        reads.Measure(holder, Piece, 0, 1_000, _ => false);
        for (int i = 0; i < 100 && holder.Pace.Expected < TimeSpan.FromMilliseconds(300); i++)
            await Task.Delay(20, Cancellation);
        Assert.True(holder.Pace.Expected > TimeSpan.FromMilliseconds(300)); // it is asked later now
        Assert.Equal(2UL, _book.NextOf(Deal, 756));
        await ReadAsync(reads, 0, 100, counted: 2);
    }

    [Fact]
    public void A_provider_may_ask_for_the_last_signature_again_but_not_for_ever_nor_for_an_older_one()
    {
        ReadLane lane = new(Terms, Id, new KeptReceipt(5, "", ""));
        for (int i = 0; i < 3; i++)
        {
            lane.IsOpen = false; // it took it
            lane.Resume(5);
            Assert.Equal((true, false, 6UL), (lane.IsOpen, lane.IsGivenUp, lane.Next));
        }
        lane.Resume(6);
        Assert.False(lane.IsGivenUp);
        lane.Resume(5);
        Assert.True(lane.IsGivenUp);
        foreach (ulong next in (ulong[])[1, 4, 7])
        {
            ReadLane other = new(Terms, Id, new KeptReceipt(5, "", ""));
            other.Resume(next);
            Assert.True(other.IsGivenUp);
        }
        ReadLane fresh = new(Terms, Id, null);
        fresh.Resume(9);
        Assert.Equal((9UL, false), (fresh.Next, fresh.IsGivenUp));
    }

    [Fact]
    public void Signatures_are_spread_over_the_time_of_the_deal()
    {
        ReadLane lane = new(Terms, Id, null);
        for (ulong number = 1; number <= 1_022; number++)
        {
            ulong first = number <= 16 ? 100 : 100 + (((number - 16) * 1_000 + 1_007) / 1_008); // 1,008 of them in 1,000 slots
            Assert.True(lane.MayCount(first, 16, 1_024), $"{number}");
            Assert.False(number > 16 && lane.MayCount(first - 1, 16, 1_024), $"{number} too early");
            lane.Sign(new KeptReceipt(number, "", ""));
        }
        Assert.False(lane.MayCount(End - 1, 16, 1_024));
        Assert.False(new ReadLane(Terms, Id, null).MayCount(End, 16, 1_024));
    }

    [Fact]
    public void A_delivery_is_signed_as_it_was_asked_for_came_and_took_or_not_at_all()
    {
        ReadRequest request = new(Piece.Commitment, Id, 1, 10, 20, 756, Slot, default);
        SignedRead read = new(new ReadLane(Terms, Id, null), request, "", request.SigningHash(ChainId, Contract));
        Hash32 digest = Sha256.Hash([9]);
        Delivery right = new(read.Hash, Id, 1, 10, 20, 756, 100, 200, digest);
        ReadTimes times = new(TimeSpan.FromMilliseconds(150), TimeSpan.FromMilliseconds(250));
        string? FaultOf(Delivery delivery, Secp256k1SecretKey key, double took = 250) =>
            DeliveryCheck.FaultOf(SignedDelivery.Sign(delivery, ChainId, Contract, key), read, ChainId, digest, times with { ToLast = TimeSpan.FromMilliseconds(took) });
        Assert.Null(FaultOf(right, _operator));
        Assert.Null(FaultOf(right, _operator, took: 1_400)); // a slow link
        Assert.NotNull(FaultOf(right, _operator, took: 1_401));
        Assert.NotNull(FaultOf(right, _reader));
        Delivery[] wrong =
        [
            right with { Request = digest }, right with { Provider = 4 }, right with { Number = 2 }, right with { Offset = 11 }, right with { Length = 21 }, right with { Region = 0 },
            right with { Digest = read.Hash }, right with { MsToFirstByte = 201 },
        ];
        Assert.All(wrong, delivery => Assert.NotNull(FaultOf(delivery, _operator)));
    }

    private ReadTerms Terms => new(Deal, Contract, Operator, 756, 100, End, Content.Length);

    private PieceHolder Holder() => new(Id, new Uri($"http://{_server.Endpoint}"), new Pace()) { Terms = Terms };

    private SqliteStore NewIndex()
    {
        _indexes.Add(SqliteStore.OpenTemporary(MarketNetwork.Columns));
        return _indexes[^1];
    }

    private async Task<SignedReads> OpenAsync(IStore index)
    {
        MarketChain chain = new(_node, _wallet, _network);
        await chain.GetHeadSlotAsync(Cancellation);
        return new SignedReads(chain, _http, index, NullLogger.Instance);
    }

    private async Task ReadAsync(SignedReads reads, int offset, int length, ulong counted)
    {
        byte[] read = new byte[length], expected = [.. Content.AsSpan(offset, Math.Min(length, Content.Length - offset)), .. new byte[Math.Max(0, offset + length - Content.Length)]];
        await reads.PrepareAsync(Holder());
        await ReadRace.RunAsync(_http, reads, [Holder()], Piece, offset, read, bytes => bytes.Span.SequenceEqual(expected), Cancellation);
        Assert.Equal(expected, read);
        await UntilCountedAsync(counted);
    }

    /// <summary>Signatures are exchanged after the answer; then the next read may begin.</summary>
    private async Task UntilCountedAsync(ulong counted)
    {
        for (int i = 0; i < 500 && _book.NextOf(Deal, 756) <= counted; i++)
            await Task.Delay(10, Cancellation);
        await Task.Delay(50, Cancellation); // it takes a moment until the number is free, and nothing more comes
        Assert.Equal(counted + 1, _book.NextOf(Deal, 756));
    }

    private sealed class NothingExpected : IPieceIntake
    {
        public ValueTask<ExpectedPiece?> FindAsync(Hash32 commP, string? deal, CancellationToken cancellation) => new((ExpectedPiece?)null);

        public bool TryRecall(Hash32 commP) => false;

        public Task<string?> OrderPullAsync(Hash32 commP, PullOrder order, CancellationToken cancellation) => Task.FromResult<string?>("no");
    }
}
