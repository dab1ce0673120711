using System.Security.Cryptography;
using System.Text.Json;
using Flashback.Files.Content;
using Flashback.State.Store;

namespace Flashback.Gateway.Objects;

/// <summary>A part as whoever completes an upload names it.</summary>
/// <param name="Number">Its number, from 1.</param>
/// <param name="ETag">Its ETag without quotation marks; null for any.</param>
/// <param name="Checksums">Checksums that it must have, by algorithm.</param>
public sealed record NamedPart(int Number, string? ETag, IReadOnlyDictionary<string, string> Checksums);

/// <summary>What the caller adds when an upload is completed.</summary>
/// <param name="Observe">Goes between the parts' bytes and what reads them.</param>
/// <param name="Describe">Makes the record of what the parts became, after all was read.</param>
public sealed record Completion(Func<UploadRecord, Stream, Stream> Observe, Func<UploadRecord, IReadOnlyList<PartRecord>, ObjectRecord> Describe)
{
    /// <summary>Checked when the object is written.</summary>
    public Precondition? Precondition { get; init; }
}

/// <summary>Uploads in parts: each part is a file that waits, until all are put together into one content. Safe for any number of threads.</summary>
public sealed class UploadStore
{
    /// <summary>The highest number of a part.</summary>
    public const int MostParts = 10_000;

    /// <summary>Bytes of the smallest part, but for the last.</summary>
    public const long LeastPart = 5 << 20;

    private readonly ObjectStore _objects;
    private readonly IStore _store;
    private readonly PieceFolder _folder;
    private readonly IndexWriter _writer;

    internal UploadStore(ObjectStore objects, IStore store, PieceFolder folder, IndexWriter writer) => (_objects, _store, _folder, _writer) = (objects, store, folder, writer);

