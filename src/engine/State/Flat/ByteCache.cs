namespace Flashback.State.Flat;

/// <summary>Values of the disk state by key, those not used for the longest time given up when their bytes exceed a limit. Absence is remembered too.</summary>
/// <remarks>Safe for any number of threads: sixteen parts with a lock each, held for a look-up only. Order of use is kept by second chances: an entry that was used since its turn came goes to the end once more.</remarks>
internal sealed class ByteCache
{
    /// <summary>What an entry takes beside its value: key, dictionary and queue slots, object headers. Reckoned with room to grow.</summary>
    private const int EntryOverhead = 384;

    private const int PartCount = 16;

    private readonly Part[] _parts = new Part[PartCount];

    public ByteCache(long maxBytes)
    {
        for (int i = 0; i < PartCount; i++)
            _parts[i] = new Part(maxBytes / PartCount);
    }

    /// <summary>How many bytes the entries take, about.</summary>
    public long Bytes => _parts.Sum(part => part.Bytes);

    public bool TryGet(in StateKey key, out byte[]? value) => PartOf(key).TryGet(key, out value);

    /// <summary>Adds what a reader found, unless a commit has ended since it began to read: then it may be old already.</summary>
    /// <remarks>The writer counts a commit that has ended, and sets what it changed after that: an old value is either refused here or replaced then.</remarks>
    public void AddIfCurrent(in StateKey key, byte[]? value, ref long commits, long seen) => PartOf(key).AddIfCurrent(key, value, ref commits, seen);

    /// <summary>Sets what the writer has committed, whether it was here or not: who wrote it may read it soon.</summary>
    public void Set(in StateKey key, byte[]? value) => PartOf(key).Set(key, value);

    private Part PartOf(in StateKey key) => _parts[(uint)key.GetHashCode() >> 28];

    private sealed class Entry(byte[]? value)
    {
        public byte[]? Value = value;
        public bool IsUsed;

        public int Cost => EntryOverhead + (Value?.Length ?? 0);
    }

    private sealed class Part(long maxBytes)
    {
        private readonly Lock _gate = new();
        private readonly Dictionary<StateKey, Entry> _entries = [];
        private readonly Queue<StateKey> _turns = new();
        private long _bytes;

        public long Bytes => Volatile.Read(ref _bytes);

        public bool TryGet(in StateKey key, out byte[]? value)
        {
            lock (_gate)
            {
                bool isHere = _entries.TryGetValue(key, out Entry? entry);
                value = entry?.Value;
                if (isHere)
                    entry!.IsUsed = true;
                return isHere;
            }
        }

        public void AddIfCurrent(in StateKey key, byte[]? value, ref long commits, long seen)
        {
            lock (_gate)
            {
                if (Volatile.Read(ref commits) == seen)
                    Place(key, value);
            }
        }

        public void Set(in StateKey key, byte[]? value)
        {
            lock (_gate)
                Place(key, value);
        }

        private void Place(in StateKey key, byte[]? value)
        {
            if (_entries.TryGetValue(key, out Entry? entry))
            {
                _bytes -= entry.Cost;
                entry.Value = value;
                _bytes += entry.Cost;
            }
            else
            {
                entry = new Entry(value);
                _entries.Add(key, entry);
                _turns.Enqueue(key);
                _bytes += entry.Cost;
            }
            while (_bytes > maxBytes && _turns.TryDequeue(out StateKey turn))
                GiveUpOrPass(turn);
        }

        private void GiveUpOrPass(in StateKey key)
        {
            Entry entry = _entries[key];
            if (entry.IsUsed)
            {
                entry.IsUsed = false;
                _turns.Enqueue(key);
                return;
            }
            _entries.Remove(key);
            _bytes -= entry.Cost;
        }
    }
}
