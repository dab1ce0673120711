using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;
using Flashback.Cryptography.Curves;
using Flashback.Primitives;

namespace Flashback.Cryptography;

/// <summary>Keeps public keys decompressed and checked, which costs two hundred times a look-up. Safe from many threads.</summary>
/// <remarks>
/// Two generations: keys enter the young one; when it is full it becomes the old one, and the old one is dropped. A key found in the old
/// generation enters the young one again, so what is in use stays. Bytes that are no key are not remembered.
/// </remarks>
public sealed class BlsPublicKeyCache
{
    private sealed class Generation
    {
        public readonly ConcurrentDictionary<Bytes48, BlsPublicKey> Keys = new();
        public volatile int Count;
    }

    private readonly int _generationSize;
    private readonly Lock _gate = new();
    private volatile Generation _young = new();
    private volatile Generation _old = new();

    /// <summary>An empty cache.</summary>
    /// <param name="capacity">How many keys to keep at most (about 300 bytes each), 2 or more.</param>
    /// <exception cref="ArgumentOutOfRangeException">The capacity is below 2.</exception>
    public BlsPublicKeyCache(int capacity)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(capacity, 2);
        _generationSize = capacity / 2;
    }

    /// <summary>How many keys are held now; a key in both generations counts twice.</summary>
    public int Count => _young.Count + _old.Count;

    /// <summary>The key of a compressed encoding, from the cache or decoded now.</summary>
    public bool TryGet(ReadOnlySpan<byte> bytes, [NotNullWhen(true)] out BlsPublicKey? key, out PointFault fault)
    {
        key = null;
        fault = PointFault.Length;
        if (bytes.Length != BlsPublicKey.Size)
            return false;
        Bytes48 encoding = Bytes48.Read(bytes);
        fault = PointFault.None;
        if (_young.Keys.TryGetValue(encoding, out key))
            return true;
        if (!_old.Keys.TryGetValue(encoding, out key) && !BlsPublicKey.TryDecode(bytes, out key, out fault))
            return false;
        Add(encoding, key);
        return true;
    }

    private void Add(in Bytes48 encoding, BlsPublicKey key)
    {
        lock (_gate)
        {
            if (!_young.Keys.TryAdd(encoding, key))
                return;
            _young.Count++;
            if (_young.Count < _generationSize)
                return;
            _old = _young;
            _young = new Generation();
        }
    }
}
