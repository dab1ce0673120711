using System.IO.Pipelines;
using System.Text;
using Flashback.Gateway;
using Flashback.Files.Content;
using Flashback.Gateway.Objects;
using Flashback.State.Store.Sqlite;
using Flashback.Testing;
using Microsoft.Extensions.Logging.Abstractions;

namespace Flashback.Roles.Tests.Gateway;

public sealed class ObjectStoreTests : IAsyncDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("flashback-objects-").FullName;
    private readonly ShiftedTime _time = new();
    private readonly FolderNetwork _network;
    private SqliteStore _index;
    private ObjectStore _store;

    public ObjectStoreTests()
    {
        _network = new FolderNetwork(Path.Combine(_folder, "network"));
        _index = SqliteStore.Open(Path.Combine(_folder, "index"), ObjectStore.Columns);
        _store = Open();
    }

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private GatewayOptions Options { get; set; } = new() { Folder = "", SparedBytes = 0 };

    public async ValueTask DisposeAsync()
    {
        await _store.DisposeAsync();
        _index.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public async Task A_large_block_of_this_disk_is_verified_when_it_is_read_first_and_again_after_an_hour()
    {
        byte[] content = Bytes(Seeds.Fresh(), 1 << 20);
        await _store.CreateBucketAsync("bucket", Cancellation);
        await PutAsync("bucket", "key", content);
        Cid cid = Cid.Parse(_store.GetObject("bucket", "key").Cid);
        Assert.Null(_store.Blocks.FindVerified(cid));
        Assert.Equal(content, await PipedAsync(cid, new ByteRange(0, content.Length))); // read, verified, copied
        Assert.Equal(content.Length, _store.Blocks.FindVerified(cid)!.Length);
        Assert.Equal(content[5..700_005], await PipedAsync(cid, new ByteRange(5, 700_000))); // not read again

        byte[] piece = await File.ReadAllBytesAsync(Assert.Single(Directory.GetFiles(Path.Combine(_folder, "pieces"))), Cancellation);
        int start = piece.AsSpan().IndexOf(content.AsSpan(0, 64));
        piece[start + 1_000] ^= 1;
        await File.WriteAllBytesAsync(Assert.Single(Directory.GetFiles(Path.Combine(_folder, "pieces"))), piece, Cancellation);
        _time.Shift += TimeSpan.FromMinutes(61);
        Assert.Null(_store.Blocks.FindVerified(cid));
        await Assert.ThrowsAsync<BlockUnavailableException>(() => PipedAsync(cid, new ByteRange(0, content.Length)));
        Assert.Null(_store.Blocks.FindVerified(cid));
    }

    private async Task<byte[]> PipedAsync(Cid cid, ByteRange range)
    {
        Pipe pipe = new(new PipeOptions(pauseWriterThreshold: 0));
        await UnixFs.CopyAsync(_store.Blocks, cid, range, pipe.Writer, Cancellation);
        await pipe.Writer.CompleteAsync();
        using MemoryStream read = new();
        await pipe.Reader.CopyToAsync(read, Cancellation);
        return read.ToArray();
    }

    [Fact]
    public async Task Objects_of_every_size_come_back_before_and_after_their_pieces_are_stored()
    {
        Random random = Seeds.Fresh();
        await _store.CreateBucketAsync("bucket", Cancellation);
        Dictionary<string, byte[]> contents = [];
        foreach (int size in (int[])[0, 1, 4096, 1 << 20, (1 << 20) + 1, 3_000_000, 7_900_000, 8_323_072, 20_000_000, random.Next(5_000_000)])
            contents[$"o{size}"] = Bytes(random, size);
        contents["zeros"] = new byte[5 << 20];
        await Task.WhenAll(contents.Select(entry => PutAsync("bucket", entry.Key, entry.Value)));
        await CheckAsync("bucket", contents);
        await _store.FlushAsync(Cancellation);
        Options = Options with { KeptBytes = 0 };
        await ReopenAsync();
        await _store.Placement.PassAsync(Cancellation);
        await _store.Placement.PassAsync(Cancellation);
        Assert.All(_store.Placement.ListPieces().Where(piece => piece.State != PieceState.Open), piece => Assert.Equal((PieceState.Stored, false), (piece.State, piece.IsLocal)));
        Assert.Single(Directory.GetFiles(Path.Combine(_folder, "pieces"))); // the open one
        await CheckAsync("bucket", contents);
        await ReopenAsync();
        await CheckAsync("bucket", contents);
    }

    [Fact]
    public async Task The_index_is_rebuilt_from_what_the_network_has()
    {
        Random random = Seeds.Fresh();
        await _store.CreateBucketAsync("bucket", Cancellation);
        await _store.CreateBucketAsync("gone", Cancellation);
        Dictionary<string, byte[]> contents = [];
        for (int i = 0; i < 300; i++)
            await PutAsync("bucket", $"k{i % 100}", contents[$"k{i % 100}"] = Bytes(random, random.Next(60_000)));
        await PutAsync("bucket", "large", contents["large"] = Bytes(random, 20_000_000));
        await PutAsync("bucket", "deleted", [1]);
        await _store.FlushAsync(Cancellation);
        await _store.DeleteAsync("bucket", "deleted", null, Cancellation);
        await _store.DeleteBucketAsync("gone", Cancellation);
        await _store.FlushAsync(Cancellation);
        await _store.Placement.PassAsync(Cancellation);
        ListPage before = _store.ListObjects("bucket", new ListQuery());
        await LoseIndexAsync();
        Assert.Equal(["bucket"], _store.ListBuckets().Select(bucket => bucket.Name));
        ListPage after = _store.ListObjects("bucket", new ListQuery());
        Assert.Equal(before.Objects.Select(entry => (entry.Key, entry.Object.Cid, entry.Object.ETag, entry.Object.Modified)), after.Objects.Select(entry => (entry.Key, entry.Object.Cid, entry.Object.ETag, entry.Object.Modified)));
        await CheckAsync("bucket", contents);
        await PutAsync("bucket", "new", contents["new"] = Bytes(random, 1000));
        await CheckAsync("bucket", contents);
    }

    [Fact]
    public async Task A_content_and_its_record_share_a_piece_where_both_fit_into_one()
    {
        await _store.CreateBucketAsync("bucket", Cancellation);
        Dictionary<string, byte[]> contents = new() { ["key"] = Bytes(Seeds.Fresh(), 5_000_000) };
        await PutAsync("bucket", "key", contents["key"]);
        await _store.FlushAsync(Cancellation);
        await _store.Placement.PassAsync(Cancellation);
        PieceRecord piece = Assert.Single(_store.Placement.ListPieces(), piece => piece.State != PieceState.Open);
        Assert.Equal([piece.Number], _store.GetObject("bucket", "key").Pieces);
        Assert.Single(Directory.GetFiles(Path.Combine(_folder, "network"))); // one deal
        await LoseIndexAsync();
        await CheckAsync("bucket", contents);
    }

    [Fact]
    public async Task No_piece_is_larger_than_a_sector_however_little_is_left_for_the_record()
    {
        long sector = _network.LargestPiece.Unpadded.Bytes;
        await _store.CreateBucketAsync("bucket", Cancellation);
        Dictionary<string, byte[]> contents = [];
        for (int size = 8_180_000; size <= sector; size += 10_000)
            await PutAsync("bucket", $"{size}", contents[$"{size}"] = Bytes(Seeds.Fresh(), size));
        await _store.FlushAsync(Cancellation);
        Assert.All(_store.Placement.ListPieces(), piece => Assert.InRange(piece.Length, 1, sector));
        Assert.Single(_store.GetObject("bucket", "8180000").Pieces);
        Assert.Equal(2, _store.GetObject("bucket", "8320000").Pieces.Count);
        await CheckAsync("bucket", contents);
    }

    [Fact]
    public async Task A_piece_waits_for_others_from_the_first_one_on_and_not_longer()
    {
        await _store.CreateBucketAsync("bucket", Cancellation);
        await _store.FlushAsync(Cancellation);
        _time.Shift += TimeSpan.FromHours(1); // nobody comes
        await PutAsync("bucket", "key", [1]);
        long number = Assert.Single(_store.GetObject("bucket", "key").Pieces);
        foreach ((int minutes, PieceState state) in ((int, PieceState)[])[(9, PieceState.Open), (2, PieceState.Stored)])
        {
            _time.Shift += TimeSpan.FromMinutes(minutes);
            await _store.Placement.PassAsync(Cancellation);
            Assert.Equal(state, _store.Placement.ListPieces().Single(piece => piece.Number == number).State);
        }
    }

    [Fact]
    public async Task A_piece_that_was_forged_is_left_out_of_a_rebuilt_index()
    {
        await _store.CreateBucketAsync("bucket", Cancellation);
        await PutAsync("bucket", "key", new byte[1000]);
        await _store.FlushAsync(Cancellation);
        await _store.Placement.PassAsync(Cancellation);
        string piece = Directory.GetFiles(Path.Combine(_folder, "network"))[0];
        byte[] bytes = File.ReadAllBytes(piece);
        bytes[100] ^= 1;
        File.WriteAllBytes(piece, bytes);
        using SqliteStore index = SqliteStore.Open(Path.Combine(_folder, "other"), ObjectStore.Columns);
        Assert.Contains("altered", Assert.Single(await IndexRebuild.RunAsync(index, _network, _folder, Cancellation)).Reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_nothing_needs_leaves_the_disk_and_the_network()
    {
        Random random = Seeds.Fresh();
        await _store.CreateBucketAsync("bucket", Cancellation);
        for (int i = 0; i < 5; i++)
            await PutAsync("bucket", "large", Bytes(random, 20_000_000)); // each takes the place of the one before
        await PutAsync("bucket", "copied", Bytes(random, 20_000_000));
        ObjectRecord source = _store.GetObject("bucket", "copied");
        await _store.CopyAsync(source, "bucket", "copy", source, null, Cancellation);
        byte[] copied = await ReadAsync("bucket", "copied");
        await _store.FlushAsync(Cancellation);
        await _store.Placement.PassAsync(Cancellation);
        await _store.DeleteAsync("bucket", "large", null, Cancellation);
        await _store.DeleteAsync("bucket", "copied", null, Cancellation);
        await _store.FlushAsync(Cancellation);
        for (int i = 0; i < 3; i++)
            await _store.Placement.PassAsync(Cancellation);
        Assert.Equal(copied, await ReadAsync("bucket", "copy"));
        await _store.DeleteAsync("bucket", "copy", null, Cancellation);
        await _store.FlushAsync(Cancellation);
        for (int i = 0; i < 12; i++)
            await _store.Placement.PassAsync(Cancellation);
        Assert.Single(Directory.GetFiles(Path.Combine(_folder, "pieces")));
        Assert.Empty(Directory.GetFiles(Path.Combine(_folder, "network")));
        Assert.Empty(_store.ListObjects("bucket", new ListQuery()).Objects);
    }

    [Fact]
    public async Task A_content_that_breaks_off_leaves_nothing_behind()
    {
        await _store.CreateBucketAsync("bucket", Cancellation);
        foreach (int size in (int[])[10, 3_000_000, 20_000_000])
            await Assert.ThrowsAsync<IOException>(() => _store.PutAsync("bucket", "key", new BreakingStream(size), Describe, null, Cancellation));
        string upload = await _store.Uploads.BeginAsync("bucket", "key", new UploadRecord { Begun = default }, Cancellation);
        await Assert.ThrowsAsync<IOException>(() => _store.Uploads.PutPartAsync("bucket", "key", upload, 1, new BreakingStream(3_000_000), Part, Cancellation));
        Assert.Empty(_store.ListObjects("bucket", new ListQuery()).Objects);
        Assert.Single(Directory.GetFiles(Path.Combine(_folder, "pieces")));
        Assert.Empty(Directory.GetFiles(Path.Combine(_folder, "parts")));
    }

    [Fact]
    public async Task An_upload_in_parts_is_there_as_a_whole_or_not_at_all_and_goes_when_it_is_old()
    {
        Random random = Seeds.Fresh();
        await _store.CreateBucketAsync("bucket", Cancellation);
        byte[] first = Bytes(random, 5 << 20), second = Bytes(random, 5_300_001), third = Bytes(random, 77);
        string upload = await _store.Uploads.BeginAsync("bucket", "key", new UploadRecord { Begun = _time.GetUtcNow() }, Cancellation);
        foreach ((int number, byte[] part) in ((int, byte[])[])[(1, third), (1, first), (3, third), (2, second), (4, third)])
            await _store.Uploads.PutPartAsync("bucket", "key", upload, number, new MemoryStream(part), Part, Cancellation);
        Assert.Equal(4, Directory.GetFiles(Path.Combine(_folder, "parts")).Length);
        Assert.Throws<ObjectException>(() => _store.GetObject("bucket", "key"));
        await AssertFaultAsync(ObjectFault.InvalidPartOrder, () => CompleteAsync(upload, 2, 1));
        await AssertFaultAsync(ObjectFault.InvalidPart, () => CompleteAsync(upload, 1, 7));
        await AssertFaultAsync(ObjectFault.EntityTooSmall, () => CompleteAsync(upload, 1, 3, 4));
        await ReopenAsync();
        await CompleteAsync(upload, 1, 2, 3);
        byte[] whole = [.. first, .. second, .. third];
        Assert.Equal(whole, await ReadAsync("bucket", "key"));
        await AssertFaultAsync(ObjectFault.NoSuchUpload, () => CompleteAsync(upload, 1));
        Assert.Empty(Directory.GetFiles(Path.Combine(_folder, "parts")));

        string old = await _store.Uploads.BeginAsync("bucket", "key", new UploadRecord { Begun = _time.GetUtcNow() }, Cancellation);
        await _store.Uploads.PutPartAsync("bucket", "key", old, 1, new MemoryStream(first), Part, Cancellation);
        await _store.Placement.PassAsync(Cancellation);
        Assert.Single(_store.Uploads.ListParts("bucket", "key", old));
        _time.Shift += TimeSpan.FromDays(8);
        await _store.Placement.PassAsync(Cancellation);
        Assert.Throws<ObjectException>(() => _store.Uploads.ListParts("bucket", "key", old));
        Assert.Empty(Directory.GetFiles(Path.Combine(_folder, "parts")));
    }

    [Fact]
    public async Task Of_two_that_want_the_same_key_first_one_gets_it()
    {
        await _store.CreateBucketAsync("bucket", Cancellation);
        int won = 0;
        await Task.WhenAll(Enumerable.Range(0, 50).Select(async i =>
        {
            try
            {
                await _store.PutAsync("bucket", "key", new MemoryStream([(byte)i]), Describe, present => _ = present is null ? 0 : throw new ObjectException(ObjectFault.PreconditionFailed, ""), Cancellation);
                Interlocked.Increment(ref won);
            }
            catch (ObjectException refusal) when (refusal.Fault == ObjectFault.PreconditionFailed)
            {
                // somebody else was first
            }
        }));
        Assert.Equal(1, won);
    }

    [Fact]
    public async Task A_bucket_with_something_in_it_stays_whatever_happens_meanwhile()
    {
        for (int round = 0; round < 20; round++)
        {
            await _store.CreateBucketAsync("bucket", Cancellation);
            Task[] tasks = [.. Enumerable.Range(0, 8).Select(i => i == 4 ? _store.DeleteBucketAsync("bucket", Cancellation) : PutAsync("bucket", $"{i}", [1]))];
            await Task.WhenAll(tasks).ContinueWith(_ => { }, Cancellation, TaskContinuationOptions.None, TaskScheduler.Default);
            bool isThere = _store.ListBuckets().Count > 0;
            Assert.Equal(isThere, !ObjectIndex.IsEmpty(_index, IndexKeys.Objects, "bucket"));
            if (!isThere)
                continue;
            foreach ((string key, _) in _store.ListObjects("bucket", new ListQuery()).Objects)
                await _store.DeleteAsync("bucket", key, null, Cancellation);
            await _store.DeleteBucketAsync("bucket", Cancellation);
        }
    }

    [Fact]
    public void A_list_is_what_a_sorted_dictionary_would_tell() => Seeds.Check(random =>
    {
        _store.CreateBucketAsync("bucket", Cancellation).Wait(Cancellation);
        string[] letters = ["a", "b", "/", "ä", "\u0001", "😀", "~"];
        HashSet<string> keys = [];
        for (int i = 0; i < 120; i++)
            keys.Add(string.Concat(Enumerable.Range(0, random.Next(1, 6)).Select(_ => letters[random.Next(letters.Length)])));
        Task.WaitAll(keys.Select(key => PutAsync("bucket", key, [])));
        for (int round = 0; round < 200; round++)
        {
            string Word(int most) => string.Concat(Enumerable.Range(0, random.Next(most + 1)).Select(_ => letters[random.Next(letters.Length)]));
            ListQuery query = new() { Prefix = Word(2), Delimiter = random.Next(3) == 0 ? "" : Word(1), Most = random.Next(1, 12) };
            (List<string> found, List<string> shared) = (new(), new());
            for (string? after = ""; after is not null;)
            {
                ListPage page = _store.ListObjects("bucket", query with { After = after });
                Assert.True(page.Objects.Count + page.CommonPrefixes.Count <= query.Most);
                found.AddRange(page.Objects.Select(entry => entry.Key));
                shared.AddRange(page.CommonPrefixes);
                after = page.Last;
            }
            string[] matching = [.. keys.Where(key => key.StartsWith(query.Prefix, StringComparison.Ordinal)).OrderBy(key => Convert.ToHexString(Encoding.UTF8.GetBytes(key)), StringComparer.Ordinal)];
            int End(string key) => query.Delimiter.Length == 0 ? -1 : key.IndexOf(query.Delimiter, query.Prefix.Length, StringComparison.Ordinal);
            Assert.Equal(matching.Where(key => End(key) < 0), found);
            Assert.Equal(matching.Where(key => End(key) >= 0).Select(key => key[..(End(key) + query.Delimiter.Length)]).Distinct(), shared);
        }
    });

    [Fact]
    public async Task Nothing_is_taken_that_cannot_be_paid_for()
    {
        await _store.CreateBucketAsync("bucket", Cancellation);
        _network.IsPoor = true;
        await AssertFaultAsync(ObjectFault.SlowDown, () => PutAsync("bucket", "key", [1]));
        _network.IsPoor = false;
        await PutAsync("bucket", "key", [1]);
    }

    [Fact]
    public async Task A_network_that_does_not_answer_costs_time_and_nothing_else()
    {
        await _store.CreateBucketAsync("bucket", Cancellation);
        await PutAsync("bucket", "key", new byte[5000]);
        await _store.FlushAsync(Cancellation);
        _network.IsDown = true;
        await _store.Placement.PassAsync(Cancellation);
        Assert.Equal(PieceState.Closed, _store.Placement.ListPieces()[0].State);
        _network.IsDown = false;
        Options = Options with { KeptBytes = 0 };
        await ReopenAsync();
        await _store.Placement.PassAsync(Cancellation);
        Assert.Equal(PieceState.Stored, _store.Placement.ListPieces()[0].State);
        _network.IsDown = true;
        Assert.True((await Assert.ThrowsAsync<BlockUnavailableException>(() => ReadAsync("bucket", "key"))).IsKnown);
        _network.IsDown = false;
        Assert.Equal(new byte[5000], await ReadAsync("bucket", "key"));
    }

    private ObjectStore Open() => ObjectStore.Open(_index, _network, Options with { Folder = _folder }, _time, NullLogger.Instance);

    private async Task ReopenAsync()
    {
        await _store.DisposeAsync();
        _store = Open();
    }

    /// <summary>Everything but what the network has is gone, and made anew.</summary>
    private async Task LoseIndexAsync()
    {
        await _store.DisposeAsync();
        _index.Dispose();
        Directory.Delete(Path.Combine(_folder, "index"), recursive: true);
        Directory.Delete(Path.Combine(_folder, "pieces"), recursive: true);
        _index = SqliteStore.Open(Path.Combine(_folder, "index"), ObjectStore.Columns);
        Assert.Empty(await IndexRebuild.RunAsync(_index, _network, _folder, Cancellation));
        _store = Open();
    }

    private Task<ObjectRecord> CompleteAsync(string upload, params int[] numbers) => _store.Uploads.CompleteAsync(
        "bucket", "key", upload, [.. numbers.Select(number => new NamedPart(number, null, new Dictionary<string, string>()))],
        new Completion((_, content) => content, (_, parts) => new ObjectRecord { Cid = "", Size = 0, ETag = $"-{parts.Count}", Modified = default }), Cancellation);

    private Task<ObjectRecord> PutAsync(string bucket, string key, byte[] content) => _store.PutAsync(bucket, key, new MemoryStream(content), Describe, null, Cancellation);

    private static ObjectRecord Describe(ImportedContent content) => new() { Cid = content.Cid.ToString(), Size = content.Size, ETag = content.Cid.ToString(), Modified = DateTimeOffset.UnixEpoch };

    private static PartRecord Part(long size) => new() { File = "", Size = size, ETag = "", Modified = default };

    private async Task<byte[]> ReadAsync(string bucket, string key)
    {
        ObjectRecord record = _store.GetObject(bucket, key);
        using MemoryStream output = new();
        await UnixFs.CopyAsync(_store.Blocks, Cid.Parse(record.Cid), new ByteRange(0, record.Size), output, Cancellation);
        return output.ToArray();
    }

    private async Task CheckAsync(string bucket, Dictionary<string, byte[]> contents)
    {
        Assert.Equal(contents.Keys.Order(StringComparer.Ordinal), _store.ListObjects(bucket, new ListQuery()).Objects.Select(entry => entry.Key));
        foreach ((string key, byte[] content) in contents)
            Assert.Equal(content, await ReadAsync(bucket, key));
    }

    private static async Task AssertFaultAsync(ObjectFault fault, Func<Task> action) => Assert.Equal(fault, (await Assert.ThrowsAsync<ObjectException>(action)).Fault);

    private static byte[] Bytes(Random random, int count)
    {
        byte[] bytes = new byte[count];
        random.NextBytes(bytes);
        return bytes;
    }

    private sealed class ShiftedTime : TimeProvider
    {
        public TimeSpan Shift { get; set; }

        public override DateTimeOffset GetUtcNow() => base.GetUtcNow() + Shift;

        public override long GetTimestamp() => base.GetTimestamp() + (long)(Shift.TotalSeconds * TimestampFrequency);
    }

    private sealed class BreakingStream(int size) : MemoryStream(new byte[size])
    {
        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
            await base.ReadAsync(buffer, cancellationToken) is > 0 and var read ? read : throw new IOException("broken off");
    }
}
