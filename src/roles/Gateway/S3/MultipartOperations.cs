using System.Globalization;
using System.IO.Pipelines;
using System.Security.Cryptography;
using Flashback.Files.Content;
using Flashback.Gateway.Http;
using Flashback.Gateway.Objects;
using Microsoft.AspNetCore.Http;

namespace Flashback.Gateway.S3;

/// <summary>Operations on uploads in parts.</summary>
internal static class MultipartOperations
{
    public static async Task CreateAsync(S3Call call)
    {
        call.RefuseUnsupported();
        string? algorithm = ((string?)call.Headers["x-amz-checksum-algorithm"])?.ToLowerInvariant();
        if (algorithm is not null && !Checksum.IsKnown(algorithm))
            throw S3Error.InvalidRequest($"There is no checksum called {algorithm}.");
        if (algorithm is not null && (string?)call.Headers["x-amz-checksum-type"] is { } type && type != TypeOf(algorithm))
            throw S3Error.NotImplemented($"A checksum {algorithm} of the type {type}");
        UploadRecord record = new() { Begun = call.Store.Time.GetUtcNow(), Headers = call.KeptHeaders(), Metadata = call.Metadata(), ChecksumAlgorithm = algorithm };
        string upload = await call.Store.Uploads.BeginAsync(call.Bucket, call.Key, record, call.Cancellation).ConfigureAwait(false);
        if (algorithm is not null)
        {
            call.Http.Response.Headers["x-amz-checksum-algorithm"] = algorithm.ToUpper(CultureInfo.InvariantCulture);
            call.Http.Response.Headers["x-amz-checksum-type"] = TypeOf(algorithm);
        }
        await call.AnswerAsync(new S3Xml("InitiateMultipartUploadResult").Text("Bucket", call.Bucket).Text("Key", call.Key).Text("UploadId", upload)).ConfigureAwait(false);
    }

    public static async Task PutPartAsync(S3Call call)
    {
        call.RefuseUnsupported();
        string? algorithm = call.Store.Uploads.Get(call.Bucket, call.Key, Upload(call)).ChecksumAlgorithm;
        using ReceivedBody body = call.OpenBody(algorithm);
        if (algorithm is not null && body.ChecksumAlgorithm != algorithm)
            throw S3Error.InvalidRequest($"The upload was begun with the checksum {algorithm}, and the part comes with {body.ChecksumAlgorithm}.");
        PartRecord part = await call.Store.Uploads.PutPartAsync(
            call.Bucket, call.Key, Upload(call), PartNumber(call), body,
            size => new PartRecord { File = "", Size = size, ETag = body.Md5, Modified = call.Store.Time.GetUtcNow(), Checksums = body.Checksums }, call.Cancellation).ConfigureAwait(false);
        call.Http.Response.Headers.ETag = $"\"{part.ETag}\"";
        foreach ((string name, string value) in part.Checksums ?? new Dictionary<string, string>())
            call.Http.Response.Headers["x-amz-checksum-" + name] = value;
    }

    public static async Task CopyPartAsync(S3Call call)
    {
        call.RefuseUnsupported();
        ObjectRecord source = ObjectOperations.FindSource(call);
        ByteRange range = new(0, source.Size);
        if ((string?)call.Headers["x-amz-copy-source-range"] is { } text && (!RangeHeader.TryRead(text, source.Size, out range, out bool isPart) || !isPart))
            throw S3Error.InvalidArgument("x-amz-copy-source-range is bytes=first-last, within the source.");
        if (range.Length > ReceivedBody.MostBytes)
            throw S3Error.Of("EntityTooLarge");
        string? algorithm = call.Store.Uploads.Get(call.Bucket, call.Key, Upload(call)).ChecksumAlgorithm;
        Pipe pipe = new();
        Task copying = CopyAsync(call, source, range, pipe.Writer);
        using HashedStream content = new(pipe.Reader.AsStream(), algorithm);
        PartRecord part = await call.Store.Uploads.PutPartAsync(
            call.Bucket, call.Key, Upload(call), PartNumber(call), content,
            size => new PartRecord { File = "", Size = size, ETag = content.Md5, Modified = call.Store.Time.GetUtcNow(), Checksums = content.Checksums }, call.Cancellation).ConfigureAwait(false);
        await copying.ConfigureAwait(false);
        await call.AnswerAsync(new S3Xml("CopyPartResult").Time("LastModified", part.Modified).Text("ETag", $"\"{part.ETag}\"")).ConfigureAwait(false);
    }

