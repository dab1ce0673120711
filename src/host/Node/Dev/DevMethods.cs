using Flashback.Api.JsonRpc;
using Flashback.Chain;

namespace Flashback.Node;

/// <summary><c>evm_*</c> and their <c>anvil_*</c> and <c>hardhat_*</c> names: what only a local chain lets its users do.</summary>
internal sealed class DevMethods(DevProducer producer, WarpedTime clock)
{
    private const ulong MostBlocks = 10_000;

    public void AddTo(RpcTable table)
    {
        table.Add("evm_mine", _ => Mine(1, 0));
        foreach (string name in (string[])["anvil_mine", "hardhat_mine"])
            table.Add(name, call => Mine(call.Parameters.Optional(0, 1UL), call.Parameters.Optional(1, 0UL)));
        foreach (string name in (string[])["evm_increaseTime", "anvil_increaseTime"])
            table.Add(name, call => Advance(call));
    }

    private string Mine(ulong blocks, ulong interval)
    {
        if (blocks > MostBlocks)
            throw new RpcException(RpcCode.LimitExceeded, $"at most {MostBlocks} blocks at once");
        for (ulong i = 0; i < blocks; i++)
        {
            if (i > 0 && interval > 0)
                clock.Advance(TimeSpan.FromSeconds(interval));
            producer.Mine(1);
        }
        return "0x0";
    }

    private long Advance(in RpcCall call)
    {
        ulong seconds = call.Parameters.RequiredCount(0);
        if (seconds > int.MaxValue)
            throw new RpcException(RpcCode.InvalidParams, $"seconds from 0 to {int.MaxValue}");
        clock.Advance(TimeSpan.FromSeconds(seconds));
        return (long)clock.Offset.TotalSeconds;
    }
}
