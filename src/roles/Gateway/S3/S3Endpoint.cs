using Flashback.Files.Content;
using Flashback.Gateway.Objects;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Flashback.Gateway.S3;

/// <summary>Answers S3's API: verifies each request, finds its operation in a table, and gives errors their form.</summary>
internal sealed partial class S3Endpoint(ObjectStore store, IReadOnlyList<S3Credentials> credentials, string? domain, ILogger log)
{
    private delegate Task Operation(S3Call call);

    /// <summary>What is done for a method, for a target (service, bucket or object), with a parameter or header that tells it from others; the first that fits counts.</summary>
    private static readonly (string Method, Target Target, string? Mark, Operation Operation)[] Operations =
    [
        ("GET", Target.Service, null, BucketOperations.ListAsync),
        ("GET", Target.Bucket, "location", BucketOperations.LocateAsync),
        ("GET", Target.Bucket, "versioning", BucketOperations.GetVersioningAsync),
        ("GET", Target.Bucket, "uploads", MultipartOperations.ListAsync),
        ("GET", Target.Bucket, null, BucketOperations.ListObjectsAsync),
        ("HEAD", Target.Bucket, null, BucketOperations.HeadAsync),
        ("PUT", Target.Bucket, null, BucketOperations.CreateAsync),
        ("DELETE", Target.Bucket, null, BucketOperations.DeleteAsync),
        ("POST", Target.Bucket, "delete", ObjectOperations.DeleteManyAsync),
        ("GET", Target.Object, "uploadId", MultipartOperations.ListPartsAsync),
        ("GET", Target.Object, null, ObjectOperations.GetAsync),
        ("HEAD", Target.Object, null, ObjectOperations.GetAsync),
        ("PUT", Target.CopiedObject, "uploadId", MultipartOperations.CopyPartAsync),
        ("PUT", Target.CopiedObject, null, ObjectOperations.CopyAsync),
        ("PUT", Target.Object, "uploadId", MultipartOperations.PutPartAsync),
        ("PUT", Target.Object, null, ObjectOperations.PutAsync),
        ("DELETE", Target.Object, "uploadId", MultipartOperations.AbortAsync),
        ("DELETE", Target.Object, null, ObjectOperations.DeleteAsync),
        ("POST", Target.Object, "uploads", MultipartOperations.CreateAsync),
        ("POST", Target.Object, "uploadId", MultipartOperations.CompleteAsync),
    ];

    /// <summary>Parameters that make another operation of a request, one that is not done here.</summary>
    private static readonly HashSet<string> Unsupported =
    [
        "abac", "accelerate", "acl", "analytics", "annotation", "attributes", "cors", "encryption", "intelligent-tiering", "inventory", "legal-hold", "lifecycle", "logging", "metadataConfiguration", "metadataInventoryTable",
        "metadataJournalTable", "metadataTable", "metrics", "notification", "object-lock", "ownershipControls", "policy", "policyStatus", "publicAccessBlock", "renameObject", "replication", "requestPayment", "restore", "retention",
        "select", "session", "tagging", "torrent", "versions", "website",
    ];

    /// <summary>Parameters that may stand in a request that changes something. Another may be an operation of tomorrow, which must not be taken for that of today.</summary>
    private static readonly HashSet<string> Changing = ["delete", "partNumber", "uploadId", "uploads", "versionId", "x-id"];

    private enum Target
    {
        Service,
        Bucket,
        Object,
        CopiedObject,
    }

