using Flashback.Client;
using Flashback.Consensus;
using Flashback.Primitives;

namespace Flashback.Validator;

/// <summary>How far a key may be used.</summary>
internal enum KeyTrust
{
    /// <summary>The chain does not know its validator, as far as we know.</summary>
    Unknown,

    /// <summary>It is being watched whether somebody else signs with it.</summary>
    Watched,

    /// <summary>It signs.</summary>
    Trusted,

    /// <summary>Somebody else signs with it: it never signs again here.</summary>
    Doppelganger,
}

/// <summary>A key that is served. Immutable.</summary>
/// <param name="Signer">Where it signs.</param>
/// <param name="Settings">What its owner decided.</param>
internal sealed record ServedKey(ProtectedSigner Signer, DutySettings Settings)
{
    /// <summary>The key.</summary>
    public Bytes48 PublicKey => Signer.PublicKey;

    /// <summary>What the chain knows of its validator.</summary>
    public KnownValidator? Known { get; init; }

    /// <summary>How far it may be used.</summary>
    public KeyTrust Trust { get; init; }

    /// <summary>While it is watched: the last epoch that need not be asked for any more.</summary>
    public Epoch QuietThrough { get; init; }

    /// <summary>While it is watched: epochs in which nobody signed with it.</summary>
    public ulong QuietCount { get; init; }

    /// <summary>Whether its validator has duties in an epoch.</summary>
    public bool IsActiveAt(Epoch epoch) => Known is { } known && known.Validator.IsActiveAt(epoch);
}

/// <summary>The keys that are served, and what is known of their validators. Safe to share between threads: readers see a snapshot.</summary>
internal sealed class Roster
{
    private readonly Lock _gate = new();
    private volatile Snapshot _current = new(0, []);

    /// <summary>The keys as they are now.</summary>
    public Snapshot Current => _current;

    /// <summary>Serves a key, or changes the settings of one that is served.</summary>
    public void Add(ProtectedSigner signer, DutySettings settings) => Change(
        keys => keys[signer.PublicKey] = keys.TryGetValue(signer.PublicKey, out ServedKey? served)
            ? served with { Signer = signer, Settings = settings }
            : new ServedKey(signer, settings),
        isOther: true);

    /// <summary>Serves a key no longer; false where it was not.</summary>
    public bool Remove(Bytes48 key)
    {
        bool isRemoved = false;
        Change(keys => isRemoved = keys.Remove(key), isOther: true);
        return isRemoved;
    }

    /// <summary>Serves these keys and no others; what is known of those that were served already remains.</summary>
    public void Replace(IReadOnlyCollection<(ProtectedSigner Signer, DutySettings Settings)> wanted)
    {
        lock (_gate)
        {
            Snapshot before = _current;
            Dictionary<Bytes48, ServedKey> keys = [];
            foreach ((ProtectedSigner signer, DutySettings settings) in wanted.OrderBy(entry => entry.Signer.PublicKey))
                keys[signer.PublicKey] = before.Keys.TryGetValue(signer.PublicKey, out ServedKey? served)
                    ? served with { Signer = signer, Settings = settings }
                    : new ServedKey(signer, settings);
            if (keys.Count != before.Keys.Count || keys.Any(key => before.Keys.GetValueOrDefault(key.Key) != key.Value))
                _current = new Snapshot(before.Version + 1, keys);
        }
    }

    /// <summary>Changes what is known of a key that is still served.</summary>
    public void Update(Bytes48 key, Func<ServedKey, ServedKey> change) => Change(
        keys =>
        {
            if (keys.TryGetValue(key, out ServedKey? served))
                keys[key] = change(served);
        },
        isOther: false);

    private void Change(Action<Dictionary<Bytes48, ServedKey>> change, bool isOther)
    {
        lock (_gate)
        {
            Dictionary<Bytes48, ServedKey> keys = new(_current.Keys);
            change(keys);
            _current = new Snapshot(_current.Version + (isOther ? 1 : 0), keys);
        }
    }

    /// <summary>The keys at one time.</summary>
    /// <param name="Version">Grows when a key comes or goes, or its settings change.</param>
    /// <param name="Keys">The keys.</param>
    internal sealed record Snapshot(long Version, Dictionary<Bytes48, ServedKey> Keys)
    {
        /// <summary>The settings of a key that may sign for a validator; null where it may not.</summary>
        public DutySettings? Signing(Bytes48 key, ValidatorIndex validator) =>
            Keys.TryGetValue(key, out ServedKey? served) && served.Trust == KeyTrust.Trusted && served.Known!.Index == validator ? served.Settings : null;

        /// <summary>The validators that have duties in an epoch, in order.</summary>
        public ValidatorIndex[] ActiveAt(Epoch epoch) => [.. Keys.Values.Where(key => key.IsActiveAt(epoch)).Select(key => key.Known!.Index).Order()];

        /// <summary>The validators that the chain knows, in order.</summary>
        public ValidatorIndex[] Known() => [.. Keys.Values.Where(key => key.Known is not null).Select(key => key.Known!.Index).Order()];
    }
}
