using Flashback.Api.JsonRpc;
using Flashback.Api.Wire;
using Flashback.Execution;

namespace Flashback.Api.Simulation;

/// <summary>A block that shall be simulated.</summary>
/// <param name="Number">Its number.</param>
/// <param name="Time">Seconds since 1970.</param>
/// <param name="Content">What is otherwise in it, and what happens there.</param>
internal sealed record SimulatedPlan(ulong Number, ulong Time, WireBlockStateCalls Content)
{
    private const ulong MostBlocks = 256;
    private const ulong SecondsPerBlock = 12;

    private static readonly WireBlockStateCalls Nothing = new();

    /// <summary>The blocks in their order, with empty ones where numbers are left out.</summary>
    /// <exception cref="RpcException">Numbers or times are not in order, or there are too many.</exception>
    public static List<SimulatedPlan> Of(IReadOnlyList<WireBlockStateCalls> contents, BlockHeader origin)
    {
        List<SimulatedPlan> plan = [];
        (ulong number, ulong time) = (origin.Number, origin.Timestamp);
        foreach (WireBlockStateCalls content in WireList.Whole(contents))
        {
            ulong wanted = content.BlockOverrides?.Number ?? number + 1;
            if (wanted <= number)
                throw new RpcException(SimulationCode.BlockNumberOrder, $"block numbers must be in order: {wanted} <= {number}");
            if (wanted - origin.Number > MostBlocks)
                throw new RpcException(SimulationCode.LimitExceeded, "too many blocks");
            while (++number < wanted)
                plan.Add(new SimulatedPlan(number, time += SecondsPerBlock, Nothing));
            ulong later = content.BlockOverrides?.Time ?? time + SecondsPerBlock;
            if (later <= time)
                throw new RpcException(SimulationCode.BlockTimeOrder, $"block timestamps must be in order: {later} <= {time}");
            plan.Add(new SimulatedPlan(number, time = later, content));
        }
        return plan;
    }
}
