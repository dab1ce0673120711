using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Flashback.Benchmarks.Http;

/// <summary>One HTTP/1.1 connection that reads and drops files of a length that is known, at as little cost as a client can have. It measures the time to the first byte of the answer.</summary>
internal sealed class RawReader : IHttpExchange
{
    private readonly Socket _socket = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
    private readonly byte[] _buffer = new byte[1 << 18];
    private readonly string[] _paths;
    private readonly long _length;

    public RawReader(int port, string[] paths, long length)
    {
        (_paths, _length) = (paths, length);
        _socket.Connect(IPAddress.Loopback, port);
    }

    public TimeSpan Exchange(int number)
    {
        long asked = Stopwatch.GetTimestamp();
        _socket.Send(Encoding.ASCII.GetBytes($"GET {_paths[number % _paths.Length]} HTTP/1.1\r\nHost: localhost\r\n\r\n"));
        TimeSpan first = default;
        int head = 0;
        while (true)
        {
            int read = _socket.Receive(_buffer.AsSpan(head));
            if (read == 0)
                throw new InvalidOperationException("the server has closed the connection");
            if (head == 0)
                first = Stopwatch.GetElapsedTime(asked);
            head += read;
            int end = _buffer.AsSpan(0, head).IndexOf("\r\n\r\n"u8);
            if (end < 0)
                continue;
            if (!_buffer.AsSpan(0, head).StartsWith("HTTP/1.1 200"u8))
                throw new InvalidOperationException(Encoding.ASCII.GetString(_buffer, 0, end));
            for (long body = head - end - 4; body < _length;)
                body += _socket.Receive(_buffer) is > 0 and int more ? more : throw new InvalidOperationException("the server has cut its answer off");
            return first;
        }
    }

    public void Dispose() => _socket.Dispose();
}
