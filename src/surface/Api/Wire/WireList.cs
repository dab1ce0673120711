using Flashback.Api.JsonRpc;

namespace Flashback.Api.Wire;

/// <summary>Lists that came over the wire: JSON lets any of their items be null.</summary>
internal static class WireList
{
    /// <summary>The list, whose items are all there; an empty one where there is none.</summary>
    /// <exception cref="RpcException">An item is null.</exception>
    public static IReadOnlyList<T> Whole<T>(IReadOnlyList<T>? items)
        where T : class
    {
        for (int i = 0; i < items?.Count; i++)
        {
            if (items[i] is null)
                throw RpcException.InvalidParams($"item {i} of a list is null");
        }
        return items ?? [];
    }
}
