using System.Globalization;
using Flashback.Files.Content;
using Flashback.Gateway.S3;
using Microsoft.AspNetCore.Http;

namespace Flashback.Gateway.Http;

/// <summary>How much of a DAG is asked for.</summary>
internal enum DagScope
{
    /// <summary>Everything below.</summary>
    All,

    /// <summary>What the thing itself needs to be read.</summary>
    Entity,

    /// <summary>One block.</summary>
    Block,
}

/// <summary>What is asked of a trustless gateway. spec: ipfs/specs, trustless gateway; IPIP-402, IPIP-412, IPIP-523</summary>
internal sealed record IpfsRequest
{
    /// <summary>The root that is named.</summary>
    public required Cid Root { get; init; }

    /// <summary>Names below it.</summary>
    public required IReadOnlyList<string> Path { get; init; }

    /// <summary>True for an archive, false for one block.</summary>
    public required bool IsArchive { get; init; }

    /// <summary>How much.</summary>
    public DagScope Scope { get; init; }

    /// <summary>The first and last byte of a file, counted from its end where negative; null for all.</summary>
    public (long First, long? Last)? Bytes { get; init; }

    /// <summary>Reads a request.</summary>
    /// <exception cref="BadHttpRequestException">It makes no sense; with the status to answer.</exception>
    public static IpfsRequest Parse(S3Uri uri, IHeaderDictionary headers)
    {
        string[] names = uri.Path.Split('/', StringSplitOptions.RemoveEmptyEntries);
        if (names.Length < 2 || !Cid.TryParse(names[1], out Cid? root))
            throw new BadHttpRequestException("the path is /ipfs/ and a content identifier in base 32 or base 58, by SHA2-256");
        bool isArchive = ChooseFormat(uri.Query, headers);
        IpfsRequest request = new() { Root = root, Path = names[2..], IsArchive = isArchive };
        if (!isArchive)
            return request.Path.Count == 0 ? request : throw new BadHttpRequestException("a block is asked for by its identifier alone: whoever gets one for a path cannot verify it");
        DagScope scope = uri.Query.GetValueOrDefault("dag-scope") switch
        {
            null or "" or "all" => DagScope.All,
            "entity" => DagScope.Entity,
            "block" => DagScope.Block,
            _ => throw new BadHttpRequestException("dag-scope is all, entity or block"),
        };
        string? bytes = uri.Query.GetValueOrDefault("entity-bytes");
        return request with { Scope = bytes is null ? scope : DagScope.Entity, Bytes = bytes is null ? null : ParseBytes(bytes) };
    }

    /// <summary>Which bytes of a file of so many are meant.</summary>
    public ByteRange BytesOf(long size)
    {
        if (Bytes is not { } bytes)
            return new ByteRange(0, size);
        long first = Math.Clamp(bytes.First < 0 ? size + bytes.First : bytes.First, 0, size);
        long last = bytes.Last is not { } named ? size : Math.Clamp(named < 0 ? size + named + 1 : named < long.MaxValue ? named + 1 : named, 0, size);
        return new ByteRange(first, Math.Max(0, last - first));
    }

    private static bool ChooseFormat(IReadOnlyDictionary<string, string> query, IHeaderDictionary headers)
    {
        if (query.TryGetValue("format", out string? format))
        {
            CheckArchive(query.GetValueOrDefault("car-version"), query.GetValueOrDefault("car-order"), query.GetValueOrDefault("car-dups"));
            return format switch { "car" => true, "raw" => false, _ => throw new BadHttpRequestException("format is car or raw", StatusCodes.Status406NotAcceptable) };
        }
        foreach (string accepted in headers.Accept.SelectMany(line => (line ?? "").Split(',', StringSplitOptions.TrimEntries)))
        {
            string[] parts = accepted.Split(';', StringSplitOptions.TrimEntries);
            if (parts[0] == "application/vnd.ipld.raw")
                return false;
            if (parts[0] != "application/vnd.ipld.car")
                continue;
            string? Parameter(string name) => parts.FirstOrDefault(part => part.StartsWith(name + "=", StringComparison.Ordinal))?[(name.Length + 1)..];
            CheckArchive(Parameter("version"), Parameter("order"), Parameter("dups"));
            return true;
        }
        throw new BadHttpRequestException("nothing is read out of blocks for you here: ask for format=car or format=raw, and verify", StatusCodes.Status406NotAcceptable);
    }

    private static void CheckArchive(string? version, string? order, string? dups)
    {
        if (version is not (null or "1") || order is not (null or "dfs" or "unk") || dups is not (null or "y" or "n"))
            throw new BadHttpRequestException("archives are of version 1 and in depth-first order");
    }

    private static (long, long?) ParseBytes(string text)
    {
        string[] ends = text.Split(':');
        const NumberStyles Signed = NumberStyles.AllowLeadingSign;
        if (ends.Length != 2 || !long.TryParse(ends[0], Signed, CultureInfo.InvariantCulture, out long first))
            throw new BadHttpRequestException("entity-bytes is first:last, where last may be *");
        if (ends[1] == "*")
            return (first, null);
        return long.TryParse(ends[1], Signed, CultureInfo.InvariantCulture, out long last) && (first < 0 != last < 0 || last >= first)
            ? (first, last)
            : throw new BadHttpRequestException("entity-bytes is first:last, where last may be *");
    }
}
