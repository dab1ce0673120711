using System.Globalization;
using Flashback.Gateway.Http;
using Flashback.Gateway.Objects;
using Microsoft.AspNetCore.Http;

namespace Flashback.Gateway.S3;

/// <summary>A request whose signature holds, and the ways to answer it.</summary>
internal sealed class S3Call(HttpContext http, S3Uri uri, Signature signature, ObjectStore store)
{
    private const int MostMetadata = 2048;
    private const string MetadataPrefix = "x-amz-meta-";

    /// <summary>Headers that belong to an object and come back as they were given.</summary>
    private static readonly string[] Kept = ["content-type", "cache-control", "content-disposition", "content-encoding", "content-language", "expires"];

    public HttpContext Http { get; } = http;

    public ObjectStore Store { get; } = store;

    public IReadOnlyDictionary<string, string> Query { get; } = uri.Query;

    public IHeaderDictionary Headers => Http.Request.Headers;

    public CancellationToken Cancellation => Http.RequestAborted;

    public string Bucket => uri.Bucket!;

    public string Key => uri.Key!;

    /// <summary>The request's content, verified as it is read.</summary>
    public ReceivedBody OpenBody(string? checksum = null, long most = ReceivedBody.MostBytes) => ReceivedBody.Open(Http, signature, checksum, most);

    /// <summary>A body in XML.</summary>
    public async Task<byte[]> ReadXmlAsync()
    {
        using ReceivedBody body = OpenBody(most: S3XmlReader.MostBytes);
        return await body.ReadAllAsync(Cancellation).ConfigureAwait(false);
    }

    public Task AnswerAsync(S3Xml xml, int status = StatusCodes.Status200OK)
    {
        using (xml)
        {
            ReadOnlyMemory<byte> bytes = xml.Finish();
            Http.Response.StatusCode = status;
            Http.Response.ContentType = "application/xml";
            Http.Response.ContentLength = bytes.Length;
            return Http.Response.Body.WriteAsync(bytes.ToArray(), Cancellation).AsTask();
        }
    }

    public Task AnswerAsync(int status)
    {
        Http.Response.StatusCode = status;
        return Task.CompletedTask;
    }

    /// <summary>A number among the parameters.</summary>
    public int Number(string name, int otherwise, int most) => !Query.TryGetValue(name, out string? text) || text.Length == 0 ? otherwise
        : int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int value) ? Math.Min(value, most) : throw S3Error.InvalidArgument($"{name} is no number from 0 to {int.MaxValue}.");

    /// <summary>Headers that an object keeps.</summary>
    public Dictionary<string, string>? KeptHeaders()
    {
        Dictionary<string, string> kept = [];
        foreach (string name in Kept)
        {
            if ((string?)Headers[name] is not { Length: > 0 } value)
                continue;
            // The way the body came is no property of the object.
            if (name == "content-encoding")
                value = string.Join(',', value.Split(',', StringSplitOptions.TrimEntries).Where(part => part != "aws-chunked"));
            if (value.Length > 0)
                kept[name] = Sendable(name, value);
        }
        return kept.Count > 0 ? kept : null;
    }

    /// <summary>What the owner attaches to an object.</summary>
    public Dictionary<string, string>? Metadata()
    {
        Dictionary<string, string> metadata = Headers.Where(header => header.Key.StartsWith(MetadataPrefix, StringComparison.OrdinalIgnoreCase))
            .ToDictionary(header => header.Key[MetadataPrefix.Length..].ToLowerInvariant(), header => Sendable(header.Key, header.Value.ToString()));
        if (metadata.Sum(entry => entry.Key.Length + System.Text.Encoding.UTF8.GetByteCount(entry.Value)) + (KeptHeaders()?.Sum(entry => entry.Value.Length) ?? 0) > 2 * MostMetadata)
            throw S3Error.Of("MetadataTooLarge");
        return metadata.Count > 0 ? metadata : null;
    }

    /// <summary>A value that may stand in an answer's headers.</summary>
    public static string Sendable(string name, string value) => HeaderText.IsSendable(value) ? value : throw S3Error.InvalidArgument($"There are control characters in {name}: no answer may have them in its headers.");

    /// <summary>What the request makes a condition for writing.</summary>
    public Precondition? WriteCondition()
    {
        (string? match, string? noneMatch) = (Headers.IfMatch, Headers.IfNoneMatch);
        if (noneMatch is not (null or "*"))
            throw S3Error.NotImplemented("If-None-Match with anything but * when something is written");
        if (match is null && noneMatch is null)
            return null;
        return present =>
        {
            if (noneMatch is not null && present is not null)
                throw new ObjectException(ObjectFault.PreconditionFailed, "there is an object already");
            if (match is not null && present is null)
                throw new ObjectException(ObjectFault.NoSuchKey, "there is no object");
            if (match is not null && !Conditions.Names(match, present!.ETag))
                throw new ObjectException(ObjectFault.PreconditionFailed, "the object is another one");
        };
    }

    /// <summary>Refuses headers that ask for something that is not done here: to store without it would be worse than to refuse.</summary>
    public void RefuseUnsupported()
    {
        foreach (string name in Headers.Keys.Select(name => name.ToLowerInvariant()))
        {
            if (name.StartsWith("x-amz-server-side-encryption", StringComparison.Ordinal) || name.StartsWith("x-amz-copy-source-server-side-encryption", StringComparison.Ordinal)
                || name.StartsWith("x-amz-object-lock", StringComparison.Ordinal) || name.StartsWith("x-amz-grant", StringComparison.Ordinal)
                || name is "x-amz-tagging" or "x-amz-website-redirect-location" or "x-amz-write-offset-bytes" or "x-amz-bucket-object-lock-enabled")
            {
                if (name != "x-amz-bucket-object-lock-enabled" || Headers[name] == "true")
                    throw S3Error.NotImplemented($"The header {name}");
            }
        }
        if ((string?)Headers["x-amz-acl"] is not (null or "private" or "bucket-owner-full-control"))
            throw S3Error.NotImplemented("The header x-amz-acl with anything but private");
        if ((string?)Headers["x-amz-storage-class"] is not (null or "STANDARD"))
            throw S3Error.Of("InvalidStorageClass");
    }

    /// <summary>Headers that tell an object's checksums.</summary>
    public void WriteChecksums(IReadOnlyDictionary<string, string>? checksums)
    {
        foreach ((string algorithm, string value) in checksums ?? new Dictionary<string, string>())
            Http.Response.Headers["x-amz-checksum-" + algorithm] = value;
        if (checksums?.Values.FirstOrDefault() is { } first)
            Http.Response.Headers["x-amz-checksum-type"] = first.Contains('-', StringComparison.Ordinal) ? "COMPOSITE" : "FULL_OBJECT";
    }
}
