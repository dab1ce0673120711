using System.Collections.Concurrent;

namespace Flashback.Execution;

/// <summary>Machines to be used again: each keeps its stack and memory. Safe to share between threads.</summary>
internal sealed class EvmPool
{
    private readonly ConcurrentBag<Evm> _idle = [];

    /// <summary>A machine nobody else uses until the lease ends.</summary>
    public Lease Rent() => new(this, _idle.TryTake(out Evm? machine) ? machine : new Evm());

    public readonly struct Lease(EvmPool pool, Evm machine) : IDisposable
    {
        public Evm Machine => machine;

        public void Dispose()
        {
            machine.Leave();
            pool._idle.Add(machine);
        }
    }
}
