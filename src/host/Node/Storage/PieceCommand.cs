using System.CommandLine;
using System.Diagnostics;
using Flashback.Proofs;

namespace Flashback.Node;

/// <summary><c>flashback piece commp FILE</c>: the piece a file is.</summary>
internal static class PieceCommand
{
    public static Command Create()
    {
        Argument<string> file = new("FILE") { Description = "The file, or - for standard input." };
        Option<bool> json = Answer.JsonOption();
        Command commp = new("commp", "Computes a file's piece commitment, its identifiers and its sizes.") { file, json };
        commp.SetAction(parsed => Answer.Run(() => Compute(parsed.GetRequiredValue(file), parsed.GetValue(json))));
        return new Command("piece", "Works with pieces of data.") { commp };
    }

    private static void Compute(string file, bool json)
    {
        long started = Stopwatch.GetTimestamp();
        Piece piece = default;
        long length = 0;
        using (Stream payload = file == "-" ? Console.OpenStandardInput() : new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.Read, bufferSize: 0))
        {
            piece = ProgressDisplay.Run(unit: 1, progress =>
            {
                long total = payload.CanSeek ? payload.Length : 0;
                using Stream watched = progress is null || total == 0 ? payload : new WatchedStream(payload, total, progress);
                return PieceCommitment.Compute(watched, out length);
            });
        }
        TimeSpan elapsed = Stopwatch.GetElapsedTime(started);
        Answer.Write(
            json,
            ("commP", piece.Commitment.ToString()),
            ("pieceCid", CommitmentCid.OfPiece(piece.Commitment)),
            ("pieceCidV2", CommitmentCid.OfPieceV2(piece, length)),
            ("payloadSize", length),
            ("unpaddedSize", piece.Size.Unpadded.Bytes),
            ("paddedSize", piece.Size.Bytes),
            ("seconds", Math.Round(elapsed.TotalSeconds, 3)),
            ("megabytesPerSecond", Math.Round(length / 1e6 / Math.Max(elapsed.TotalSeconds, 1e-6), 1)));
    }

    /// <summary>Tells how far a stream has been read.</summary>
    private sealed class WatchedStream(Stream inner, long total, IProgress<SealProgress> progress) : Stream
    {
        public override bool CanRead => true;

        public override bool CanSeek => false;

        public override bool CanWrite => false;

        public override long Length => inner.Length;

        public override long Position { get => inner.Position; set => throw new NotSupportedException(); }

        public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

        public override int Read(Span<byte> buffer)
        {
            int read = inner.Read(buffer);
            progress.Report(new SealProgress("piece", total, read));
            return read;
        }

        public override void Flush() { }

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
    }
}
