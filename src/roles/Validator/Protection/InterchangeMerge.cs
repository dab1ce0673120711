using Flashback.Consensus;
using Flashback.Primitives;
using Flashback.State.Store;

namespace Flashback.Validator;

/// <summary>Puts one key's history from elsewhere beside what is known, and gives out what is known. spec: EIP-3076, additional information</summary>
/// <remarks>
/// The low watermark rises to the highest slot, source and target of the file: between messages of a file, and between files, there may be others
/// that nobody wrote down. The messages themselves are kept so that they can be signed again, and given out again.
/// </remarks>
internal static class InterchangeMerge
{
    /// <summary>Adds a key's entries in a file, all of them.</summary>
    public static void Add(WriteBatch batch, SignedHistory history, IReadOnlyList<KeyHistory> entries)
    {
        LowWatermark marks = history.ReadMarks();
        AddBlocks(batch, history, [.. entries.SelectMany(entry => entry.Blocks)], ref marks);
        AddAttestations(batch, history, [.. entries.SelectMany(entry => entry.Attestations)], ref marks);
        history.Put(batch, marks);
    }

    /// <summary>Gives out all that is known of a key. What was forgotten is told by the low watermark, as one message without a signing root.</summary>
    public static KeyHistory Export(SignedHistory history, Bytes48 key)
    {
        LowWatermark marks = history.ReadMarks();
        List<SignedBlock> blocks = history.BlocksBefore(end: null);
        if (marks.Slot is { } slot && !blocks.Exists(block => block.Slot == slot))
            blocks.Insert(0, new SignedBlock(slot, null));
        List<SignedAttestation> attestations = history.AttestationsTo(Epoch.Genesis, end: null);
        if (marks is { Source: { } source, Target: { } target } && !attestations.Exists(vote => vote.Source == source && vote.Target == target))
            attestations.Insert(0, new SignedAttestation(source, target, null));
        return new KeyHistory(key, blocks, attestations);
    }

    private static void AddBlocks(WriteBatch batch, SignedHistory history, IReadOnlyList<SignedBlock> blocks, ref LowWatermark marks)
    {
        Dictionary<Slot, SignedBlock> merged = [];
        foreach (SignedBlock block in blocks)
        {
            marks = marks.Above(block);
            SignedBlock? known = merged.TryGetValue(block.Slot, out SignedBlock earlier) ? earlier : history.BlockAt(block.Slot);
            merged[block.Slot] = known is null || known == block ? block : block with { SigningRoot = null };
        }
        Slot end = new(marks.Slot is { Value: > SlashingProtection.KeptSlots and var highest } ? highest - SlashingProtection.KeptSlots : 0);
        marks = Pruning.ForgetBlocks(batch, history, marks, end);
        foreach (SignedBlock block in merged.Values.Where(block => block.Slot >= end))
            history.Put(batch, block);
    }

    private static void AddAttestations(WriteBatch batch, SignedHistory history, IReadOnlyList<SignedAttestation> attestations, ref LowWatermark marks)
    {
        Dictionary<Epoch, SignedAttestation> merged = [];
        foreach (SignedAttestation vote in attestations)
        {
            marks = marks.Above(vote);
            SignedAttestation? known = merged.TryGetValue(vote.Target, out SignedAttestation earlier) ? earlier : history.AttestationTo(vote.Target);
            merged[vote.Target] = known is not { } other || other == vote
                ? vote
                : new SignedAttestation(other.Source > vote.Source ? other.Source : vote.Source, vote.Target, null);
        }
        Epoch end = new(marks.Target is { Value: > SlashingProtection.KeptEpochs and var highest } ? highest - SlashingProtection.KeptEpochs : 0);
        marks = Pruning.ForgetAttestations(batch, history, marks, end);
        foreach (SignedAttestation vote in merged.Values.Where(vote => vote.Target >= end))
            history.Put(batch, vote);
    }
}
