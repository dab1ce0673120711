using Flashback.Chain;
using Flashback.Execution;

namespace Flashback.Engine.Tests.Chain;

public class PoolDelegationTests
{
    [Fact]
    public void Who_delegates_has_one_transaction_in_flight()
    {
        using DevChain dev = new();
        dev.Adopt(dev.Head, 1, Delegating(0, 0, DevChain.Authorize(1, 0, DevChain.Drain)));
        Assert.StartsWith("gapped-nonce tx from delegated accounts", dev.Refuse(PoolRule.GappedNonceOfDelegated, DevChain.Sign(1, 2)).Message, StringComparison.Ordinal);
        dev.Accept(DevChain.Sign(1, 1));
        Assert.StartsWith(
            "in-flight transaction limit reached for delegated accounts", dev.Refuse(PoolRule.InFlightLimit, DevChain.Sign(1, 2)).Message, StringComparison.Ordinal);
        dev.Accept(DevChain.Sign(1, 1, null, 2 * DevChain.Gwei, 200 * DevChain.Gwei)); // but it may be replaced
    }

    [Fact]
    public void Who_is_about_to_delegate_has_one_transaction_in_flight()
    {
        using DevChain dev = new();
        PooledTransaction setting = dev.Accept(Delegating(0, 0, DevChain.Authorize(1, 0, DevChain.Drain)));
        dev.Accept(DevChain.Sign(1, 0));
        dev.Refuse(PoolRule.InFlightLimit, DevChain.Sign(1, 1));
        dev.Pool.Remove(setting.Hash);
        dev.Accept(DevChain.Sign(1, 1));
    }

    [Fact]
    public void An_authority_with_a_queue_cannot_be_made_to_delegate()
    {
        using DevChain dev = new();
        dev.Accept(DevChain.Sign(1, 0));
        dev.Accept(DevChain.Sign(1, 1));
        Assert.StartsWith(
            "authority already reserved", dev.Refuse(PoolRule.AuthorityReserved, Delegating(0, 0, DevChain.Authorize(1, 0, DevChain.Drain))).Message, StringComparison.Ordinal);
        dev.Accept(Delegating(0, 0, DevChain.Authorize(2, 0, DevChain.Drain)));
    }

    [Fact]
    public void An_account_that_was_drained_by_its_own_code_loses_its_transaction()
    {
        using DevChain dev = new();
        dev.Adopt(dev.Head, 1, Delegating(0, 0, DevChain.Authorize(1, 0, DevChain.Drain)));
        PooledTransaction doomed = dev.Accept(DevChain.Sign(1, 1));
        dev.Adopt(dev.Head, 1, DevChain.Sign(2, 0, t => t with { To = DevChain.AddressOf(1), GasLimit = 100_000 }));
        Assert.False(dev.Pool.TryGet(doomed.Hash, out _));
        Assert.Equal((0, 0), dev.Pool.Count);
    }

    private static Transaction Delegating(int account, ulong nonce, Authorization authorization) =>
        DevChain.Sign(account, nonce, t => t with { Type = TransactionType.SetCode, To = DevChain.Logger, Authorizations = [authorization], GasLimit = 120_000 });
}
