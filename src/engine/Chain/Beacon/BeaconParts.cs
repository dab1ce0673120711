using Microsoft.Extensions.Logging;

namespace Flashback.Chain.Beacon;

/// <summary>What a beacon chain works with.</summary>
/// <param name="Execution">The execution chain.</param>
/// <param name="Engine">Who alone moves it.</param>
/// <param name="Builder">Who puts its blocks together.</param>
/// <param name="Clock">The time.</param>
/// <param name="Log">The log.</param>
public sealed record BeaconParts(ChainService Execution, ExecutionEngine Engine, BlockBuilder Builder, TimeProvider Clock, ILogger<BeaconChain> Log);
