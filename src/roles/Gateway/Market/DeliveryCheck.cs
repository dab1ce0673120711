using Flashback.Client;
using Flashback.Execution;
using Flashback.Primitives;

namespace Flashback.Gateway.Market;

/// <summary>Compares what a provider signs with what was asked for, what came, and how long it took: pure.</summary>
internal static class DeliveryCheck
{
    // The provider measures until it has handed the last bytes to its system, we until we have them: a link lies between, but not seconds of it.
    private static readonly TimeSpan LinkAllowance = TimeSpan.FromSeconds(1);
    private const int SlowLink = 2; // times what the provider says

    /// <summary>Why a delivery is not countersigned; null where it is right.</summary>
    /// <param name="signed">As the provider has signed it.</param>
    /// <param name="read">What was asked for.</param>
    /// <param name="chainId">The chain.</param>
    /// <param name="digest">SHA-256 of what came.</param>
    /// <param name="times">As measured here.</param>
    public static string? FaultOf(SignedDelivery signed, SignedRead read, ulong chainId, Hash32 digest, ReadTimes times)
    {
        Delivery told = signed.Delivery;
        ReadRequest request = read.Request;
        if (told != new Delivery(read.Hash, request.Provider, request.Number, request.Offset, request.Length, request.Region, told.MsToFirstByte, told.MsToLastByte, digest))
            return "what it signs is another delivery";
        if (signed.SignerOn(chainId, read.Lane.Terms.Contract) != read.Lane.Terms.Operator)
            return "the delivery is not signed by the provider's operator";
        if (told.MsToFirstByte > told.MsToLastByte)
            return $"the first byte would have come after the last: {told.MsToFirstByte} and {told.MsToLastByte} ms";
        return times.ToLast > (SlowLink * TimeSpan.FromMilliseconds(told.MsToLastByte)) + LinkAllowance
            ? $"it says {told.MsToLastByte} ms, and it took {times.ToLast.TotalMilliseconds:0}"
            : null;
    }
}
