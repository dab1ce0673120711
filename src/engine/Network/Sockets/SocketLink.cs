using System.Buffers;
using System.Buffers.Binary;
using System.IO.Pipelines;
using System.Net.Sockets;
using System.Threading.Channels;

namespace Flashback.Network.Sockets;

/// <summary>A link over a stream socket: each frame with its length in front, four bytes, little-endian.</summary>
internal sealed class SocketLink : ILink, IDisposable
{
    private const int Prefix = 4;
    private const int MostFrames = 4096; // on their way out
    private const long MostBytes = 128L << 20;

    private readonly Socket _socket;
    private readonly Channel<ReadOnlyMemory<byte>> _out = Channel.CreateBounded<ReadOnlyMemory<byte>>(MostFrames);
    private readonly CancellationTokenSource _closing = new();
    private long _bytesOut;

    public SocketLink(Socket socket) => _socket = socket;

    public void Send(ReadOnlyMemory<byte> frame)
    {
        // A peer that does not take what it is sent is as good as gone.
        if (Interlocked.Add(ref _bytesOut, frame.Length) > MostBytes || !_out.Writer.TryWrite(frame))
            Close();
    }

    public void Close() => _closing.Cancel();

    public void Dispose()
    {
        _closing.Dispose();
        _socket.Dispose();
    }

    /// <summary>Sends and receives until one side ends it.</summary>
    public async Task RunAsync(ILinkEnd end)
    {
        NetworkStream stream = new(_socket, ownsSocket: true);
        await using (stream.ConfigureAwait(false))
        {
            Task sending = SendAsync(stream, _closing.Token);
            try
            {
                await ReceiveAsync(stream, end, _closing.Token).ConfigureAwait(false);
            }
            catch (Exception failure) when (failure is IOException or SocketException or OperationCanceledException or InvalidDataException)
            {
                // The link has ended; that is all there is to know.
            }
            finally
            {
                await _closing.CancelAsync().ConfigureAwait(false);
                await sending.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                end.Closed();
            }
        }
    }

    private async Task SendAsync(NetworkStream stream, CancellationToken stop)
    {
        byte[] prefix = new byte[Prefix];
        try
        {
            await foreach (ReadOnlyMemory<byte> frame in _out.Reader.ReadAllAsync(stop).ConfigureAwait(false))
            {
                BinaryPrimitives.WriteInt32LittleEndian(prefix, frame.Length);
                await stream.WriteAsync(prefix, stop).ConfigureAwait(false);
                await stream.WriteAsync(frame, stop).ConfigureAwait(false);
                _ = Interlocked.Add(ref _bytesOut, -frame.Length);
            }
        }
        finally
        {
            await _closing.CancelAsync().ConfigureAwait(false);
        }
    }

    /// <summary>Hands over all frames that have come whole, many at once where they came faster than they are looked at.</summary>
    private static async Task ReceiveAsync(NetworkStream stream, ILinkEnd end, CancellationToken stop)
    {
        PipeReader reader = PipeReader.Create(stream, new StreamPipeReaderOptions(bufferSize: 1 << 16, leaveOpen: true));
        List<ReadOnlyMemory<byte>> frames = [];
        while (true)
        {
            ReadResult read = await reader.ReadAsync(stop).ConfigureAwait(false);
            ReadOnlySequence<byte> rest = read.Buffer;
            while (TryTake(ref rest, out byte[]? frame))
                frames.Add(frame!);
            reader.AdvanceTo(rest.Start, rest.End);
            if (frames.Count > 0)
                end.Receive(frames);
            frames = [];
            if (read.IsCompleted)
                return;
        }
    }

    private static bool TryTake(ref ReadOnlySequence<byte> rest, out byte[]? frame)
    {
        frame = null;
        if (rest.Length < Prefix)
            return false;
        Span<byte> prefix = stackalloc byte[Prefix];
        rest.Slice(0, Prefix).CopyTo(prefix);
        int length = BinaryPrimitives.ReadInt32LittleEndian(prefix);
        if (length is < 1 or > Frame.MaxLength)
            throw new InvalidDataException($"a frame of {length} bytes");
        if (rest.Length < Prefix + length)
            return false;
        frame = rest.Slice(Prefix, length).ToArray();
        rest = rest.Slice(Prefix + length);
        return true;
    }
}