    public static async Task CompleteAsync(S3Call call)
    {
        IReadOnlyList<NamedPart> parts = S3XmlReader.ReadParts(await call.ReadXmlAsync().ConfigureAwait(false));
        string? expected = Checksum.Names.Select(name => (string?)call.Headers["x-amz-checksum-" + name]).FirstOrDefault(value => value is not null);
        HashedStream? whole = null;
        Stream Observe(UploadRecord upload, Stream content) =>
            upload.ChecksumAlgorithm is { } algorithm && Checksum.IsAlwaysWhole(algorithm) ? whole = new HashedStream(content, algorithm) : content;
        ObjectRecord made = await call.Store.Uploads.CompleteAsync(
            call.Bucket, call.Key, Upload(call), parts,
            new Completion(Observe, (upload, chosen) => Describe(call, upload, chosen, whole?.Checksums, expected)) { Precondition = call.WriteCondition() }, call.Cancellation).ConfigureAwait(false);
        S3Xml xml = new S3Xml("CompleteMultipartUploadResult").Text("Location", $"{call.Http.Request.Scheme}://{call.Http.Request.Host}/{call.Bucket}/{S3Uri.Encode(call.Key, keepSlashes: true)}")
            .Text("Bucket", call.Bucket).Text("Key", call.Key).Text("ETag", $"\"{made.ETag}\"");
        foreach ((string name, string value) in made.Checksums ?? new Dictionary<string, string>())
            xml.Text("Checksum" + name.ToUpper(CultureInfo.InvariantCulture), value).Text("ChecksumType", TypeOf(name));
        call.Http.Response.Headers["x-flashback-cid"] = made.Cid;
        await call.AnswerAsync(xml).ConfigureAwait(false);
    }

    public static async Task AbortAsync(S3Call call)
    {
        await call.Store.Uploads.AbortAsync(call.Bucket, call.Key, Upload(call), call.Cancellation).ConfigureAwait(false);
        call.Http.Response.StatusCode = StatusCodes.Status204NoContent;
    }

    public static Task ListPartsAsync(S3Call call)
    {
        int after = call.Number("part-number-marker", 0, int.MaxValue), most = call.Number("max-parts", 1000, 1000);
        (int Number, PartRecord Part)[] rest = [.. call.Store.Uploads.ListParts(call.Bucket, call.Key, Upload(call)).Where(part => part.Number > after)];
        (int Number, PartRecord Part)[] told = rest[..Math.Min(most, rest.Length)];
        S3Xml xml = new S3Xml("ListPartsResult").Text("Bucket", call.Bucket).Text("Key", BucketOperations.Writing(call)(call.Key)).Text("UploadId", Upload(call))
            .Owner("Initiator").Owner("Owner").Text("StorageClass", "STANDARD").Number("PartNumberMarker", after).Number("MaxParts", most).Flag("IsTruncated", told.Length < rest.Length);
        if (told.Length > 0)
            xml.Number("NextPartNumberMarker", told[^1].Number);
        foreach ((int number, PartRecord part) in told)
            xml.Element("Part", entry => entry.Number("PartNumber", number).Time("LastModified", part.Modified).Text("ETag", $"\"{part.ETag}\"").Number("Size", part.Size));
        return call.AnswerAsync(xml);
    }

