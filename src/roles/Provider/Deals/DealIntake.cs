using Flashback.Client;
using Flashback.Primitives;
using Flashback.Proofs;

namespace Flashback.Provider;

/// <summary>Pieces that this provider's own deals ask for: from its registration on until the piece is in a sector.</summary>
internal sealed class DealIntake(ProviderChain chain, WorkQueue queue, HotClaims hot) : IPieceIntake
{
    public ValueTask<ExpectedPiece?> FindAsync(Hash32 commP, string? deal, CancellationToken cancellation) =>
        new(Asking(commP, deal) is { } item ? new ExpectedPiece(commP, PaddedSize.Of(item.Details.Deal!.PieceSize)) : null);

    public async Task<string?> OrderPullAsync(Hash32 commP, PullOrder order, CancellationToken cancellation)
    {
        if (Asking(commP, order.Deal) is not { } item)
            return "no deal asks for this piece";
        if (!await IsProvidersEndpointAsync(item.Details.Deal!, order, cancellation).ConfigureAwait(false))
            return "a piece is fetched only from where a storage provider answers, as it is registered: one of the deal's, or the one that \"provider\" names";
        while (Asking(commP, order.Deal) is { } now)
        {
            // The step that waits for the piece may go on: what it finds counts no more then, and it is done again.
            if (queue.TryReplace(now, now with { Owner = null, NotBefore = default, Details = now.Details with { Deal = now.Details.Deal! with { PullFrom = order.From } } }) is not null)
                return null;
        }
        return "no deal asks for this piece";
    }

    public bool TryRecall(Hash32 commP)
    {
        string piece = commP.ToString();
        WorkItem[] holding = [.. queue.Of(WorkKind.Deal).Where(item => item.State is WorkState.DealCold or WorkState.DealActive && item.Details.Deal!.CommP == piece)];
        foreach (WorkItem item in holding)
            hot.Recall(item.Id.Subject);
        return holding.Length > 0;
    }

    private WorkItem? Asking(Hash32 commP, string? deal)
    {
        string piece = commP.ToString();
        return queue.Of(WorkKind.Deal).FirstOrDefault(item =>
            item.State is >= WorkState.DealRegistered and < WorkState.DealActive && item.Details.Deal!.CommP == piece
            && (deal is null || string.Equals(item.Details.Deal.Contract, deal, StringComparison.OrdinalIgnoreCase)));
    }

    private async Task<bool> IsProvidersEndpointAsync(DealDetails deal, PullOrder order, CancellationToken cancellation)
    {
        IEnumerable<ulong> providers = order.Provider is { } named
            ? [named]
            : (await DealContract.GetSharesAsync(chain.Node, deal.Address, cancellation).ConfigureAwait(false)).Select(share => share.Provider);
        foreach (ulong provider in providers.Where(provider => provider != chain.Provider))
        {
            if (await chain.Node.FindProviderAsync(provider, cancellation).ConfigureAwait(false) is { IsActive: true } known && IsSame(known.Endpoint, order.From))
                return true;
        }
        return false;
    }

    private static bool IsSame(string endpoint, string from) =>
        Uri.TryCreate(endpoint, UriKind.Absolute, out Uri? one) && Uri.TryCreate(from, UriKind.Absolute, out Uri? other)
        && one.Scheme is "http" or "https"
        && one.UserInfo.Length == 0
        && one.AbsoluteUri.TrimEnd('/') == other.AbsoluteUri.TrimEnd('/');
}
