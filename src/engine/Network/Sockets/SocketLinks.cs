using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Logging;

namespace Flashback.Network.Sockets;

/// <summary>Connects the nodes of a machine, each in its own process, over loopback addresses: accepts who comes, and dials peers until they answer, again and again.</summary>
/// <remarks>There is neither encryption nor proof of who a peer is: what listens to other addresses needs another transport.</remarks>
public sealed partial class SocketLinks : IDisposable
{
    private static readonly TimeSpan Redial = TimeSpan.FromSeconds(1);

    private readonly PeerNetwork _network;
    private readonly Socket _listener;
    private readonly IReadOnlyList<IPEndPoint> _peers;
    private readonly ILogger _log;

    /// <summary>Listens.</summary>
    /// <param name="network">Who gets the links.</param>
    /// <param name="address">A loopback address and a port; 0 takes a free one.</param>
    /// <param name="peers">Who is dialled.</param>
    /// <param name="log">The log.</param>
    /// <exception cref="ArgumentException">An address is not one of this machine's own.</exception>
    /// <exception cref="IOException">The address is taken.</exception>
    public SocketLinks(PeerNetwork network, IPEndPoint address, IReadOnlyList<IPEndPoint> peers, ILogger<SocketLinks> log)
    {
        if (peers.Append(address).FirstOrDefault(endpoint => !IPAddress.IsLoopback(endpoint.Address)) is { } far)
            throw new ArgumentException($"{far} is not a loopback address", nameof(peers));
        (_network, _peers, _log) = (network, peers, log);
        _listener = new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true }; // which those it accepts take over
        try
        {
            _listener.Bind(address);
            _listener.Listen();
        }
        catch (SocketException failure)
        {
            _listener.Dispose();
            throw new IOException($"cannot listen for peers at {address}: {failure.Message}", failure);
        }
    }

    /// <summary>Where it listens.</summary>
    public IPEndPoint Address => (IPEndPoint)_listener.LocalEndPoint!;

    /// <summary>Runs until it is told to stop.</summary>
    public async Task RunAsync(CancellationToken stop)
    {
        await Task.WhenAll(_peers.Select(peer => DialAsync(peer, stop)).Prepend(AcceptAsync(stop))).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    /// <inheritdoc/>
    public void Dispose() => _listener.Dispose();

    private async Task AcceptAsync(CancellationToken stop)
    {
        while (!stop.IsCancellationRequested)
        {
            try
            {
                Socket socket = await _listener.AcceptAsync(stop).ConfigureAwait(false);
                _ = RunAsync(socket, isDialled: false, stop);
            }
            catch (SocketException failure) // no descriptor is left, say: those who are connected go on, others come later
            {
                LogNotAccepted(failure.SocketErrorCode);
                await Task.Delay(Redial, stop).ConfigureAwait(false);
            }
        }
    }

    private async Task DialAsync(IPEndPoint peer, CancellationToken stop)
    {
        while (!stop.IsCancellationRequested)
        {
            Socket socket = new(peer.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
            try
            {
                await socket.ConnectAsync(peer, stop).ConfigureAwait(false);
                await RunAsync(socket, isDialled: true, stop).ConfigureAwait(false);
            }
            catch (SocketException failure)
            {
                socket.Dispose();
                LogUnreachable(peer, failure.SocketErrorCode);
            }
            await Task.Delay(Redial, stop).ConfigureAwait(false);
        }
    }

    private async Task RunAsync(Socket socket, bool isDialled, CancellationToken stop)
    {
        SocketLink link = new(socket);
        using CancellationTokenRegistration closing = stop.Register(link.Close);
        await link.RunAsync(_network.Open(link, isDialled)).ConfigureAwait(false);
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "A peer could not be accepted: {Reason}")]
    private partial void LogNotAccepted(SocketError reason);

    [LoggerMessage(Level = LogLevel.Debug, Message = "Peer at {Address} does not answer: {Reason}")]
    private partial void LogUnreachable(IPEndPoint address, SocketError reason);
}
