using Flashback.Client;
using Microsoft.AspNetCore.Http;

namespace Flashback.Api.Beacon.Http;

/// <summary>Many items handed over at once: those that are right go to the network whatever the others are. spec: beacon-APIs IndexedErrorMessage</summary>
internal static class Publication
{
    /// <summary>Publishes all together, for their signatures are verified together; where that fails, one by one, to say which are wrong.</summary>
    public static async Task<BeaconAnswer> EachAsync<T>(T[] items, Func<IReadOnlyList<T>, Task> publish)
    {
        try
        {
            if (items.Length > 0)
                await publish(items).ConfigureAwait(false);
            return BeaconAnswer.Empty;
        }
        catch (NodeException refused) when (refused.Fault == NodeFault.Refused && items.Length > 1)
        {
            return await OneByOneAsync(items, publish).ConfigureAwait(false);
        }
        catch (NodeException refused) when (refused.Fault == NodeFault.Refused)
        {
            throw Failed([(0, refused.Message)]);
        }
    }

    private static async Task<BeaconAnswer> OneByOneAsync<T>(T[] items, Func<IReadOnlyList<T>, Task> publish)
    {
        List<(int, string)> failures = [];
        for (int i = 0; i < items.Length; i++)
        {
            try
            {
                await publish([items[i]]).ConfigureAwait(false);
            }
            catch (NodeException refused) when (refused.Fault == NodeFault.Refused)
            {
                failures.Add((i, refused.Message));
            }
        }
        return failures.Count == 0 ? BeaconAnswer.Empty : throw Failed(failures);
    }

    private static BeaconApiException Failed(IReadOnlyList<(int Index, string Message)> failures) => new(StatusCodes.Status400BadRequest, "some items are refused", failures);
}
