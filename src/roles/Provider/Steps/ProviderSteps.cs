namespace Flashback.Provider;

/// <summary>Who does which step.</summary>
internal sealed class ProviderSteps(SectorSteps sectors, ChainSteps chain, WindowSteps windows, SectorUpdateSteps updates, DealSteps deals, PackSteps packing, HotSteps hot, ReceiptSteps receipts) : IWorkSteps
{
    private const int ClaimsAtOnce = 32; // of ten proof partitions each, half a blob
    private const int PiecesAtOnce = 1 << 16; // all that wait: they are packed together
    private const int PreCommitsAtOnce = 32; // some five million gas

    public int BatchOf(WorkStep step) => step switch
    {
        WorkStep.Announce => PreCommitsAtOnce,
        WorkStep.Claim => ClaimsAtOnce,
        WorkStep.Pack => PiecesAtOnce,
        _ => 1,
    };

    public async Task<IReadOnlyList<StepOutcome>> RunAsync(WorkStep step, IReadOnlyList<WorkItem> items, CancellationToken stop) => step switch
    {
        WorkStep.Announce => await chain.AnnounceAsync(items, stop).ConfigureAwait(false),
        WorkStep.Claim => await chain.ClaimAsync(items, stop).ConfigureAwait(false),
        WorkStep.Pack => await packing.PackAsync(items, stop).ConfigureAwait(false),
        _ => [await RunAsync(step, items[0], stop).ConfigureAwait(false)],
    };

    private Task<StepOutcome> RunAsync(WorkStep step, WorkItem item, CancellationToken stop) => step switch
    {
        WorkStep.DrawTicket => sectors.DrawTicketAsync(item, stop),
        WorkStep.Seal => sectors.SealAsync(item, stop),
        WorkStep.AwaitSeed => sectors.AwaitSeedAsync(item, stop),
        WorkStep.Witness => sectors.WitnessAsync(item, stop),
        WorkStep.Compress => sectors.CompressAsync(item, stop),
        WorkStep.Trim => sectors.TrimAsync(item, stop),
        WorkStep.Update => updates.UpdateAsync(item, stop),
        WorkStep.CompressUpdate => updates.CompressAsync(item, stop),
        WorkStep.ClaimUpdate => updates.ClaimAsync(item, stop),
        WorkStep.TrimUpdate => updates.TrimAsync(item, stop),
        WorkStep.Remove => sectors.RemoveAsync(item, stop),
        WorkStep.CheckHealth => windows.CheckHealthAsync(item, stop),
        WorkStep.ProveWindow => windows.ProveAsync(item, stop),
        WorkStep.Register => deals.RegisterAsync(item, stop),
        WorkStep.AwaitStart => deals.AwaitStartAsync(item, stop),
        WorkStep.AwaitPiece => deals.AwaitPieceAsync(item, stop),
        WorkStep.Activate => deals.ActivateAsync(item, stop),
        WorkStep.Settle => deals.SettleAsync(item, stop),
        WorkStep.Clear => deals.ClearAsync(item, stop),
        WorkStep.ShowHot => hot.ShowAsync(item, stop),
        WorkStep.Unseal => hot.UnsealAsync(item, stop),
        WorkStep.AnswerRequest => hot.AnswerAsync(item, stop),
        WorkStep.SubmitReceipts => receipts.SubmitAsync(item, stop),
        WorkStep.ClaimReceipts => receipts.ClaimAsync(item, stop),
        _ => throw new ArgumentOutOfRangeException(nameof(step), step, "no step of one item"),
    };
}
