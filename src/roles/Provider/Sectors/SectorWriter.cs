using Flashback.Proofs;

namespace Flashback.Provider;

/// <summary>Puts a payload into a sector's unsealed data.</summary>
internal static class SectorWriter
{
    private const int Groups = 1 << 13;

    /// <summary>Zeros from one byte to before another: what an earlier attempt may have left there.</summary>
    public static void Clear(MappedMemory data, long from, long to)
    {
        const int Chunk = 1 << 20;
        for (long offset = from; offset < to; offset += Chunk)
        {
            Span<byte> chunk = data.Bytes(offset, (int)Math.Min(Chunk, to - offset));
            if (chunk.ContainsAnyExcept((byte)0)) // a page that is only read takes no space
                chunk.Clear();
        }
    }

    /// <summary>Pads a payload into place.</summary>
    /// <exception cref="SectorException">It has more or fewer bytes than it was said to have.</exception>
    public static void Pad(Stream payload, long length, MappedMemory data, long offset, IProgress<SealProgress>? progress, CancellationToken cancellation)
    {
        byte[] buffer = new byte[Groups * Fr32.UnpaddedGroup];
        for (long done = 0; done < length;)
        {
            cancellation.ThrowIfCancellationRequested();
            int wanted = (int)Math.Min(buffer.Length, length - done);
            int read = payload.ReadAtLeast(buffer.AsSpan(0, wanted), wanted, throwOnEndOfStream: false);
            if (read < wanted)
                throw new SectorException($"the payload ends after {done + read} bytes and was said to have {length}");
            int padded = (int)Fr32.PaddedLength(read);
            Fr32.Pad(buffer.AsSpan(0, read), data.Bytes(offset, padded));
            offset += padded;
            done += read;
            progress?.Report(new SealProgress("payload", length, read));
        }
        if (payload.ReadByte() >= 0)
            throw new SectorException($"the payload is longer than the {length} bytes it was said to have");
    }
}
