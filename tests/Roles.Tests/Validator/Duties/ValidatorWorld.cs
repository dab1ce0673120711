using Flashback.Consensus;
using Flashback.Primitives;
using Flashback.State.Store.Sqlite;
using Flashback.Validator;
using Microsoft.Extensions.Logging;
using VirtualTime = Flashback.Chain.VirtualTime;

namespace Flashback.Roles.Tests.Validator.Duties;

/// <summary>A validator service with a scripted node, in virtual time that begins some seconds before genesis.</summary>
internal sealed class ValidatorWorld : IDisposable
{
    public const int Validators = 16;

    private readonly SqliteStore _store = SqliteStore.OpenTemporary(SlashingProtection.Columns);
    private readonly List<ProtectedSigner> _signers = [];
    private readonly CancellationTokenSource _stop = new();
    private Task _run = Task.CompletedTask;

    public ValidatorWorld(bool checksForDoppelgangers = false, Action<BeaconState>? edit = null)
    {
        Time = new VirtualTime(DateTimeOffset.FromUnixTimeSeconds((long)ScriptedChain.GenesisTime).AddSeconds(-30));
        Chain = new ScriptedChain(Validators, edit);
        Node = new ScriptedNode(Chain, Time);
        Protection = SlashingProtection.Open(_store, Chain.Head.State.GenesisValidatorsRoot);
        Service = new ValidatorService(
            Node, ScriptedChain.Config, Protection.GenesisValidatorsRoot, new ValidatorOptions { ChecksForDoppelgangers = checksForDoppelgangers }, Time, Log);
    }

    public VirtualTime Time { get; }

    public ScriptedChain Chain { get; }

    public ScriptedNode Node { get; }

    public SlashingProtection Protection { get; }

    public ValidatorService Service { get; }

    public RecordingLog Log { get; } = new();

    public static IEnumerable<int> All => Enumerable.Range(0, Validators);

    public static DutySettings SettingsOf(int key) => new(Address.Read(Sha256.Hash([(byte)key]).AsSpan()[..20]), Sha256.Hash([(byte)key, 1]));

    public ValidatorWorld With(IEnumerable<int> keys)
    {
        foreach (int key in keys)
            Add(key);
        return this;
    }

    public void Add(int key)
    {
        ProtectedSigner signer = new(ScriptedChain.Secret(key), Protection);
        _signers.Add(signer);
        Service.Add(signer, SettingsOf(key));
    }

    /// <summary>The service begins now.</summary>
    public ValidatorWorld Start()
    {
        _run = Service.RunAsync(_stop.Token);
        return this;
    }

    /// <summary>Lets time pass up to a part of a slot.</summary>
    public void AdvanceTo(ulong slot, double part = 0)
    {
        Time.RunUntil(TimeOf(slot, part), TestContext.Current.CancellationToken);
        if (_run.IsFaulted)
            throw _run.Exception;
    }

    public static DateTimeOffset TimeOf(ulong slot, double part) =>
        DateTimeOffset.FromUnixTimeSeconds((long)(ScriptedChain.GenesisTime + (slot * ScriptedChain.Config.SecondsPerSlot))).AddSeconds(part * ScriptedChain.Config.SecondsPerSlot);

    /// <summary>The service ends by itself when it is told to stop.</summary>
    public void Stop()
    {
        _stop.Cancel();
        Assert.True(_run.IsCompletedSuccessfully);
    }

    public void Dispose()
    {
        _stop.Cancel();
        foreach (ProtectedSigner signer in _signers)
            signer.Dispose();
        _store.Dispose();
        _stop.Dispose();
    }

    /// <summary>Keeps what is logged.</summary>
    internal sealed class RecordingLog : ILogger<ValidatorService>
    {
        private readonly Lock _gate = new();

        public List<(LogLevel Level, string Text)> Entries { get; } = [];

        public IEnumerable<string> At(LogLevel level) => Entries.Where(entry => entry.Level == level).Select(entry => entry.Text);

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            lock (_gate)
                Entries.Add((logLevel, exception is null ? formatter(state, null) : $"{formatter(state, exception)} {exception}"));
        }
    }
}
