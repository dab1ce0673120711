using Flashback.Execution;
using Flashback.Primitives;

namespace Flashback.Chain;

/// <summary>Which blocks the consensus layer has chosen. spec: execution-apis engine, ForkchoiceStateV1</summary>
/// <param name="Head">The head.</param>
/// <param name="Safe">A block on the way there that will hardly be reverted; zero keeps the present one.</param>
/// <param name="Finalized">A block on the way there that never will; zero keeps the present one.</param>
public readonly record struct ForkchoiceState(Hash32 Head, Hash32 Safe, Hash32 Finalized);

/// <summary>What a block that is to be built shall have. spec: execution-apis engine, PayloadAttributesV3</summary>
public sealed record PayloadAttributes(
    ulong Timestamp, Hash32 PrevRandao, Address SuggestedFeeRecipient, IReadOnlyList<Withdrawal> Withdrawals, Hash32 ParentBeaconBlockRoot);

/// <summary>Why a choice cannot be followed that is no payload's fault. spec: execution-apis engine, errors</summary>
public enum ForkchoiceFault
{
    /// <summary>None.</summary>
    None,

    /// <summary>The safe or the finalized block is not on the way to the head, or the finalized one would go back.</summary>
    InvalidState,

    /// <summary>No block can be built with these attributes on this head; the head was set all the same.</summary>
    InvalidAttributes,
}

/// <summary>What came of a choice.</summary>
/// <param name="Status">What is known of the head.</param>
/// <param name="PayloadId">The name of the block that is being built; null when none is.</param>
/// <param name="Fault">Why it was not followed.</param>
public readonly record struct ForkchoiceOutcome(PayloadStatus Status, ulong? PayloadId = null, ForkchoiceFault Fault = ForkchoiceFault.None);
