using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Runtime.CompilerServices;
using System.Text.Json;
using System.Text.Json.Serialization;
using Flashback.Gateway.Content;

namespace Flashback.Gateway.Remote;

/// <summary>A file that a gateway keeps.</summary>
/// <param name="Cid">Its identifier.</param>
/// <param name="Size">Its bytes.</param>
public sealed record RemoteFile(string Cid, long Size)
{
    /// <summary>When it was put; null where that was not asked for.</summary>
    public DateTimeOffset? Modified { get; init; }

    /// <summary>How far it has come: waiting, packed, placed, proven, stored; null where that was not asked for.</summary>
    public string? State { get; init; }

    /// <summary>By how many providers each of its pieces is kept at least.</summary>
    public int? Copies { get; init; }
}

/// <summary>Puts files into a gateway, and gets them back verified: the gateway is trusted with keeping, not with telling. Safe for any number of threads. spec: docs/operate/gateway.md</summary>
/// <remarks>Every member may throw <see cref="IOException"/>: the gateway does not answer, or refuses.</remarks>
public sealed class GatewayClient : IBlockSource, IDisposable
{
    private const int MostDepth = 256; // of folders in folders

    private static readonly TimeSpan AnswerPatience = TimeSpan.FromMinutes(2);

    private readonly HttpClient _http;

