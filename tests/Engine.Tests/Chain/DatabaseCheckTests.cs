using Flashback.Chain;
using Flashback.Execution;
using Flashback.Primitives;
using Flashback.State.Flat;
using Flashback.State.Store;
using Flashback.State.Store.RocksDb;
using Flashback.State.Store.Sqlite;

namespace Flashback.Engine.Tests.Chain;

/// <summary>Databases that were damaged on purpose: each damage is found, and nothing else.</summary>
public sealed class DatabaseCheckTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly ExecutedBlock _third;
    private readonly ExecutedBlock _second;

    public DatabaseCheckTests()
    {
        using DevChain dev = new(_folder.Path, chain: new ChainOptions { RevertibleBlocks = 2 });
        dev.Adopt(dev.Head, 1, DevChain.Sign(0, 0));
        _second = dev.Adopt(dev.Head, 1, DevChain.Log(1, 0, 5, 6));
        _third = dev.Adopt(dev.Head, 1, DevChain.Log(2, 0, 7, 8), DevChain.Sign(3, 0));
        for (int i = 0; i < 3; i++)
            dev.Adopt(dev.Head, 1);
        dev.Extend(dev.Head, 9); // beside the chain
    }

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_sound_chain_has_nothing_broken_and_is_not_changed()
    {
        byte[] before = File.ReadAllBytes(Path.Combine(_folder.Path, "store.sqlite"));
        List<CheckProgress> progress = [];
        Assert.Empty(Check(new Progress(progress.Add)));
        Assert.Equal(before, File.ReadAllBytes(Path.Combine(_folder.Path, "store.sqlite")));
        foreach (IGrouping<string, CheckProgress> step in progress.GroupBy(report => report.Step))
            Assert.Equal(step.First().Total, step.Sum(report => report.Done));
        Assert.Equal(["accounts", "blocks"], progress.Select(report => report.Step).Distinct().Order());
    }

    [Fact]
    public void A_store_that_is_only_looked_at_cannot_be_changed()
    {
        using SqliteStore store = SqliteStore.OpenReadOnly(_folder.Path, DatabaseCheck.Columns);
        WriteBatch batch = new();
        batch.Put(ChainColumns.Numbers, ChainColumns.KeyOf(9), new byte[32]);
        Assert.Throws<StoreException>(() => store.Commit(batch));
    }

    [Fact]
    public void Where_no_store_is_none_is_made()
    {
        using TemporaryFolder empty = new();
        Assert.Throws<StoreException>(() => SqliteStore.OpenReadOnly(empty.Path, DatabaseCheck.Columns));
        Assert.Empty(Directory.GetFileSystemEntries(empty.Path));
    }

    [Fact]
    public void A_rocksdb_store_is_checked_too()
    {
        Assert.SkipUnless(RocksDbStore.IsAvailable, "librocksdb is not here");
        using TemporaryFolder folder = new();
        using (RocksDbStore.Open(folder.Path, DatabaseCheck.Columns))
        {
        }
        using IStore store = RocksDbStore.OpenReadOnly(folder.Path, DatabaseCheck.Columns);
        Assert.Equal(["there is no chain: no block is marked as the head"], DatabaseCheck.Run(store, null));
    }

    [Fact]
    public void A_lost_header_is_found() => AssertFinds(batch => batch.Delete(ChainColumns.Headers, _third.Hash.AsSpan()), "block 3: the header");

    [Fact]
    public void A_block_in_the_place_of_another_is_found() => AssertFinds(
        batch => batch.Put(ChainColumns.Numbers, ChainColumns.KeyOf(3), _second.Hash.AsSpan()),
        $"block 3 is {_second.Hash}", "block 3: under", "block 2: the index does not lead", "block 2 is", "the index of transactions", "the index of logs", "transaction 0");

    [Fact]
    public void A_lost_number_is_found() => AssertFinds(batch => batch.Delete(ChainColumns.Numbers, ChainColumns.KeyOf(3)), "block 3 is missing among the numbers", "the index of numbers has 6 entries");

    [Fact]
    public void A_number_above_the_head_is_found() => AssertFinds(batch => batch.Put(ChainColumns.Numbers, ChainColumns.KeyOf(99), _third.Hash.AsSpan()), "the index of numbers has 8 entries");

    [Fact]
    public void Another_body_is_found() => AssertFinds(
        batch => batch.Put(ChainColumns.Blocks, _third.Hash.AsSpan(), BlockCodec.Encode(_third.Block with { Transactions = [_third.Block.Transactions[1], _third.Block.Transactions[0]] })),
        "block 3: the root of its transactions", "block 3: the index does not lead to transaction 0", "block 3: the index does not lead to transaction 1");

    [Fact]
    public void Another_receipt_is_found() => AssertFinds(
        batch => batch.Put(ChainColumns.Receipts, _third.Hash.AsSpan(), StoredReceipts.Encode(_third with { Receipts = [_third.Receipts[0] with { IsSuccess = false }, _third.Receipts[1]] })),
        "block 3: the root of its receipts");

    [Fact]
    public void Bytes_that_are_no_block_are_found() => AssertFinds(
        batch => batch.Put(ChainColumns.Blocks, _third.Hash.AsSpan(), [1, 2, 3]), $"the block {_third.Hash} cannot be read", "block 3:");

    [Fact]
    public void A_lost_and_a_foreign_transaction_in_the_index_are_found()
    {
        AssertFinds(batch => batch.Delete(ChainColumns.Transactions, _third.Block.Transactions[1].Hash().AsSpan()), "block 3: the index does not lead to transaction 1", "the index of transactions has 3");
        AssertFinds(batch => batch.Put(ChainColumns.Transactions, _third.Block.Transactions[1].Hash().AsSpan(), new byte[12]), "block 3: the index does not lead to transaction 1");
    }

    [Fact]
    public void A_lost_and_a_foreign_log_in_the_index_are_found()
    {
        byte[] key = [];
        using (SqliteStore store = SqliteStore.Open(_folder.Path, DatabaseCheck.Columns))
        {
            using IStoreCursor cursor = store.Scan(ChainColumns.Logs, KeyRange.All);
            Assert.True(cursor.MoveNext());
            key = cursor.Key.ToArray();
        }
        AssertFinds(batch => batch.Put(ChainColumns.Logs, new byte[16], []), "the index of logs has 7 entries");
        AssertFinds(batch => batch.Delete(ChainColumns.Logs, key), "entries are missing in the index of logs", "the index of logs has 5 entries");
    }

    [Fact]
    public void A_mark_beside_the_chain_and_another_layout_are_found()
    {
        AssertFinds(batch => batch.Put(ChainColumns.Marks, "safe"u8, Keccak.Hash256([1]).AsSpan()), "the safe block");
        AssertFinds(batch => batch.Put(ChainColumns.Marks, "layout"u8, new byte[8]), "layout");
    }

    [Theory]
    [InlineData("account", "the flat value is not the trie's")]
    [InlineData("node", "the trie of accounts:")]
    [InlineData("code", "has another hash")]
    [InlineData("extra", "the flat table")]
    public void Damage_of_the_state_is_found(string what, string finding)
    {
        Column column = StateColumns.Of(what switch { "node" => StateTable.AccountNode, "code" => StateTable.Code, _ => StateTable.Account });
        byte[] key = new byte[32], value = [1];
        if (what != "extra")
        {
            using SqliteStore store = SqliteStore.Open(_folder.Path, DatabaseCheck.Columns);
            using IStoreCursor cursor = store.Scan(column, KeyRange.All, Direction.Backward);
            Assert.True(cursor.MoveNext());
            (key, value) = (cursor.Key.ToArray(), cursor.Value.ToArray());
            value[^1] ^= 1;
        }
        Write(batch => batch.Put(column, key, value));
        Assert.Contains(Check(), line => line.Contains(finding, StringComparison.Ordinal));
    }

    [Fact]
    public void Everything_broken_is_reported_at_once()
    {
        Write(batch =>
        {
            batch.Delete(ChainColumns.Headers, _third.Hash.AsSpan());
            batch.Put(ChainColumns.Blocks, _second.Hash.AsSpan(), [1]);
            batch.Put(StateColumns.Of(StateTable.Account), new byte[32], [1]);
        });
        IReadOnlyList<string> findings = Check();
        foreach (string part in (string[])["block 3: the header", $"the block {_second.Hash} cannot be read", "the flat table"])
            Assert.Contains(findings, line => line.Contains(part, StringComparison.Ordinal));
    }

    /// <summary>Damages the database: every finding is one of these, and each of these is found. Then undoes it.</summary>
    private void AssertFinds(Action<WriteBatch> damage, params string[] parts)
    {
        byte[] sound = File.ReadAllBytes(Path.Combine(_folder.Path, "store.sqlite"));
        Write(damage);
        IReadOnlyList<string> findings = Check();
        Assert.All(findings, line => Assert.True(parts.Any(part => line.Contains(part, StringComparison.Ordinal)), $"not expected: {line}"));
        Assert.True(findings.Any(line => line.Contains(parts[0], StringComparison.Ordinal)), $"{parts[0]} is not among: {string.Join('\n', findings)}");
        File.WriteAllBytes(Path.Combine(_folder.Path, "store.sqlite"), sound);
    }

    private void Write(Action<WriteBatch> damage)
    {
        using SqliteStore store = SqliteStore.Open(_folder.Path, DatabaseCheck.Columns);
        WriteBatch batch = new();
        damage(batch);
        store.Commit(batch);
    }

    private IReadOnlyList<string> Check(IProgress<CheckProgress>? progress = null)
    {
        using SqliteStore store = SqliteStore.OpenReadOnly(_folder.Path, DatabaseCheck.Columns);
        return DatabaseCheck.Run(store, progress);
    }

    private sealed class Progress(Action<CheckProgress> report) : IProgress<CheckProgress>
    {
        public void Report(CheckProgress value) => report(value);
    }
}
