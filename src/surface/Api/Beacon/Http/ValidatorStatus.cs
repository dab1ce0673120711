using System.Diagnostics.CodeAnalysis;
using Flashback.Consensus;

namespace Flashback.Api.Beacon.Http;

/// <summary>Where a validator is in its life. spec: beacon-APIs ValidatorStatus</summary>
internal static class ValidatorStatus
{
    /// <summary>All names, each within the group that its first word names.</summary>
    public static IReadOnlyList<string> All { get; } =
    [
        "pending_initialized", "pending_queued", "active_ongoing", "active_exiting", "active_slashed", "exited_unslashed", "exited_slashed", "withdrawal_possible", "withdrawal_done",
    ];

    /// <summary>The status of a validator in an epoch.</summary>
    public static string Of(in Validator validator, Gwei balance, Epoch epoch)
    {
        if (validator.ActivationEpoch > epoch)
            return validator.ActivationEligibilityEpoch == Epoch.FarFuture ? "pending_initialized" : "pending_queued";
        if (validator.ExitEpoch > epoch)
            return validator.ExitEpoch == Epoch.FarFuture ? "active_ongoing" : validator.Slashed ? "active_slashed" : "active_exiting";
        if (validator.WithdrawableEpoch > epoch)
            return validator.Slashed ? "exited_slashed" : "exited_unslashed";
        return balance == Gwei.Zero ? "withdrawal_done" : "withdrawal_possible";
    }

    /// <summary>The statuses that a filter means: one, or a group.</summary>
    public static bool TryExpand(string filter, [NotNullWhen(true)] out IReadOnlyList<string>? statuses)
    {
        statuses = [.. All.Where(status => status == filter || status[..status.IndexOf('_', StringComparison.Ordinal)] == filter)];
        return statuses.Count > 0;
    }
}
