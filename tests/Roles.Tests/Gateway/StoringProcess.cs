using System.Diagnostics;
using System.Globalization;
using Flashback.Files.Content;
using Flashback.Gateway.Objects;
using Flashback.State.Store.Sqlite;
using Flashback.Testing;
using Microsoft.Extensions.Logging.Abstractions;

namespace Flashback.Roles.Tests.Gateway;

/// <summary>The process that is killed: this test program started with <see cref="Verb"/>, putting, replacing and deleting objects until it dies.</summary>
internal static class StoringProcess
{
    public const string Verb = "store-forever";

    private const int Threads = 6;
    private const int Keys = 8;

    /// <summary>Threads that each have keys of their own; each writes what it was told is done on a line: thread, key, and which content it has (−1 for none).</summary>
    public static async Task StoreForeverAsync(string folder)
    {
        using SqliteStore index = SqliteStore.Open(Path.Combine(folder, "index"), ObjectStore.Columns);
        await using ObjectStore store = Open(folder, index);
        if (store.ListBuckets().Count == 0)
            await store.CreateBucketAsync("bucket", CancellationToken.None);
        int start = Environment.TickCount & 0xffffff;
        Task placing = store.Placement.RunAsync(CancellationToken.None);
        await Task.WhenAll(Enumerable.Range(0, Threads).Select(thread => Task.Run(() => WorkAsync(store, thread, new Random(start + thread)))).Append(placing));
    }

    public static ObjectStore Open(string folder, SqliteStore index) =>
        ObjectStore.Open(index, new FolderNetwork(Path.Combine(folder, "network")), GatewayHost.OptionsIn(folder) with { PieceAge = TimeSpan.FromMilliseconds(50) }, TimeProvider.System, NullLogger.Instance);

    /// <summary>The content of a version: its size, up to 12 MB, and bytes follow from the number.</summary>
    public static byte[] ContentOf(int version)
    {
        Random random = new(version);
        byte[] content = new byte[random.Next(10) == 0 ? random.Next(12_000_000) : random.Next(20_000)];
        random.NextBytes(content);
        return content;
    }

    /// <summary>Starts the process, kills it after a while, and returns what it said is done, the last of each key.</summary>
    public static Dictionary<string, int> RunAndKill(string folder, TimeSpan after)
    {
        ProcessStartInfo start = new(Environment.ProcessPath!, [Verb, folder]) { RedirectStandardOutput = true };
        using Process process = Process.Start(start) ?? throw new InvalidOperationException("the process did not start");
        Dictionary<string, int> done = [];
        Assert.True(Next(process, done), "the process ended before it had stored anything");
        Task reading = Task.Run(() =>
        {
            while (Next(process, done))
            {
            }
        });
        Thread.Sleep(after);
        process.Kill(); // SIGKILL
        process.WaitForExit();
        reading.Wait();
        return done;
    }

    private static bool Next(Process process, Dictionary<string, int> done)
    {
        if (process.StandardOutput.ReadLine() is not { } line)
            return false;
        if (line.EndsWith('.')) // the kill may have cut the last line short
        {
            string[] parts = line[..^1].Split(' ');
            done[parts[0]] = int.Parse(parts[1], CultureInfo.InvariantCulture);
        }
        return true;
    }

    private static async Task WorkAsync(ObjectStore store, int thread, Random random)
    {
        while (true)
        {
            string key = $"{thread}-{random.Next(Keys)}";
            int version = random.Next(5) == 0 ? -1 : random.Next();
            if (version < 0)
                await store.DeleteAsync("bucket", key, null, CancellationToken.None);
            else
                await store.PutAsync("bucket", key, new MemoryStream(ContentOf(version)), content => Describe(content, version), null, CancellationToken.None);
            lock (store)
            {
                Console.Out.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{key} {version}."));
                Console.Out.Flush();
            }
        }
    }

    private static ObjectRecord Describe(ImportedContent content, int version) =>
        new() { Cid = content.Cid.ToString(), Size = content.Size, ETag = version.ToString(CultureInfo.InvariantCulture), Modified = DateTimeOffset.UnixEpoch };
}

public sealed class GatewayCrashTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    /// <summary>A key's last acknowledged change is there, or the one after it, whole: each thread has at most one on its way.</summary>
    [Fact]
    public async Task Kill_9_loses_nothing_that_was_acknowledged_and_leaves_no_file_behind()
    {
        Random random = Seeds.Fresh();
        string folder = Directory.CreateTempSubdirectory("flashback-gateway-").FullName;
        try
        {
            Dictionary<string, int> known = [];
            for (int round = 0; round < 4; round++)
            {
                foreach ((string key, int version) in StoringProcess.RunAndKill(folder, TimeSpan.FromMilliseconds(random.Next(300, 1500))))
                    known[key] = version;
                using SqliteStore index = SqliteStore.Open(Path.Combine(folder, "index"), ObjectStore.Columns);
                await using ObjectStore store = StoringProcess.Open(folder, index);
                await CheckAsync(store, known);
                string[] files = [.. Directory.GetFiles(Path.Combine(folder, "pieces")).Select(path => Path.GetFileName(path)).Order(StringComparer.Ordinal)];
                Assert.Equal(store.Placement.ListPieces().Where(piece => piece.IsLocal).Select(piece => $"{piece.Number}.car").Order(StringComparer.Ordinal), files);
            }
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static async Task CheckAsync(ObjectStore store, Dictionary<string, int> known)
    {
        Dictionary<string, ObjectRecord> present = store.ListObjects("bucket", new ListQuery()).Objects.ToDictionary(entry => entry.Key, entry => entry.Object);
        HashSet<string> ahead = [];
        foreach (string key in known.Keys.Union(present.Keys).ToArray())
        {
            int version = present.TryGetValue(key, out ObjectRecord? record) ? int.Parse(record.ETag, System.Globalization.CultureInfo.InvariantCulture) : -1;
            if (known.GetValueOrDefault(key, -1) != version)
                Assert.True(ahead.Add(key.Split('-')[0]), $"{key} is {version}, and what was acknowledged last is {known.GetValueOrDefault(key, -1)}");
            known[key] = version;
            if (record is null)
                continue;
            using MemoryStream output = new();
            await UnixFs.CopyAsync(store.Blocks, Cid.Parse(record.Cid), new ByteRange(0, record.Size), output, Cancellation);
            Assert.True(StoringProcess.ContentOf(version).AsSpan().SequenceEqual(output.ToArray()));
        }
    }
}
