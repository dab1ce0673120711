using System.Diagnostics.CodeAnalysis;
using Flashback.Primitives;

namespace Flashback.Chain;

/// <summary>The blocks that were found invalid, the newest of them: so that their descendants are refused without a look. One thread at a time.</summary>
internal sealed class InvalidBlocks(int capacity)
{
    private readonly OrderedDictionary<Hash32, PayloadStatus> _byHash = [];

    /// <summary>Takes note of a block that breaks a rule, or follows one that does.</summary>
    public void Put(in Hash32 hash, PayloadStatus status)
    {
        if (_byHash.TryAdd(hash, status) && _byHash.Count > capacity)
            _byHash.RemoveAt(0);
    }

    /// <summary>What was found wrong with a block.</summary>
    public bool TryGet(in Hash32 hash, [NotNullWhen(true)] out PayloadStatus? status) => _byHash.TryGetValue(hash, out status);
}
