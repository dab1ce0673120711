namespace Flashback.Client;

/// <summary>Files that only their owner reads, and that are there whole or not at all.</summary>
public static class SecretFile
{
    private const UnixFileMode OwnerFile = UnixFileMode.UserRead | UnixFileMode.UserWrite;
    private const UnixFileMode OthersMay = UnixFileMode.GroupRead | UnixFileMode.GroupWrite | UnixFileMode.OtherRead | UnixFileMode.OtherWrite;
    private const UnixFileMode OwnerFolder = OwnerFile | UnixFileMode.UserExecute;

    /// <summary>Writes beside the name, to the disk, and renames: what stood there before stays until then.</summary>
    /// <exception cref="IOException">The disk fails.</exception>
    public static void Write(string path, ReadOnlySpan<byte> content)
    {
        string part = $"{path}.{Guid.NewGuid():N}.part";
        try
        {
            WriteNew(part, content);
            File.Move(part, path, overwrite: true);
        }
        finally
        {
            File.Delete(part);
        }
    }

    /// <summary>Reads a short text that nobody but its owner may read.</summary>
    /// <param name="path">The file.</param>
    /// <param name="longest">Bytes of the longest file.</param>
    /// <exception cref="IOException">It cannot be read.</exception>
    /// <exception cref="InvalidDataException">Others may read or write it, or it is longer.</exception>
    public static string ReadText(string path, int longest)
    {
        if (!OperatingSystem.IsWindows() && (File.GetUnixFileMode(path) & OthersMay) != 0)
            throw new InvalidDataException($"others may read {path}: it holds a secret, so do chmod 600 {path}");
        return new FileInfo(path).Length <= longest ? File.ReadAllText(path).Trim() : throw new InvalidDataException($"{path} is longer than the {longest} bytes that a secret takes");
    }

    /// <summary>Makes a folder that only its owner enters, and those above it that are not there.</summary>
    public static void CreateFolder(string path)
    {
        if (OperatingSystem.IsWindows())
            Directory.CreateDirectory(path);
        else
            Directory.CreateDirectory(path, OwnerFolder);
    }

    /// <summary>Writes a file that is not there yet, to the disk.</summary>
    /// <exception cref="IOException">It is there already, or the disk fails.</exception>
    public static void WriteNew(string path, ReadOnlySpan<byte> content)
    {
        FileStreamOptions options = new() { Mode = FileMode.CreateNew, Access = FileAccess.Write, BufferSize = 0 };
        if (!OperatingSystem.IsWindows())
            options.UnixCreateMode = OwnerFile;
        using FileStream file = new(path, options);
        file.Write(content);
        file.Flush(flushToDisk: true);
    }
}
