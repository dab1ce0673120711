using System.Buffers;
using System.IO.Pipelines;
using Flashback.Proofs;
using Microsoft.Win32.SafeHandles;

namespace Flashback.Provider;

/// <summary>How a part of an upload ended.</summary>
public enum UploadResult
{
    /// <summary>It is on the disk, and more is to come.</summary>
    Continues,

    /// <summary>The piece is whole, and is what it was said to be.</summary>
    Stored,

    /// <summary>The bytes are others than the piece's: all that came is gone.</summary>
    WrongPiece,

    /// <summary>It does not begin where the upload stands, or somebody else is sending.</summary>
    WrongOffset,

    /// <summary>More came than the piece has.</summary>
    TooLong,
}

/// <summary>A piece that comes in parts, in order, hashed as it comes. What came survives; after a restart it is read and hashed again.</summary>
public sealed class PieceUpload : IDisposable
{
    private const int Buffer = 1 << 20;

    private readonly string _part;
    private readonly string _whole;
    private readonly SemaphoreSlim _sending = new(1);
    private SafeFileHandle? _file;
    private PieceHasher _hasher = new();

    internal PieceUpload(ExpectedPiece piece, string part, string whole) => (Piece, _part, _whole) = (piece, part, whole);

    /// <summary>What is to come.</summary>
    public ExpectedPiece Piece { get; }

    /// <summary>How many bytes have come.</summary>
    public long Offset => _file is null && new FileInfo(_part) is { Exists: true } part ? part.Length : _hasher.Length;

    /// <summary>Takes a part: all that a reader has.</summary>
    /// <param name="body">The bytes.</param>
    /// <param name="offset">Where they begin.</param>
    /// <param name="length">How many bytes the piece has; null for as many as it takes until they are it: zeros after them need not be sent.</param>
    /// <param name="cancellation">The sender went away: what came until then stays.</param>
    /// <exception cref="IOException">The disk fails.</exception>
    public async Task<UploadResult> AppendAsync(PipeReader body, long offset, long? length, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(body);
        if (!await _sending.WaitAsync(TimeSpan.Zero, cancellation).ConfigureAwait(false))
            return UploadResult.WrongOffset;
        try
        {
            SafeFileHandle file = _file ??= Resume();
            if (offset != _hasher.Length)
                return UploadResult.WrongOffset;
            long most = length ?? Piece.Room;
            if (!await TakeAsync(file, body, most, cancellation).ConfigureAwait(false))
                return UploadResult.TooLong;
            RandomAccess.FlushToDisk(file);
            return _hasher.Length >= most || (length is null && IsWhole()) ? Finish() : UploadResult.Continues;
        }
        finally
        {
            _sending.Release();
        }
    }

    /// <summary>Lets go of the file.</summary>
    public void Dispose()
    {
        _file?.Dispose();
        _sending.Dispose();
    }

    /// <summary>False where more comes than is left; of that nothing is taken.</summary>
    private async Task<bool> TakeAsync(SafeFileHandle file, PipeReader body, long most, CancellationToken cancellation)
    {
        while (true)
        {
            ReadResult read = await body.ReadAsync(cancellation).ConfigureAwait(false);
            if (read.Buffer.Length > most - _hasher.Length)
                return false;
            foreach (ReadOnlyMemory<byte> segment in read.Buffer)
            {
                RandomAccess.Write(file, segment.Span, _hasher.Length);
                _hasher.Append(segment.Span);
            }
            body.AdvanceTo(read.Buffer.End);
            if (read.IsCompleted)
                return true;
        }
    }

    private bool IsWhole() => Piece.MayHave(_hasher.Length) && _hasher.Finish().Commitment == Piece.CommP;

    private UploadResult Finish()
    {
        bool isRight = IsWhole();
        _file!.Dispose();
        _file = null;
        _hasher = new PieceHasher();
        if (isRight)
            File.Move(_part, _whole, overwrite: true);
        else
            File.Delete(_part);
        return isRight ? UploadResult.Stored : UploadResult.WrongPiece;
    }

    /// <summary>The file with what came before, which is hashed again; what is longer than the piece is no part of it.</summary>
    private SafeFileHandle Resume()
    {
        SafeFileHandle file = File.OpenHandle(_part, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.Read);
        byte[] buffer = ArrayPool<byte>.Shared.Rent(Buffer);
        _hasher = new PieceHasher();
        if (RandomAccess.GetLength(file) > Piece.Room)
            RandomAccess.SetLength(file, 0);
        for (int read; (read = RandomAccess.Read(file, buffer, _hasher.Length)) > 0;)
            _hasher.Append(buffer.AsSpan(0, read));
        ArrayPool<byte>.Shared.Return(buffer);
        return file;
    }
}
