using System.Globalization;
using System.Text.Json.Nodes;
using Flashback.Gateway.Content;
using Flashback.Gateway.Objects;
using Flashback.Gateway.S3;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Net.Http.Headers;

namespace Flashback.Gateway.Http;

/// <summary>Files over plain HTTP: <c>POST /upload</c> puts one, or several as a directory, <c>GET</c> and <c>HEAD /files/{cid}</c> give one back; <c>GET /files</c>, <c>GET /stat/{cid}</c> and <c>DELETE /files/{cid}</c> tell of them and let them go.</summary>
/// <remarks>What is put lies in a bucket of its own under its identifier, so that it can be listed and deleted over S3.</remarks>
internal sealed class FileEndpoint(ObjectStore store, string bucket)
{
    private const int MostFiles = 1000;
    private const int MostListed = 1000;
    private const string Unknown = "application/octet-stream";

    /// <summary>Takes a body as it is, or a form's files, and answers {"cid":…}; for several files that of their directory.</summary>
    public async Task PutAsync(HttpContext http)
    {
        string? type = http.Request.ContentType;
        bool isForm = MediaTypeHeaderValue.TryParse(type, out MediaTypeHeaderValue? media) && media.MediaType.Equals("multipart/form-data", StringComparison.OrdinalIgnoreCase);
        JsonObject answer = isForm
            ? await PutFormAsync(http, HeaderUtilities.RemoveQuotes(media!.Boundary).ToString()).ConfigureAwait(false)
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
            await UnixFs.CopyAsync(store.Blocks, cid, range, http.Response.Body, http.RequestAborted).ConfigureAwait(false);
    }

    /// <summary>Lists what was put: {"files":[{"cid":…,"size":…,"modified":…}],"next":…}; <c>?after=</c> goes on with what <c>next</c> says.</summary>
    public Task ListAsync(HttpContext http)
    {
        ListPage page = store.ListObjects(bucket, new ListQuery { After = http.Request.Query["after"].ToString(), Most = MostListed });
        JsonArray files = [.. page.Objects.Select(file => (JsonNode)new JsonObject { ["cid"] = file.Object.Cid, ["size"] = file.Object.Size, ["modified"] = file.Object.Modified.ToString("O", CultureInfo.InvariantCulture) })];
        return WriteAsync(http, new JsonObject { ["files"] = files, ["next"] = page.Last });
    }

    /// <summary>Tells how far a file has come: {"cid":…,"size":…,"state":…,"copies":…,"pieces":[{"commitment":…,"state":…,"copies":…}]}.</summary>
    public async Task StatAsync(HttpContext http)
    {
        ObjectRecord file = Find(http);
        IReadOnlyList<PieceProgress> pieces = await store.GetProgressAsync(file, http.RequestAborted).ConfigureAwait(false);
        JsonObject answer = Describe(file);
        answer["state"] = NameOf(pieces.Select(piece => piece.State).DefaultIfEmpty(PieceState.Stored).Min(), pieces.Select(piece => piece.Copies).DefaultIfEmpty(0).Min());
        answer["copies"] = pieces.Select(piece => piece.Copies).DefaultIfEmpty(0).Min();
        answer["pieces"] = new JsonArray([.. pieces.Select(piece => (JsonNode)new JsonObject { ["commitment"] = piece.Commitment, ["state"] = NameOf(piece.State, piece.Copies), ["copies"] = piece.Copies })]);
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

    private static string NameOf(PieceState state, int copies) => state switch
    {
        PieceState.Open => "waiting",
        PieceState.Closed => "packed",
        PieceState.Placed => copies == 0 ? "placed" : "proven",
        _ => "stored",
    };

    private static Task WriteAsync(HttpContext http, JsonObject answer)
    {
        http.Response.ContentType = "application/json";
        return http.Response.WriteAsync(answer.ToJsonString() + "\n", http.RequestAborted);
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

    private async Task<JsonObject> PutFormAsync(HttpContext http, string boundary)
    {
        MultipartReader form = new(boundary, http.Request.Body) { HeadersCountLimit = 16, HeadersLengthLimit = 16 << 10 };
        Dictionary<string, ObjectRecord> files = [];
        while (await form.ReadNextSectionAsync(http.RequestAborted).ConfigureAwait(false) is { } section)
        {
            if (!ContentDispositionHeaderValue.TryParse(section.ContentDisposition, out ContentDispositionHeaderValue? disposition) || !disposition.IsFileDisposition())
                continue; // fields that are no files mean nothing here
            string name = HeaderUtilities.RemoveQuotes(disposition.FileNameStar.HasValue ? disposition.FileNameStar : disposition.FileName).ToString();
            if (!DirectoryNode.IsName(name) || files.ContainsKey(name) || files.Count == MostFiles)
                throw new BadHttpRequestException($"a form has up to {MostFiles} files, each with a name of its own that is no path");
            files.Add(name, await PutOneAsync(section.Body, section.ContentType, http.RequestAborted).ConfigureAwait(false));
        }
        if (files.Count == 0)
            throw new BadHttpRequestException("the form has no file");
        if (files.Count == 1)
            return Describe(files.Values.First());
        ObjectRecord directory = await store.PutDirectoryAsync(bucket, files, Record("", null), http.RequestAborted).ConfigureAwait(false);
        JsonObject answer = Describe(directory);
        answer["files"] = new JsonObject(files.Select(file => KeyValuePair.Create(file.Key, (JsonNode?)file.Value.Cid)));
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
