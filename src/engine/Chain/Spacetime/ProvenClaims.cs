using Flashback.Primitives;

namespace Flashback.Chain.Spacetime;

/// <summary>Fingerprints of claims that were verified, the newest of them: pool, builder and gate need not verify one three times. Safe to share between threads.</summary>
internal sealed class ProvenClaims
{
    private const int Most = 8_192; // 64 blocks' worth
    private readonly Lock _gate = new();
    private readonly HashSet<Hash32> _known = [];
    private readonly Queue<Hash32> _oldestFirst = [];

    /// <summary>Whether a claim was verified before.</summary>
    public bool Contains(in Hash32 fingerprint)
    {
        lock (_gate)
            return _known.Contains(fingerprint);
    }

    /// <summary>Remembers claims; the oldest give way.</summary>
    public void Add(IEnumerable<Hash32> fingerprints)
    {
        lock (_gate)
        {
            foreach (Hash32 fingerprint in fingerprints)
            {
                if (!_known.Add(fingerprint))
                    continue;
                _oldestFirst.Enqueue(fingerprint);
                if (_oldestFirst.Count > Most)
                    _ = _known.Remove(_oldestFirst.Dequeue());
            }
        }
    }
}
