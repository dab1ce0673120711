using Flashback.Files.Content;

namespace Flashback.Gateway.Objects;

/// <summary>Files read one after the other as one stream. All are open from the start, so that nobody can take one away on the way.</summary>
internal sealed class ConcatenatedFiles : ReadingStream
{
    private readonly FileStream[] _files;
    private int _current;

    public ConcatenatedFiles(IReadOnlyList<string> paths)
    {
        List<FileStream> files = [];
        try
        {
            foreach (string path in paths)
                files.Add(new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read | FileShare.Delete, bufferSize: 0));
        }
        catch (FileNotFoundException e)
        {
            files.ForEach(file => file.Dispose());
            throw new ObjectException(ObjectFault.InvalidPart, $"a part was replaced meanwhile: {e.Message}");
        }
        _files = [.. files];
    }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        for (; _current < _files.Length; _current++)
        {
            if (await _files[_current].ReadAsync(buffer, cancellationToken).ConfigureAwait(false) is > 0 and var read)
                return read;
        }
        return 0;
    }

    protected override void Dispose(bool disposing)
    {
        foreach (FileStream file in _files)
            file.Dispose();
        base.Dispose(disposing);
    }
}
