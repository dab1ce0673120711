using Flashback.Execution;
using Flashback.Primitives;
using Flashback.State;
using Flashback.State.Flat;
using Flashback.State.Store;
using Flashback.State.Store.Sqlite;
using Flashback.Testing;

namespace Flashback.Engine.Tests.States;

public sealed class WorldStateTests : IDisposable
{
    private readonly SqliteStore _store = SqliteStore.OpenTemporary(WorldState.Columns);

    public void Dispose() => _store.Dispose();

    [Fact]
    public void Every_state_of_a_tree_of_blocks_stays_readable_while_the_disk_moves_on() => Seeds.Check(random =>
    {
        using SqliteStore store = SqliteStore.OpenTemporary(WorldState.Columns);
        WorldState world = new(store, new WorldStateOptions { KeptBlocks = null, CacheBytes = 200_000 });
        StateModel genesis = Grow(world, random, 1)[0];
        List<(Hash32 Hash, StateModel Model, StateView View)> blocks = [(world.Disk.Hash, genesis, Open(world, world.Disk.Hash))];
        for (int round = 0; round < 40; round++)
        {
            (Hash32 parent, StateModel before, _) = blocks[^Math.Min(blocks.Count, random.Next(1, 4))];
            if (!world.TryOpen(parent, out StateView? view))
                continue; // dropped: it does not descend from what is on disk
            StateModel model = before.Copy();
            StateView after = view.Apply(model.Change(random, random.Next(50)));
            Assert.Equal(model.Root(), after.Root);
            Hash32 hash = RandomHash(random);
            world.Add(parent, hash, after);
            blocks.Add((hash, model, after));
            if (random.Next(4) == 0 && blocks[^Math.Min(blocks.Count, random.Next(1, 6))].Hash is var flattened && world.TryOpen(flattened, out _))
                world.Flatten(flattened);
        }
        foreach ((Hash32 hash, StateModel model, StateView view) in blocks)
        {
            model.AssertSame(view);
            if (world.TryOpen(hash, out StateView? opened))
                model.AssertSame(opened);
        }
    });

    [Fact]
    public void A_block_is_taken_when_its_header_commits_to_the_state_after_it()
    {
        WorldState world = new(_store, new WorldStateOptions());
        StateView before = Open(world, world.Disk.Hash);
        Assert.True(Genesis.TryParse("""{"config":{"chainId":1,"cancunTime":0},"gasLimit":5000,"alloc":{"0x00000000000000000000000000000000000000aa":{"balance":"7"}}}"""u8.ToArray(), out Genesis? genesis, out _));
        Hash32 root = before.Apply(genesis!.ToDiff()).Root;
        BlockOutcome.Accepted Executed(Hash32 stateRoot) => new(genesis.HeaderWith(stateRoot), genesis.ToDiff(), [], []);
        Assert.Null(before.ApplyBlock(Executed(root), out StateView after));
        Assert.Equal(root, after.Root);
        Assert.True(after.TryGetAccount(genesis.Accounts[0].Address, out Account account));
        Assert.Equal<UInt256>(7, account.Balance);
        Assert.Equal(BlockRule.InvalidStateRoot, before.ApplyBlock(Executed(before.Root), out _)!.Rule);
    }

    [Fact]
    public void An_archive_reads_and_proves_every_past_state_after_it_is_opened_again() => Seeds.Check(random =>
    {
        using SqliteStore store = SqliteStore.OpenTemporary(WorldState.Columns);
        StateModel[] models = Grow(new WorldState(store, new WorldStateOptions { KeptBlocks = null }), random, 20);
        WorldState world = new(store, new WorldStateOptions { KeptBlocks = null });
        Assert.Equal((19, 0), (world.Disk.Number, world.Oldest));
        for (int number = 0; number < models.Length; number++)
        {
            Assert.True(world.TryOpenPast(number, out StateView? view));
            models[number].AssertSame(view);
            AccountProof proof = view.Prove(StateModel.AddressOf(random.Next(StateModel.AddressCount)), [1, 2, 3]);
            Assert.True(proof.TryVerify(models[number].Root(), out _));
        }
    });

    [Fact]
    public void Keeps_as_many_old_states_as_it_is_told_and_no_bytes_of_others() => Seeds.Check(random =>
    {
        using SqliteStore store = SqliteStore.OpenTemporary(WorldState.Columns);
        WorldState world = new(store, new WorldStateOptions { KeptBlocks = 5 });
        StateView genesis = Open(world, default);
        StateModel[] models = Grow(world, random, 30);
        Assert.Equal((29, 24), (world.Disk.Number, world.Oldest));
        for (int number = 0; number < models.Length; number++)
        {
            Assert.Equal(number >= 24, world.TryOpenPast(number, out StateView? view));
            if (view is not null)
                models[number].AssertSame(view);
        }
        Assert.Throws<StatePrunedException>(() => genesis.SlotOf(StateModel.AddressOf(1), 1));

        WorldState one = new(store, new WorldStateOptions { KeptBlocks = 1 });
        Extend(one, models[^1].Copy(), random);
        Assert.Equal((30, 29), (one.Disk.Number, one.Oldest));
        using IStoreCursor past = store.Scan(StateColumns.PastOf(StateTable.Account), KeyRange.All);
        while (past.MoveNext())
            Assert.Equal(30, past.Key[^1]);
    });

