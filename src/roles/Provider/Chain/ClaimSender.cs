using Flashback.Client;
using Flashback.Primitives;

namespace Flashback.Provider;

/// <summary>A claim with the bytes that prove it.</summary>
/// <param name="Claim">The claim; its place in a blob is not decided yet.</param>
/// <param name="Proof">The bytes.</param>
internal sealed record ReadyClaim(SectorClaim Claim, ReadOnlyMemory<byte> Proof);

/// <summary>Sends claims, many in a transaction, their proofs in its blobs.</summary>
internal sealed class ClaimSender(ProviderChain chain)
{
    /// <summary>Sends claims in one transaction, in their order.</summary>
    /// <returns>Null when they are on the chain; else why not.</returns>
    public async Task<string?> TryAsync(IReadOnlyList<ReadyClaim> claims, CancellationToken stop)
    {
        UInt256 fee = (await chain.Node.GetStorageNetworkAsync(stop).ConfigureAwait(false)).ClaimFee * 2UL; // what is too much comes back
        BlobWriter blobs = new();
        List<SectorClaim> placed = [];
        foreach (ReadyClaim claim in claims)
        {
            (int blob, int offset) = blobs.Write(claim.Proof.Span);
            placed.Add(claim.Claim with { Blob = blob, Offset = offset });
        }
        return await chain.SendAsync(SectorsContract.Claim(placed, fee, blobs.Blobs), stop).ConfigureAwait(false);
    }

    /// <summary>Sends claims in one transaction; one that is refused is looked for by halves, so that it keeps no other from the chain.</summary>
    /// <returns>For each, null when it is on the chain; else why not.</returns>
    public async Task<IReadOnlyList<string?>> SendAsync(IReadOnlyList<ReadyClaim> claims, CancellationToken stop)
    {
        if (claims.Count == 0)
            return [];
        if (await TryAsync(claims, stop).ConfigureAwait(false) is not { } refusal)
            return new string?[claims.Count];
        if (claims.Count == 1)
            return [refusal];
        int half = claims.Count / 2;
        return [.. await SendAsync([.. claims.Take(half)], stop).ConfigureAwait(false), .. await SendAsync([.. claims.Skip(half)], stop).ConfigureAwait(false)];
    }
}
