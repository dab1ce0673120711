namespace Flashback.State.Store;

/// <summary>A store's folder, held by one process: the lock, and the stamp that says which engine and layout it has.</summary>
internal sealed class StoreFolder : IDisposable
{
    private const int Layout = 1;

    private readonly FileStream _lock;

    private StoreFolder(string path, FileStream @lock)
    {
        Path = path;
        _lock = @lock;
    }

    public string Path { get; }

    /// <summary>Takes a folder, making it if it is not there.</summary>
    /// <exception cref="StoreException">It cannot be made or written, another process has it, or it holds another engine or layout.</exception>
    public static StoreFolder Take(string path, string engine)
    {
        path = System.IO.Path.GetFullPath(path);
        FileStream? held = null;
        try
        {
            Directory.CreateDirectory(path);
            held = TakeLock(path);
            CheckStamp(System.IO.Path.Combine(path, "LAYOUT"), path, engine);
            return new StoreFolder(path, held);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            held?.Dispose();
            throw new StoreException($"the data folder {path} cannot be used: {e.Message}", e);
        }
        catch
        {
            held?.Dispose();
            throw;
        }
    }

    /// <summary>Takes a folder that holds a store already, to look at it: nothing is made.</summary>
    /// <exception cref="StoreException">No store is there, another process has it, or it holds another engine or layout.</exception>
    public static StoreFolder TakeExisting(string path, string engine) =>
        File.Exists(System.IO.Path.Combine(path, "LAYOUT")) ? Take(path, engine) : throw new StoreException($"no store is in {path}");

    public void Dispose() => _lock.Dispose();

    private static FileStream TakeLock(string path)
    {
        string file = System.IO.Path.Combine(path, "LOCK");
        try
        {
            return new FileStream(file, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (IOException e) when (File.Exists(file))
        {
            throw new StoreException($"the data folder {path} is in use by another process", e);
        }
    }

    private static void CheckStamp(string file, string folder, string engine)
    {
        string expected = $"flashback store, layout {Layout}, {engine}\n";
        if (!File.Exists(file))
        {
            // Written beside and renamed: a crash leaves no half a stamp.
            string draft = file + ".new";
            using (FileStream stream = new(draft, FileMode.Create, FileAccess.Write))
            {
                stream.Write(System.Text.Encoding.ASCII.GetBytes(expected));
                stream.Flush(flushToDisk: true);
            }
            File.Move(draft, file, overwrite: true);
            return;
        }
        string found = File.ReadAllText(file);
        if (found != expected)
            throw new StoreException($"the data folder {folder} says '{found.Trim()}', but '{expected.Trim()}' is asked for");
    }
}