    /// <summary>Begins an upload.</summary>
    /// <returns>Its name: 32 hexadecimal digits.</returns>
    public async Task<string> BeginAsync(string bucket, string key, UploadRecord upload, CancellationToken cancellation)
    {
        ObjectNames.CheckKey(key);
        string id = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(16));
        await _writer.CommitAsync(
            new Change(bucket, key)
            {
                Check = store => ObjectIndex.RequireBucket(store, bucket),
                Apply = (round, _) => round.Batch.Put(IndexKeys.Uploads, IndexKeys.Upload(bucket, key, id), JsonSerializer.SerializeToUtf8Bytes(upload, RecordJson.Records.UploadRecord)),
            },
            cancellation).ConfigureAwait(false);
        return id;
    }

    /// <summary>An upload.</summary>
    /// <exception cref="ObjectException">There is none.</exception>
    public UploadRecord Get(string bucket, string key, string upload) => Require(_store, bucket, key, upload);

    /// <summary>Takes a part in; one of the same number goes.</summary>
    /// <param name="bucket">Where.</param>
    /// <param name="key">Under which key.</param>
    /// <param name="upload">Of which upload.</param>
    /// <param name="number">From 1 to <see cref="MostParts"/>.</param>
    /// <param name="content">Read once; what it throws is thrown here, and nothing is left behind.</param>
    /// <param name="describe">Makes the record of so many bytes, after all was read.</param>
    /// <param name="cancellation">Gives up.</param>
    /// <exception cref="ObjectException">It is refused.</exception>
    public async Task<PartRecord> PutPartAsync(string bucket, string key, string upload, int number, Stream content, Func<long, PartRecord> describe, CancellationToken cancellation)
    {
        if (number is < 1 or > MostParts)
            throw new ObjectException(ObjectFault.InvalidArgument, $"a part's number is from 1 to {MostParts}");
        Get(bucket, key, upload);
        await _objects.RequireRoomAsync(0, cancellation).ConfigureAwait(false);
        string file = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(16));
        try
        {
            PartRecord part = describe(await _objects.ReceiveInTurnAsync(() => WriteAsync(file, content, cancellation), cancellation).ConfigureAwait(false)) with { File = file };
            byte[] row = IndexKeys.Part(upload, number);
            PartRecord? before = null;
            await _writer.CommitAsync(
                new Change(bucket, key)
                {
                    Check = store => Require(store, bucket, key, upload),
                    Apply = (round, _) =>
                    {
                        before = round.Store.Get(IndexKeys.Parts, row) is { } old ? JsonSerializer.Deserialize(old, RecordJson.Records.PartRecord) : null;
                        round.Batch.Put(IndexKeys.Parts, row, JsonSerializer.SerializeToUtf8Bytes(part, RecordJson.Records.PartRecord));
                    },
                },
                cancellation).ConfigureAwait(false);
            if (before is not null)
                _folder.DeletePart(before.File);
            return part;
        }
        catch (Exception e) when (e is not StoreException) // then nobody knows whether the index has it: the next start does
        {
            _folder.DeletePart(file);
            throw;
        }
    }

    /// <summary>Makes an object of parts.</summary>
    /// <param name="bucket">Where.</param>
    /// <param name="key">Under which key.</param>
    /// <param name="upload">Of which upload.</param>
    /// <param name="named">The parts, in rising order.</param>
    /// <param name="completion">What the caller adds.</param>
    /// <param name="cancellation">Gives up; the parts are there still.</param>
    /// <exception cref="ObjectException">It is refused.</exception>
    public async Task<ObjectRecord> CompleteAsync(string bucket, string key, string upload, IReadOnlyList<NamedPart> named, Completion completion, CancellationToken cancellation)
    {
        UploadRecord record = Get(bucket, key, upload);
        PartRecord[] parts = Choose(upload, named);
        using Stream content = completion.Observe(record, new ConcatenatedFiles([.. parts.Select(part => _folder.PartPath(part.File))]));
        ObjectStore.PutTerms terms = new(_ => key, _ => completion.Describe(record, parts))
        {
            Precondition = completion.Precondition,
            AlsoCheck = store => Require(store, bucket, key, upload),
            Also = round => Remove(round, bucket, key, upload),
        };
        return await _objects.PutAsync(bucket, spool => spool.ReceiveAsync(content, cancellation), terms, cancellation).ConfigureAwait(false);
    }

    /// <summary>Forgets an upload and its parts.</summary>
    /// <exception cref="ObjectException">There is no such upload.</exception>
    public Task AbortAsync(string bucket, string key, string upload, CancellationToken cancellation) => _writer.CommitAsync(
        new Change(bucket, key)
        {
            Check = store => Require(store, bucket, key, upload),
            Apply = (round, _) => Remove(round, bucket, key, upload),
        },
        cancellation);

    /// <summary>The parts of an upload that are here, by number.</summary>
    /// <exception cref="ObjectException">There is no such upload.</exception>
    public IReadOnlyList<(int Number, PartRecord Part)> ListParts(string bucket, string key, string upload)
    {
        Get(bucket, key, upload);
        return ObjectIndex.ListParts(_store, upload);
    }

    /// <summary>Uploads that were begun. The keys told are followed by a zero and the upload's name.</summary>
    /// <exception cref="ObjectException">There is no such bucket.</exception>
    public (IReadOnlyList<(string Key, string Upload, UploadRecord Record)> Uploads, IReadOnlyList<string> CommonPrefixes, string? Last) List(string bucket, ListQuery query)
    {
        ObjectIndex.RequireBucket(_store, bucket);
        return Walk(bucket, query);
    }

    internal async Task AbortAllAsync(string bucket, CancellationToken cancellation)
    {
        foreach ((string key, string upload, _) in Walk(bucket, new ListQuery { Most = int.MaxValue }).Uploads)
            await AbortAsync(bucket, key, upload, cancellation).ConfigureAwait(false);
    }

    internal async Task AbortOldAsync(DateTimeOffset before, CancellationToken cancellation)
    {
        foreach ((string bucket, _) in _objects.ListBuckets())
        {
            foreach ((string key, string upload, UploadRecord record) in Walk(bucket, new ListQuery { Most = int.MaxValue }).Uploads)
            {
                if (record.Begun < before)
                    await AbortAsync(bucket, key, upload, cancellation).ConfigureAwait(false);
            }
        }
    }

    private (IReadOnlyList<(string, string, UploadRecord)> Uploads, IReadOnlyList<string>, string?) Walk(string bucket, ListQuery query)
    {
        List<(string, string, UploadRecord)> uploads = [];
        ListWalk walk = new(_store, IndexKeys.Uploads, bucket, query);
        walk.Run((key, value) =>
        {
            int zero = key.IndexOf('\0', StringComparison.Ordinal);
            uploads.Add((key[..zero], key[(zero + 1)..], JsonSerializer.Deserialize(value, RecordJson.Records.UploadRecord)!));
        });
        return (uploads, walk.CommonPrefixes, walk.Last);
    }

    private static UploadRecord Require(IStoreReader store, string bucket, string key, string upload) =>
        (upload.Length == 32 && upload.All(char.IsAsciiHexDigitLower) ? ObjectIndex.FindUpload(store, bucket, key, upload) : null)
        ?? throw new ObjectException(ObjectFault.NoSuchUpload, "there is no such upload: it was completed, aborted, or never begun");

    private PartRecord[] Choose(string upload, IReadOnlyList<NamedPart> named)
    {
        if (named.Count == 0)
            throw new ObjectException(ObjectFault.InvalidArgument, "an object is made of one part or more");
        if (named.Zip(named.Skip(1)).Any(pair => pair.Second.Number <= pair.First.Number))
            throw new ObjectException(ObjectFault.InvalidPartOrder, "parts are listed in rising order of their numbers");
        Dictionary<int, PartRecord> present = ObjectIndex.ListParts(_store, upload).ToDictionary(part => part.Number, part => part.Part);
        PartRecord[] parts = new PartRecord[named.Count];
        for (int i = 0; i < parts.Length; i++)
        {
            if (!present.TryGetValue(named[i].Number, out parts[i]!) || (named[i].ETag is { } tag && tag != parts[i].ETag))
                throw new ObjectException(ObjectFault.InvalidPart, $"part {named[i].Number} was not uploaded, or is another one");
            if (named[i].Checksums.Any(asked => parts[i].Checksums?.GetValueOrDefault(asked.Key) is { } had && had != asked.Value))
                throw new ObjectException(ObjectFault.InvalidPart, $"part {named[i].Number} has another checksum");
        }
        for (int i = 0; i < parts.Length - 1; i++)
        {
            if (parts[i].Size < LeastPart)
                throw new ObjectException(ObjectFault.EntityTooSmall, $"part {named[i].Number} is smaller than {LeastPart} bytes and not the last");
        }
        return parts.Sum(part => part.Size) <= ObjectStore.MostBytes ? parts : throw new ObjectException(ObjectFault.EntityTooLarge, "an object is at most 5 TiB large");
    }

    /// <summary>Removes an upload's rows; its files go when that is certain.</summary>
    private void Remove(WriterRound round, string bucket, string key, string upload)
    {
        string[] files = [.. ObjectIndex.ListParts(round.Store, upload).Select(part => part.Part.File)];
        round.Batch.Delete(IndexKeys.Uploads, IndexKeys.Upload(bucket, key, upload));
        round.Batch.DeleteRange(IndexKeys.Parts, KeyRange.WithPrefix(IndexKeys.PartsOf(upload)));
        round.AfterCommit.Add(() =>
        {
            foreach (string file in files)
                _folder.DeletePart(file);
        });
    }

    private async Task<long> WriteAsync(string name, Stream content, CancellationToken cancellation)
    {
        using FileStream file = new(_folder.PartPath(name), FileMode.CreateNew, FileAccess.Write, FileShare.None, bufferSize: 0);
        using Block buffer = Block.Rent(FileImport.ChunkBytes);
        while (true)
        {
            int read = await content.ReadAtLeastAsync(buffer.Memory, buffer.Memory.Length, throwOnEndOfStream: false, cancellation).ConfigureAwait(false);
            await file.WriteAsync(buffer.Memory[..read], cancellation).ConfigureAwait(false);
            if (read == buffer.Memory.Length)
                continue;
            await Task.Run(() => file.Flush(flushToDisk: true), cancellation).ConfigureAwait(false);
            return file.Length;
        }
    }
}
