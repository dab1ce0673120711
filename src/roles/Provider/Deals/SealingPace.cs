using Flashback.Proofs;

namespace Flashback.Provider;

/// <summary>How long it takes from a piece on the disk to a live sector, sealed for it or updated: as it took last, and until that is known by a guess. Safe to share between threads.</summary>
/// <param name="chain">What the network decides.</param>
/// <param name="kind">Of the sectors.</param>
internal sealed class SealingPace(ProviderChain chain, SealKind kind)
{
    private const ulong TransactionSlots = 4; // ticket, pre-commit, claim and activation, each a slot or two
    private const ulong UpdateTransactionSlots = 4; // extension, claim and activation
    private const double GuessPerNode = 100e-6; // seconds; measured when the first sector is sealed
    private const double GuessPerConstraint = 13e-6; // seconds, on two cores; measured with the first seal proof

    private readonly Lock _gate = new();
    private readonly Dictionary<WorkStep, TimeSpan> _last = [];

    /// <summary>Slots from a piece that has come to its sector's claim on the chain, sealed for it.</summary>
    public ulong Slots => SlotsBehind(0);

    /// <summary>The same by an update of an empty sector. It may have to wait until a window that is challenged is proven.</summary>
    public ulong UpdateSlots
    {
        get
        {
            lock (_gate)
                return SlotsOf(Sum(WorkStep.Update, WorkStep.CompressUpdate) ?? GuessUpdate()) + chain.WindowLength + chain.Network.ChallengeLookback + UpdateTransactionSlots;
        }
    }

    /// <summary>The same where so many other sectors come first: the machine makes one after the other.</summary>
    public ulong SlotsBehind(ulong sectors)
    {
        lock (_gate)
        {
            TimeSpan machine = Sum(WorkStep.Seal, WorkStep.Witness, WorkStep.Compress) ?? TimeSpan.FromSeconds(kind.Size.NodeCount * GuessPerNode);
            return SlotsOf(machine * (sectors + 1)) + chain.Network.PrecommitDelay + TransactionSlots;
        }
    }

    public void Count(WorkStep step, StepResult result, TimeSpan duration)
    {
        if (result != StepResult.Done || step is not (WorkStep.Seal or WorkStep.Witness or WorkStep.Compress or WorkStep.Update or WorkStep.CompressUpdate))
            return;
        lock (_gate)
            _last[step] = duration;
    }

    /// <summary>By the constraints, as quickly as those of the last seal proof went: an update's own work is small beside them.</summary>
    private TimeSpan GuessUpdate()
    {
        double perConstraint = _last.TryGetValue(WorkStep.Compress, out TimeSpan compressed) ? compressed.TotalSeconds / CircuitSizes.OfSeal(kind) : GuessPerConstraint;
        return TimeSpan.FromSeconds(CircuitSizes.OfUpdate(kind.Size) * perConstraint);
    }

    /// <summary>What steps took last together; null until each has been done.</summary>
    private TimeSpan? Sum(params ReadOnlySpan<WorkStep> steps)
    {
        TimeSpan sum = default;
        foreach (WorkStep step in steps)
        {
            if (!_last.TryGetValue(step, out TimeSpan last))
                return null;
            sum += last;
        }
        return sum;
    }

    private ulong SlotsOf(TimeSpan machine) => (ulong)Math.Ceiling(machine / chain.Slot);
}
