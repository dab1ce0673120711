using Flashback.Client;
using Flashback.Cryptography;
using Flashback.Execution;
using Flashback.Primitives;
using Flashback.Provider;
using Flashback.Roles.Tests.Client.Execution;
using Flashback.State.Store.Sqlite;

namespace Flashback.Roles.Tests.Provider.Receipts;

/// <summary>Signed reads: each request is judged by the chain and served once, and a delivery counts when the reader has signed it too, each number once.</summary>
public sealed class ReadDeskTests : IDisposable
{
    private const ulong ChainId = 7, Provider = 3, Deal = 11, Slot = 100;
    private const long Length = 1_000;

    private static readonly Address Contract = FixedBytes.Parse<Address>("0x00000000000000000000000000000000000000d1");
    private static readonly Hash32 CommP = Sha256.Hash([1]);
    private static readonly Hash32 Nonce = Sha256.Hash([2]);

    private readonly SqliteStore _store = SqliteStore.OpenTemporary(ProviderDisk.Columns);
    private readonly Secp256k1SecretKey _operator = Secp256k1SecretKey.Generate();
    private readonly Secp256k1SecretKey _reader = Secp256k1SecretKey.Generate();
    private readonly Secp256k1SecretKey _stranger = Secp256k1SecretKey.Generate();
    private readonly ExecutionClient _node;
    private readonly TransactionSender _sender;
    private readonly WorkQueue _queue;
    private readonly DeliveryBook _book;
    private readonly ReadDesk _desk;

    public ReadDeskTests()
    {
        _node = new ExecutionClient(new Uri("http://node.test"), TimeSpan.FromSeconds(5), TimeProvider.System, new AnsweringNode(_reader.PublicKey.ToAddress(), Nonce, Slot));
        _sender = new TransactionSender(
            _node, _operator, new KeptJournal(), new ChainConfig(ChainId, ChainConfig.MainnetDepositContract, new RulesActivation(0, ForkRules.Prague)), TimeSpan.FromSeconds(1), TimeProvider.System);
        KnownStorageNetwork network = new(0, 1, 2, UInt256.Zero, 0, 1, 60, 6, 5, 4, 5, 5, 2048, 2, 50_000_000_000, 1_000_000UL << 19, 60);
        ProviderChain chain = new(_node, _sender, Provider, default, network, TimeProvider.System);
        (_queue, _book) = (new WorkQueue(_store, "run"), new DeliveryBook(_store));
        _desk = new ReadDesk(chain, _queue, _book);
        DealDetails deal = new()
        {
            Contract = Contract.ToString(), Client = default(Address).ToString(), CommP = CommP.ToString(), PieceSize = 1_024, Cadence = 1, RegistrationEnd = 1, ActivationEnd = 2, End = 300, FeeWei = "0", CollateralWei = "0",
            Block = 1, Regions = [0, 756],
        };
        _queue.Add(new WorkItem { Id = WorkId.OfDeal(Deal), State = WorkState.DealActive, Details = new WorkDetails { Deal = deal } });
    }

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private static ReadRequest Request { get; } = new(CommP, Provider, 1, 10, 20, 756, Slot, Nonce);

    public void Dispose()
    {
        _sender.Dispose();
        _node.Dispose();
        _operator.Dispose();
        _reader.Dispose();
        _stranger.Dispose();
        _store.Dispose();
    }

    [Fact]
    public async Task What_the_reader_has_signed_is_served_once()
    {
        Assert.Equal(Deal, (await AdmitAsync(Request)).Read!.Deal);
        Assert.Equal("the request was served already", (await AdmitAsync(Request)).Refusal);
        Assert.NotNull((await AdmitAsync(Request with { Slot = Slot - 32 })).Read);
    }

    [Fact]
    public async Task What_does_not_fit_deal_chain_or_piece_is_not_served()
    {
        (ReadRequest Request, string Reason)[] wrong =
        [
            (Request with { CommP = Nonce }, "the request is for another piece, or for another provider"),
            (Request with { Provider = 4 }, "the request is for another piece, or for another provider"),
            (Request with { Length = 0 }, "the piece has 1000 bytes"),
            (Request with { Offset = 981 }, "the piece has 1000 bytes"),
            (Request with { Offset = ulong.MaxValue }, "the piece has 1000 bytes"),
            (Request with { Length = ulong.MaxValue }, "the piece has 1000 bytes"),
            (Request with { Region = 1 }, "the deal does not measure in region 1"),
            (Request with { Number = 2 }, "the next delivery to region 756 has the number 1"),
            (Request with { Number = 0 }, "the next delivery to region 756 has the number 1"),
            (Request with { Slot = Slot + 1 }, "the nonce is of slot 101, and the chain is at slot 100"),
            (Request with { Slot = Slot - 33 }, "the nonce is of slot 67, and the chain is at slot 100"),
            (Request with { Nonce = CommP }, "the nonce is not that of slot 100"),
        ];
        foreach ((ReadRequest request, string reason) in wrong)
            Assert.Equal((null, reason), await AdmitAsync(request));
        Assert.Equal("the request is not signed by the deal's reader", (await AdmitAsync(Request, _stranger)).Refusal);
        Assert.Equal("Flashback-Request holds no request", (await _desk.AdmitAsync("AAAA", CommP, Length, Cancellation)).Refusal);
        SignedReadRequest elsewhere = SignedReadRequest.Sign(Request, ChainId, default, _reader);
        Assert.Equal("no deal of that address is active here", (await _desk.AdmitAsync(elsewhere.ToHeader(), CommP, Length, Cancellation)).Refusal);
    }

