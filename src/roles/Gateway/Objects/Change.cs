using Flashback.State.Store;

namespace Flashback.Gateway.Objects;

/// <summary>A change of the index that waits for its turn with the writer.</summary>
/// <param name="Bucket">The bucket it is about, none for what is about pieces alone; changes of a bucket as a whole and of what is in it never share a round.</param>
/// <param name="Key">The object it is about; two changes of one object never share a round. Null for the bucket as a whole.</param>
internal sealed record Change(string Bucket, string? Key)
{
    /// <summary>Throws <see cref="ObjectException"/> where the change may not be made.</summary>
    public Action<IStoreReader>? Check { get; init; }

    /// <summary>Adds the change to the round. It gets the pieces that hold the content.</summary>
    public required Action<WriterRound, IReadOnlyList<long>> Apply { get; init; }

    /// <summary>Bytes that the change adds to the manifest beyond the usual.</summary>
    public long EntryBytes { get; init; }

    /// <summary>The content that the change brings.</summary>
    public ContentSpool? Content { get; init; }

    /// <summary>Settled when the change is on the disk, or refused.</summary>
    public TaskCompletionSource Done { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
}
