using Flashback.Consensus;
using Flashback.State.Store;

namespace Flashback.Validator;

/// <summary>Forgets old messages for a low watermark above all of them.</summary>
internal static class Pruning
{
    /// <summary>Forgets blocks before a slot.</summary>
    public static LowWatermark ForgetBlocks(WriteBatch batch, SignedHistory history, LowWatermark marks, Slot end)
    {
        List<SignedBlock> old = history.BlocksBefore(end);
        if (old.Count == 0)
            return marks;
        history.DeleteBlocksBefore(batch, end);
        return old.Aggregate(marks, (raised, block) => raised.Above(block));
    }

    /// <summary>Forgets votes with targets before an epoch.</summary>
    public static LowWatermark ForgetAttestations(WriteBatch batch, SignedHistory history, LowWatermark marks, Epoch end)
    {
        List<SignedAttestation> old = history.AttestationsTo(Epoch.Genesis, end);
        if (old.Count == 0)
            return marks;
        history.DeleteAttestationsBefore(batch, end);
        return old.Aggregate(marks, (raised, attestation) => raised.Above(attestation));
    }

    /// <summary>The watermark raised so that nothing at or below a block is signed.</summary>
    public static LowWatermark Above(this LowWatermark marks, SignedBlock block) =>
        marks with { Slot = marks.Slot is { } slot && slot > block.Slot ? slot : block.Slot };

    /// <summary>The watermark raised so that nothing signed from now on contradicts a vote.</summary>
    public static LowWatermark Above(this LowWatermark marks, SignedAttestation attestation) => marks with
    {
        Source = marks.Source is { } source && source > attestation.Source ? source : attestation.Source,
        Target = marks.Target is { } target && target > attestation.Target ? target : attestation.Target,
    };
}
