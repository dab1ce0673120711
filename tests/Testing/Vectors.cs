using System.Formats.Tar;
using System.IO.Compression;

namespace Flashback.Testing;

/// <summary>
/// The official test vectors: archives that are never committed. They are looked for where FLASHBACK_VECTORS points, else in
/// <c>../shared/vectors</c> beside the checkout, and unpacked once into a cache (FLASHBACK_VECTORS_CACHE, else below the home folder).
/// </summary>
public static class Vectors
{
    private static readonly Lock Gate = new();

    /// <summary>The checkout this test was built from: the nearest folder upwards that holds the solution.</summary>
    public static string Checkout { get; } = FindCheckout();

    /// <summary>The folder of the archives; it may be missing.</summary>
    public static string Archives { get; } =
        Environment.GetEnvironmentVariable("FLASHBACK_VECTORS") is { Length: > 0 } named ? named : Path.GetFullPath(Path.Combine(Checkout, "..", "shared", "vectors"));

    private static string Cache { get; } =
        Environment.GetEnvironmentVariable("FLASHBACK_VECTORS_CACHE") is { Length: > 0 } named
            ? named
            : Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".cache", "flashback-vectors");

    /// <summary>The folder with an archive's content, unpacked if need be; skips the calling test when the archive is not there.</summary>
    /// <param name="archive">The archive's name without ".tar.gz".</param>
    /// <param name="below">A folder inside it, or empty for the whole.</param>
    public static string Folder(string archive, string below = "")
    {
        string folder = Path.Combine(Cache, archive);
        lock (Gate)
        {
            if (!Directory.Exists(folder))
                Unpack(archive, folder);
        }
        return Path.Combine(folder, below);
    }

    /// <summary>A file of golden values beside the archives, in <c>design</c>; skips the calling test when it is not there.</summary>
    public static string Golden(string name)
    {
        string path = Path.Combine(Path.GetDirectoryName(Path.TrimEndingDirectorySeparator(Archives))!, "design", name);
        Assert.SkipUnless(System.IO.File.Exists(path), $"the golden values are not here: {name} is not in the folder design beside the official vectors");
        return path;
    }

    /// <summary>A single file among the archives; skips the calling test when it is not there.</summary>
    public static string File(string name)
    {
        string path = Path.Combine(Archives, name);
        Assert.SkipUnless(System.IO.File.Exists(path), $"the official vectors are not here: {name} is neither in ../shared/vectors nor where FLASHBACK_VECTORS points");
        return path;
    }

    private static void Unpack(string archive, string folder)
    {
        string source = File(archive + ".tar.gz");
        // Another test process may unpack the same archive: each into a folder of its own, and the first rename wins.
        string part = $"{folder}.{Environment.ProcessId}.part";
        Directory.CreateDirectory(part);
        using (GZipStream tar = new(System.IO.File.OpenRead(source), CompressionMode.Decompress))
            TarFile.ExtractToDirectory(tar, part, overwriteFiles: true);
        try
        {
            Directory.Move(part, folder);
        }
        catch (IOException) when (Directory.Exists(folder))
        {
            Directory.Delete(part, recursive: true);
        }
    }

    private static string FindCheckout()
    {
        DirectoryInfo? folder = new(AppContext.BaseDirectory);
        while (folder is not null && !System.IO.File.Exists(Path.Combine(folder.FullName, "Flashback.slnx")))
            folder = folder.Parent;
        return folder?.FullName ?? throw new DirectoryNotFoundException("the tests run outside a checkout");
    }
}
