using Flashback.Client;
using Flashback.Primitives;
using Flashback.Proofs;

namespace Flashback.Provider;

/// <summary>The steps by which pieces come into a sector that was pledged empty. Its old replica proves windows until the claim is on the chain, and is kept until no reorganisation takes that away. spec: FIP-0019</summary>
internal sealed class SectorUpdateSteps(ProviderChain chain, SectorShelf shelf, PieceShelf pieces, IStorageProver prover)
{
    private const ulong ReorganisedSlots = 64; // two epochs: so far back the chain may be another one
    private const ulong ClaimSlots = 2; // that a claim takes to be on the chain

    private readonly ClaimSender _sender = new(chain);

    // fails: no room → tried again; late: a piece is lost → the sector stays empty, and its deals are packed again
    public async Task<StepOutcome> UpdateAsync(WorkItem item, CancellationToken stop)
    {
        try
        {
            UpdateStatement made = await shelf.UpdateAsync(item.Id.Subject, item.Details.Pieces, piece => pieces.Read(FixedBytes.Parse<Hash32>(piece.CommP)), stop).ConfigureAwait(false);
            return Done(item.Details with { CommD = made.CommDNew.ToString(), CommR = made.CommRNew.ToString(), Proof = null });
        }
        catch (PieceLostException lost)
        {
            pieces.Remove(lost.CommP);
            await shelf.UseAsync(
                item.Id.Subject,
                sector =>
                {
                    sector.DropUpdate();
                    return true;
                },
                stop).ConfigureAwait(false);
            return new StepOutcome(StepResult.Stale, item.Details with { Pieces = [], Expiration = 0 }, lost.Message);
        }
    }

    // The sector is only read, so that its windows are proven meanwhile.
    public async Task<StepOutcome> CompressAsync(WorkItem item, CancellationToken stop)
    {
        using IDisposable? turn = prover.TryTakeTurn();
        if (turn is null)
            return new StepOutcome(StepResult.NotYet, item.Details, SectorSteps.NoTurn);
        byte[] proof = await shelf.LookAsync(item.Id.Subject, sector => prover.ProveUpdate(sector, sector.UpdateStatement()), stop).ConfigureAwait(false);
        return Done(item.Details with { Proof = Hex.Encode(proof) });
    }

    public async Task<StepOutcome> ClaimAsync(WorkItem item, CancellationToken stop)
    {
        WorkDetails details = item.Details;
        if (await chain.Node.FindSectorAsync(chain.Provider, item.Id.Subject, stop).ConfigureAwait(false) is not { } sector)
            return new StepOutcome(StepResult.NotYet, details, "the sector is not on the chain any more");
        ulong head = await chain.GetHeadSlotAsync(stop).ConfigureAwait(false);
        if (sector.Status == ChainSectorStatus.Ended)
            return new StepOutcome(StepResult.Over, details, "the chain has ended the sector");
        if (sector.CommR.ToString() == details.CommR)
            return Done(details with { UpdateSlot = head });
        if (sector.SealedCommR != default)
            return new StepOutcome(StepResult.Failed, details, $"the chain has another update of the sector, to the replica {sector.CommR}");
        if (sector is not { Status: ChainSectorStatus.Live, IsFaulty: false })
            return new StepOutcome(StepResult.NotYet, details, "the sector is not proven at present");
        if (await ProvingAsync(sector, head, stop).ConfigureAwait(false) is { } window)
            return new StepOutcome(StepResult.NotYet, details, $"window {window} is proven first") { NotBefore = chain.TimeOf(head + 1) };
        if (sector.Expiration < details.Expiration && sector.Expiration < chain.LatestExpiration(head))
        {
            string? unextended = await chain.SendAsync(SectorsContract.Extend(chain.Provider, [sector.Number], Math.Min(details.Expiration, chain.LatestExpiration(head))), stop).ConfigureAwait(false);
            return unextended is null ? new StepOutcome(StepResult.NotYet, details, "it is committed for longer") : new StepOutcome(StepResult.Failed, details, unextended);
        }
        SectorClaim claim = new(SectorClaimKind.Update, chain.Provider, item.Id.Subject) { CommR = FixedBytes.Parse<Hash32>(details.CommR), CommD = FixedBytes.Parse<Hash32>(details.CommD) };
        string? refusal = await _sender.TryAsync([new ReadyClaim(claim, Hex.Decode(details.Proof.AsSpan(2)))], stop).ConfigureAwait(false);
        return refusal is null ? Done(details with { UpdateSlot = head }) : new StepOutcome(StepResult.Failed, details, refusal);
    }

    public async Task<StepOutcome> TrimAsync(WorkItem item, CancellationToken stop)
    {
        WorkDetails details = item.Details;
        KnownSector? sector = await chain.Node.FindSectorAsync(chain.Provider, item.Id.Subject, stop).ConfigureAwait(false);
        if (sector is { Status: ChainSectorStatus.Ended })
            return new StepOutcome(StepResult.Over, details, "the chain has ended the sector");
        if (sector?.CommR.ToString() != details.CommR)
            return new StepOutcome(StepResult.Stale, details, "the update claim is not on the chain any more");
        ulong final = details.UpdateSlot + ReorganisedSlots;
        if (await chain.GetHeadSlotAsync(stop).ConfigureAwait(false) < final)
            return new StepOutcome(StepResult.NotYet, details, $"the old replica is kept until slot {final}") { NotBefore = chain.TimeOf(Math.Min(final, details.UpdateSlot + chain.WindowLength)) };
        await shelf.UseAsync(
            item.Id.Subject,
            updated =>
            {
                updated.FinishUpdate();
                return true;
            },
            stop).ConfigureAwait(false);
        return Done(details with { Proof = null });
    }

    /// <summary>The window of the sector's partition whose challenge is out, or nearly, while it is not proven; null else. A claim would change what its proof must show.</summary>
    private async Task<ulong?> ProvingAsync(KnownSector sector, ulong head, CancellationToken stop)
    {
        KnownDeadline? deadline = (await chain.Node.GetDeadlinesAsync(chain.Provider, stop).ConfigureAwait(false)).FirstOrDefault(one => one.Partition == sector.Partition);
        return deadline is { IsProven: false } && head + ClaimSlots >= deadline.ChallengeSlot ? deadline.Window : null;
    }

    private static StepOutcome Done(WorkDetails details) => new(StepResult.Done, details);
}
