namespace Flashback.Provider;

/// <summary>Files that are there whole or not at all.</summary>
public static class WholeFile
{
    private const int BufferBytes = 1 << 20;

    /// <summary>Writes beside the name, to the disk, and renames: what stood there before stays until then, and after a failure.</summary>
    /// <param name="path">The file's name.</param>
    /// <param name="write">Writes its content.</param>
    public static void Write(string path, Action<Stream> write)
    {
        ArgumentNullException.ThrowIfNull(write);
        string part = $"{path}.{Environment.ProcessId}.part";
        try
        {
            using (FileStream file = new(part, FileMode.Create, FileAccess.Write, FileShare.None, BufferBytes))
            {
                write(file);
                file.Flush(flushToDisk: true);
            }
            File.Move(part, path, overwrite: true);
        }
        finally
        {
            File.Delete(part);
        }
    }
}
