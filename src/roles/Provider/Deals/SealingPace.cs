using Flashback.Proofs;

namespace Flashback.Provider;

/// <summary>How long it takes from a piece on the disk to a live sector: as it took last, and until that is known by a guess. Safe to share between threads.</summary>
/// <param name="chain">What the network decides.</param>
/// <param name="size">Of the sectors.</param>
internal sealed class SealingPace(ProviderChain chain, SectorSize size)
{
    private const ulong TransactionSlots = 4; // ticket, pre-commit, claim and activation, each a slot or two
    private const double GuessPerNode = 100e-6; // seconds; measured when the first sector is sealed

    private readonly Lock _gate = new();
    private readonly Dictionary<WorkStep, TimeSpan> _last = [];

    /// <summary>Slots from a piece that has come to its sector's claim on the chain.</summary>
    public ulong Slots
    {
        get
        {
            lock (_gate)
            {
                TimeSpan machine = _last.ContainsKey(WorkStep.Compress) ? _last.Values.Aggregate((sum, one) => sum + one) : TimeSpan.FromSeconds(size.NodeCount * GuessPerNode);
                return (ulong)Math.Ceiling(machine / chain.Slot) + chain.Network.PrecommitDelay + TransactionSlots;
            }
        }
    }

    public void Count(WorkStep step, StepResult result, TimeSpan duration)
    {
        if (result != StepResult.Done || step is not (WorkStep.Seal or WorkStep.Witness or WorkStep.Compress))
            return;
        lock (_gate)
            _last[step] = duration;
    }
}
