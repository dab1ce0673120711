using Flashback.Client;
using Flashback.Primitives;

namespace Flashback.Provider;

/// <summary>The steps of a sector's life that are done on the disk, or ask the chain. What is sent is in <see cref="ChainSteps"/>.</summary>
internal sealed class SectorSteps(ProviderChain chain, SectorShelf shelf, PieceShelf pieces, IStorageProver prover)
{
    /// <summary>Why a proof waits for a turn.</summary>
    public const string NoTurn = "another program of this machine makes a proof";

    private const ulong TicketLag = 4; // slots: so that a short reorganisation does not change a ticket that is being sealed with

    public async Task<StepOutcome> DrawTicketAsync(WorkItem item, CancellationToken stop)
    {
        ulong head = await chain.GetHeadSlotAsync(stop).ConfigureAwait(false);
        ulong slot = head > TicketLag ? head - TicketLag : 0;
        Hash32 ticket = await SectorsContract.GetTicketAsync(chain.Node, slot, chain.ProverId, stop).ConfigureAwait(false);
        return Done(item.Details with { TicketSlot = slot, Ticket = ticket.ToString(), CommR = null, CommD = null, Seed = null, Proof = null });
    }

    // fails: no room, a table of parents that was altered → tried again; late: another ticket → thrown away and begun anew
    public async Task<StepOutcome> SealAsync(WorkItem item, CancellationToken stop)
    {
        try
        {
            (Hash32 commD, Hash32 commR) = await shelf.SealAsync(
                item.Id.Subject, FixedBytes.Parse<Hash32>(item.Details.Ticket), item.Details.Pieces, piece => pieces.Read(FixedBytes.Parse<Hash32>(piece.CommP)), stop).ConfigureAwait(false);
            return Done(item.Details with { CommD = commD.ToString(), CommR = commR.ToString() });
        }
        catch (PieceLostException lost)
        {
            // Its deals go back to where the piece is awaited; the other pieces are packed again without it.
            pieces.Remove(lost.CommP);
            return new StepOutcome(StepResult.Over, item.Details, lost.Message);
        }
    }

    public async Task<StepOutcome> AwaitSeedAsync(WorkItem item, CancellationToken stop)
    {
        if (await chain.Node.FindSectorAsync(chain.Provider, item.Id.Subject, stop).ConfigureAwait(false) is not { } sector)
            return new StepOutcome(StepResult.Stale, item.Details, "the pre-commit is not on the chain any more");
        if (sector.Status == ChainSectorStatus.Ended)
            return new StepOutcome(StepResult.Over, item.Details, "the pre-commit has expired");
        ulong seedSlot = sector.PreCommitSlot + chain.Network.PrecommitDelay;
        if (await chain.GetHeadSlotAsync(stop).ConfigureAwait(false) <= seedSlot)
            return new StepOutcome(StepResult.NotYet, item.Details, $"the seed comes with slot {seedSlot}") { NotBefore = chain.TimeOf(seedSlot + 1) };
        SealInputs inputs = await SectorsContract.GetSealInputsAsync(chain.Node, chain.Provider, item.Id.Subject, stop).ConfigureAwait(false);
        return Done(item.Details with { Seed = inputs.Seed.ToString(), Proof = null });
    }

    public async Task<StepOutcome> WitnessAsync(WorkItem item, CancellationToken stop)
    {
        await shelf.UseAsync(item.Id.Subject, sector => sector.Prove(SeedOf(item), stop), stop).ConfigureAwait(false);
        return Done(item.Details);
    }

    public async Task<StepOutcome> CompressAsync(WorkItem item, CancellationToken stop)
    {
        using IDisposable? turn = prover.TryTakeTurn();
        if (turn is null)
            return new StepOutcome(StepResult.NotYet, item.Details, NoTurn);
        byte[] proof = await shelf.UseAsync(item.Id.Subject, sector => prover.ProveSeal(sector, sector.Statement(SeedOf(item))), stop).ConfigureAwait(false);
        return Done(item.Details with { Proof = Hex.Encode(proof) });
    }

    public async Task<StepOutcome> TrimAsync(WorkItem item, CancellationToken stop)
    {
        if (await chain.Node.FindSectorAsync(chain.Provider, item.Id.Subject, stop).ConfigureAwait(false) is not { Status: not ChainSectorStatus.PreCommitted })
            return new StepOutcome(StepResult.Stale, item.Details, "the seal claim is not on the chain any more");
        await shelf.FinishAsync(item.Id.Subject, stop).ConfigureAwait(false);
        return Done(item.Details with { Proof = null });
    }

    public async Task<StepOutcome> RemoveAsync(WorkItem item, CancellationToken stop)
    {
        await shelf.RemoveAsync(item.Id.Subject, stop).ConfigureAwait(false);
        return Done(item.Details);
    }

    private static Hash32 SeedOf(WorkItem item) => FixedBytes.Parse<Hash32>(item.Details.Seed);

    private static StepOutcome Done(WorkDetails details) => new(StepResult.Done, details);
}
