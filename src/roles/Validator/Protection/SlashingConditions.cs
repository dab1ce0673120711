using Flashback.Primitives;

namespace Flashback.Validator;

/// <summary>What may be signed beside a history. spec: EIP-3076, conditions; spec: cs/phase0/beacon-chain#is_slashable_attestation_data</summary>
/// <remarks>
/// Above the low watermark the history is complete. Everything below it has a source no higher than the watermark's and a target no higher than the
/// watermark's, so that a vote above it neither repeats, nor surrounds, nor is surrounded by what was forgotten or imported. Where the history has
/// the very same message, it may be signed again: the signature is the same.
/// </remarks>
internal static class SlashingConditions
{
    /// <summary>What a block breaks; <paramref name="isRepeated"/> when it was signed before and may be again.</summary>
    public static Invalid<ProtectionRule>? Check(SignedHistory history, SignedBlock block, out bool isRepeated)
    {
        isRepeated = false;
        if (history.BlockAt(block.Slot) is { } known)
        {
            isRepeated = known.SigningRoot is { } root && root == block.SigningRoot;
            return isRepeated ? null : new(ProtectionRule.DoubleProposal, $"another block of {block.Slot} was signed: {Told(known.SigningRoot)}");
        }
        return history.ReadMarks().Slot is { } lowest && block.Slot <= lowest
            ? new(ProtectionRule.SlotBelowMinimum, $"{block.Slot} is not above {lowest}")
            : null;
    }

    /// <summary>What a vote breaks; <paramref name="isRepeated"/> when it was signed before and may be again.</summary>
    public static Invalid<ProtectionRule>? Check(SignedHistory history, SignedAttestation vote, out bool isRepeated)
    {
        isRepeated = false;
        if (vote.Source > vote.Target)
            return new(ProtectionRule.SourceAfterTarget, $"source {vote.Source}, target {vote.Target}");
        if (history.AttestationTo(vote.Target) is { } same)
        {
            isRepeated = same.SigningRoot is { } root && root == vote.SigningRoot && same.Source == vote.Source;
            return isRepeated ? null : new(ProtectionRule.DoubleVote, $"another vote with target {vote.Target} was signed: {Told(same.SigningRoot)}");
        }
        return CheckSurrounding(history, vote) ?? CheckMarks(history.ReadMarks(), vote);
    }

    private static Invalid<ProtectionRule>? CheckSurrounding(SignedHistory history, SignedAttestation vote)
    {
        // Whatever surrounds the vote or is surrounded by it, and has its own source before its target, has its target after the vote's source.
        foreach (SignedAttestation other in history.AttestationsTo(vote.Source, end: null))
        {
            if (vote.Source < other.Source && other.Target < vote.Target)
                return new(ProtectionRule.SurroundingVote, $"{vote.Source} to {vote.Target} surrounds {other.Source} to {other.Target}");
            if (other.Source < vote.Source && vote.Target < other.Target)
                return new(ProtectionRule.SurroundedVote, $"{vote.Source} to {vote.Target} is surrounded by {other.Source} to {other.Target}");
        }
        return null;
    }

    private static Invalid<ProtectionRule>? CheckMarks(LowWatermark marks, SignedAttestation vote) =>
        marks.Source is { } source && vote.Source < source ? new(ProtectionRule.SourceBelowMinimum, $"source {vote.Source} is below {source}")
        : marks.Target is { } target && vote.Target <= target ? new(ProtectionRule.TargetBelowMinimum, $"target {vote.Target} is not above {target}")
        : null;

    private static string Told(Hash32? root) => root is { } known ? $"{known}" : "what it was is not known";
}
