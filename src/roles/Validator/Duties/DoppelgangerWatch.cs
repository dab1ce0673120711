using Flashback.Client;
using Flashback.Consensus;
using Flashback.Primitives;
using Microsoft.Extensions.Logging;

namespace Flashback.Validator;

/// <summary>Somebody else signs with one of our keys.</summary>
/// <param name="PublicKey">The key.</param>
/// <param name="Validator">Its validator.</param>
/// <param name="Epoch">The epoch in which it was seen.</param>
public sealed record Doppelganger(Bytes48 PublicKey, ValidatorIndex Validator, Epoch Epoch);

/// <summary>Watches, before a key signs for the first time, that nobody else signs with it.</summary>
/// <remarks>
/// What is left of the epoch in which a key comes does not count: our own votes from before a restart may still be seen then. The two epochs after it must be
/// quiet; a key in use elsewhere votes in each. An epoch for which the node gave no answer does not count either, so that watching takes longer then.
/// A chain that has just begun, and a validator that was not active before, have no past to fear. As in Lighthouse.
/// </remarks>
internal sealed partial class DoppelgangerWatch(Roster roster, INodeClient node, bool isOn, ILogger log)
{
    private const ulong QuietEpochs = 2;

    private readonly ILogger _log = log;

    /// <summary>Called when one was found.</summary>
    public event Action<Doppelganger>? Found;

    /// <summary>What is to be thought of a key whose validator is known for the first time.</summary>
    public ServedKey Judge(ServedKey key, KnownValidator known, Epoch epoch)
    {
        if (key.Trust != KeyTrust.Unknown)
            return key with { Known = known };
        bool isFresh = epoch == Epoch.Genesis || known.Validator.ActivationEpoch >= epoch;
        if (isOn && !isFresh)
        {
            LogWatching(known.Index, epoch + QuietEpochs + 1);
            return key with { Known = known, Trust = KeyTrust.Watched, QuietThrough = epoch, QuietCount = 0 };
        }
        return key with { Known = known, Trust = KeyTrust.Trusted };
    }

    /// <summary>Asks about the epoch that has passed, for the keys that are watched.</summary>
    /// <exception cref="NodeException">The node does not answer: the keys are watched on.</exception>
    public async Task CheckAsync(Epoch epoch, CancellationToken cancellation)
    {
        if (epoch == Epoch.Genesis)
            return;
        Epoch passed = new(epoch.Value - 1);
        ServedKey[] watched = [.. roster.Current.Keys.Values.Where(key => key.Trust == KeyTrust.Watched && key.QuietThrough < passed).OrderBy(key => key.Known!.Index)];
        if (watched.Length == 0)
            return;
        Dictionary<ValidatorIndex, bool> answers = (await node.GetLivenessAsync(passed, [.. watched.Select(key => key.Known!.Index)], cancellation))
            .GroupBy(answer => answer.Validator).ToDictionary(group => group.Key, group => group.Any(answer => answer.IsLive));
        foreach (ServedKey key in watched)
        {
            if (!answers.TryGetValue(key.Known!.Index, out bool isLive))
                continue;
            if (isLive)
                Stop(key, passed);
            else
                Pass(key, passed);
        }
    }

    private void Stop(ServedKey key, Epoch epoch)
    {
        roster.Update(key.PublicKey, served => served with { Trust = KeyTrust.Doppelganger });
        LogDoppelganger(key.Known!.Index, key.PublicKey, epoch);
        Found?.Invoke(new Doppelganger(key.PublicKey, key.Known.Index, epoch));
    }

    private void Pass(ServedKey key, Epoch epoch)
    {
        bool isEnough = key.QuietCount + 1 >= QuietEpochs;
        roster.Update(key.PublicKey, served => served with { QuietThrough = epoch, QuietCount = key.QuietCount + 1, Trust = isEnough ? KeyTrust.Trusted : KeyTrust.Watched });
        if (isEnough)
            LogTrusted(key.Known!.Index);
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "Watching {Validator} for doppelgangers: it signs from {Epoch} on if there is none")]
    private partial void LogWatching(ValidatorIndex validator, Epoch epoch);

    [LoggerMessage(Level = LogLevel.Information, Message = "No doppelganger of {Validator}: it signs from now on")]
    private partial void LogTrusted(ValidatorIndex validator);

    [LoggerMessage(Level = LogLevel.Critical, Message = "DOPPELGANGER: {Validator} ({Key}) was seen to vote in {Epoch} while it did not sign here. It will not sign here: stop the other one before this is started again")]
    private partial void LogDoppelganger(ValidatorIndex validator, Bytes48 key, Epoch epoch);
}
