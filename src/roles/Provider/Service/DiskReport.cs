namespace Flashback.Provider;

/// <summary>A disk at a glance. Latencies are of reading the challenged leaves of a sector, in milliseconds.</summary>
/// <param name="Folder">Where sectors are on it.</param>
/// <param name="Answers">False while something that was asked of it has not come back in time, or its folder is gone.</param>
/// <param name="RoomBytes">What is free, as it was measured last.</param>
/// <param name="Sectors">How many of its sectors were read.</param>
/// <param name="MedianMs">Of these.</param>
/// <param name="LargestMs">Of these.</param>
/// <param name="SlowestSector">Which took longest; null where none was read yet.</param>
public sealed record DiskLine(string Folder, bool Answers, long RoomBytes, int Sectors, double MedianMs, double LargestMs, ulong? SlowestSector);

/// <summary>Makes the part of the status that is about disks.</summary>
internal static class DiskReport
{
    public static IReadOnlyList<DiskLine> LinesOf(SectorShelf shelf)
    {
        ILookup<SectorDisk?, KeyValuePair<ulong, TimeSpan>> byDisk = shelf.Latencies.ToLookup(one => shelf.DiskOf(one.Key));
        return [.. shelf.Disks.Select(disk => LineOf(disk, [.. byDisk[disk].OrderBy(one => one.Value)]))];
    }

    private static DiskLine LineOf(SectorDisk disk, KeyValuePair<ulong, TimeSpan>[] sorted) => sorted.Length == 0
        ? new DiskLine(disk.Folder, disk.IsUsable, disk.Room, 0, 0, 0, null)
        : new DiskLine(disk.Folder, disk.IsUsable, disk.Room, sorted.Length, sorted[sorted.Length / 2].Value.TotalMilliseconds, sorted[^1].Value.TotalMilliseconds, sorted[^1].Key);
}
