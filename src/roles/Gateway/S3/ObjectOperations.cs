using Flashback.Files.Content;
using Flashback.Gateway.Http;
using Flashback.Gateway.Objects;
using Microsoft.AspNetCore.Http;

namespace Flashback.Gateway.S3;

/// <summary>Operations on single objects.</summary>
internal static class ObjectOperations
{
    private const string Overriding = "response-";
    private static readonly string[] Overridden = ["content-type", "cache-control", "content-disposition", "content-encoding", "content-language", "expires"];

    public static async Task PutAsync(S3Call call)
    {
        call.RefuseUnsupported();
        (Dictionary<string, string>? headers, Dictionary<string, string>? metadata) = (call.KeptHeaders(), call.Metadata());
        Precondition? condition = call.WriteCondition();
        using ReceivedBody body = call.OpenBody();
        ObjectRecord put = await call.Store.PutAsync(
            call.Bucket, call.Key, body,
            content => new ObjectRecord
            {
                Cid = content.Cid.ToString(), Size = content.Size, ETag = body.Md5, Modified = call.Store.Time.GetUtcNow(), Headers = headers, Metadata = metadata, Checksums = body.Checksums,
            },
            condition, call.Cancellation).ConfigureAwait(false);
        call.Http.Response.Headers.ETag = $"\"{put.ETag}\"";
        call.Http.Response.Headers["x-flashback-cid"] = put.Cid;
        call.WriteChecksums(put.Checksums);
    }

    public static async Task GetAsync(S3Call call)
    {
        RefuseVersion(call.Query.GetValueOrDefault("versionId"));
        ObjectRecord record = call.Store.GetObject(call.Bucket, call.Key);
        WriteHeaders(call, record);
        switch (Conditions.Of(call.Headers).Judge(record.ETag, record.Modified))
        {
            case ConditionOutcome.Failed:
                throw S3Error.Of("PreconditionFailed");
            case ConditionOutcome.NotModified:
                call.Http.Response.StatusCode = StatusCodes.Status304NotModified;
                return;
            default:
                break;
        }
        ByteRange range = ChooseRange(call, record, out bool isPart);
        HttpResponse response = call.Http.Response;
        if (isPart)
        {
            response.StatusCode = StatusCodes.Status206PartialContent;
            response.Headers.ContentRange = $"bytes {range.Start}-{range.End - 1}/{record.Size}";
        }
        else if (call.Headers["x-amz-checksum-mode"] == "ENABLED")
        {
            call.WriteChecksums(record.Checksums);
        }
        response.ContentLength = range.Length;
        if (!HttpMethods.IsHead(call.Http.Request.Method))
            await UnixFs.CopyAsync(call.Store.Blocks, Cid.Parse(record.Cid), range, response.BodyWriter, call.Cancellation).ConfigureAwait(false);
    }

    public static async Task DeleteAsync(S3Call call)
    {
        RefuseVersion(call.Query.GetValueOrDefault("versionId"));
        string? match = call.Headers.IfMatch;
        await call.Store.DeleteAsync(call.Bucket, call.Key, match is null ? null : present => RequireMatch(present, match), call.Cancellation).ConfigureAwait(false);
        call.Http.Response.StatusCode = StatusCodes.Status204NoContent;
    }

    public static async Task DeleteManyAsync(S3Call call)
    {
        call.Store.GetBucket(call.Bucket);
        (IReadOnlyList<(string Key, string? Version, string? ETag)> objects, bool isQuiet) = S3XmlReader.ReadDeletions(await call.ReadXmlAsync().ConfigureAwait(false));
        (string, S3Exception?)[] results = await Task.WhenAll(objects.Select(named => DeleteOneAsync(call, named.Key, named.Version, named.ETag))).ConfigureAwait(false);
        S3Xml xml = new("DeleteResult");
        foreach ((string key, S3Exception? failure) in results)
        {
            if (failure is not null)
                xml.Element("Error", entry => entry.Text("Key", key).Text("Code", failure.Error.Code).Text("Message", failure.Message));
            else if (!isQuiet)
                xml.Element("Deleted", entry => entry.Text("Key", key));
        }
        await call.AnswerAsync(xml).ConfigureAwait(false);
    }

    /// <summary>An object that another request names as its source.</summary>
    public static ObjectRecord FindSource(S3Call call)
    {
        string text = call.Headers["x-amz-copy-source"].ToString();
        int mark = text.IndexOf("?versionId=", StringComparison.Ordinal);
        RefuseVersion(mark < 0 ? null : text[(mark + "?versionId=".Length)..]);
        string[] names = S3Uri.Decode(mark < 0 ? text : text[..mark]).TrimStart('/').Split('/', 2);
        if (names is not [{ Length: > 0 } bucket, { Length: > 0 } key])
            throw S3Error.InvalidArgument("x-amz-copy-source is a bucket, a slash and a key.");
        ObjectRecord source = call.Store.GetObject(bucket, key);
        return Conditions.Of(call.Headers, "x-amz-copy-source-").Judge(source.ETag, source.Modified) == ConditionOutcome.Holds ? source : throw S3Error.Of("PreconditionFailed");
    }

