using System.Buffers.Binary;
using System.Diagnostics;
using System.Globalization;
using Flashback.Execution;
using Flashback.Primitives;
using Flashback.State;
using Flashback.State.Store;
using Flashback.State.Store.Sqlite;

namespace Flashback.Engine.Tests.States;

/// <summary>The process that is killed: this test program started with <see cref="Verb"/>, flattening blocks until it dies.</summary>
internal static class StateWriter
{
    /// <summary>The first argument that makes the test program a writer instead (see Program.cs).</summary>
    public const string Verb = "state-writer";

    public const int KeptBlocks = 6;

    public static WorldState Open(IStore store) => new(store, new WorldStateOptions { KeptBlocks = KeptBlocks, CacheBytes = 1 << 20 });

    /// <summary>Adds three blocks and flattens them, over and over, and writes the last one's number on a line when that has returned.</summary>
    public static void WriteForever(string folder)
    {
        using SqliteStore store = SqliteStore.Open(folder, WorldState.Columns);
        WorldState world = Open(store);
        StateModel model = ModelAfter(world.Disk.Number);
        for (long number = world.Disk.Number + 1; ; number += 3)
        {
            for (long n = number; n < number + 3; n++)
            {
                world.TryOpen(HashOf(n - 1), out StateView? parent);
                world.Add(HashOf(n - 1), HashOf(n), parent!.Apply(Change(model, n)));
            }
            world.Flatten(HashOf(number + 2));
            Console.Out.WriteLine((number + 2).ToString(CultureInfo.InvariantCulture));
            Console.Out.Flush();
        }
    }

    /// <summary>The state that the writer's disk has after a block, by the slow twin.</summary>
    public static StateModel ModelAfter(long number)
    {
        StateModel model = new();
        for (long n = 0; n <= number; n++)
            Change(model, n);
        return model;
    }

    public static Hash32 HashOf(long number)
    {
        Span<byte> hash = stackalloc byte[32];
        hash.Clear();
        BinaryPrimitives.WriteInt64BigEndian(hash, number + 1); // so that −1 has the hash before the genesis block
        return Hash32.Read(hash);
    }

    /// <summary>Starts the writer, kills it some time after its first flattening, and returns the last number it wrote.</summary>
    public static long RunAndKill(string folder, TimeSpan after)
    {
        ProcessStartInfo start = new(Environment.ProcessPath!, [Verb, folder]) { RedirectStandardOutput = true };
        using Process process = Process.Start(start) ?? throw new InvalidOperationException("the writer did not start");
        string? line = process.StandardOutput.ReadLine();
        Assert.NotNull(line);
        Task<string> rest = Task.Run(process.StandardOutput.ReadToEnd);
        Thread.Sleep(after);
        process.Kill(); // SIGKILL
        process.WaitForExit();
        // A line that the kill cut short is a smaller number, or none.
        return rest.Result.Split('\n', StringSplitOptions.RemoveEmptyEntries).Append(line).Max(text => long.Parse(text, CultureInfo.InvariantCulture));
    }

    private static StateDiff Change(StateModel model, long number) => model.Change(new Random((int)number), 25);
}