    /// <summary>Answers a request.</summary>
    public async Task AnswerAsync(HttpContext http)
    {
        string request = Guid.NewGuid().ToString("N");
        http.Response.Headers["x-amz-request-id"] = request;
        try
        {
            S3Uri uri = S3Uri.Parse(http, domain);
            Signature signature = Signature.Verify(http, uri, accessKey => credentials.FirstOrDefault(pair => pair.AccessKey == accessKey), store.Time.GetUtcNow());
            await Find(http, uri)(new S3Call(http, uri, signature, store)).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (http.RequestAborted.IsCancellationRequested)
        {
            // nobody is there any more to be told
        }
        catch (Exception failure)
        {
            await RefuseAsync(http, failure, request).ConfigureAwait(false);
        }
    }

    private static Operation Find(HttpContext http, S3Uri uri)
    {
        Target target = uri.Bucket is null ? Target.Service : uri.Key is null ? Target.Bucket : http.Request.Headers.ContainsKey("x-amz-copy-source") ? Target.CopiedObject : Target.Object;
        if (uri.Query.Keys.FirstOrDefault(Unsupported.Contains) is { } unsupported)
            throw S3Error.NotImplemented($"The parameter {unsupported}");
        string method = http.Request.Method;
        if (method is not ("GET" or "HEAD") && uri.Query.Keys.FirstOrDefault(name => !Changing.Contains(name) && !name.StartsWith("X-Amz-", StringComparison.OrdinalIgnoreCase)) is { } unknown)
            throw S3Error.NotImplemented($"The parameter {unknown} of {method}");
        foreach ((string wanted, Target place, string? mark, Operation operation) in Operations)
        {
            if (wanted == method && place == target && (mark is null || uri.Query.ContainsKey(mark)))
                return operation;
        }
        throw method is "GET" or "HEAD" or "PUT" or "DELETE" ? S3Error.Of("MethodNotAllowed") : S3Error.NotImplemented($"{method} of that");
    }

    private async Task RefuseAsync(HttpContext http, Exception failure, string request)
    {
        S3Exception answer = Translate(failure);
        if (answer.Error.Status >= StatusCodes.Status500InternalServerError && failure is not (S3Exception or ObjectException))
            Log.Failed(log, request, failure);
        if (http.Response.HasStarted)
        {
            http.Abort(); // half an answer must not look like a whole one
            return;
        }
        string? range = http.Response.Headers.ContentRange;
        http.Response.Clear();
        http.Response.Headers["x-amz-request-id"] = request;
        if (range is not null)
            http.Response.Headers.ContentRange = range;
        http.Response.StatusCode = answer.Error.Status;
        if (answer.Error.Status == StatusCodes.Status503ServiceUnavailable)
            http.Response.Headers.RetryAfter = "5";
        if (HttpMethods.IsHead(http.Request.Method))
            return;
        using S3Xml xml = new S3Xml("Error", isNamespaced: false).Text("Code", answer.Error.Code).Text("Message", answer.Message)
            .Text("Resource", http.Request.Path.Value?.Replace("\0", "", StringComparison.Ordinal)).Text("RequestId", request);
        ReadOnlyMemory<byte> bytes = xml.Finish();
        http.Response.ContentType = "application/xml";
        http.Response.ContentLength = bytes.Length;
        try
        {
            await http.Response.Body.WriteAsync(bytes, http.RequestAborted).ConfigureAwait(false);
        }
        catch (Exception e) when (e is OperationCanceledException or IOException)
        {
            // nobody is there any more to be told
        }
    }

    private static S3Exception Translate(Exception failure) => failure switch
    {
        S3Exception known => known,
        ObjectException refusal => S3Exception.Of(refusal),
        BlockUnavailableException { IsKnown: true } missing => S3Error.Of("ServiceUnavailable", missing.Message),
        Microsoft.AspNetCore.Http.BadHttpRequestException { StatusCode: StatusCodes.Status408RequestTimeout } => S3Error.Of("RequestTimeout"),
        Microsoft.AspNetCore.Http.BadHttpRequestException { StatusCode: StatusCodes.Status413PayloadTooLarge } => S3Error.Of("EntityTooLarge"),
        Microsoft.AspNetCore.Http.BadHttpRequestException bad => S3Error.Of("IncompleteBody", bad.Message),
        _ => S3Error.Of("InternalError"),
    };

    private static partial class Log
    {
        [LoggerMessage(Level = LogLevel.Error, Message = "Request {Request} failed")]
        public static partial void Failed(ILogger log, string request, Exception failure);
    }
}
