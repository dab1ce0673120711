using System.Net;
using System.Net.Sockets;

namespace Flashback.Api;

/// <summary>A port that is listened on before there is somebody to answer: who connects while the node starts waits instead of being refused.</summary>
public sealed class ApiPort : IDisposable
{
    private const int Backlog = 512;

    private readonly Socket _socket;
    private bool _isTaken;

    private ApiPort(Socket socket) => _socket = socket;

    /// <summary>Where it listens.</summary>
    public Uri Address => new($"http://{_socket.LocalEndPoint}");

    /// <summary>Takes a port.</summary>
    /// <param name="address">The address listened on.</param>
    /// <param name="port">The port; 0 takes a free one.</param>
    /// <exception cref="IOException">Somebody else has it, or may not be had.</exception>
    public static ApiPort Open(IPAddress address, int port)
    {
        Socket socket = new(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            socket.Bind(new IPEndPoint(address, port));
            socket.Listen(Backlog);
            return new ApiPort(socket);
        }
        catch (SocketException taken)
        {
            socket.Dispose();
            throw new IOException($"cannot listen on {address}:{port}: {taken.Message}", taken);
        }
    }

    public void Dispose()
    {
        if (!_isTaken)
            _socket.Dispose();
    }

    /// <summary>Hands the socket over; whoever takes it closes it.</summary>
    internal ulong TakeHandle()
    {
        _isTaken = true;
        return (ulong)_socket.SafeHandle.DangerousGetHandle();
    }
}
