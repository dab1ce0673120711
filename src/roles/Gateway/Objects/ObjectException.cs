namespace Flashback.Gateway.Objects;

/// <summary>Why the object store refuses something. The names are those of S3's error codes.</summary>
public enum ObjectFault
{
    /// <summary>There is no such bucket.</summary>
    NoSuchBucket,

    /// <summary>There is no such object.</summary>
    NoSuchKey,

    /// <summary>There is no such upload, or it was completed or aborted.</summary>
    NoSuchUpload,

    /// <summary>The bucket is there already.</summary>
    BucketAlreadyOwnedByYou,

    /// <summary>There are objects in the bucket.</summary>
    BucketNotEmpty,

    /// <summary>A bucket cannot be called that.</summary>
    InvalidBucketName,

    /// <summary>A key is longer than 1,024 bytes.</summary>
    KeyTooLongError,

    /// <summary>Something that was said makes no sense.</summary>
    InvalidArgument,

    /// <summary>A part is not there, or is another one.</summary>
    InvalidPart,

    /// <summary>Parts are not listed in rising order.</summary>
    InvalidPartOrder,

    /// <summary>A part other than the last is smaller than 5 MiB.</summary>
    EntityTooSmall,

    /// <summary>It is larger than is taken.</summary>
    EntityTooLarge,

    /// <summary>What the caller made a condition does not hold.</summary>
    PreconditionFailed,

    /// <summary>There is no room on the disk, or nothing more can be paid for at present.</summary>
    SlowDown,
}

/// <summary>The object store refuses something: nothing was changed.</summary>
public sealed class ObjectException(ObjectFault fault, string message) : Exception(message)
{
    /// <summary>Why.</summary>
    public ObjectFault Fault { get; } = fault;
}
