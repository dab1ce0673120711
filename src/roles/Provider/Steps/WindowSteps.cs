using System.Runtime.InteropServices;
using System.Security.Cryptography;
using Flashback.Client;
using Flashback.Primitives;
using Flashback.Proofs;

namespace Flashback.Provider;

/// <summary>The steps of a window: its sectors are read before their challenge is known, then proven.</summary>
/// <remarks>A sector that cannot be read is declared faulty at once: before the challenge that costs a third of what it costs to be found out, after it two thirds. spec: ours#5</remarks>
internal sealed class WindowSteps(ProviderChain chain, SectorShelf shelf, IStorageProver prover)
{
    private static readonly TimeSpan LeastPatience = TimeSpan.FromSeconds(10);

    /// <summary>A disk that hangs must not take the partition's other sectors with it: what is not read by then is as good as lost. A quarter of a window leaves time to prove the rest.</summary>
    private TimeSpan Patience => chain.Slot * (chain.WindowLength / 4) is var quarter && quarter > LeastPatience ? quarter : LeastPatience;

    public async Task<StepOutcome> CheckHealthAsync(WorkItem item, CancellationToken stop)
    {
        IReadOnlyList<KnownSector> sectors = await chain.Node.GetSectorsAsync(chain.Provider, item.Id.Subject, stop).ConfigureAwait(false);
        PostSector[] due = [.. sectors.Where(sector => sector.Status == ChainSectorStatus.Live && !sector.IsFaulty).Select(sector => new PostSector(sector.Number, sector.CommR))];
        (_, IReadOnlyList<ulong> lost) = await ReadAsync(due, RandomChallenge(), stop).ConfigureAwait(false);
        return await DeclareAsync(item, lost, stop).ConfigureAwait(false) ?? new StepOutcome(StepResult.Done, item.Details);
    }

    public async Task<StepOutcome> ProveAsync(WorkItem item, CancellationToken stop)
    {
        KnownDeadline? deadline = (await chain.Node.GetDeadlinesAsync(chain.Provider, stop).ConfigureAwait(false)).FirstOrDefault(one => one.Partition == item.Id.Subject);
        if (deadline is null || deadline.Window > item.Id.Part)
            return new StepOutcome(StepResult.Over, item.Details, "the window is closed");
        if (deadline.IsProven)
            return new StepOutcome(StepResult.Done, item.Details);
        if (await chain.GetHeadSlotAsync(stop).ConfigureAwait(false) < deadline.ChallengeSlot)
            return new StepOutcome(StepResult.NotYet, item.Details, $"the challenge comes with slot {deadline.ChallengeSlot}") { NotBefore = chain.TimeOf(deadline.ChallengeSlot) };
        WindowInputs inputs = await SectorsContract.GetWindowInputsAsync(chain.Node, chain.Provider, item.Id.Subject, stop).ConfigureAwait(false);
        if (inputs.Sectors.Count == 0)
            return new StepOutcome(StepResult.Over, item.Details); // nothing is due, and nothing is wrong
        PostSector[] due = [.. inputs.Sectors.Zip(inputs.CommRs, (number, commR) => new PostSector(number, commR))];
        (IReadOnlyList<PostVanillaProof> proofs, IReadOnlyList<ulong> lost) = await ReadAsync(due, inputs.Challenge, stop).ConfigureAwait(false);
        if (await DeclareAsync(item, lost, stop).ConfigureAwait(false) is { } declared)
            return declared;
        byte[] proof = await Task.Run(() => prover.ProveWindow(shelf.Kind.Size, inputs.Challenge, proofs), stop).ConfigureAwait(false);
        return new StepOutcome(StepResult.Done, item.Details with { Proof = Hex.Encode(proof), Challenge = inputs.Challenge.ToString(), Sectors = inputs.Sectors, Replicas = ReplicasOf(inputs) });
    }

    /// <summary>A hash of the replicas that a window's proof shows.</summary>
    public static string ReplicasOf(WindowInputs inputs) => Keccak.Hash256(MemoryMarshal.AsBytes(inputs.CommRs.ToArray().AsSpan())).ToString();

    /// <summary>Whether a sector that was lost can be read again.</summary>
    public async Task<bool> IsReadableAsync(KnownSector sector, CancellationToken stop) =>
        (await ReadAsync([new PostSector(sector.Number, sector.CommR)], RandomChallenge(), stop).ConfigureAwait(false)).Lost.Count == 0;

    /// <summary>The vanilla proofs of sectors that are whole, in order, and the numbers of those that are lost: a replica other than the chain's is as good as none.</summary>
    /// <remarks>All disks are read beside each other: one that is slow or does not answer holds up none of the others, and takes its own sectors alone with it.</remarks>
    private async Task<(IReadOnlyList<PostVanillaProof> Proofs, IReadOnlyList<ulong> Lost)> ReadAsync(PostSector[] sectors, Hash32 challenge, CancellationToken stop)
    {
        PostVanillaProof?[] proofs = new PostVanillaProof?[sectors.Length];
        IEnumerable<IGrouping<SectorDisk?, int>> byDisk = Enumerable.Range(0, sectors.Length).GroupBy(i => shelf.DiskOf(sectors[i].Number));
        await Task.WhenAll(byDisk.Select(places => Parallel.ForEachAsync(places, stop, async (i, cancellation) =>
        {
            try
            {
                proofs[i] = await shelf.ReadAsync(sectors[i].Number, sectors[i].CommR, challenge, i, Patience, cancellation).ConfigureAwait(false);
            }
            catch (Exception failure) when (SectorShelf.IsLoss(failure))
            {
                // It stays without a proof.
            }
        }))).ConfigureAwait(false);
        return ([.. proofs.OfType<PostVanillaProof>()], [.. sectors.Where((_, i) => proofs[i] is null).Select(sector => sector.Number).Order()]);
    }

    /// <summary>Declares lost sectors faulty, those that are not yet; null where none was lost.</summary>
    private async Task<StepOutcome?> DeclareAsync(WorkItem item, IReadOnlyList<ulong> lost, CancellationToken stop)
    {
        if (lost.Count == 0)
            return null;
        List<ulong> faultless = [];
        foreach (ulong number in lost)
        {
            if (await chain.Node.FindSectorAsync(chain.Provider, number, stop).ConfigureAwait(false) is { Status: ChainSectorStatus.Live, IsFaulty: false })
                faultless.Add(number);
        }
        string names = string.Join(", ", lost);
        if (faultless.Count > 0 && await chain.SendAsync(SectorsContract.DeclareFaults(chain.Provider, faultless), stop).ConfigureAwait(false) is { } refusal)
            return new StepOutcome(StepResult.Failed, item.Details, $"sectors {names} cannot be read, and declaring them faulty failed: {refusal}");
        return new StepOutcome(StepResult.NotYet, item.Details, $"sectors {names} cannot be read and are declared faulty");
    }

    /// <summary>A field element, as challenges are.</summary>
    private static Hash32 RandomChallenge()
    {
        byte[] random = RandomNumberGenerator.GetBytes(32);
        random[^1] &= 0x3f;
        return Hash32.Read(random);
    }
}
