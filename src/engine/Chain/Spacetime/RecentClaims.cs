using System.Diagnostics.CodeAnalysis;
using Flashback.Primitives;

namespace Flashback.Chain.Spacetime;

/// <summary>The claims of the newest blocks with their inputs, as far as there is room: those of others are found by executing the block again. One thread at a time.</summary>
internal sealed class RecentClaims
{
    private const long MostBytes = 64 << 20;
    private readonly OrderedDictionary<Hash32, IReadOnlyList<StatedClaim>> _claims = [];
    private long _bytes;

    public void Add(in Hash32 block, IReadOnlyList<StatedClaim> claims)
    {
        if (claims.Count == 0 || !_claims.TryAdd(block, claims))
            return;
        _bytes += SizeOf(claims);
        while (_bytes > MostBytes && _claims.Count > 1)
        {
            _bytes -= SizeOf(_claims.GetAt(0).Value);
            _claims.RemoveAt(0);
        }
    }

    public bool TryGet(in Hash32 block, [NotNullWhen(true)] out IReadOnlyList<StatedClaim>? claims) => _claims.TryGetValue(block, out claims);

    private static long SizeOf(IReadOnlyList<StatedClaim> claims) => claims.Sum(claim => 128L + claim.Inputs.Length);
}
