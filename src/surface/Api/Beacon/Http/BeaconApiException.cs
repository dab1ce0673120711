using Flashback.Client;
using Microsoft.AspNetCore.Http;

namespace Flashback.Api.Beacon.Http;

/// <summary>A request that cannot be answered; what the caller is told. Thrown by endpoints and readers of parameters, caught by <see cref="BeaconTable"/> alone. spec: beacon-APIs ErrorMessage, IndexedErrorMessage</summary>
/// <param name="status">The HTTP status.</param>
/// <param name="message">For people.</param>
/// <param name="failures">Which of many items are wrong, and why; null where the request had one.</param>
internal sealed class BeaconApiException(int status, string message, IReadOnlyList<(int Index, string Message)>? failures = null) : Exception(message)
{
    /// <summary>The HTTP status.</summary>
    public int Status => status;

    /// <summary>Which of many items are wrong; null where the request had one.</summary>
    public IReadOnlyList<(int Index, string Message)>? Failures => failures;

    public static BeaconApiException Invalid(string why) => new(StatusCodes.Status400BadRequest, why);

    public static BeaconApiException NotFound(string what) => new(StatusCodes.Status404NotFound, what);

    /// <summary>What a client of this node is told as an exception, said in HTTP.</summary>
    public static BeaconApiException Of(NodeException failure) => new(
        failure.Fault switch
        {
            NodeFault.Refused => StatusCodes.Status400BadRequest,
            NodeFault.Failed => StatusCodes.Status500InternalServerError,
            _ => StatusCodes.Status503ServiceUnavailable,
        },
        failure.Message);
}
