using Flashback.Files.Content;

namespace Flashback.Files;

/// <summary>A file or folder of this machine that is to be put: named before anything is sent.</summary>
public sealed class Upload
{
    private readonly Func<SendMeter, HttpContent> _createBody;

    private Upload(ImportedContent content, bool isFolder, Func<SendMeter, HttpContent> createBody)
    {
        (Cid, Size, BlockBytes, IsFolder) = (content.Cid, content.Size, content.Tsize, isFolder);
        _createBody = createBody;
    }

    /// <summary>Its identifier.</summary>
    public Cid Cid { get; }

    /// <summary>Bytes of the file as it is sent; of a folder those of its node.</summary>
    public long Size { get; }

    /// <summary>Bytes of all its blocks: what is stored.</summary>
    public long BlockBytes { get; }

    internal bool IsFolder { get; }

    /// <summary>Goes through a file or folder.</summary>
    /// <param name="path">Where it lies.</param>
    /// <param name="secret">What it is encrypted with before it leaves, names of a folder included; null for nothing. A key of its own is drawn each time, so that the identifier is another each time.</param>
    /// <param name="cancellation">Gives up.</param>
    /// <exception cref="IOException">It cannot be read.</exception>
    /// <exception cref="InvalidDataException">There are links in it, or a folder has too many entries.</exception>
    public static async Task<Upload> OpenAsync(string path, ContentSecret? secret, CancellationToken cancellation)
    {
        bool isFolder = Directory.Exists(path);
        if (secret is null)
        {
            ImportedContent plain = (await PathContent.OpenAsync(path, cancellation).ConfigureAwait(false)).Root;
            return new Upload(plain, isFolder, meter => isFolder ? UploadBody.OfFolder(path, meter) : UploadBody.OfFile(path, meter));
        }
        EncryptedHeader header = EncryptedHeader.Create(isFolder ? EncryptedKind.Folder : EncryptedKind.File);
        PathContent? folder = isFolder ? await PathContent.OpenAsync(path, cancellation).ConfigureAwait(false) : null;
        Stream Open() => new EncryptingStream(folder is null ? UploadBody.OpenRead(path) : new ProducedStream((stream, end) => folder.WriteCarAsync(stream, end)), secret, header);
        ImportedContent encrypted;
        using (Stream first = Open())
            encrypted = await FileImport.ImportAsync(first, new NoBlocks(), cancellation).ConfigureAwait(false);
        return new Upload(encrypted, isFolder: false, meter => UploadBody.OfStream(Open, encrypted.Size, meter));
    }

    internal HttpContent CreateBody(IProgress<SendProgress>? progress) => _createBody(new SendMeter(progress));

    /// <summary>Blocks that are named and not kept.</summary>
    private sealed class NoBlocks : IBlockSink
    {
        public ValueTask AddAsync(Cid cid, ReadOnlyMemory<byte> block, CancellationToken cancellation) => ValueTask.CompletedTask;
    }
}
