using Flashback.Primitives;
using Flashback.Proofs;
using Flashback.Provider;

namespace Flashback.Roles.Tests.Provider.Parameters;

/// <summary>Programs of one machine make their large proofs in turns.</summary>
public sealed class ProverTurnTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("flashback-turn-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void One_has_the_turn_until_it_gives_it_back()
    {
        SnarkProver one = Prover(), other = Prover();
        IDisposable? turn = one.TryTakeTurn();
        Assert.NotNull(turn);
        Assert.Null(other.TryTakeTurn());
        turn.Dispose();
        using IDisposable? next = other.TryTakeTurn();
        Assert.NotNull(next);
        Assert.Null(one.TryTakeTurn());
    }

    [Fact]
    public async Task Without_a_turn_neither_a_seal_nor_an_update_is_proven_and_both_are_tried_again()
    {
        using IDisposable? turn = Prover().TryTakeTurn();
        SnarkProver prover = Prover();
        WorkItem sector = new() { Id = WorkId.OfSector(1), State = WorkState.Witnessed, Details = new WorkDetails { Seed = $"{default(Hash32)}" } };
        // Neither step comes as far as the shelf, which is not there.
        StepOutcome seal = await new SectorSteps(null!, null!, null!, prover).CompressAsync(sector, TestContext.Current.CancellationToken);
        StepOutcome update = await new SectorUpdateSteps(null!, null!, null!, prover).CompressAsync(sector, TestContext.Current.CancellationToken);
        Assert.Equal([StepResult.NotYet, StepResult.NotYet], [seal.Result, update.Result]);
        Assert.Equal(sector.Details, seal.Details);
    }

    [Fact]
    public void A_window_is_proven_beside_a_seals_proof()
    {
        const int cores = 4;
        WorkCost room = new(cores, long.MaxValue, long.MaxValue);
        WorkCost compress = WorkCost.Of(WorkStep.Compress, SealKind.Devnet.Size, cores);
        Assert.True((compress + WorkCost.Of(WorkStep.ProveWindow, SealKind.Devnet.Size, cores)).FitsInto(room));
        Assert.False((compress + WorkCost.Of(WorkStep.Seal, SealKind.Devnet.Size, cores)).FitsInto(room));
    }

    private SnarkProver Prover() => new(new ParameterCache(_folder), progress: null);
}