    /// <param name="gateway">Where it answers plain HTTP.</param>
    /// <param name="token">What it asks to be shown; null for nothing.</param>
    public GatewayClient(Uri gateway, string? token)
    {
        _http = new HttpClient { BaseAddress = gateway, Timeout = Timeout.InfiniteTimeSpan };
        if (token is not null)
            _http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token);
    }

    /// <summary>Puts a file, or a folder of files.</summary>
    /// <returns>Its identifier, which was computed here and is what the gateway answers.</returns>
    /// <exception cref="InvalidDataException">There are folders or links in the folder, or the gateway has stored something else.</exception>
    public async Task<RemoteFile> PutAsync(string path, CancellationToken cancellation)
    {
        ImportedContent content = (await PathContent.OpenAsync(path, cancellation).ConfigureAwait(false)).Root;
        using HttpContent body = Directory.Exists(path) ? FormOf(path) : FileOf(path);
        using HttpRequestMessage request = new(HttpMethod.Post, new Uri("upload", UriKind.Relative)) { Content = body };
        request.Headers.ExpectContinue = true; // who is refused need not send all of it first
        RemoteFile answer = await AskAsync(request, Timeout.InfiniteTimeSpan, RemoteJson.Default.RemoteFile, cancellation).ConfigureAwait(false);
        return answer.Cid == content.Cid.ToString()
            ? new RemoteFile(answer.Cid, content.Size)
            : throw new InvalidDataException($"the gateway has stored {answer.Cid}, and {path} is {content.Cid}");
    }

    /// <summary>How far a file has come.</summary>
    public async Task<RemoteFile> StatAsync(Cid cid, CancellationToken cancellation)
    {
        using HttpRequestMessage request = new(HttpMethod.Get, new Uri($"stat/{cid}", UriKind.Relative));
        return await AskAsync(request, AnswerPatience, RemoteJson.Default.RemoteFile, cancellation).ConfigureAwait(false);
    }

    /// <summary>All files that were put.</summary>
    public async IAsyncEnumerable<RemoteFile> ListAsync([EnumeratorCancellation] CancellationToken cancellation)
    {
        for (string? after = ""; after is not null;)
        {
            using HttpRequestMessage request = new(HttpMethod.Get, new Uri($"files?after={Uri.EscapeDataString(after)}", UriKind.Relative));
            ListMessage page = await AskAsync(request, AnswerPatience, RemoteJson.Default.ListMessage, cancellation).ConfigureAwait(false);
            foreach (RemoteFile file in page.Files)
                yield return file;
            after = page.Next;
        }
    }

    /// <summary>Lets a file go.</summary>
    public async Task DeleteAsync(Cid cid, CancellationToken cancellation)
    {
        using HttpRequestMessage request = new(HttpMethod.Delete, new Uri($"files/{cid}", UriKind.Relative));
        using HttpResponseMessage answer = await SendAsync(request, AnswerPatience, cancellation).ConfigureAwait(false);
    }

    /// <summary>Gets a file, or a folder with all that is in it; it is there whole or not at all.</summary>
    /// <exception cref="InvalidDataException">What came is not what it must be, or it is neither.</exception>
    /// <exception cref="BlockUnavailableException">The gateway does not have it, or not now.</exception>
    public async Task GetAsync(Cid cid, string path, CancellationToken cancellation)
    {
        UnixFsStat stat = await UnixFs.StatAsync(this, cid, cancellation).ConfigureAwait(false);
        string part = $"{path}.{Guid.NewGuid():N}.part";
        try
        {
            if (stat.Kind == UnixFsKind.Directory)
            {
                await GetFolderAsync(cid, part, depth: 0, cancellation).ConfigureAwait(false);
                Directory.Move(part, path);
                return;
            }
            using (FileStream file = new(part, FileMode.CreateNew, FileAccess.Write, FileShare.None, 1 << 16, useAsync: true))
                await UnixFs.CopyAsync(this, cid, new ByteRange(0, stat.Size), file, cancellation).ConfigureAwait(false);
            File.Move(part, path, overwrite: true);
        }
        finally
        {
            if (Directory.Exists(part))
                Directory.Delete(part, recursive: true);
            else
                File.Delete(part);
        }
    }

    /// <inheritdoc/>
    public async ValueTask<Block> ReadAsync(Cid cid, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(cid);
        if (cid.Hash == Multicodec.Identity)
            return Block.CopyOf(cid.Digest.Span);
        using HttpRequestMessage request = new(HttpMethod.Get, new Uri($"ipfs/{cid}?format=raw", UriKind.Relative));
        using HttpResponseMessage answer = await SendAsync(request, AnswerPatience, cancellation).ConfigureAwait(false);
        if (answer.Content.Headers.ContentLength is not { } length || length > Block.MostBytes)
            throw new InvalidDataException($"the gateway's answer for {cid} is no block");
        Block block = Block.Rent((int)length);
        try
        {
            using Stream body = await answer.Content.ReadAsStreamAsync(cancellation).ConfigureAwait(false);
            await body.ReadExactlyAsync(block.Memory, cancellation).ConfigureAwait(false);
            return cid.IsOf(block.Memory.Span) ? block : throw new InvalidDataException($"what the gateway gives as {cid} is something else");
        }
        catch
        {
            block.Dispose();
            throw;
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _http.Dispose();

    private async Task GetFolderAsync(Cid cid, string path, int depth, CancellationToken cancellation)
    {
        if (depth == MostDepth)
            throw new InvalidDataException($"folders lie {MostDepth} deep");
        Directory.CreateDirectory(path);
        List<DagLink> entries;
        using (Block block = await ReadAsync(cid, cancellation).ConfigureAwait(false))
            entries = [.. DagNode.Decode(block.Memory.Span).Links];
        foreach (DagLink entry in entries)
        {
            if (entry.Name is not { } name || !DirectoryNode.IsName(name) || Path.GetFileName(name) != name)
                throw new InvalidDataException($"a folder has an entry whose name is none: {entry.Name}");
            string below = Path.Combine(path, name);
            UnixFsStat stat = await UnixFs.StatAsync(this, entry.Cid, cancellation).ConfigureAwait(false);
            if (stat.Kind == UnixFsKind.Directory)
            {
                await GetFolderAsync(entry.Cid, below, depth + 1, cancellation).ConfigureAwait(false);
                continue;
            }
            using FileStream file = new(below, FileMode.CreateNew, FileAccess.Write, FileShare.None, 1 << 16, useAsync: true);
            await UnixFs.CopyAsync(this, entry.Cid, new ByteRange(0, stat.Size), file, cancellation).ConfigureAwait(false);
        }
    }

    private static StreamContent FileOf(string path) => new(new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, 1 << 16, useAsync: true));

    private static MultipartFormDataContent FormOf(string folder)
    {
        MultipartFormDataContent form = [];
        foreach (FileSystemInfo entry in new DirectoryInfo(folder).EnumerateFileSystemInfos().OrderBy(entry => entry.Name, StringComparer.Ordinal))
        {
            if (entry is not FileInfo)
                throw new InvalidDataException($"{entry.FullName} is a folder: over HTTP a folder of files is taken, and S3 takes any");
            form.Add(FileOf(entry.FullName), "file", entry.Name);
        }
        return form;
    }

    private async Task<T> AskAsync<T>(HttpRequestMessage request, TimeSpan patience, System.Text.Json.Serialization.Metadata.JsonTypeInfo<T> type, CancellationToken cancellation)
    {
        using HttpResponseMessage answer = await SendAsync(request, patience, cancellation).ConfigureAwait(false);
        using Stream body = await answer.Content.ReadAsStreamAsync(cancellation).ConfigureAwait(false);
        try
        {
            return await JsonSerializer.DeserializeAsync(body, type, cancellation).ConfigureAwait(false) ?? throw new JsonException("null");
        }
        catch (JsonException fault)
        {
            throw new IOException($"the gateway's answer cannot be read: {fault.Message}", fault);
        }
    }

    private async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, TimeSpan patience, CancellationToken cancellation)
    {
        using CancellationTokenSource time = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        if (patience != Timeout.InfiniteTimeSpan)
            time.CancelAfter(patience);
        HttpResponseMessage answer;
        try
        {
            answer = await _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, time.Token).ConfigureAwait(false);
        }
        catch (HttpRequestException fault)
        {
            throw new IOException($"the gateway at {_http.BaseAddress} does not answer: {fault.Message}", fault);
        }
        catch (OperationCanceledException fault) when (!cancellation.IsCancellationRequested)
        {
            throw new IOException(string.Create(CultureInfo.InvariantCulture, $"the gateway did not answer within {patience.TotalSeconds} s"), fault);
        }
        if (answer.IsSuccessStatusCode)
            return answer;
        using (answer)
        {
            string reason = (await answer.Content.ReadAsStringAsync(cancellation).ConfigureAwait(false)).Trim();
            throw new IOException(answer.StatusCode == HttpStatusCode.NotFound && reason.Length == 0 ? "the gateway does not have it" : $"the gateway refuses ({(int)answer.StatusCode}): {reason}");
        }
    }
}

internal sealed record ListMessage(IReadOnlyList<RemoteFile> Files, string? Next);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, RespectNullableAnnotations = true, RespectRequiredConstructorParameters = true)]
[JsonSerializable(typeof(RemoteFile))]
[JsonSerializable(typeof(ListMessage))]
internal sealed partial class RemoteJson : JsonSerializerContext;
