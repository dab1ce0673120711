using Flashback.State.Store;
using Flashback.State.Store.RocksDb;
using Flashback.State.Store.Sqlite;
using Flashback.Testing;

namespace Flashback.Engine.Tests.Store;

public sealed class SqliteStoreTests : StoreTests
{
    protected override IStore Open(string folder, params Column[] columns) => SqliteStore.Open(folder, columns);

    protected override string EngineName => "sqlite";

    [Fact]
    public void Refuses_a_file_that_is_no_database()
    {
        Open(Folder, Numbers).Dispose();
        File.WriteAllBytes(Path.Combine(Folder, "store.sqlite"), new byte[8192]);
        File.WriteAllText(Path.Combine(Folder, "store.sqlite"), "this is no database, but it is long enough to be taken for the header of one, surely, if it goes on like this");
        Assert.Throws<StoreException>(() => Open(Folder, Numbers));
    }

    [Fact]
    public void A_temporary_store_leaves_nothing_behind()
    {
        string[] Folders() => Directory.GetDirectories(Path.GetTempPath(), "flashback-store-*");
        string[] before = Folders();
        string[] during;
        using (SqliteStore store = SqliteStore.OpenTemporary([Numbers]))
        {
            store.Commit(Put(Numbers, [1], [2]));
            Assert.Equal((byte[])[2], store.Get(Numbers, [1]));
            during = Folders();
        }
        Assert.NotEmpty(during.Except(before));
        Assert.Empty(Folders().Intersect(during.Except(before)));
    }
}

public sealed class RocksDbStoreTests : StoreTests
{
    protected override IStore Open(string folder, params Column[] columns)
    {
        Assert.SkipUnless(RocksDbStore.IsAvailable, "RocksDB is not on this machine (Debian: apt install librocksdb7.8)");
        return RocksDbStore.Open(folder, columns);
    }

    protected override string EngineName => "rocksdb";
}

/// <summary>What every store must do, whatever its engine.</summary>
public abstract class StoreTests : IDisposable
{
    protected static readonly Column Numbers = new("numbers");
    protected static readonly Column Blobs = new("blobs", ValueSize.Large);

    protected string Folder { get; } = Directory.CreateTempSubdirectory("flashback-test-").FullName;

    protected abstract IStore Open(string folder, params Column[] columns);

    protected abstract string EngineName { get; }

    public void Dispose()
    {
        Directory.Delete(Folder, recursive: true);
        GC.SuppressFinalize(this);
    }

    protected static WriteBatch Put(Column column, byte[] key, byte[] value)
    {
        WriteBatch batch = new();
        batch.Put(column, key, value);
        return batch;
    }

    [Fact]
    public void Behaves_like_a_sorted_dictionary_under_random_batches_reopened_now_and_then() => Seeds.Check(random =>
    {
        string folder = Path.Combine(Folder, "model" + random.Next());
        Dictionary<Column, StoreModel> model = new() { [Numbers] = new(), [Blobs] = new() };
        IStore store = Open(folder, Numbers, Blobs);
        WriteBatch batch = new();
        for (int round = 0; round < 120; round++)
        {
            batch.Clear();
            for (int change = random.Next(12); change > 0; change--)
            {
                Column column = random.Next(2) == 0 ? Numbers : Blobs;
                AddChange(random, batch, column, model[column]);
            }
            store.Commit(batch, random.Next(2) == 0 ? Durability.Synced : Durability.Buffered);
            foreach (Column column in model.Keys)
                model[column].AssertSame(random, store, column);
            if (random.Next(20) != 0)
                continue;
            store.Dispose();
            store = Open(folder, Numbers, Blobs);
        }
        store.Dispose();
    });

    [Fact]
    public void Keeps_empty_keys_and_empty_values()
    {
        using IStore store = Open(Folder, Numbers);
        store.Commit(Put(Numbers, [], [1]));
        store.Commit(Put(Numbers, [1], []));
        Assert.Equal((byte[])[1], store.Get(Numbers, []));
        Assert.Equal((byte[])[], store.Get(Numbers, [1]));
        Assert.Equal(0, store.Read(Numbers, [1], default));
        Assert.Null(store.Get(Numbers, [2]));
        Assert.Equal(-1, store.Read(Numbers, [2], default));
    }

    [Fact]
    public void Tells_the_length_of_a_value_that_does_not_fit_and_copies_nothing()
    {
        using IStore store = Open(Folder, Numbers);
        store.Commit(Put(Numbers, [1], [1, 2, 3]));
        byte[] two = [9, 9];
        Assert.Equal(3, store.Read(Numbers, [1], two));
        Assert.Equal([9, 9], two);
        byte[] four = [9, 9, 9, 9];
        Assert.Equal(3, store.Read(Numbers, [1], four));
        Assert.Equal([1, 2, 3, 9], four);
    }