    public static async Task CopyAsync(S3Call call)
    {
        call.RefuseUnsupported();
        ObjectRecord source = FindSource(call);
        bool isReplaced = (string?)call.Headers["x-amz-metadata-directive"] switch
        {
            null or "COPY" => false,
            "REPLACE" => true,
            _ => throw S3Error.InvalidArgument("x-amz-metadata-directive is COPY or REPLACE."),
        };
        if (source.Size > ReceivedBody.MostBytes)
            throw S3Error.InvalidRequest("An object of more than 5 GiB is copied in parts.");
        if (!isReplaced && S3Uri.Decode(call.Headers["x-amz-copy-source"].ToString()).TrimStart('/') == $"{call.Bucket}/{call.Key}")
            throw S3Error.InvalidRequest("A copy of an object onto itself changes nothing unless its metadata is replaced.");
        ObjectRecord copy = source with { Modified = call.Store.Time.GetUtcNow() };
        if (isReplaced)
            copy = copy with { Headers = call.KeptHeaders(), Metadata = call.Metadata() };
        copy = await call.Store.CopyAsync(source, call.Bucket, call.Key, copy, call.WriteCondition(), call.Cancellation).ConfigureAwait(false);
        await call.AnswerAsync(new S3Xml("CopyObjectResult").Time("LastModified", copy.Modified).Text("ETag", $"\"{copy.ETag}\"")).ConfigureAwait(false);
    }

    public static void RefuseVersion(string? version)
    {
        if (version is not (null or "" or "null"))
            throw S3Error.Of("NoSuchVersion");
    }

    private static void RequireMatch(ObjectRecord? present, string match)
    {
        if (present is null)
            throw new ObjectException(ObjectFault.NoSuchKey, "there is no object");
        if (!Conditions.Names(match, present.ETag))
            throw new ObjectException(ObjectFault.PreconditionFailed, "the object is another one");
    }

    private static async Task<(string, S3Exception?)> DeleteOneAsync(S3Call call, string key, string? version, string? tag)
    {
        try
        {
            RefuseVersion(version);
            await call.Store.DeleteAsync(call.Bucket, key, tag is null ? null : present => RequireMatch(present, tag), call.Cancellation).ConfigureAwait(false);
            return (key, null);
        }
        catch (S3Exception failure)
        {
            return (key, failure);
        }
        catch (ObjectException refusal)
        {
            return (key, S3Exception.Of(refusal));
        }
    }

    private static void WriteHeaders(S3Call call, ObjectRecord record)
    {
        IHeaderDictionary headers = call.Http.Response.Headers;
        headers.ETag = $"\"{record.ETag}\"";
        headers.LastModified = Conditions.Write(record.Modified);
        headers.AcceptRanges = "bytes";
        headers["x-flashback-cid"] = record.Cid;
        headers.ContentType = "binary/octet-stream";
        foreach ((string name, string value) in record.Headers ?? new Dictionary<string, string>())
            headers[name] = value;
        foreach ((string name, string value) in record.Metadata ?? new Dictionary<string, string>())
            headers["x-amz-meta-" + name] = value;
        foreach (string name in Overridden)
        {
            if (call.Query.TryGetValue(Overriding + name, out string? value))
                headers[name] = S3Call.Sendable(Overriding + name, value);
        }
    }

    /// <summary>The bytes that are asked for: by a range, or by the number of a part.</summary>
    private static ByteRange ChooseRange(S3Call call, ObjectRecord record, out bool isPart)
    {
        string? header = call.Headers.Range;
        if ((string?)call.Headers.IfRange is { } condition && !Conditions.Names(condition, record.ETag) && condition != Conditions.Write(record.Modified))
            header = null;
        if (call.Query.ContainsKey("partNumber"))
            return ChoosePart(call, record, header, out isPart);
        if (RangeHeader.TryRead(header, record.Size, out ByteRange range, out isPart))
            return range;
        call.Http.Response.Headers.ContentRange = $"bytes */{record.Size}";
        throw S3Error.Of("InvalidRange");
    }

    private static ByteRange ChoosePart(S3Call call, ObjectRecord record, string? range, out bool isPart)
    {
        int number = call.Number("partNumber", 0, int.MaxValue);
        IReadOnlyList<long> parts = record.Parts ?? [record.Size];
        if (range is not null || number < 1)
            throw S3Error.InvalidRequest("A part has a number from 1, and no range besides.");
        if (number > parts.Count)
            throw S3Error.Of("InvalidRange", "The object has fewer parts.");
        isPart = record.Size > 0;
        if (record.Parts is not null)
            call.Http.Response.Headers["x-amz-mp-parts-count"] = parts.Count.ToString(System.Globalization.CultureInfo.InvariantCulture);
        return new ByteRange(parts.Take(number - 1).Sum(), parts[number - 1]);
    }
}
