using System.Diagnostics;
using Flashback.Primitives;
using Flashback.Proofs;
using Flashback.Provider;

namespace Flashback.Roles.Tests.Provider;

/// <summary>Sectors on several disks: where new ones go, where they are found, and that a disk which does not answer takes none but its own with it.</summary>
public sealed class SectorShelfTests : IDisposable
{
    private static readonly Hash32 Ones = Hash32.Read([.. Enumerable.Repeat((byte)1, 31), 0]);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30), Impatience = TimeSpan.FromMilliseconds(200);

    private const long Room = 1 << 20;

    private readonly string _folder = Directory.CreateTempSubdirectory("flashback-disks-").FullName;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task A_new_sector_goes_where_most_room_is_what_others_take_while_they_are_sealed_set_aside()
    {
        SectorShelf shelf = await OpenAsync("one", "two");
        await SealAsync(shelf, 1);
        await SealAsync(shelf, 2); // both disks have the same room, and the first one's is set aside for sector 1
        Assert.Equal(["one", "two"], [DiskOf(shelf, 1), DiskOf(shelf, 2)]);
        Directory.Delete(Path.Combine(_folder, "one", "sectors", "1"), recursive: true);
        await shelf.RemoveAsync(1, Cancellation);
        await SealAsync(shelf, 3);
        Assert.Equal("one", DiskOf(shelf, 3));
    }

    [Fact]
    public async Task A_sector_is_found_on_whichever_disk_it_lies_also_after_it_was_moved()
    {
        SectorShelf first = await OpenAsync("one", "two");
        Hash32 commR = await SealAsync(first, 1);
        await SealAsync(first, 2);
        SectorShelf again = await OpenAsync("two", "one");
        Assert.Equal(["one", "two"], [DiskOf(again, 1), DiskOf(again, 2)]);
        Directory.Move(Path.Combine(_folder, "one", "sectors", "1"), Path.Combine(_folder, "two", "sectors", "1"));
        Assert.Equal(commR, (await ReadAsync(again, 1, commR, Patience)).Sector.CommR);
        Assert.Equal("two", DiskOf(again, 1));
        Assert.Equal(commR, await again.UseAsync(1, sector => FixedBytes.Parse<Hash32>(sector.Record.CommR), Cancellation));
    }

    [Fact]
    public async Task A_disk_that_does_not_answer_is_left_alone_until_it_does_and_the_others_are_read()
    {
        SectorShelf shelf = await OpenAsync("one", "two");
        Hash32 healthy = await SealAsync(shelf, 1), slow = await SealAsync(shelf, 2);
        string record = Path.Combine(_folder, "two", "sectors", "2", "sector.json"), kept = record + ".kept";
        File.Move(record, kept);
        MakePipe(record); // whoever opens it waits

        await Assert.ThrowsAsync<TimeoutException>(() => ReadAsync(shelf, 2, slow, Impatience));
        Assert.Equal([false, true], shelf.Disks.Select(disk => disk.IsSilent));
        long started = Stopwatch.GetTimestamp();
        TimeoutException second = await Assert.ThrowsAsync<TimeoutException>(() => ReadAsync(shelf, 2, slow, Patience));
        Assert.True(SectorShelf.IsLoss(second) && Stopwatch.GetElapsedTime(started) < Patience); // it is not asked again
        Assert.Equal(healthy, (await ReadAsync(shelf, 1, healthy, Patience)).Sector.CommR);
        await shelf.MeasureAsync(Impatience, Cancellation);
        Assert.Equal(0, Assert.Single(DiskReport.LinesOf(shelf), line => !line.Answers).Sectors);
        await SealAsync(shelf, 3);
        Assert.Equal("one", DiskOf(shelf, 3));

        await File.WriteAllTextAsync(record, "{}", Cancellation); // what waited comes back, with nothing of use
        while (shelf.Disks[1].IsSilent)
            await Task.Delay(10, Cancellation);
        File.Move(kept, record, overwrite: true);
        Assert.Equal(slow, (await ReadAsync(shelf, 2, slow, Patience)).Sector.CommR);
    }

    [Fact]
    public async Task A_disk_that_is_gone_gets_no_sector_and_is_not_made_anew()
    {
        SectorShelf shelf = await OpenAsync("one", "two");
        Directory.Move(Path.Combine(_folder, "two"), Path.Combine(_folder, "away"));
        await shelf.MeasureAsync(Patience, Cancellation);
        Assert.Equal([true, false], DiskReport.LinesOf(shelf).Select(line => line.Answers));
        await SealAsync(shelf, 1);
        await SealAsync(shelf, 2);
        Assert.Equal(["one", "one"], [DiskOf(shelf, 1), DiskOf(shelf, 2)]);
        Assert.False(Directory.Exists(Path.Combine(_folder, "two")));
    }

    [Fact]
    public async Task Windows_are_proven_while_somebody_works_in_the_sector()
    {
        SectorShelf shelf = await OpenAsync("one");
        Hash32 commR = await SealAsync(shelf, 1);
        await shelf.UseAsync(1, _ => ReadAsync(shelf, 1, commR, Patience).GetAwaiter().GetResult(), Cancellation);
        SectorException inUse = Assert.Throws<SectorException>(() =>
        {
            using SectorFolder held = SectorFolder.Open(Path.Combine(_folder, "one", "sectors", "1"));
            SectorFolder.Open(held.Path).Dispose();
        });
        Assert.True(inUse.IsInUse);
    }

    private async Task<SectorShelf> OpenAsync(params string[] disks)
    {
        foreach (string disk in disks)
            Directory.CreateDirectory(Path.Combine(_folder, disk));
        SectorShelf shelf = new([.. disks.Select(disk => new SectorDisk(Path.Combine(_folder, disk, "sectors"), () => Room))], SealKind.Of(5), ReplicaId.ProviderId(1), new ParentFiles(Path.Combine(_folder, "parents")));
        await shelf.OpenAsync(Patience, Cancellation);
        return shelf;
    }

    private static async Task<Hash32> SealAsync(SectorShelf shelf, ulong number) => (await shelf.SealAsync(number, Ones, [], _ => Stream.Null, Cancellation)).CommR;

    private static Task<PostVanillaProof> ReadAsync(SectorShelf shelf, ulong number, Hash32 commR, TimeSpan patience) => shelf.ReadAsync(number, commR, Ones, 0, patience, Cancellation);

    private static string DiskOf(SectorShelf shelf, ulong number) => Path.GetFileName(Path.GetDirectoryName(shelf.DiskOf(number)!.Folder)!);

    private static void MakePipe(string path)
    {
        using Process process = Process.Start("mkfifo", path);
        process.WaitForExit();
        Assert.Equal(0, process.ExitCode);
    }
}