    public static Task ListAsync(S3Call call)
    {
        string keyMarker = call.Query.GetValueOrDefault("key-marker") ?? "", uploadMarker = call.Query.GetValueOrDefault("upload-id-marker") ?? "";
        ListQuery query = new()
        {
            Prefix = call.Query.GetValueOrDefault("prefix") ?? "",
            Delimiter = call.Query.GetValueOrDefault("delimiter") ?? "",
            Most = call.Number("max-uploads", 1000, 1000),
            // Without the marker of an upload all uploads of the key come before what is asked for: 'g' comes after every hexadecimal digit.
            After = keyMarker.Length == 0 ? "" : $"{keyMarker}\0{(uploadMarker.Length == 0 ? "g" : uploadMarker)}",
        };
        (IReadOnlyList<(string Key, string Upload, UploadRecord Record)> uploads, IReadOnlyList<string> prefixes, string? last) = call.Store.Uploads.List(call.Bucket, query);
        Func<string?, string?> written = BucketOperations.Writing(call);
        S3Xml xml = new S3Xml("ListMultipartUploadsResult").Text("Bucket", call.Bucket).Text("KeyMarker", written(keyMarker)).Text("UploadIdMarker", uploadMarker)
            .Text("Prefix", written(query.Prefix)).Text("EncodingType", call.Query.GetValueOrDefault("encoding-type")).Number("MaxUploads", query.Most).Flag("IsTruncated", last is not null);
        if (query.Delimiter.Length > 0)
            xml.Text("Delimiter", written(query.Delimiter));
        if (last?.Split('\0') is { } next)
            xml.Text("NextKeyMarker", written(next[0])).Text("NextUploadIdMarker", next.Length > 1 ? next[1] : "");
        foreach ((string key, string upload, UploadRecord record) in uploads)
            xml.Element("Upload", entry => entry.Text("Key", written(key)).Text("UploadId", upload).Owner("Initiator").Owner("Owner").Text("StorageClass", "STANDARD").Time("Initiated", record.Begun));
        foreach (string prefix in prefixes)
            xml.Element("CommonPrefixes", entry => entry.Text("Prefix", written(prefix)));
        return call.AnswerAsync(xml);
    }

    private static string Upload(S3Call call) => call.Query["uploadId"];

    private static int PartNumber(S3Call call) => call.Number("partNumber", 0, int.MaxValue);

    private static string TypeOf(string algorithm) => Checksum.IsAlwaysWhole(algorithm) ? "FULL_OBJECT" : "COMPOSITE";

    /// <summary>An object of parts is compared by the MD5 of its parts' MD5s; with checksums it is the same, but where they are of the whole.</summary>
    private static ObjectRecord Describe(S3Call call, UploadRecord upload, IReadOnlyList<PartRecord> parts, IReadOnlyDictionary<string, string>? whole, string? expected)
    {
        using IncrementalHash md5 = IncrementalHash.CreateHash(HashAlgorithmName.MD5);
        foreach (PartRecord part in parts)
            md5.AppendData(Convert.FromHexString(part.ETag));
        IReadOnlyDictionary<string, string>? checksums = whole;
        if (whole is null && upload.ChecksumAlgorithm is { } algorithm)
        {
            byte[] joined = [.. parts.SelectMany(part => Convert.FromBase64String(part.Checksums![algorithm]))];
            checksums = new Dictionary<string, string> { [algorithm] = $"{Checksum.Of(algorithm, joined)}-{parts.Count}" };
        }
        if (expected is not null && checksums is not null && checksums.Values.First() is var found && found != expected && found.Split('-')[0] != expected)
            throw S3Error.Of("BadDigest", "The checksum that was given is not that of the object.");
        return new ObjectRecord
        {
            Cid = "", Size = 0, ETag = $"{Convert.ToHexStringLower(md5.GetHashAndReset())}-{parts.Count}", Modified = call.Store.Time.GetUtcNow(), Headers = upload.Headers, Metadata = upload.Metadata,
            Checksums = checksums, Parts = [.. parts.Select(part => part.Size)],
        };
    }

    private static async Task CopyAsync(S3Call call, ObjectRecord source, ByteRange range, PipeWriter destination)
    {
        Exception? failure = null;
        try
        {
            await UnixFs.CopyAsync(call.Store.Blocks, Cid.Parse(source.Cid), range, destination.AsStream(), call.Cancellation).ConfigureAwait(false);
        }
        catch (Exception e) // whoever reads the other end throws it
        {
            failure = e;
        }
        await destination.CompleteAsync(failure).ConfigureAwait(false);
    }
}
