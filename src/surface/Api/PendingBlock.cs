using Flashback.Chain;
using Flashback.Execution;
using Flashback.State;

namespace Flashback.Api;

/// <summary>What the next block would be with what waits in the pool now. Safe to share between threads; who asks while it is put together waits.</summary>
internal sealed class PendingBlock(ApiNode node)
{
    /// <summary>How long it may take in transactions.</summary>
    private static readonly TimeSpan Budget = TimeSpan.FromMilliseconds(200);

    private readonly Lock _building = new();
    private Built? _latest;

    /// <summary>The block and the state after it; the head where no block can follow.</summary>
    public (ExecutedBlock Block, StateView After) Get()
    {
        lock (_building)
        {
            ChainSnapshot parent = node.Chain.Snapshot;
            long version = node.Pool.Version;
            if (_latest is not { } latest || latest.Parent != parent || latest.Version != version)
                _latest = latest = Build(parent, version);
            return (latest.Block, latest.After);
        }
    }

    private Built Build(ChainSnapshot parent, long version)
    {
        BlockHeader head = parent.Head.Header;
        ulong now = (ulong)Math.Max(0, node.Clock.GetUtcNow().ToUnixTimeSeconds());
        ulong time = node.Chain.Spacetime?.Parameters.TimeAfter(head.Timestamp, now) ?? Math.Max(head.Timestamp + 1, now);
        BlockAttributes attributes = new(time, default, head.GasLimit, default, default, default);
        try
        {
            BuiltBlock built = node.Builder.Build(parent, attributes, [], Budget, CancellationToken.None);
            return new Built(parent, version, built.Block, built.After);
        }
        catch (Exception impossible) when (impossible is InvalidOperationException or OverflowException)
        {
            return new Built(parent, version, parent.Head, parent.State);
        }
    }

    private sealed record Built(ChainSnapshot Parent, long Version, ExecutedBlock Block, StateView After);
}
