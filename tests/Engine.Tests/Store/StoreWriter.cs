using System.Buffers.Binary;
using System.Diagnostics;
using System.Globalization;
using Flashback.State.Store;
using Flashback.State.Store.RocksDb;
using Flashback.State.Store.Sqlite;

namespace Flashback.Engine.Tests.Store;

/// <summary>The process that is killed: this test program started with <see cref="Verb"/>, committing batches until it dies.</summary>
internal static class StoreWriter
{
    /// <summary>The first argument that makes the test program a writer instead (see Program.cs).</summary>
    public const string Verb = "store-writer";

    private const int KeysPerBatch = 20;

    public static readonly Column Column = new("batches");

    /// <summary>Commits batch n = 0, 1, 2 … behind those already there, and writes n + 1 on a line when each has returned.</summary>
    public static void WriteForever(string engine, string folder)
    {
        using IStore store = engine == "rocksdb" ? RocksDbStore.Open(folder, [Column]) : SqliteStore.Open(folder, [Column]);
        WriteBatch batch = new();
        for (long n = CountWholeBatches(store); ; n++)
        {
            batch.Clear();
            for (int i = 0; i < KeysPerBatch; i++)
                batch.Put(Column, Key(n, i), Value(n, i));
            store.Commit(batch);
            Console.Out.WriteLine((n + 1).ToString(CultureInfo.InvariantCulture));
            Console.Out.Flush();
        }
    }

    /// <summary>Starts the writer, kills it after a while, and returns the last number it wrote.</summary>
    public static long RunAndKill(string engine, string folder, TimeSpan after)
    {
        ProcessStartInfo start = new(Environment.ProcessPath!, [Verb, engine, folder]) { RedirectStandardOutput = true };
        using Process process = Process.Start(start) ?? throw new InvalidOperationException("the writer did not start");
        long acknowledged = 0;
        // The clock starts with the first acknowledgement: how long a start takes is not the question.
        Assert.True(Next(process, ref acknowledged), "the writer ended before its first batch");
        Task<long> rest = Task.Run(() =>
        {
            long last = acknowledged;
            while (Next(process, ref last))
            {
            }
            return last;
        });
        Thread.Sleep(after);
        process.Kill(); // SIGKILL
        process.WaitForExit();
        return rest.Result;
    }

    /// <summary>How many batches from 0 on are there; fails when one is there in part, or one is missing before another.</summary>
    public static long CountWholeBatches(IStore store)
    {
        long entries = 0;
        using IStoreCursor cursor = store.Scan(Column, KeyRange.All);
        for (; cursor.MoveNext(); entries++)
        {
            long n = entries / KeysPerBatch;
            int i = (int)(entries % KeysPerBatch);
            Assert.True(cursor.Key.SequenceEqual(Key(n, i)) && cursor.Value.SequenceEqual(Value(n, i)), $"entry {entries} is not key {i} of batch {n}");
        }
        Assert.Equal(0, entries % KeysPerBatch);
        return entries / KeysPerBatch;
    }

    private static bool Next(Process process, ref long last)
    {
        // A line that the kill cut short has no number after it; numbers only grow, so a cut one is never too large.
        string? line = process.StandardOutput.ReadLine();
        if (line is null)
            return false;
        if (long.TryParse(line, CultureInfo.InvariantCulture, out long number))
            last = Math.Max(last, number);
        return true;
    }

    private static byte[] Key(long n, int i)
    {
        byte[] key = new byte[9];
        BinaryPrimitives.WriteInt64BigEndian(key, n);
        key[8] = (byte)i;
        return key;
    }

    private static byte[] Value(long n, int i)
    {
        byte[] value = new byte[100];
        new Random((int)(n * KeysPerBatch + i)).NextBytes(value);
        BinaryPrimitives.WriteInt64BigEndian(value, n * KeysPerBatch + i);
        return value;
    }
}
