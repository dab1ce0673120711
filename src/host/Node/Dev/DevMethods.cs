using Flashback.Api.JsonRpc;

namespace Flashback.Node;

/// <summary><c>evm_*</c> and their <c>anvil_*</c> and <c>hardhat_*</c> names: what only a local chain lets its users do.</summary>
internal sealed class DevMethods(SlotDriver driver)
{
    private const ulong MostBlocks = 10_000;
    private const ulong LongestSkip = 30 * 86_400; // in seconds: the slots between are gone through by the next block

    public void AddTo(RpcTable table)
    {
        table.Add("evm_mine", _ => Mine(1, 0));
        foreach (string name in (string[])["anvil_mine", "hardhat_mine"])
            table.Add(name, call => Mine(call.Parameters.Optional(0, 1UL), call.Parameters.Optional(1, 0UL)));
        foreach (string name in (string[])["evm_increaseTime", "anvil_increaseTime"])
            table.Add(name, call => (long)Skip(call.Parameters.RequiredCount(0)).TotalSeconds);
    }

    private string Mine(ulong blocks, ulong interval)
    {
        if (blocks > MostBlocks)
            throw new RpcException(RpcCode.LimitExceeded, $"at most {MostBlocks} blocks at once");
        for (ulong i = 0; i < blocks; i++)
        {
            if (i > 0 && interval > 1)
                Skip(interval - 1);
            driver.Next();
        }
        return "0x0";
    }

    private TimeSpan Skip(ulong seconds) =>
        seconds <= LongestSkip ? driver.Skip(TimeSpan.FromSeconds(seconds)) : throw new RpcException(RpcCode.LimitExceeded, $"at most {LongestSkip} seconds at once");
}
