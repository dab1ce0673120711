using System.Net;
using Flashback.Client;
using Flashback.Consensus;
using Flashback.Primitives;
using Flashback.Validator;
using Microsoft.Extensions.Logging;

namespace Flashback.Node;

/// <summary>The keys of a folder at work in a node: unlocked, served, and, where a port is given, managed over the keymanager API.</summary>
internal sealed class FolderKeys : IAsyncDisposable
{
    private const string TokenName = "api-token.txt";

    private readonly NetworkNode _node;
    private readonly ValidatorFolder _folder;
    private readonly ValidatorKeys _keys;
    private readonly DutySettings _defaults;
    private KeymanagerServer? _server;

    private FolderKeys(NetworkNode node, ValidatorFolder folder, ValidatorKeys keys, DutySettings defaults)
    {
        (_node, _folder, _keys, _defaults) = (node, folder, keys, defaults);
        Serve();
        node.Beacon.SlotBegan += _ => Serve();
    }

    /// <summary>Those that could not be unlocked.</summary>
    public IReadOnlyList<KeyFailure> Failures => _keys.Failures;

    /// <summary>Where keys are managed; null where they are not.</summary>
    public IPEndPoint? Endpoint => _server?.Endpoint;

    /// <summary>Unlocks a folder's keys and has a node serve them.</summary>
    /// <param name="path">The folder.</param>
    /// <param name="node">The node.</param>
    /// <param name="defaults">What holds for keys without settings of their own.</param>
    /// <param name="port">Where keys are managed, on 127.0.0.1; 0 takes a free port, null does without.</param>
    /// <param name="logging">Where logs go.</param>
    /// <param name="cancellation">Gives up.</param>
    public static async Task<FolderKeys> OpenAsync(string path, NetworkNode node, DutySettings defaults, int? port, ILoggerFactory logging, CancellationToken cancellation)
    {
        ValidatorFolder folder = new(path);
        FolderKeys opened = new(node, folder, await ValidatorKeys.LoadAsync(folder, node.Protection, cancellation).ConfigureAwait(false), defaults);
        if (port is { } listen)
        {
            KeymanagerRequests requests = new(
                node.Beacon.Chain.Config, folder, opened._keys, node.Protection, new ValidatorSettings { FeeRecipient = defaults.FeeRecipient.ToString() }, opened.FindExitAsync);
            opened._server = await KeymanagerServer.StartAsync(new IPEndPoint(IPAddress.Loopback, listen), BearerToken.ReadOrCreate(Path.Combine(path, TokenName)), requests, logging, cancellation).ConfigureAwait(false);
        }
        return opened;
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (_server is not null)
            await _server.DisposeAsync().ConfigureAwait(false);
        _keys.Dispose();
    }

    /// <summary>Keys come and go, and their settings change, while the node runs: at each slot those of the folder are served.</summary>
    private void Serve() => _node.Replace([.. _keys.Signers.Select(signer => (signer, _defaults.With(_folder.ReadSettings(signer.PublicKey))))]);

    /// <summary>The exit that a key would sign now; null for a key without a validator.</summary>
    private async Task<VoluntaryExit?> FindExitAsync(Bytes48 key, CancellationToken cancellation)
    {
        IReadOnlyList<KnownValidator> known = await _node.Client.GetValidatorsAsync([key], cancellation).ConfigureAwait(false);
        return known.Count == 0 ? null : new VoluntaryExit(_node.Beacon.Chain.Preset.EpochAt(_node.Beacon.Chain.CurrentSlot), known[0].Index);
    }
}
