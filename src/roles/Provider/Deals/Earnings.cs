using Flashback.Client;
using Flashback.Primitives;
using Microsoft.Extensions.Logging;

namespace Flashback.Provider;

/// <summary>Takes what Market has put aside for the operator's own account. What is the owner's, where that is another account, only the owner's key can take.</summary>
internal sealed partial class Earnings(ProviderChain chain, ILogger log)
{
    private const ulong WithdrawalGas = 60_000;
    private const ulong WorthTimes = 10; // its gas must be a small part of it

    public async Task WithdrawAsync(CancellationToken stop)
    {
        UInt256 credit = await MarketContract.GetCreditAsync(chain.Node, chain.Sender.Account, stop).ConfigureAwait(false);
        if (credit == UInt256.Zero)
            return;
        FeeQuote fees = await chain.Node.GetFeesAsync(stop).ConfigureAwait(false);
        if (credit < (fees.BaseFee + fees.Tip) * (WithdrawalGas * WorthTimes))
            return;
        if (await chain.SendAsync(MarketContract.Withdraw(chain.Sender.Account), stop).ConfigureAwait(false) is { } refusal)
            LogRefused(refusal);
        else
            LogWithdrawn((System.Numerics.BigInteger)credit);
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "{Wei} wei are withdrawn from Market")]
    private partial void LogWithdrawn(System.Numerics.BigInteger wei);

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Reason}")]
    private partial void LogRefused(string reason);
}
