using Flashback.Consensus;

namespace Flashback.Engine.Tests.Api.Beacon;

/// <summary>A node whose chain is some epochs long, for tests that ask it one after the other; those that let slots pass leave it a longer chain.</summary>
public sealed class GrownBeacon : IAsyncLifetime
{
    private const int Epochs = 5;
    private BeaconHost? _host;

    internal BeaconHost Host => _host!;

    public async ValueTask InitializeAsync()
    {
        _host = await BeaconHost.StartAsync();
        for (ulong slot = 0; slot < Epochs * BeaconHost.Preset.SlotsPerEpoch; slot++)
            await _host.PassSlotAsync(_host.Local);
        Assert.True(_host.Chain.Snapshot.Finalized.Epoch > new Epoch(1));
    }

    public ValueTask DisposeAsync() => _host?.DisposeAsync() ?? ValueTask.CompletedTask;
}

[CollectionDefinition(Name)]
public sealed class GrownBeaconCollection : ICollectionFixture<GrownBeacon>
{
    public const string Name = "A grown beacon chain";
}
