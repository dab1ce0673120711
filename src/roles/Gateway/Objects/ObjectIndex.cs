using System.Text;
using System.Text.Json;
using Flashback.State.Store;

namespace Flashback.Gateway.Objects;

/// <summary>What is asked of a bucket's list.</summary>
public sealed record ListQuery
{
    /// <summary>Only keys that begin with it.</summary>
    public string Prefix { get; init; } = "";

    /// <summary>Keys that have it after the prefix are told together, by what they share up to it; empty for each by itself.</summary>
    public string Delimiter { get; init; } = "";

    /// <summary>Only what comes after it: a key, or what keys share.</summary>
    public string After { get; init; } = "";

    /// <summary>At most so many answers.</summary>
    public int Most { get; init; } = 1000;
}

/// <summary>A part of a bucket's list, in the order of the keys' bytes.</summary>
/// <param name="Objects">Objects by their keys.</param>
/// <param name="CommonPrefixes">What other keys share.</param>
/// <param name="Last">The last that was told, where there are more.</param>
public sealed record ListPage(IReadOnlyList<(string Key, ObjectRecord Object)> Objects, IReadOnlyList<string> CommonPrefixes, string? Last);

/// <summary>Reads the index.</summary>
internal static class ObjectIndex
{
    public static BucketRecord? FindBucket(IStoreReader store, string bucket) =>
        store.Get(IndexKeys.Buckets, IndexKeys.Bucket(bucket)) is { } value ? JsonSerializer.Deserialize(value, RecordJson.Records.BucketRecord) : null;

    public static ObjectRecord? FindObject(IStoreReader store, string bucket, string key) =>
        store.Get(IndexKeys.Objects, IndexKeys.Object(bucket, key)) is { } value ? JsonSerializer.Deserialize(value, RecordJson.Records.ObjectRecord) : null;

    public static UploadRecord? FindUpload(IStoreReader store, string bucket, string key, string upload) =>
        store.Get(IndexKeys.Uploads, IndexKeys.Upload(bucket, key, upload)) is { } value ? JsonSerializer.Deserialize(value, RecordJson.Records.UploadRecord) : null;

    public static void RequireBucket(IStoreReader store, string bucket)
    {
        if (FindBucket(store, bucket) is null)
            throw new ObjectException(ObjectFault.NoSuchBucket, $"there is no bucket {bucket}");
    }

    public static bool IsEmpty(IStoreReader store, Column column, string bucket)
    {
        using IStoreCursor cursor = store.Scan(column, KeyRange.WithPrefix(IndexKeys.Object(bucket, "")));
        return !cursor.MoveNext();
    }

    public static IReadOnlyList<(string Name, BucketRecord Bucket)> ListBuckets(IStoreReader store)
    {
        List<(string, BucketRecord)> buckets = [];
        using IStoreCursor cursor = store.Scan(IndexKeys.Buckets, KeyRange.All);
        while (cursor.MoveNext())
            buckets.Add((Encoding.UTF8.GetString(cursor.Key), JsonSerializer.Deserialize(cursor.Value, RecordJson.Records.BucketRecord)!));
        return buckets;
    }

    public static ListPage ListObjects(IStoreReader store, string bucket, ListQuery query)
    {
        List<(string, ObjectRecord)> objects = [];
        ListWalk walk = new(store, IndexKeys.Objects, bucket, query);
        walk.Run((key, value) => objects.Add((key, JsonSerializer.Deserialize(value, RecordJson.Records.ObjectRecord)!)));
        return new ListPage(objects, walk.CommonPrefixes, walk.Last);
    }

    public static List<(int Number, PartRecord Part)> ListParts(IStoreReader store, string upload)
    {
        List<(int, PartRecord)> parts = [];
        using IStoreCursor cursor = store.Scan(IndexKeys.Parts, KeyRange.WithPrefix(IndexKeys.PartsOf(upload)));
        while (cursor.MoveNext())
            parts.Add(((cursor.Key[^2] << 8) | cursor.Key[^1], JsonSerializer.Deserialize(cursor.Value, RecordJson.Records.PartRecord)!));
        return parts;
    }
}
