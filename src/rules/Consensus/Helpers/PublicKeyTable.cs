using System.Diagnostics.CodeAnalysis;
using Flashback.Cryptography;
using Flashback.Primitives;

namespace Flashback.Consensus;

/// <summary>Validators' keys, decompressed when first needed, by their index. All states of a chain share it; safe from many threads.</summary>
/// <remarks>
/// On branches that took in validators in another order an index may stand for another key: the encoding is compared, and the other key is
/// decompressed each time. Bytes that are no key are not remembered.
/// </remarks>
public sealed class PublicKeyTable
{
    private sealed record Entry(Bytes48 Encoding, BlsPublicKey Key);

    private readonly Lock _gate = new();
    private volatile Entry?[] _entries = [];

    /// <summary>The key of a validator of a registry.</summary>
    /// <returns>False where the encoding is that of no key: no signature holds under it.</returns>
    public bool TryGet(ValidatorRegistry registry, int index, [NotNullWhen(true)] out BlsPublicKey? key)
    {
        Bytes48 encoding = registry.PublicKeyOf(index);
        Entry?[] entries = _entries;
        if (index < entries.Length && entries[index] is { } entry && entry.Encoding == encoding)
        {
            key = entry.Key;
            return true;
        }
        if (!BlsPublicKey.TryDecode(encoding.AsSpan(), out key, out _))
            return false;
        Remember(index, new Entry(encoding, key), registry.Count);
        return true;
    }

    private void Remember(int index, Entry entry, int count)
    {
        lock (_gate)
        {
            Entry?[] entries = _entries;
            if (index >= entries.Length)
            {
                Array.Resize(ref entries, Math.Max(count, entries.Length + (entries.Length >> 1)));
                _entries = entries;
            }
            entries[index] ??= entry;
        }
    }
}
