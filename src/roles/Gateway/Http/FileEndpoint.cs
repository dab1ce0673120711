using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using Flashback.Files.Content;
using Flashback.Gateway.Objects;
using Flashback.Gateway.S3;
using Microsoft.AspNetCore.Http;

namespace Flashback.Gateway.Http;

/// <summary>Files over plain HTTP: <c>POST /upload</c> puts one, or several as a folder of any depth, <c>GET</c> and <c>HEAD /files/{cid}</c> give one back; <c>GET /files</c>, <c>GET /stat/{cid}</c> and <c>DELETE /files/{cid}</c> tell of them and let them go.</summary>
/// <remarks>What is put lies in a bucket of its own under its identifier, so that it can be listed and deleted over S3.</remarks>
internal sealed class FileEndpoint(ObjectStore store, string bucket, TimeSpan pieceAge)
{
    private const int MostListed = 1000;

    /// <summary>Written for programs, not for web pages: paths and the like as they are.</summary>
    private static readonly JsonSerializerOptions Plain = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };
    private const string Unknown = "application/octet-stream";

    /// <summary>Takes a body as it is, or a form's files, and answers {"cid":…}; for several files or paths that of their folder.</summary>
    public async Task PutAsync(HttpContext http)
    {
        string? type = HeaderText.CheckType(http.Request.ContentType);
        JsonObject answer = type is not null && FormFiles.IsForm(type)
            ? await PutFormAsync(http, FormFiles.BoundaryOf(type)).ConfigureAwait(false)
            : Describe(await PutOneAsync(http.Request.Body, type, http.RequestAborted).ConfigureAwait(false));
        await WriteAsync(http, answer).ConfigureAwait(false);
    }

    /// <summary>Gives a file back.</summary>
    public async Task GetAsync(HttpContext http)
    {
        Cid cid = CidOf(http);
        UnixFsStat stat = await UnixFs.StatAsync(store.Blocks, cid, http.RequestAborted).ConfigureAwait(false);
        if (stat.Kind != UnixFsKind.File)
            throw new BadHttpRequestException($"it is a {stat.Kind.ToString().ToLowerInvariant()}, no file: ask for /ipfs/{cid}?format=car");
        string tag = cid.ToString();
        WriteHeaders(http, tag);
        switch (Conditions.Of(http.Request.Headers).Judge(tag, null))
        {
            case ConditionOutcome.Failed:
                throw new BadHttpRequestException("it is another one", StatusCodes.Status412PreconditionFailed);
            case ConditionOutcome.NotModified:
                http.Response.StatusCode = StatusCodes.Status304NotModified;
                return;
            default:
                break;
        }
        string? asked = (string?)http.Request.Headers.IfRange is { } condition && !Conditions.Names(condition, tag) ? null : (string?)http.Request.Headers.Range;
        bool isThere = RangeHeader.TryRead(asked, stat.Size, out ByteRange range, out bool isPart);
        if (isPart)
            http.Response.Headers.ContentRange = isThere ? $"bytes {range.Start}-{range.End - 1}/{stat.Size}" : $"bytes */{stat.Size}";
        http.Response.StatusCode = !isThere ? StatusCodes.Status416RangeNotSatisfiable : isPart ? StatusCodes.Status206PartialContent : StatusCodes.Status200OK;
        http.Response.ContentLength = isThere ? range.Length : 0;
        if (isThere && !HttpMethods.IsHead(http.Request.Method))
            await UnixFs.CopyAsync(store.Blocks, cid, range, http.Response.BodyWriter, http.RequestAborted).ConfigureAwait(false);
    }

    /// <summary>Lists what was put: {"files":[{"cid":…,"size":…,"modified":…}],"next":…}; <c>?after=</c> goes on with what <c>next</c> says.</summary>
    public Task ListAsync(HttpContext http)
    {
        ListPage page = store.ListObjects(bucket, new ListQuery { After = http.Request.Query["after"].ToString(), Most = MostListed });
        JsonArray files = [.. page.Objects.Select(file => (JsonNode)new JsonObject { ["cid"] = file.Object.Cid, ["size"] = file.Object.Size, ["modified"] = file.Object.Modified.ToString("O", CultureInfo.InvariantCulture) })];
        return WriteAsync(http, new JsonObject { ["files"] = files, ["next"] = page.Last });
    }

    /// <summary>Tells how far a file has come, and each of its pieces with each provider: {"cid":…,"size":…,"state":…,"copies":…,"wanted":…,"pieces":[…]}.</summary>
    public async Task StatAsync(HttpContext http)
    {
        ObjectRecord file = Find(http);
        IReadOnlyList<PieceProgress> pieces = await store.GetProgressAsync(file, http.RequestAborted).ConfigureAwait(false);
        JsonObject answer = Describe(file);
        ProgressReport.AddTo(answer, pieces, pieceAge);
        await WriteAsync(http, answer).ConfigureAwait(false);
    }

    /// <summary>Lets a file go: once nothing else needs its pieces, they are not paid for any more.</summary>
    public async Task DeleteAsync(HttpContext http)
    {
        await store.DeleteAsync(bucket, CidOf(http).ToString(), precondition: null, http.RequestAborted).ConfigureAwait(false);
        http.Response.StatusCode = StatusCodes.Status204NoContent;
    }

    private static Cid CidOf(HttpContext http) =>
        S3Uri.Parse(http, domain: null).Path.Split('/', StringSplitOptions.RemoveEmptyEntries) is [_, var name] && Cid.TryParse(name, out Cid? cid)
            ? cid
            : throw new BadHttpRequestException("behind the first name of the path stands a content identifier in base 32 or base 58, by SHA2-256");

    private ObjectRecord Find(HttpContext http)
    {
        try
        {
            return store.GetObject(bucket, CidOf(http).ToString());
        }
        catch (ObjectException gone) when (gone.Fault == ObjectFault.NoSuchKey)
        {
            throw new BadHttpRequestException("no file of that identifier was put here", StatusCodes.Status404NotFound);
        }
    }

    internal static Task WriteAsync(HttpContext http, JsonObject answer)
    {
        http.Response.ContentType = "application/json";
        return http.Response.WriteAsync(answer.ToJsonString(Plain) + "\n", http.RequestAborted);
    }

    private void WriteHeaders(HttpContext http, string tag)
    {
        IHeaderDictionary headers = http.Response.Headers;
        headers.ETag = $"\"{tag}\"";
        headers.AcceptRanges = "bytes";
        headers.CacheControl = "private, max-age=29030400, immutable";
        headers.XContentTypeOptions = "nosniff";
        headers.ContentSecurityPolicy = "sandbox"; // a page that somebody put here is not ours
        headers.ContentType = TypeOf(tag);
    }

    private string TypeOf(string tag)
    {
        try
        {
            return store.GetObject(bucket, tag).Headers?.GetValueOrDefault("content-type") ?? Unknown;
        }
        catch (ObjectException) // it came another way
        {
            return Unknown;
        }
    }

    /// <summary>Takes a form as one object: there is all of it, or nothing.</summary>
    private async Task<JsonObject> PutFormAsync(HttpContext http, string boundary)
    {
        FormFiles form = new(http.Request.Body, boundary, isFolder: http.Request.Query["wrap-with-directory"] == "true");
        ObjectRecord record = await store.PutBlocksAsync(
            bucket, sink => form.ImportAsync(sink, http.RequestAborted), content => (form.IsFolder ? Record("", null) : Record(form.Md5, form.Type))(content), http.RequestAborted).ConfigureAwait(false);
        JsonObject answer = Describe(record);
        if (form.IsFolder)
            answer["files"] = new JsonObject(form.Files.Select(file => KeyValuePair.Create(file.Key, (JsonNode?)file.Value.ToString())));
        return answer;
    }

    private async Task<ObjectRecord> PutOneAsync(Stream body, string? type, CancellationToken cancellation)
    {
        using HashedStream content = new(body, algorithm: null);
        return await store.PutByCidAsync(bucket, content, imported => Record(content.Md5, type)(imported), cancellation).ConfigureAwait(false);
    }

    private Func<ImportedContent, ObjectRecord> Record(string md5, string? type) => content => new ObjectRecord
    {
        Cid = content.Cid.ToString(), Size = content.Size, ETag = md5.Length > 0 ? md5 : content.Cid.ToString(), Modified = store.Time.GetUtcNow(),
        Headers = type is null ? null : new Dictionary<string, string> { ["content-type"] = type },
    };

    private static JsonObject Describe(ObjectRecord record) => new() { ["cid"] = record.Cid, ["size"] = record.Size };
}