    [Fact]
    public async Task A_delivery_is_kept_when_both_have_signed_it_each_number_once_and_without_a_gap()
    {
        SignedDelivery first = await DeliverAsync(Request, ms: 5);
        Assert.Equal("the delivery is not signed by the deal's reader", await CountersignAsync(first, Signed(first.Delivery, _stranger)));
        Assert.Equal("this provider has signed another delivery", await CountersignAsync(Signed(first.Delivery, _stranger), Signed(first.Delivery, _reader)));
        Execution.Delivery quicker = first.Delivery with { MsToLastByte = 1 };
        Assert.Equal("this provider has signed another delivery", await CountersignAsync(first, Signed(quicker, _reader)));
        Assert.Equal(1UL, _book.NextOf(Deal, 756));
        Assert.Null(await CountersignAsync(first, Signed(first.Delivery, _reader)));
        Assert.Null(await CountersignAsync(first, Signed(first.Delivery, _reader)));
        Assert.Equal(2UL, _book.NextOf(Deal, 756));
        Assert.Equal(1UL, _book.NextOf(Deal, 0));

        SignedDelivery another = _sender.SignDelivery(quicker, Contract);
        Assert.Equal("the next delivery to region 756 has the number 2", await CountersignAsync(another, Signed(quicker, _reader)));
        SignedDelivery second = await DeliverAsync(Request with { Number = 2 }, ms: 7);
        Assert.Null(await CountersignAsync(second, Signed(second.Delivery, _reader)));
        Assert.Equal([first.Delivery, second.Delivery], new DeliveryBook(_store).Read(Deal, 756, 1, 64).Select(signed => signed.Delivery));
        _book.Forget(Deal);
        Assert.Equal(1UL, _book.NextOf(Deal, 756));
    }

    [Fact]
    public async Task Receipts_are_batched_when_there_are_many_and_when_the_deal_nears_its_end()
    {
        ReceiptSchedule schedule = new(new ProviderChain(_node, _sender, Provider, default, new(0, 1, 2, UInt256.Zero, 0, 1, 60, 6, 5, 4, 5, 5, 2048, 2, 50_000_000_000, 1, 60), TimeProvider.System), _queue, _book);
        for (ulong number = 1; number <= 70; number++)
        {
            schedule.Follow(Slot);
            Assert.Equal(number > 64 ? 1 : 0, _queue.Of(WorkKind.Batch).Count);
            SignedDelivery delivery = await DeliverAsync(Request with { Number = number }, ms: 5);
            Assert.Null(await CountersignAsync(delivery, Signed(delivery.Delivery, _reader)));
        }
        WorkItem batch = Assert.Single(_queue.Of(WorkKind.Batch));
        Assert.Equal(new BatchDetails(1, 1, 64), batch.Details.Batch);
        schedule.Follow(slot: 299);
        Assert.Single(_queue.Of(WorkKind.Batch)); // one after the other
        _queue.TryReplace(batch, batch with { State = WorkState.BatchProven });
        schedule.Follow(Slot);
        Assert.Single(_queue.Of(WorkKind.Batch));
        schedule.Follow(slot: 280);
        Assert.Equal([new BatchDetails(1, 1, 64), new BatchDetails(1, 65, 6)], _queue.Of(WorkKind.Batch).Select(item => item.Details.Batch).OrderBy(one => one!.First));
    }

    private Task<(AdmittedRead? Read, string? Refusal)> AdmitAsync(ReadRequest request, Secp256k1SecretKey? key = null) =>
        _desk.AdmitAsync(SignedReadRequest.Sign(request, ChainId, Contract, key ?? _reader).ToHeader(), CommP, Length, Cancellation);

    private async Task<SignedDelivery> DeliverAsync(ReadRequest request, int ms)
    {
        (AdmittedRead? read, string? refusal) = await AdmitAsync(request);
        Assert.Null(refusal);
        Assert.Null(_desk.Find(read!.Hash));
        SignedDelivery signed = _desk.Sign(read, TimeSpan.FromMilliseconds(1), TimeSpan.FromMilliseconds(ms), Sha256.Hash([9]));
        Assert.Equal(signed, _desk.Find(read.Hash));
        return signed;
    }

    private Task<string?> CountersignAsync(SignedDelivery ours, SignedDelivery theirs) => _desk.CountersignAsync(Contract, ours, theirs, Cancellation);

    private static SignedDelivery Signed(Execution.Delivery delivery, Secp256k1SecretKey key) => SignedDelivery.Sign(delivery, ChainId, Contract, key);
}