    [Fact]
    public void A_branch_that_loses_is_dropped_and_its_sibling_goes_on() => Seeds.Check(random =>
    {
        using SqliteStore store = SqliteStore.OpenTemporary(WorldState.Columns);
        WorldState world = new(store, new WorldStateOptions());
        StateModel common = Grow(world, random, 3)[^1];
        Hash32 parent = world.Disk.Hash;
        (Hash32[] hashes, StateModel[] models) = (new Hash32[4], [.. Enumerable.Range(0, 4).Select(_ => common.Copy())]);
        for (int i = 0; i < 2; i++)
        {
            for (int branch = 0; branch < 2; branch++)
            {
                // 0 ─ 2 and 1 ─ 3
                Hash32 on = i == 0 ? parent : hashes[branch];
                StateModel model = i == 0 ? models[branch] : models[branch + 2] = models[branch].Copy();
                hashes[2 * i + branch] = RandomHash(random);
                world.Add(on, hashes[2 * i + branch], Open(world, on).Apply(model.Change(random, 10)));
            }
        }
        world.Flatten(hashes[1]);
        Assert.False(world.TryOpen(hashes[0], out _));
        Assert.False(world.TryOpen(hashes[2], out _));
        models[3].AssertSame(Open(world, hashes[3]));
        Assert.Equal(1, world.LayerCount);
        Assert.Throws<ArgumentException>(() => world.Flatten(hashes[2]));
        StateView orphan = Open(world, hashes[3]).Apply(new StateDiff([], new Dictionary<Hash32, ReadOnlyMemory<byte>>()));
        Assert.Throws<ArgumentException>(() => world.Add(hashes[0], RandomHash(random), orphan));
        Assert.Throws<ArgumentException>(() => world.Add(hashes[1], RandomHash(random), orphan));
    });

    [Fact]
    public void Readers_see_one_state_while_another_thread_flattens() => Seeds.Check(random =>
    {
        using SqliteStore store = SqliteStore.OpenTemporary(WorldState.Columns);
        WorldState world = new(store, new WorldStateOptions { KeptBlocks = null, CacheBytes = 60_000 });
        StateModel model = Grow(world, random, 2)[^1];
        StateModel fixedModel = model.Copy();
        StateView fixedView = Open(world, world.Disk.Hash);
        using CancellationTokenSource stop = new();
        Task readers = Task.Run(() =>
        {
            while (!stop.IsCancellationRequested)
                fixedModel.AssertSame(fixedView);
        });
        for (int i = 0; i < 40; i++)
            Extend(world, model, random);
        stop.Cancel();
        readers.Wait(TimeSpan.FromMinutes(1));
        Assert.True(readers.IsCompletedSuccessfully);
        model.AssertSame(Open(world, world.Disk.Hash));
    });

    [Fact]
    public void The_cache_holds_no_more_bytes_than_it_may() => Seeds.Check(random =>
    {
        ByteCache cache = new(1 << 20);
        long commits = 0;
        StateKey often = StateKey.Account(default);
        cache.Set(often, [7]);
        for (int i = 0; i < 20_000; i++)
        {
            StateKey key = StateKey.Account(RandomHash(random));
            cache.AddIfCurrent(key, new byte[random.Next(600)], ref commits, 0);
            Assert.InRange(cache.Bytes, 1, 1 << 20);
            Assert.True(cache.TryGet(often, out byte[]? value)); // what is read all the time stays
            Assert.Equal([7], value);
        }
        StateKey old = StateKey.Account(RandomHash(random));
        commits = 1;
        cache.AddIfCurrent(old, [1], ref commits, 0);
        Assert.False(cache.TryGet(old, out _));
    });

    [Fact]
    public void Refuses_a_store_whose_root_is_not_what_it_says()
    {
        Grow(new WorldState(_store, new WorldStateOptions()), new Random(1), 2);
        WriteBatch batch = new();
        batch.Put(StateColumns.Of(StateTable.AccountNode), [0], [0xc2, 0x20, 0x01]);
        _store.Commit(batch);
        Assert.Throws<StoreException>(() => new WorldState(_store, new WorldStateOptions()));
    }

    [Fact]
    public void Refuses_to_keep_no_old_state() =>
        Assert.Throws<ArgumentOutOfRangeException>(() => new WorldStateOptions { KeptBlocks = 0 });

    /// <summary>Adds and flattens blocks from the genesis block on; returns the state after each.</summary>
    internal static StateModel[] Grow(WorldState world, Random random, int count)
    {
        StateModel model = new();
        StateModel[] models = new StateModel[count];
        for (int i = 0; i < count; i++)
        {
            Extend(world, model, random);
            models[i] = model.Copy();
        }
        return models;
    }

    internal static void Extend(WorldState world, StateModel model, Random random)
    {
        Hash32 parent = world.Disk.Hash;
        Hash32 hash = RandomHash(random);
        world.Add(parent, hash, Open(world, parent).Apply(model.Change(random, 40)));
        world.Flatten(hash);
    }

    private static StateView Open(WorldState world, Hash32 hash)
    {
        Assert.True(world.TryOpen(hash, out StateView? view));
        return view;
    }

    private static Hash32 RandomHash(Random random)
    {
        Span<byte> bytes = stackalloc byte[32];
        random.NextBytes(bytes);
        return Hash32.Read(bytes);
    }
}
