using System.Globalization;
using Flashback.Gateway.Objects;
using Microsoft.AspNetCore.Http;

namespace Flashback.Gateway.S3;

/// <summary>Operations on buckets.</summary>
internal static class BucketOperations
{
    public static Task ListAsync(S3Call call)
    {
        S3Xml xml = new S3Xml("ListAllMyBucketsResult").Owner("Owner").Element("Buckets", buckets =>
        {
            foreach ((string name, BucketRecord bucket) in call.Store.ListBuckets())
                buckets.Element("Bucket", entry => entry.Text("Name", name).Time("CreationDate", bucket.Created));
        });
        return call.AnswerAsync(xml);
    }

    public static async Task CreateAsync(S3Call call)
    {
        if (call.Http.Request.ContentLength > 0)
            await call.ReadXmlAsync().ConfigureAwait(false); // where the bucket is wished to be: there is one place only
        await call.Store.CreateBucketAsync(call.Bucket, call.Cancellation).ConfigureAwait(false);
        call.Http.Response.Headers.Location = "/" + call.Bucket;
    }

    public static async Task DeleteAsync(S3Call call)
    {
        await call.Store.DeleteBucketAsync(call.Bucket, call.Cancellation).ConfigureAwait(false);
        call.Http.Response.StatusCode = StatusCodes.Status204NoContent;
    }

    public static Task HeadAsync(S3Call call)
    {
        call.Store.GetBucket(call.Bucket);
        return Task.CompletedTask;
    }

    /// <summary>The region's name is that of the default one, which is told as nothing.</summary>
    public static Task LocateAsync(S3Call call)
    {
        call.Store.GetBucket(call.Bucket);
        return call.AnswerAsync(new S3Xml("LocationConstraint"));
    }

    /// <summary>Objects have no versions: that is told as a configuration that was never made.</summary>
    public static Task GetVersioningAsync(S3Call call)
    {
        call.Store.GetBucket(call.Bucket);
        return call.AnswerAsync(new S3Xml("VersioningConfiguration"));
    }

    public static Task ListObjectsAsync(S3Call call)
    {
        bool isSecond = call.Query.GetValueOrDefault("list-type") == "2";
        ListQuery query = new()
        {
            Prefix = call.Query.GetValueOrDefault("prefix") ?? "",
            Delimiter = call.Query.GetValueOrDefault("delimiter") ?? "",
            Most = call.Number("max-keys", 1000, 1000),
            After = isSecond
                ? call.Query.TryGetValue("continuation-token", out string? token) ? Token.Decode(token) : call.Query.GetValueOrDefault("start-after") ?? ""
                : call.Query.GetValueOrDefault("marker") ?? "",
        };
        ListPage page = call.Store.ListObjects(call.Bucket, query);
        Func<string?, string?> written = Writing(call);
        S3Xml xml = new S3Xml("ListBucketResult").Text("Name", call.Bucket).Text("Prefix", written(query.Prefix));
        if (query.Delimiter.Length > 0)
            xml.Text("Delimiter", written(query.Delimiter));
        xml.Number("MaxKeys", query.Most).Text("EncodingType", call.Query.GetValueOrDefault("encoding-type")).Flag("IsTruncated", page.Last is not null);
        if (isSecond)
        {
            xml.Number("KeyCount", page.Objects.Count + page.CommonPrefixes.Count).Text("ContinuationToken", call.Query.GetValueOrDefault("continuation-token"))
                .Text("StartAfter", written(call.Query.GetValueOrDefault("start-after"))).Text("NextContinuationToken", page.Last is null ? null : Token.Encode(page.Last));
        }
        else
        {
            xml.Text("Marker", written(query.After)).Text("NextMarker", written(page.Last));
        }
        bool isOwnerTold = !isSecond || call.Query.GetValueOrDefault("fetch-owner") == "true";
        foreach ((string key, ObjectRecord record) in page.Objects)
            xml.Element("Contents", entry => WriteEntry(entry, written(key), record, isOwnerTold));
        foreach (string prefix in page.CommonPrefixes)
            xml.Element("CommonPrefixes", entry => entry.Text("Prefix", written(prefix)));
        return call.AnswerAsync(xml);
    }

    /// <summary>How keys are written: encoded, where that is asked for.</summary>
    public static Func<string?, string?> Writing(S3Call call) => call.Query.GetValueOrDefault("encoding-type") switch
    {
        null or "" => text => text,
        "url" => text => text is null ? null : S3Uri.Encode(text, keepSlashes: true),
        _ => throw S3Error.InvalidArgument("encoding-type is url."),
    };

    private static void WriteEntry(S3Xml entry, string? key, ObjectRecord record, bool isOwnerTold)
    {
        entry.Text("Key", key).Time("LastModified", record.Modified).Text("ETag", $"\"{record.ETag}\"");
        foreach ((string algorithm, string value) in record.Checksums ?? new Dictionary<string, string>())
            entry.Text("ChecksumAlgorithm", algorithm.ToUpper(CultureInfo.InvariantCulture)).Text("ChecksumType", value.Contains('-', StringComparison.Ordinal) ? "COMPOSITE" : "FULL_OBJECT");
        entry.Number("Size", record.Size).Text("StorageClass", "STANDARD");
        if (isOwnerTold)
            entry.Owner("Owner");
    }

    /// <summary>What a list goes on from, in letters that survive everywhere.</summary>
    private static class Token
    {
        public static string Encode(string key) => Convert.ToHexStringLower(System.Text.Encoding.UTF8.GetBytes(key));

        public static string Decode(string token)
        {
            try
            {
                return System.Text.Encoding.UTF8.GetString(Convert.FromHexString(token));
            }
            catch (FormatException)
            {
                throw S3Error.InvalidArgument("The continuation token is none that was given here.");
            }
        }
    }
}