    [Fact]
    public void Finds_prefixes_that_end_in_ff()
    {
        using IStore store = Open(Folder, Numbers);
        WriteBatch batch = new();
        foreach (byte[] key in (byte[][])[[0xfe], [0xfe, 0xff], [0xfe, 0xff, 0xff], [0xff], [0xff, 0xff], [0xff, 0xff, 1]])
            batch.Put(Numbers, key, key);
        store.Commit(batch);
        Assert.Equal(["FEFF", "FEFFFF"], Keys(store, KeyRange.WithPrefix([0xfe, 0xff])));
        Assert.Equal(["FFFF", "FFFF01"], Keys(store, KeyRange.WithPrefix([0xff, 0xff])));
        Assert.Equal(["FFFF01", "FFFF", "FF"], Keys(store, KeyRange.WithPrefix([0xff]), Direction.Backward));
        Assert.Equal(["FEFFFF"], Keys(store, KeyRange.UpTo([0xfe, 0xff, 0xff]), Direction.Backward)[..1]);
        Assert.Equal(6, Keys(store, KeyRange.WithPrefix([])).Length);
        Assert.Equal(["FF", "FFFF", "FFFF01"], Keys(store, KeyRange.StartingAt([0xff])));
    }

    [Fact]
    public void A_later_change_of_a_batch_wins()
    {
        using IStore store = Open(Folder, Numbers);
        WriteBatch batch = new();
        batch.Put(Numbers, [1], [1]);
        batch.Put(Numbers, [2], [2]);
        batch.DeleteRange(Numbers, KeyRange.All);
        batch.Put(Numbers, [2], [3]);
        batch.Put(Numbers, [3], [3]);
        batch.Delete(Numbers, [3]);
        store.Commit(batch);
        Assert.Equal(["02"], Keys(store, KeyRange.All));
        Assert.Equal((byte[])[3], store.Get(Numbers, [2]));
    }

    [Fact]
    public void A_snapshot_and_its_cursors_do_not_move()
    {
        using IStore store = Open(Folder, Numbers);
        store.Commit(Put(Numbers, [1], [1]));
        using IStoreSnapshot snapshot = store.OpenSnapshot();
        store.Commit(Put(Numbers, [1], [2]));
        store.Commit(Put(Numbers, [2], [2]));
        Assert.Equal((byte[])[1], snapshot.Get(Numbers, [1]));
        Assert.Null(snapshot.Get(Numbers, [2]));
        Assert.Equal(["01"], Keys(snapshot, KeyRange.All));
        Assert.Equal((byte[])[2], store.Get(Numbers, [1]));
        Assert.Equal(["01", "02"], Keys(store, KeyRange.All));
    }

    [Fact]
    public void A_cursor_sees_the_store_as_it_was_when_it_began_to_step()
    {
        using IStore store = Open(Folder, Numbers);
        WriteBatch batch = new();
        for (byte i = 0; i < 10; i++)
            batch.Put(Numbers, [i], [i]);
        store.Commit(batch);
        using IStoreCursor cursor = store.Scan(Numbers, KeyRange.All);
        Assert.True(cursor.MoveNext());
        WriteBatch clear = new();
        clear.DeleteRange(Numbers, KeyRange.All);
        store.Commit(clear);
        int left = 0;
        while (cursor.MoveNext())
            left++;
        Assert.Equal(9, left);
        Assert.False(cursor.MoveNext());
    }

    [Fact]
    public async Task Readers_see_whole_batches_while_a_writer_writes()
    {
        using IStore store = Open(Folder, Numbers);
        store.Commit(PairOf(0));
        using CancellationTokenSource done = new();
        Task[] readers = [.. Enumerable.Range(0, 3).Select(_ => Task.Run(() =>
        {
            while (!done.IsCancellationRequested)
            {
                using IStoreSnapshot snapshot = store.OpenSnapshot();
                Assert.Equal(snapshot.Get(Numbers, [1]), snapshot.Get(Numbers, [2]));
                Assert.NotNull(store.Get(Numbers, [1]));
            }
        }))];
        for (int i = 1; i < 400; i++)
            store.Commit(PairOf(i), Durability.Buffered);
        await done.CancelAsync();
        await Task.WhenAll(readers);

        static WriteBatch PairOf(int i)
        {
            WriteBatch batch = new();
            batch.Put(Numbers, [1], BitConverter.GetBytes(i));
            batch.Put(Numbers, [2], BitConverter.GetBytes(i));
            return batch;
        }
    }

