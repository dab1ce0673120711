using Flashback.Client;
using Flashback.Consensus;

namespace Flashback.Scenarios.Provider;

/// <summary>What becomes of the first sector of a <see cref="ProviderWorld"/> once it is live: its provider's program does the rest, the test only takes disks away.</summary>
internal static class SectorLife
{
    private const ulong Fee = 1_000_000; // Gwei, of a sector and period: ProviderWorld.Fast

    /// <summary>Sees three periods proven, a fault declared and recovered, and the data lost for good: each is paid for to the Gwei from the validator's balance, and at the end the validator leaves.</summary>
    /// <param name="world">The network.</param>
    /// <param name="kill">Ends the provider as a power cut does.</param>
    public static async Task RequireAsync(ProviderWorld world, Func<Task> kill)
    {
        int patience = 60 + (4 * (int)world.Genesis.Spacetime!.ProvingPeriod); // s: a slot is one
        for (int period = 0; period < 3; period++)
            await RequireNextWindowProvenAsync(world);
        Assert.Empty(await world.PenaltiesAsync());

        // The disk is gone and comes back: declared before the challenge it costs one fee in the window, and none after the recovery.
        string away = Path.Combine(world.Folder, "away");
        Directory.Move(world.SectorsFolder, away);
        await ProviderWorld.UntilAsync(async () => await world.SectorAsync(1) is { IsFaulty: true }, "the fault is declared", patience);
        KnownDeadline faulty = await world.DeadlineAsync();
        Assert.True(await world.SlotAsync() < faulty.ChallengeSlot);
        await ProviderWorld.UntilAsync(async () => (await world.DeadlineAsync()).Window > faulty.Window, "the window of the fault is closed", patience);
        Directory.Move(away, world.SectorsFolder);
        await ProviderWorld.UntilAsync(async () => await world.SectorAsync(1) is { IsFaulty: false }, "the sector has recovered", patience);
        Assert.Equal([Fee], (await world.PenaltiesAsync()).Select(penalty => penalty.Charged));

        // The program is killed and the data deleted: found out at the next close, faulty for FAULT_MAX_AGE periods, ended.
        await kill();
        Directory.Delete(world.SectorsFolder, recursive: true);
        await ProviderWorld.UntilAsync(async () => await world.SectorAsync(1) is { Status: ChainSectorStatus.Ended }, "the sector has ended", patience);
        await ProviderWorld.UntilAsync(async () => (await world.PenaltiesAsync()).Count == 4, "the last penalty is in a block");
        IReadOnlyList<ChargedPenalty> all = await world.PenaltiesAsync();
        Assert.Equal([Fee, 3 * Fee, Fee, Fee + 14 * Fee], all.Select(penalty => penalty.Charged));
        Assert.Equal(all.Select(penalty => penalty.Charged), all.Select(penalty => penalty.Request.Amount.Value));
        Assert.Equal([StoragePenaltyRequest.Fault, StoragePenaltyRequest.Fault, StoragePenaltyRequest.Fault, StoragePenaltyRequest.Terminate], all.Select(penalty => penalty.Request.Kind));
        await ProviderWorld.UntilAsync(async () => (await world.ValidatorAsync()).Validator.ExitEpoch != Epoch.FarFuture, "the validator leaves");
    }

    /// <summary>Waits for the window after the one that is open, and sees it proven.</summary>
    public static async Task RequireNextWindowProvenAsync(ProviderWorld world)
    {
        int patience = 18 + (int)world.Genesis.Spacetime!.ProvingPeriod;
        KnownDeadline next = await world.DeadlineAsync();
        await ProviderWorld.UntilAsync(async () => (await world.DeadlineAsync()).Window > next.Window, $"window {next.Window} is over", patience);
        next = await world.DeadlineAsync();
        await ProviderWorld.UntilAsync(async () => await world.DeadlineAsync() is var now && (now.Window > next.Window || now.IsProven), $"window {next.Window} is proven", patience);
        Assert.Equal(next.Window, (await world.DeadlineAsync()).Window);
    }
}
