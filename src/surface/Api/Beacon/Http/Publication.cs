using Flashback.Client;
using Microsoft.AspNetCore.Http;

namespace Flashback.Api.Beacon.Http;

/// <summary>Many items handed over at once: those that are right go to the network whatever the others are. spec: beacon-APIs IndexedErrorMessage</summary>
internal static class Publication
{
    /// <summary>Publishes all together, for their signatures are verified together; where that fails, one by one, to say which are wrong.</summary>
    /// <param name="items">The items.</param>
    /// <param name="publish">Publishes some of them.</param>
    /// <param name="isTaken">Whether the node has an item afterwards; null where every one that breaks no rule is as good as taken.</param>
    public static async Task<BeaconAnswer> EachAsync<T>(T[] items, Func<IReadOnlyList<T>, Task> publish, Func<T, bool>? isTaken = null)
    {
        string?[] faults = new string?[items.Length];
        if (items.Length > 0 && await TryAsync(items, publish).ConfigureAwait(false) is { } fault)
        {
            faults[0] = fault;
            for (int i = 0; items.Length > 1 && i < items.Length; i++)
                faults[i] = await TryAsync([items[i]], publish).ConfigureAwait(false);
        }
        List<(int, string)> failures = [];
        for (int i = 0; i < items.Length; i++)
        {
            if (faults[i] is { } refused)
                failures.Add((i, refused));
            else if (isTaken is not null && !isTaken(items[i]))
                failures.Add((i, "it is of no use on the head: too early, too late, or not valid there"));
        }
        return failures.Count == 0 ? BeaconAnswer.Empty : throw new BeaconApiException(StatusCodes.Status400BadRequest, "some items are refused", failures);
    }

    /// <summary>Publishes; says why the node refuses, if it does.</summary>
    private static async Task<string?> TryAsync<T>(IReadOnlyList<T> items, Func<IReadOnlyList<T>, Task> publish)
    {
        try
        {
            await publish(items).ConfigureAwait(false);
            return null;
        }
        catch (NodeException refused) when (refused.Fault == NodeFault.Refused)
        {
            return refused.Message;
        }
    }
}
