using Flashback.Gateway.Objects;

namespace Flashback.Gateway.S3;

/// <summary>A request is answered with an error of S3.</summary>
internal sealed class S3Exception(S3Error error, string? message = null) : Exception(message ?? error.Message)
{
    public S3Error Error { get; } = error;

    /// <summary>The same as a refusal of the object store.</summary>
    public static S3Exception Of(ObjectException refusal) => new(S3Error.Find(refusal.Fault.ToString()), refusal.Message);
}
