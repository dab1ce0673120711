using System.Text.Json.Serialization;

namespace Flashback.Provider;

/// <summary>A provider at a glance: what <c>flashback provider status</c> shows and <c>GET /status</c> answers. Times are slots, amounts Gwei.</summary>
public sealed record ProviderStatus
{
    /// <summary>The provider's number: its validator's index.</summary>
    public required ulong Provider { get; init; }

    /// <summary>The operator's account.</summary>
    public required string Operator { get; init; }

    /// <summary>What the operator's account has, in wei.</summary>
    public required string OperatorBalanceWei { get; init; }

    /// <summary>The slot of the node's head.</summary>
    public required ulong Slot { get; init; }

    /// <summary>False once its validator was shown to leave, or slashed.</summary>
    public required bool IsActive { get; init; }

    /// <summary>How many sectors there are of each kind.</summary>
    public required SectorCounts Sectors { get; init; }

    /// <summary>Stake that the validator was last proven to have.</summary>
    public required ulong StakeGwei { get; init; }

    /// <summary>How many sectors that stake covers.</summary>
    public required ulong CoveredSectors { get; init; }

    /// <summary>What is owed that no block has carried yet.</summary>
    public required ulong DebtGwei { get; init; }

    /// <summary>What it costs if no sector is proven in the coming windows.</summary>
    public required ulong AtRiskNextWindowsGwei { get; init; }

    /// <summary>What it costs if all sectors end now.</summary>
    public required ulong AtRiskTerminationGwei { get; init; }

    /// <summary>Every partition with the window that is open or comes next.</summary>
    public required IReadOnlyList<WindowLine> Windows { get; init; }

    /// <summary>Windows among the last ones that were not proven.</summary>
    public required int MissedWindows { get; init; }

    /// <summary>Deals that it takes part in, and the last ones that are over.</summary>
    public required IReadOnlyList<DealLine> Deals { get; init; }

    /// <summary>What deals bring.</summary>
    public required DealIncome Income { get; init; }

    /// <summary>Work that is not done.</summary>
    public required IReadOnlyList<WorkLine> Queue { get; init; }

    /// <summary>Steps that go on now.</summary>
    public required IReadOnlyList<string> Running { get; init; }

    /// <summary>The disks with sectors on them.</summary>
    public required IReadOnlyList<DiskLine> Disks { get; init; }

    /// <summary>What the operator should look at.</summary>
    public required IReadOnlyList<string> Alerts { get; init; }
}

/// <summary>How many sectors there are of each kind.</summary>
/// <param name="Committed">From pre-commit to end.</param>
/// <param name="Live">To be proven.</param>
/// <param name="Faulty">Of the live.</param>
/// <param name="Recovering">Of the faulty.</param>
/// <param name="Sealing">That are not claimed yet.</param>
public sealed record SectorCounts(long Committed, long Live, long Faulty, long Recovering, long Sealing);

/// <summary>A partition's window.</summary>
/// <param name="Partition">The partition.</param>
/// <param name="Window">The window.</param>
/// <param name="Challenge">The slot of its challenge.</param>
/// <param name="Opens">Its first slot.</param>
/// <param name="Closes">The first slot after it.</param>
/// <param name="State">expected, due, "proof ready, waiting for head", claimed, proven; nothing where nothing is due.</param>
/// <param name="Live">Live sectors of the partition.</param>
/// <param name="Faulty">Of these, faulty ones.</param>
public sealed record WindowLine(ulong Partition, ulong Window, ulong Challenge, ulong Opens, ulong Closes, string State, ulong Live, ulong Faulty);

/// <summary>A piece of work.</summary>
/// <param name="Id">Which.</param>
/// <param name="State">Where it stands.</param>
/// <param name="Attempts">How often its step has failed.</param>
/// <param name="Reason">Why, or what it waits for.</param>
public sealed record WorkLine(string Id, string State, int Attempts, string? Reason);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(ProviderStatus))]
internal sealed partial class StatusJson : JsonSerializerContext;
