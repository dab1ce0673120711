using System.IO.Pipelines;
using Flashback.Files.Content;

namespace Flashback.Files;

/// <summary>What somebody writes, for somebody who reads: some 64 KiB wait between the two.</summary>
internal sealed class ProducedStream : ReadingStream
{
    private readonly Pipe _pipe = new();
    private readonly Stream _reading;
    private readonly CancellationTokenSource _end = new();
    private bool _isOver;

    /// <param name="produce">Writes all of it; what it throws is thrown to who reads.</param>
    public ProducedStream(Func<Stream, CancellationToken, Task> produce)
    {
        _reading = _pipe.Reader.AsStream();
        _ = ProduceAsync(produce); // what it ends with is told to who reads
    }

    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) => _reading.ReadAsync(buffer, cancellationToken);

    protected override void Dispose(bool disposing)
    {
        if (!_isOver)
        {
            _isOver = true;
            _end.Cancel(); // who writes is told that nobody reads
            _end.Dispose();
            _reading.Dispose();
        }
        base.Dispose(disposing);
    }

    private async Task ProduceAsync(Func<Stream, CancellationToken, Task> produce)
    {
        try
        {
            using Stream writing = _pipe.Writer.AsStream(leaveOpen: true);
            await produce(writing, _end.Token).ConfigureAwait(false);
            await _pipe.Writer.CompleteAsync().ConfigureAwait(false);
        }
        catch (Exception fault)
        {
            await _pipe.Writer.CompleteAsync(fault).ConfigureAwait(false);
        }
    }
}
