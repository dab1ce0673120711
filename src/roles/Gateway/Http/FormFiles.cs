using Flashback.Files.Content;
using Flashback.Gateway.S3;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Net.Http.Headers;
using BadHttpRequestException = Microsoft.AspNetCore.Http.BadHttpRequestException;

namespace Flashback.Gateway.Http;

/// <summary>The files of a form, read once as they stream in: one file as it is, or a folder of all that came. spec: RFC 7578; ipfs/kubo, /api/v0/add</summary>
/// <remarks>A file's name may be a path. A part of the type <c>application/x-directory</c> is a folder that may stay empty. Memory: some hundred bytes for each file.</remarks>
/// <param name="body">The form.</param>
/// <param name="boundary">What its parts are divided by.</param>
/// <param name="isFolder">Whether it is a folder however few files it has.</param>
internal sealed class FormFiles(Stream body, string boundary, bool isFolder)
{
    private const int MostEntries = 10_000;
    private const int LongestBoundary = 70; // spec: RFC 2046 §5.1.1
    private const string FormType = "multipart/form-data";
    private const string FolderType = "application/x-directory";

    private readonly FolderTree _tree = new();
    private readonly Dictionary<string, Cid> _files = [];
    private ImportedContent? _first;
    private bool _isFolder = isFolder;

    /// <summary>Each file's path and identifier.</summary>
    public IReadOnlyDictionary<string, Cid> Files => _files;

    /// <summary>Whether what came became a folder.</summary>
    public bool IsFolder => _isFolder;

    /// <summary>The MD5 of the first file.</summary>
    public string Md5 { get; private set; } = "";

    /// <summary>The type that the first file is said to have.</summary>
    public string? Type { get; private set; }

    /// <summary>Whether a body of a type is a form.</summary>
    public static bool IsForm(string type) => type.Split(';')[0].Trim().Equals(FormType, StringComparison.OrdinalIgnoreCase);

    /// <summary>What the parts of a form are divided by.</summary>
    /// <exception cref="BadHttpRequestException">The type does not say.</exception>
    public static string BoundaryOf(string type) =>
        MediaTypeHeaderValue.TryParse(type, out MediaTypeHeaderValue? media) && HeaderUtilities.RemoveQuotes(media.Boundary) is { Length: > 0 and <= LongestBoundary } boundary
            ? boundary.ToString()
            : throw new BadHttpRequestException($"the type of a form says what its parts are divided by: a boundary of 1 to {LongestBoundary} characters");

    /// <summary>Reads all of it; the blocks go to a sink.</summary>
    /// <returns>The file or folder.</returns>
    /// <exception cref="InvalidDataException">A path is none, or is there twice.</exception>
    /// <exception cref="BadHttpRequestException">There is no file, or there are too many.</exception>
    public async Task<ImportedContent> ImportAsync(IBlockSink sink, CancellationToken cancellation)
    {
        MultipartReader form = new(boundary, body) { HeadersCountLimit = 16, HeadersLengthLimit = 16 << 10 };
        while (await WholeAsync(form.ReadNextSectionAsync(cancellation)).ConfigureAwait(false) is { } section)
        {
            if (!ContentDispositionHeaderValue.TryParse(section.ContentDisposition, out ContentDispositionHeaderValue? disposition) || !disposition.IsFileDisposition())
                continue; // fields that are no files mean nothing here
            string path = HeaderUtilities.RemoveQuotes(disposition.FileNameStar.HasValue ? disposition.FileNameStar : disposition.FileName).ToString();
            if (_tree.Count >= MostEntries)
                throw new BadHttpRequestException($"a form has up to {MostEntries} files and folders");
            FolderTree.CheckPath(path);
            await AddAsync(section, path, sink, cancellation).ConfigureAwait(false);
        }
        if (_isFolder)
            return await _tree.FinishAsync(sink, cancellation).ConfigureAwait(false);
        return _first ?? throw new BadHttpRequestException("the form has no file");
    }

    private async Task AddAsync(MultipartSection section, string path, IBlockSink sink, CancellationToken cancellation)
    {
        if (section.ContentType == FolderType)
        {
            _isFolder = true;
            _tree.AddFolder(path);
            return;
        }
        HeaderText.CheckType(section.ContentType);
        using HashedStream content = new(new PartBody(section.Body), algorithm: null);
        ImportedContent file = await FileImport.ImportAsync(content, sink, cancellation).ConfigureAwait(false);
        _tree.AddFile(path, file);
        _files.Add(path, file.Cid);
        _isFolder |= _first is not null || path.Contains('/');
        if (_first is null)
            (_first, Md5, Type) = (file, content.Md5, section.ContentType);
    }

    private static async Task<T> WholeAsync<T>(Task<T> reading)
    {
        try
        {
            return await reading.ConfigureAwait(false);
        }
        catch (IOException fault) when (fault is not BadHttpRequestException)
        {
            throw new BadHttpRequestException("the form ends before its last boundary", fault);
        }
    }

    /// <summary>What is in a part, where the form may end, too.</summary>
    private sealed class PartBody(Stream part) : ReadingStream
    {
        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) => new(WholeAsync(part.ReadAsync(buffer, cancellationToken).AsTask()));
    }
}
