using System.Collections.Concurrent;
using Flashback.Cryptography;
using Flashback.Primitives;

namespace Flashback.Validator;

/// <summary>What came of adding a key.</summary>
public enum KeyAddition
{
    /// <summary>It is there, and signs.</summary>
    Imported,

    /// <summary>It was there already.</summary>
    Duplicate,
}

/// <summary>What came of taking a key away.</summary>
public enum KeyRemoval
{
    /// <summary>It is gone, and signs no more.</summary>
    Deleted,

    /// <summary>It was not there, but something is known of what it signed.</summary>
    NotActive,

    /// <summary>Nothing is known of it.</summary>
    NotFound,
}

/// <summary>A key that could not be loaded.</summary>
/// <param name="Key">The key.</param>
/// <param name="Reason">Why.</param>
public sealed record KeyFailure(Bytes48 Key, string Reason);

/// <summary>The keys that this process signs with: those of a folder, unlocked, each behind the slashing protection.</summary>
/// <remarks>Safe for any number of threads. Keys come and go while others sign; what is taken away has signed for the last time when the call returns.</remarks>
public sealed class ValidatorKeys : IDisposable
{
    /// <summary>The memory that unlocking may take, in bytes: four keystores of the common cost at once.</summary>
    private const long UnlockMemory = 1 << 30;

    // immutable
    private readonly ValidatorFolder _folder;
    private readonly SlashingProtection _protection;

    // shared
    private readonly ConcurrentDictionary<Bytes48, ProtectedSigner> _signers = new();

    // guarded by _changing
    private readonly Lock _changing = new();

    private ValidatorKeys(ValidatorFolder folder, SlashingProtection protection) => (_folder, _protection) = (folder, protection);

    /// <summary>The keys, in no order.</summary>
    public IReadOnlyCollection<ProtectedSigner> Signers => (IReadOnlyCollection<ProtectedSigner>)_signers.Values;

    /// <summary>The keys that were in the folder and could not be unlocked.</summary>
    public IReadOnlyList<KeyFailure> Failures { get; private init; } = [];

    /// <summary>Unlocks the keys of a folder, as many at once as cores and memory allow.</summary>
    /// <param name="folder">The folder.</param>
    /// <param name="protection">What stands before each signature.</param>
    /// <param name="cancellation">Gives up.</param>
    public static async Task<ValidatorKeys> LoadAsync(ValidatorFolder folder, SlashingProtection protection, CancellationToken cancellation)
    {
        ConcurrentBag<KeyFailure> failures = [];
        ConcurrentBag<BlsSecretKey> unlocked = [];
        List<(Bytes48 Key, Keystore Keystore)> keystores = [];
        foreach (Bytes48 key in folder.List())
            Attempt(key, failures, () => keystores.Add((key, folder.ReadKeystore(key))));
        long largest = keystores.Select(entry => entry.Keystore.Kdf.MemoryBytes).DefaultIfEmpty(0).Max();
        ParallelOptions options = new()
        {
            CancellationToken = cancellation,
            MaxDegreeOfParallelism = (int)Math.Clamp(UnlockMemory / Math.Max(largest, 1), 1, Environment.ProcessorCount),
        };
        await Parallel.ForEachAsync(keystores, options, (entry, _) =>
        {
            Attempt(entry.Key, failures, () =>
            {
                using SecretBytes password = folder.ReadPassword(entry.Key);
                unlocked.Add(Unlock(entry.Key, entry.Keystore, password));
            });
            return ValueTask.CompletedTask;
        }).ConfigureAwait(false);
        ValidatorKeys keys = new(folder, protection) { Failures = [.. failures.OrderBy(failure => failure.Key)] };
        foreach (BlsSecretKey key in unlocked)
            keys.Take(key);
        return keys;
    }

    /// <summary>The key that signs for a validator; null when it is not here.</summary>
    public ProtectedSigner? Find(Bytes48 key) => _signers.GetValueOrDefault(key);

    /// <summary>Unlocks a keystore, puts it into the folder, and signs with it from now on.</summary>
    /// <exception cref="InvalidDataException">The password is wrong, or the keystore holds no key.</exception>
    /// <exception cref="IOException">The disk fails.</exception>
    public KeyAddition Add(Keystore keystore, SecretBytes password)
    {
        if (keystore.PublicKey is { } known && _signers.ContainsKey(known))
            return KeyAddition.Duplicate;
        BlsSecretKey key = Unlock(expected: null, keystore, password);
        Bytes48 publicKey = StakingMessages.PublicKeyOf(key);
        lock (_changing)
        {
            if (_signers.ContainsKey(publicKey))
            {
                key.Dispose();
                return KeyAddition.Duplicate;
            }
            _folder.Add(publicKey, keystore, password);
            Take(key);
            return KeyAddition.Imported;
        }
    }

    /// <summary>Takes a key away: first from those that sign, then from the disk. What it signed stays known.</summary>
    /// <exception cref="IOException">The disk fails: the key signs no more, but comes back with the next start.</exception>
    public KeyRemoval Delete(Bytes48 key)
    {
        lock (_changing)
        {
            bool wasActive = _signers.TryRemove(key, out ProtectedSigner? signer);
            signer?.Dispose();
            if (wasActive || _folder.Has(key))
            {
                _folder.Delete(key);
                return KeyRemoval.Deleted;
            }
            return _protection.Export([key]).Keys[0] is { Blocks.Count: 0, Attestations.Count: 0 } ? KeyRemoval.NotFound : KeyRemoval.NotActive;
        }
    }

    /// <summary>Wipes all keys.</summary>
    public void Dispose()
    {
        foreach (ProtectedSigner signer in _signers.Values)
            signer.Dispose();
        _signers.Clear();
    }

    private void Take(BlsSecretKey key)
    {
        ProtectedSigner signer = new(key, _protection);
        _signers[signer.PublicKey] = signer;
    }

    private static BlsSecretKey Unlock(Bytes48? expected, Keystore keystore, SecretBytes password)
    {
        if (keystore.Decrypt(password, out BlsSecretKey? key) is { } invalid)
            throw new InvalidDataException($"{invalid}");
        Bytes48 actual = StakingMessages.PublicKeyOf(key!);
        if (expected is not { } said || said == actual)
            return key!;
        key!.Dispose();
        throw new InvalidDataException($"the keystore holds the key of {actual}");
    }

    private static void Attempt(Bytes48 key, ConcurrentBag<KeyFailure> failures, Action action)
    {
        try
        {
            action();
        }
        catch (Exception failure) when (failure is IOException or InvalidDataException or UnauthorizedAccessException)
        {
            failures.Add(new KeyFailure(key, failure.Message));
        }
    }
}
