using Flashback.Files.Content;
using Microsoft.Win32.SafeHandles;

namespace Flashback.Files;

/// <summary>Writes an encrypted file or folder as it was before.</summary>
internal static class EncryptedDownload
{
    /// <exception cref="InvalidDataException">The secret is another one, the content was changed, or is not encrypted.</exception>
    public static async Task CopyAsync(IBlockSource source, Cid cid, ContentSecret secret, string path, CancellationToken cancellation)
    {
        using EncryptedContent content = await EncryptedContent.OpenAsync(source, cid, secret, cancellation).ConfigureAwait(false);
        if (!content.IsFolder)
        {
            using FileStream file = DownloadTarget.Create(path);
            await content.CopyAsync(new ByteRange(0, content.Length), file, cancellation).ConfigureAwait(false);
            return;
        }
        string archive = path + ".car";
        try
        {
            using FileStream file = DownloadTarget.Create(archive);
            await content.CopyAsync(new ByteRange(0, content.Length), file, cancellation).ConfigureAwait(false);
            await file.FlushAsync(cancellation).ConfigureAwait(false);
            CarBlocks blocks = await CarBlocks.OpenAsync(new FileRange(file.SafeFileHandle), cancellation).ConfigureAwait(false);
            if (blocks.Roots is not [{ } root])
                throw new InvalidDataException("the archive of a folder has one root");
            await DownloadTarget.CopyAsync(blocks, root, path, cancellation).ConfigureAwait(false);
        }
        finally
        {
            File.Delete(archive);
        }
    }

    private sealed class FileRange(SafeFileHandle file) : IRangeSource
    {
        public long Length { get; } = RandomAccess.GetLength(file);

        public async ValueTask ReadAsync(long offset, Memory<byte> destination, CancellationToken cancellation)
        {
            if (await RandomAccess.ReadAsync(file, destination, offset, cancellation).ConfigureAwait(false) < destination.Length)
                throw new IOException("the archive was cut short meanwhile");
        }
    }
}
