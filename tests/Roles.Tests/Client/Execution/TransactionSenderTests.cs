using Flashback.Chain;
using Flashback.Client;
using Flashback.Cryptography;
using Flashback.Execution;
using Flashback.Primitives;

namespace Flashback.Roles.Tests.Client.Execution;

/// <summary>Whatever fails on the way, and wherever the program is killed: of what was to be sent once, one gets on the chain at most.</summary>
public sealed class TransactionSenderTests : IDisposable
{
    private static readonly TimeSpan Slot = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    private readonly VirtualTime _time = new(DateTimeOffset.UnixEpoch + TimeSpan.FromDays(20_000));
    private readonly ScriptedRpc _rpc = new();
    private readonly KeptJournal _journal = new();
    private readonly ExecutionClient _node;
    private readonly Secp256k1SecretKey _key = Secp256k1SecretKey.Generate();

    public TransactionSenderTests() => _node = new ExecutionClient(new Uri("http://node.test"), Slot, _time, _rpc);

    public void Dispose()
    {
        _node.Dispose();
        _key.Dispose();
    }

    [Fact]
    public void A_transaction_is_kept_before_it_is_sent_and_forgotten_when_it_is_on_the_chain()
    {
        _journal.OnWrite = () => Assert.Empty(_rpc.Offered);
        Task<ExecutionReceipt?> sending = Sender().SendAsync(Draft(), CancellationToken.None);
        Assert.NotNull(_journal.Read());
        Pass(1);
        Assert.False(sending.IsCompleted);
        _rpc.Mine();
        Pass(1);
        Assert.True(sending.IsCompletedSuccessfully);
        Transaction sent = Assert.Single(_rpc.Chain);
        Assert.Equal(sent.Hash(), Result(sending)!.TransactionHash);
        Assert.True(sent.TryRecoverSender(out Address sender));
        Assert.Equal(_key.PublicKey.ToAddress(), sender);
        Assert.Null(_journal.Read());
    }

    [Fact]
    public void Blobs_go_with_their_commitments_and_proofs()
    {
        BlobWriter blobs = new();
        blobs.Write([1, 2, 3]);
        _ = Sender().SendAsync(Draft() with { Blobs = blobs.Blobs }, CancellationToken.None);
        Assert.Equal(TransactionType.Blob, Assert.Single(_rpc.Pool).Type); // the node has checked the proofs
    }

    [Fact]
    public void What_was_cut_off_before_or_after_it_was_sent_is_settled_by_the_next_run_with_the_same_nonce()
    {
        foreach (bool wasSent in (bool[])[false, true])
        {
            _rpc.IsAway = false;
            using CancellationTokenSource killed = new();
            _journal.OnWrite = () => _rpc.IsAway = !wasSent;
            Task<ExecutionReceipt?> sending = Sender().SendAsync(Draft(), killed.Token);
            killed.Cancel();
            RequireEnd(sending, TaskStatus.Canceled);
            _journal.OnWrite = () => { };
            _rpc.IsAway = false;
            int before = _rpc.Chain.Count;
            Task<ExecutionReceipt?> resuming = Sender().ResumeAsync(CancellationToken.None);
            _rpc.Mine();
            Pass(1);
            Assert.NotNull(Result(resuming));
            Assert.Equal(before + 1, _rpc.Chain.Count);
        }
    }

