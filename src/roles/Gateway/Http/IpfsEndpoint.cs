using System.Security.Cryptography;
using System.Text;
using Flashback.Files.Content;
using Flashback.Gateway.Objects;
using Flashback.Gateway.S3;
using Microsoft.AspNetCore.Http;

namespace Flashback.Gateway.Http;

/// <summary>The trustless gateway of IPFS: <c>GET</c> and <c>HEAD /ipfs/{cid}[/path]</c>, for clients that verify what they get. spec: ipfs/specs, trustless gateway</summary>
internal sealed class IpfsEndpoint(ObjectStore store)
{
    public async Task AnswerAsync(HttpContext http)
    {
        S3Uri uri = S3Uri.Parse(http, domain: null);
        IpfsRequest request = IpfsRequest.Parse(uri, http.Request.Headers);
        http.Response.Headers.Vary = "Accept";
        if (http.Request.Headers.CacheControl.ToString().Contains("only-if-cached", StringComparison.OrdinalIgnoreCase) && !store.Knows(request.Root))
            throw new BadHttpRequestException("it is not here", StatusCodes.Status412PreconditionFailed);
        IReadOnlyList<Cid> passed = await UnixFs.ResolveAsync(store.Blocks, request.Root, request.Path, http.RequestAborted).ConfigureAwait(false)
            ?? throw new BadHttpRequestException("there is no such name below it", StatusCodes.Status404NotFound);
        // What is certain before the first byte is told by the status: whether the thing itself is here.
        using Block block = await store.Blocks.ReadAsync(passed[^1], http.RequestAborted).ConfigureAwait(false);
        string tag = request.IsArchive ? $"{passed[^1]}.car.{Fingerprint(request)}" : $"{passed[^1]}.raw";
        WriteHeaders(http, request, passed, tag);
        if (Conditions.Of(http.Request.Headers).Judge(tag, null) == ConditionOutcome.NotModified)
        {
            http.Response.StatusCode = StatusCodes.Status304NotModified;
            return;
        }
        bool isHead = HttpMethods.IsHead(http.Request.Method);
        if (request.IsArchive && !isHead)
            await WriteArchiveAsync(http, request, passed).ConfigureAwait(false);
        if (request.IsArchive)
            return;
        http.Response.ContentLength = block.Memory.Length;
        if (!isHead)
            await http.Response.Body.WriteAsync(block.Memory, http.RequestAborted).ConfigureAwait(false);
    }

    /// <summary>Blocks on the way down first, then what is asked for; each once, in depth-first order.</summary>
    private async Task WriteArchiveAsync(HttpContext http, IpfsRequest request, IReadOnlyList<Cid> passed)
    {
        CancellationToken cancellation = http.RequestAborted;
        CarWriter car = await CarWriter.BeginAsync(http.Response.Body, [request.Root], cancellation).ConfigureAwait(false);
        HashSet<Cid> shown = [];
        foreach (Cid cid in request.Scope == DagScope.Block ? passed : passed.Take(passed.Count - 1))
        {
            if (!shown.Add(cid) || cid.Hash == Multicodec.Identity)
                continue;
            using Block block = await store.Blocks.ReadAsync(cid, cancellation).ConfigureAwait(false);
            await car.AddAsync(cid, block.Memory, cancellation).ConfigureAwait(false);
        }
        if (request.Scope == DagScope.Block)
            return;
        IAsyncEnumerable<(Cid Cid, Block Block)> blocks = request.Scope == DagScope.All
            ? DagWalk.AllAsync(store.Blocks, passed[^1], shown, cancellation)
            : EntityWalk.RunAsync(store.Blocks, passed[^1], request.BytesOf, shown, cancellation);
        await foreach ((Cid cid, Block block) in blocks.ConfigureAwait(false))
        {
            using (block)
                await car.AddAsync(cid, block.Memory, cancellation).ConfigureAwait(false);
        }
    }

    private static void WriteHeaders(HttpContext http, IpfsRequest request, IReadOnlyList<Cid> passed, string tag)
    {
        IHeaderDictionary headers = http.Response.Headers;
        headers.ETag = $"\"{tag}\"";
        headers.CacheControl = "public, max-age=29030400, immutable";
        headers["X-Ipfs-Path"] = string.Join('/', new[] { "/ipfs", request.Root.ToString() }.Concat(request.Path.Select(name => S3Uri.Encode(name, keepSlashes: false))));
        headers["X-Ipfs-Roots"] = string.Join(',', passed);
        headers.XContentTypeOptions = "nosniff";
        headers.ContentType = request.IsArchive ? "application/vnd.ipld.car; version=1; order=dfs; dups=n" : "application/vnd.ipld.raw";
        headers.ContentDisposition = $"attachment; filename=\"{passed[^1]}.{(request.IsArchive ? "car" : "bin")}\"";
        if (request.IsArchive)
            headers.AcceptRanges = "none";
    }

    /// <summary>Tells archives of the same thing apart that are not the same bytes.</summary>
    private static string Fingerprint(IpfsRequest request) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"{request.Root}/{string.Join('/', request.Path)} {request.Scope} {request.Bytes}")))[..16];
}
