using System.Buffers.Binary;
using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Flashback.Benchmarks.Http;

/// <summary>One HTTP/1.1 connection that sends files of one length, no two alike, at as little cost as a client can have. It measures the time until the answer is there.</summary>
internal sealed class RawWriter : IHttpExchange
{
    private static long _files;

    private readonly Socket _socket = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
    private readonly byte[] _answer = new byte[1 << 14];
    private readonly byte[][] _heads;
    private readonly byte[] _body;

    /// <param name="port">Where.</param>
    /// <param name="heads">Request line and headers, in turns; the length and the empty line are added.</param>
    /// <param name="length">Bytes of each file: eight or more, or none.</param>
    public RawWriter(int port, IEnumerable<string> heads, int length)
    {
        _heads = [.. heads.Select(head => Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{head}Content-Length: {length}\r\n\r\n")))];
        _body = new byte[length];
        Random.Shared.NextBytes(_body);
        _socket.Connect(IPAddress.Loopback, port);
    }

    public TimeSpan Exchange(int number)
    {
        if (_body.Length > 0)
            BinaryPrimitives.WriteInt64LittleEndian(_body, Interlocked.Increment(ref _files)); // what is known already may cost less
        long asked = Stopwatch.GetTimestamp();
        Send(_heads[number % _heads.Length]);
        Send(_body);
        TakeAnswer();
        return Stopwatch.GetElapsedTime(asked);
    }

    public void Dispose() => _socket.Dispose();

    private void Send(ReadOnlySpan<byte> bytes)
    {
        while (bytes.Length > 0)
            bytes = bytes[_socket.Send(bytes)..];
    }

    private void TakeAnswer()
    {
        int filled = 0;
        while (true)
        {
            int read = _socket.Receive(_answer.AsSpan(filled));
            filled += read;
            string text = Encoding.ASCII.GetString(_answer, 0, filled);
            int end = text.IndexOf("\r\n\r\n", StringComparison.Ordinal);
            if (read == 0 || (end >= 0 && !text.StartsWith("HTTP/1.1 2", StringComparison.Ordinal)))
                throw new InvalidOperationException($"the server does not take a file: {text}");
            if (end >= 0 && IsWhole(text[..(end + 2)], text[(end + 4)..]))
                return;
        }
    }

    private static bool IsWhole(string head, string body)
    {
        const string Length = "content-length: ";
        int start = head.IndexOf(Length, StringComparison.OrdinalIgnoreCase);
        if (start >= 0)
            return body.Length >= int.Parse(head.AsSpan(start + Length.Length, head.IndexOf('\r', start) - start - Length.Length), CultureInfo.InvariantCulture);
        return !head.Contains("transfer-encoding: chunked", StringComparison.OrdinalIgnoreCase) || body.EndsWith("0\r\n\r\n", StringComparison.Ordinal);
    }
}
