using Flashback.Chain;
using Flashback.Execution;
using Flashback.Primitives;

namespace Flashback.Engine.Tests.Chain;

public class PoolAdmissionTests
{
    private const ulong Gwei = DevChain.Gwei;

    [Fact]
    public void A_good_transaction_is_taken_and_found()
    {
        using DevChain dev = new();
        Transaction transaction = DevChain.Sign(0, 0);
        PooledTransaction? heard = null;
        dev.Pool.Added += added => heard = added;
        PooledTransaction accepted = dev.Accept(transaction);
        Assert.Same(accepted, heard);
        Assert.Equal((transaction.Hash(), DevChain.AddressOf(0)), (accepted.Hash, accepted.Sender));
        Assert.Equal(TransactionCodec.Encode(transaction).Length, accepted.ByteLength);
        Assert.True(dev.Pool.TryGet(transaction.Hash(), out PooledTransaction? found));
        Assert.Same(accepted, found);
        Assert.Equal((1, 0), dev.Pool.Count);
        Assert.Equal(1UL, dev.Pool.NextNonceOf(DevChain.AddressOf(0)));
        Assert.Equal(0UL, dev.Pool.NextNonceOf(DevChain.AddressOf(1)));
    }

    [Fact]
    public void A_transaction_that_is_here_is_already_known()
    {
        using DevChain dev = new();
        dev.Accept(DevChain.Sign(0, 0));
        Assert.StartsWith("already known", dev.Refuse(PoolRule.AlreadyKnown, DevChain.Sign(0, 0)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_signature_that_is_nobodys_is_refused()
    {
        using DevChain dev = new();
        Transaction transaction = DevChain.Sign(0, 0);
        dev.Refuse(PoolRule.InvalidSender, transaction with { Signature = transaction.Signature with { R = 0 } });
    }

    public static TheoryData<PoolRule, string> Alone => new()
    {
        { PoolRule.InvalidChainId, "chain" },
        { PoolRule.OversizedData, "bytes" },
        { PoolRule.NonceMax, "nonce" },
        { PoolRule.IntrinsicGas, "gas" },
        { PoolRule.FloorDataGas, "floor" },
        { PoolRule.ExceedsBlockGasLimit, "block" },
        { PoolRule.GasLimitTooHigh, "cap" },
        { PoolRule.TipAboveFeeCap, "tip" },
        { PoolRule.FeeTooLarge, "overflow" },
        { PoolRule.GasPriceTooLow, "minimum" },
        { PoolRule.MaxInitcodeSize, "initcode" },
        { PoolRule.InsufficientFunds, "funds" },
        { PoolRule.EmptyAuthorizations, "authorizations" },
        { PoolRule.SetCodeCreation, "creation" },
    };

    [Theory, MemberData(nameof(Alone))]
    public void What_breaks_a_rule_by_itself_is_refused(PoolRule rule, string how)
    {
        using DevChain dev = new(gasLimit: 10_000_000);
        Transaction Change(Transaction t) => how switch
        {
            "chain" => t with { ChainId = 1 },
            "bytes" => t with { Input = new byte[128 << 10], GasLimit = 9_000_000 },
            "nonce" => t with { Nonce = ulong.MaxValue },
            "gas" => t with { GasLimit = 20_999 },
            "floor" => t with { Input = new byte[100], GasLimit = 21_900 },
            "block" => t with { GasLimit = 10_000_001 },
            "cap" => t with { GasLimit = 16_777_217 },
            "tip" => t with { MaxPriorityFeePerGas = t.MaxFeePerGas + 1 },
            "overflow" => t with { MaxFeePerGas = UInt256.MaxValue },
            "minimum" => t with { MaxPriorityFeePerGas = 0 },
            "initcode" => t with { To = null, Input = new byte[49_153], GasLimit = 9_000_000 },
            "funds" => t with { Value = DevChain.Riches },
            "authorizations" => t with { Type = TransactionType.SetCode },
            _ => t with { Type = TransactionType.SetCode, To = null, GasLimit = 200_000 },
        };
        PoolOutcome.Refused refused = dev.Refuse(rule, DevChain.Sign(0, 0, Change));
        Assert.StartsWith(PoolRules.MessageOf(rule), refused.Message, StringComparison.Ordinal);
        Assert.Equal((0, 0), dev.Pool.Count);
    }

    [Fact]
    public void Every_rule_has_words_of_its_own() =>
        Assert.Equal(Enum.GetValues<PoolRule>().Length, Enum.GetValues<PoolRule>().Select(PoolRules.MessageOf).Distinct().Count());

    [Fact]
    public void A_fork_that_has_no_delegations_takes_none()
    {
        using DevChain dev = new(fork: "cancun");
        dev.Refuse(PoolRule.TypeNotSupported, DevChain.Sign(0, 0, t => t with { Type = TransactionType.SetCode, Authorizations = [DevChain.Authorize(1, 0, DevChain.Logger)], GasLimit = 100_000 }));
    }

    [Fact]
    public void A_nonce_below_the_states_is_too_low_and_one_above_waits()
    {
        using DevChain dev = new();
        dev.Adopt(dev.Head, 1, DevChain.Sign(0, 0));
        string message = dev.Refuse(PoolRule.NonceTooLow, DevChain.Sign(0, 0, t => t with { Value = 2 })).Message;
        Assert.Equal($"nonce too low: address {DevChain.AddressOf(0)}, tx: 0 state: 1", message);
        dev.Accept(DevChain.Sign(0, 3));
        dev.Accept(DevChain.Sign(0, 2));
        Assert.Equal((0, 2), dev.Pool.Count);
        Assert.Equal(1UL, dev.Pool.NextNonceOf(DevChain.AddressOf(0)));
        dev.Accept(DevChain.Sign(0, 1));
        Assert.Equal((3, 0), dev.Pool.Count);
        Assert.Equal(4UL, dev.Pool.NextNonceOf(DevChain.AddressOf(0)));
    }

    [Fact]
    public void The_content_is_by_sender_and_nonce()
    {
        using DevChain dev = new();
        PooledTransaction a1 = dev.Accept(DevChain.Sign(0, 1)), a0 = dev.Accept(DevChain.Sign(0, 0)), a5 = dev.Accept(DevChain.Sign(0, 5)), b7 = dev.Accept(DevChain.Sign(1, 7));
        PoolContent content = dev.Pool.Content();
        Assert.Equal([a0, a1], content.Executable[DevChain.AddressOf(0)]);
        Assert.Equal([a5], content.Waiting[DevChain.AddressOf(0)]);
        Assert.Equal([b7], content.Waiting[DevChain.AddressOf(1)]);
        Assert.Single(content.Executable);
    }

    [Fact]
    public void All_executable_transactions_of_a_sender_must_be_paid_for_together()
    {
        using DevChain dev = new();
        UInt256 most = DevChain.Riches - (UInt256)(21_000 * 100 * Gwei) * 2UL;
        dev.Accept(DevChain.Sign(0, 0, t => t with { Value = most }));
        dev.Accept(DevChain.Sign(0, 1, t => t with { Value = 0 }));
        Assert.Contains("queued cost", dev.Refuse(PoolRule.InsufficientFunds, DevChain.Sign(0, 2, t => t with { Value = 0 })).Message, StringComparison.Ordinal);
        // what it replaces is not paid for as well
        dev.Accept(DevChain.Sign(0, 0, t => t with { Value = 0 }, 2 * Gwei, 110 * Gwei));
        dev.Accept(DevChain.Sign(0, 2, t => t with { Value = 0 }));
        // one that waits has to be paid for alone; when its turn comes it waits on, for coins
        dev.Accept(DevChain.Sign(0, 4, t => t with { Value = most }));
        dev.Accept(DevChain.Sign(0, 3, t => t with { Value = most - 1_000_000_000_000_000_000UL }));
        Assert.Equal((4, 1), dev.Pool.Count);
    }

    [Fact]
    public void A_contract_sends_nothing()
    {
        PooledTransaction transaction = new(DevChain.Sign(0, 0), default, DevChain.AddressOf(0), null, 100, default);
        Assert.Equal(PoolRule.SenderNotEoa, PoolAdmission.CheckState(transaction, new SenderState(0, DevChain.Riches, false, IsContract: true), 30_000_000)!.Rule);
        Assert.Null(PoolAdmission.CheckState(transaction, new SenderState(0, DevChain.Riches, true, IsContract: false), 30_000_000));
    }

    [Theory]
    [InlineData(10, 100, 11, 109, false)]
    [InlineData(10, 100, 10, 110, false)]
    [InlineData(10, 100, 11, 110, true)]
    [InlineData(1, 1, 2, 2, true)]
    public void A_replacement_pays_a_tenth_more_on_both_fees(ulong tip, ulong fee, ulong newTip, ulong newFee, bool isTaken)
    {
        using DevChain dev = new();
        Transaction old = DevChain.Sign(0, 0, null, tip, fee), next = DevChain.Sign(0, 0, t => t with { Value = 7 }, newTip, newFee);
        dev.Accept(old);
        if (isTaken)
        {
            dev.Accept(next);
            Assert.False(dev.Pool.TryGet(old.Hash(), out _));
        }
        else
        {
            Assert.StartsWith("replacement transaction underpriced", dev.Refuse(PoolRule.ReplacementUnderpriced, next).Message, StringComparison.Ordinal);
            Assert.True(dev.Pool.TryGet(old.Hash(), out _));
        }
        Assert.Equal((1, 0), dev.Pool.Count);
    }

    [Fact]
    public void A_sender_has_so_many_transactions_and_so_many_that_wait()
    {
        using DevChain dev = new(pool: new PoolOptions { PlainOfSender = new PoolLimit(4, 1 << 20), WaitingOfSender = 2 });
        dev.Accept(DevChain.Sign(0, 2));
        dev.Accept(DevChain.Sign(0, 3));
        dev.Refuse(PoolRule.AccountLimit, DevChain.Sign(0, 4));
        dev.Accept(DevChain.Sign(0, 0));
        dev.Accept(DevChain.Sign(0, 1));
        dev.Refuse(PoolRule.AccountLimit, DevChain.Sign(0, 4));
        dev.Accept(DevChain.Sign(0, 3, t => t with { Value = 9 }, 2 * Gwei, 110 * Gwei));
        Assert.Equal((4, 0), dev.Pool.Count);
    }

    [Fact]
    public void A_sender_has_so_many_bytes()
    {
        using DevChain dev = new(pool: new PoolOptions { PlainOfSender = new PoolLimit(100, 1500) });
        Transaction Large(ulong nonce) => DevChain.Sign(0, nonce, t => t with { Input = new byte[1000], GasLimit = 100_000 });
        dev.Accept(Large(0));
        dev.Refuse(PoolRule.AccountLimit, Large(1));
        dev.Accept(DevChain.Sign(0, 1));
    }

    [Fact]
    public void What_is_taken_out_makes_those_behind_it_wait()
    {
        using DevChain dev = new();
        PooledTransaction first = dev.Accept(DevChain.Sign(0, 0));
        dev.Accept(DevChain.Sign(0, 1));
        Assert.True(dev.Pool.Remove(first.Hash));
        Assert.False(dev.Pool.Remove(first.Hash));
        Assert.Equal((0, 1), dev.Pool.Count);
        dev.Accept(DevChain.Sign(0, 0));
        Assert.Equal((2, 0), dev.Pool.Count);
    }
}