    [Fact]
    public void An_answer_that_gets_lost_does_not_make_it_two()
    {
        _rpc.LosesAnswers = true;
        Task<ExecutionReceipt?> sending = Sender().SendAsync(Draft(), CancellationToken.None);
        Pass(3);
        _rpc.Mine();
        Pass(1);
        Assert.NotNull(Result(sending));
        Assert.Single(_rpc.Chain);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void One_that_blocks_have_become_too_dear_for_is_replaced_by_a_dearer_one(bool withBlob)
    {
        BlobWriter blobs = new();
        if (withBlob)
            blobs.Write([1]);
        Task<ExecutionReceipt?> sending = Sender().SendAsync(Draft() with { Blobs = blobs.Blobs }, CancellationToken.None);
        _rpc.BaseFee *= 10;
        for (int slot = 0; slot < 12 && !sending.IsCompleted; slot++)
        {
            Pass(1);
            _rpc.Mine();
        }
        Pass(1);
        Assert.NotNull(Result(sending));
        Transaction sent = Assert.Single(_rpc.Chain);
        Assert.True(sent.MaxFeePerGas >= 10_000UL);
        Assert.True(_rpc.Offered.Count > 1);
        Assert.Null(_journal.Read());
    }

    [Fact]
    public void One_whose_nonce_somebody_else_took_is_told_as_not_sent()
    {
        Task<ExecutionReceipt?> sending = Sender().SendAsync(Draft(), CancellationToken.None);
        _rpc.Usurp(Assert.Single(_rpc.Pool) with { Value = 7UL });
        Pass(1);
        Assert.Null(Result(sending));
        Assert.Null(_journal.Read());
    }

    [Fact]
    public void What_would_fail_is_not_sent_and_the_error_is_told_by_its_name()
    {
        _rpc.Reverts = [.. Abi.Selector("CoverageExceeded(uint256,uint256)"), .. new AbiTuple().Add(3UL).Add(10UL).Encode()];
        Task<ExecutionReceipt?> sending = Sender().SendAsync(Draft(), CancellationToken.None);
        NodeException fault = Assert.IsType<NodeException>(sending.Exception!.InnerException);
        Assert.Equal("CoverageExceeded(3, 10)", RevertReason.Of(fault, SectorsContract.Errors));
        Assert.Empty(_rpc.Offered);
        Assert.Null(_journal.Read());
    }

    [Fact]
    public void What_the_node_refuses_at_once_or_later_is_as_if_it_had_never_been()
    {
        _rpc.Refusal = _ => "storage claim not proven by the blobs";
        Task<ExecutionReceipt?> refused = Sender().SendAsync(Draft(), CancellationToken.None);
        Assert.IsType<NodeException>(refused.Exception!.InnerException);
        Assert.Null(_journal.Read());
        _rpc.LosesAnswers = true; // so it does not learn of the first refusal
        Task<ExecutionReceipt?> late = Sender().SendAsync(Draft(), CancellationToken.None);
        _rpc.LosesAnswers = false;
        Pass(2);
        Assert.Null(Result(late));
        Assert.Null(_journal.Read());
        _rpc.Refusal = _ => null;
        Task<ExecutionReceipt?> next = Sender().SendAsync(Draft(), CancellationToken.None);
        _rpc.Mine();
        Pass(1);
        Assert.NotNull(Result(next));
    }

    [Fact]
    public void Two_at_once_go_one_after_the_other()
    {
        TransactionSender sender = Sender();
        Task<ExecutionReceipt?> first = sender.SendAsync(Draft(), CancellationToken.None), second = sender.SendAsync(Draft(), CancellationToken.None);
        Assert.Single(_rpc.Pool);
        _rpc.Mine();
        Pass(1);
        Assert.NotNull(Result(first));
        Assert.True(SpinWait.SpinUntil(() => _rpc.Pool.Count == 1, Patience));
        _rpc.Mine();
        // The second hands over in a thread of its own, and waits only after that: time goes on until it has looked.
        Assert.True(SpinWait.SpinUntil(() => { Pass(1); return second.IsCompleted; }, Patience));
        RequireEnd(second, TaskStatus.RanToCompletion);
        Assert.Equal([0UL, 1UL], _rpc.Chain.Select(transaction => transaction.Nonce));
    }

    /// <summary>What waits for its turn, or is given up, goes on in a thread of its own.</summary>
    private static void RequireEnd(Task task, TaskStatus status)
    {
        Assert.True(SpinWait.SpinUntil(() => task.IsCompleted, Patience));
        Assert.Equal(status, task.Status);
    }

    private void Pass(int slots) => _time.RunUntil(_time.GetUtcNow() + slots * Slot, TestContext.Current.CancellationToken);

    private TransactionSender Sender() => new(_node, _key, _journal, new ChainConfig(31337, ChainConfig.MainnetDepositContract, new RulesActivation(0, ForkRules.Prague)), Slot, _time);

    private static ExecutionReceipt? Result(Task<ExecutionReceipt?> task) => task.IsCompletedSuccessfully ? task.Result : throw new InvalidOperationException($"{task.Status}", task.Exception);

    private static TransactionDraft Draft() => new("a test", FixedBytes.Parse<Address>("0x00000000000000000000000000000000000c0ffe"), new byte[] { 1 });
}