    [Fact]
    public void Several_threads_share_one_snapshot()
    {
        using IStore store = Open(Folder, Numbers);
        WriteBatch batch = new();
        for (int i = 0; i < 200; i++)
            batch.Put(Numbers, BitConverter.GetBytes(i), BitConverter.GetBytes(~i));
        store.Commit(batch);
        using IStoreSnapshot snapshot = store.OpenSnapshot();
        Parallel.For(0, 2_000, n =>
        {
            int i = n % 200;
            Assert.Equal(BitConverter.GetBytes(~i), snapshot.Get(Numbers, BitConverter.GetBytes(i)));
            if (n % 50 == 0)
                Assert.Equal(200, Keys(snapshot, KeyRange.All).Length);
        });
    }

    [Fact]
    public void A_failed_batch_changes_nothing()
    {
        using IStore store = Open(Folder, Numbers);
        WriteBatch batch = Put(Numbers, [1], [1]);
        batch.Put(Blobs, [1], [1]); // the store was opened without this column
        Assert.Throws<ArgumentException>(() => store.Commit(batch));
        Assert.Null(store.Get(Numbers, [1]));
        store.Commit(Put(Numbers, [2], [2]));
        Assert.Equal(["02"], Keys(store, KeyRange.All));
    }

    [Fact]
    public void A_column_left_out_keeps_its_content()
    {
        using (IStore store = Open(Folder, Numbers, Blobs))
            store.Commit(Put(Blobs, [1], new byte[100_000]));
        using (IStore store = Open(Folder, Numbers))
            store.Commit(Put(Numbers, [1], [1]));
        using (IStore store = Open(Folder, Blobs, Numbers))
            Assert.Equal(100_000, store.Get(Blobs, [1])!.Length);
    }

    [Fact]
    public void Refuses_a_folder_that_is_in_use()
    {
        using IStore store = Open(Folder, Numbers);
        StoreException refusal = Assert.Throws<StoreException>(() => Open(Folder, Numbers));
        Assert.Contains("in use", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Refuses_a_folder_of_another_engine_or_layout()
    {
        Open(Folder, Numbers).Dispose();
        string stamp = Path.Combine(Folder, "LAYOUT");
        Assert.Contains(EngineName, File.ReadAllText(stamp), StringComparison.Ordinal);
        File.WriteAllText(stamp, "flashback store, layout 99, " + EngineName);
        StoreException refusal = Assert.Throws<StoreException>(() => Open(Folder, Numbers));
        Assert.Contains("layout 99", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Refuses_a_path_that_is_a_file()
    {
        string file = Path.Combine(Folder, "file");
        File.WriteAllText(file, "");
        Assert.Throws<StoreException>(() => Open(file, Numbers));
    }

    [Fact]
    public void Is_unusable_after_disposal_and_disposable_twice()
    {
        IStore store = Open(Folder, Numbers);
        store.Dispose();
        store.Dispose();
        Assert.Throws<ObjectDisposedException>(() => store.Get(Numbers, [1]));
        Assert.Throws<ObjectDisposedException>(() => store.Commit(new WriteBatch()));
    }

    [Theory]
    [InlineData("")]
    [InlineData("Upper")]
    [InlineData("a\"; DROP TABLE x")]
    public void Refuses_a_column_name_that_could_mean_more(string name) => Assert.Throws<ArgumentException>(() => new Column(name));

    /// <summary>A child process commits batch after batch and says so; it is killed at a random moment; what it said must be there, whole.</summary>
    [Fact]
    public void Kill_9_loses_nothing_that_was_acknowledged()
    {
        Open(Folder, StoreWriter.Column).Dispose();
        Seeds.Check(random =>
        {
            for (int round = 0; round < 5; round++)
            {
                long acknowledged = StoreWriter.RunAndKill(EngineName, Folder, TimeSpan.FromMilliseconds(random.Next(300, 900)));
                using IStore store = Open(Folder, StoreWriter.Column);
                long found = StoreWriter.CountWholeBatches(store);
                Assert.True(found >= acknowledged, $"{acknowledged} batches were acknowledged, {found} are there");
            }
        });
    }

    private static void AddChange(Random random, WriteBatch batch, Column column, StoreModel model)
    {
        byte[] key = StoreModel.Key(random);
        switch (random.Next(6))
        {
            case 0:
                batch.Delete(column, key);
                model.Delete(key);
                break;
            case 1:
                KeyRange range = StoreModel.Range(random);
                batch.DeleteRange(column, range);
                model.DeleteRange(range);
                break;
            default:
                byte[] value = new byte[random.Next(10) == 0 ? random.Next(20_000) : random.Next(40)];
                random.NextBytes(value);
                batch.Put(column, key, value);
                model.Put(key, value);
                break;
        }
    }

    private static string[] Keys(IStoreReader store, KeyRange range, Direction direction = Direction.Forward)
    {
        List<string> keys = [];
        using IStoreCursor cursor = store.Scan(Numbers, range, direction);
        while (cursor.MoveNext())
            keys.Add(Convert.ToHexString(cursor.Key));
        return [.. keys];
    }
}
