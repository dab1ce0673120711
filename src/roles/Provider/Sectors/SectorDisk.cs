using System.Globalization;

namespace Flashback.Provider;

/// <summary>A disk with sectors on it, each in a folder by its number. One that does not answer in time is silent until what was asked of it has come back, and nothing more is asked of it. Safe to share between threads.</summary>
/// <param name="folder">The folder with a folder for each sector.</param>
/// <param name="measure">Tells how much room there is; null to ask the system.</param>
public sealed class SectorDisk(string folder, Func<long>? measure = null)
{
    private long _room;
    private int _unanswered;
    private bool _isThere;

    /// <summary>The folder with a folder for each sector.</summary>
    public string Folder => folder;

    /// <summary>Whether something that was asked of it has not come back in time.</summary>
    public bool IsSilent => Volatile.Read(ref _unanswered) > 0;

    /// <summary>Whether it answers, and its folder is there: new sectors go to no other.</summary>
    public bool IsUsable => !IsSilent && Volatile.Read(ref _isThere);

    /// <summary>Bytes that were free when it was measured last.</summary>
    public long Room => Interlocked.Read(ref _room);

    /// <summary>Where a sector is, or would be.</summary>
    public string PathOf(ulong number) => Path.Combine(folder, number.ToString(CultureInfo.InvariantCulture));

    /// <summary>Does something with it, and gives up waiting after a time.</summary>
    /// <exception cref="TimeoutException">It did not answer in time, or is silent already.</exception>
    public async Task<T> AskAsync<T>(Func<T> work, TimeSpan patience, CancellationToken cancellation)
    {
        if (IsSilent)
            throw new TimeoutException($"{folder} does not answer");
        Task<T> asked = Task.Run(work, cancellation);
        try
        {
            return await asked.WaitAsync(patience, cancellation).ConfigureAwait(false);
        }
        catch (TimeoutException) when (!asked.IsCompleted)
        {
            Interlocked.Increment(ref _unanswered);
            _ = asked.ContinueWith(_ => Interlocked.Decrement(ref _unanswered), CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
            throw new TimeoutException($"{folder} has not answered within {patience.TotalSeconds:0.#} s");
        }
    }

    /// <summary>Makes the folder, where the disk is there that it is on.</summary>
    internal IReadOnlyList<ulong> Open()
    {
        if (Directory.Exists(Path.GetDirectoryName(Path.GetFullPath(folder))))
            Directory.CreateDirectory(folder);
        return List();
    }

    /// <summary>Measures its room, and lists its sectors. Nothing is made: a disk that is gone must not be taken for an empty one.</summary>
    internal IReadOnlyList<ulong> List()
    {
        Volatile.Write(ref _isThere, Directory.Exists(folder));
        if (!_isThere)
            return [];
        Interlocked.Exchange(ref _room, measure?.Invoke() ?? new DriveInfo(Path.GetFullPath(folder)).AvailableFreeSpace);
        return
        [
            .. Directory.GetDirectories(folder).Select(Path.GetFileName).Where(name => ulong.TryParse(name, NumberStyles.None, CultureInfo.InvariantCulture, out _))
                .Select(name => ulong.Parse(name!, CultureInfo.InvariantCulture)).Order(),
        ];
    }
}
