using Flashback.Files.Content;
using Flashback.Testing;

namespace Flashback.Roles.Tests.Files;

public class ContentTests
{
    private const int HeaderBytes = 59;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("bafkreihdwdcefgh4dqkjv67uzcmw7ojee6xedzdetojuzjevtenxquvyku")]
    [InlineData("QmUNLLsPACCz1vLxQVkXqqLX5R1X345qqfHbsf67hvA3Nn")]
    [InlineData("bafkqaaa")]
    [InlineData("bafkqablimvwgy3y")]
    public void An_identifier_is_written_as_it_was_read(string text) => Assert.Equal(text, Cid.Parse(text).ToString());

    [Fact]
    public void Base_58_and_base_32_name_the_same()
    {
        Cid cid = Cid.Of(Multicodec.Raw, "hello"u8);
        Assert.Equal("bafkreibm6jg3ux5qumhcn2b3flc3tyu6dmlb4xa7u5bf44yegnrjhc4yeq", cid.ToString());
        Assert.Equal(cid, Cid.Parse("zb2rhZfjRh2FHHB2RkHVEvL2vJnCTcu7kwRqgVsf9gpkLgteo"));
        Assert.Equal(Cid.Parse("bafybeicg2rebjoofv4kbyovkw7af3rpiitvnl6i7ckcywaq6xjcxnc2mby"), Cid.Parse("QmT78zSuBmuS4z925WZfrqQ1qHaJ56DQaTfyMUF7F8ff5o").ToVersion1());
        Assert.True(Cid.Parse("bafkqablimvwgy3y").IsOf("hello"u8));
    }

    [Theory]
    [InlineData("")]
    [InlineData("b")]
    [InlineData("Qm")]
    [InlineData("bafkreihdwdcefgh4dqkjv67uzcmw7ojee6xedzdetojuzjevtenxquvykv")] // bits left over
    [InlineData("bafkreihdwdcefgh4dqkjv67uzcmw7ojee6xedzdetojuzjevtenxquvy")] // cut short
    [InlineData("BAFKREIHDWDCEFGH4DQKJV67UZCMW7OJEE6XEDZDETOJUZJEVTENXQUVYKU")]
    [InlineData("QmUNLLsPACCz1vLxQVkXqqLX5R1X345qqfHbsf67hvA3N0")]
    [InlineData("bafkrgqe3ohjcjplc6n4f3fwunlj6upltggn7xqujbsvnvyw764srszz4u4rshq6ztos4chl4plgg4ffyyxnayrtdi5oc4xb2332g645433aeg")] // another hash
    public void What_is_no_identifier_is_none(string text) => Assert.False(Cid.TryParse(text, out _));

    [Fact]
    public void No_damage_to_a_node_goes_unnoticed() => Seeds.Check(random =>
    {
        DagNode node = new([new DagLink(Cid.Of(Multicodec.Raw, "a"u8), "name", 300), new DagLink(Cid.Of(Multicodec.Raw, "b"u8), null, null)], UnixFsEntry.Directory.Encode());
        byte[] block = node.Encode();
        Assert.Equal(block, DagNode.Decode(block).Encode());
        for (int length = 1; length < block.Length; length++)
            AssertRefusedOrShorter(block.AsSpan(0, length), block);
        for (int i = 0; i < 2000; i++)
        {
            byte[] altered = [.. block];
            altered[random.Next(altered.Length)] ^= (byte)(1 << random.Next(8));
            AssertRefusedOrShorter(altered, altered);
        }
        Assert.Throws<InvalidDataException>(() => DagNode.Decode([.. block, 0]));
        Assert.Throws<InvalidDataException>(() => DagNode.Decode([0x0a, 0x82, 0x00, 1, 2])); // a length that is longer than need be
        Assert.Throws<InvalidDataException>(() => DagNode.Decode([0x0a, 0, 0x12, 0])); // a link that leads nowhere, after the data
    });

    [Fact]
    public void Nodes_that_contradict_themselves_are_refused()
    {
        DagLink link = new(Cid.Of(Multicodec.Raw, "a"u8), "", 1);
        Assert.Throws<InvalidDataException>(() => UnixFsEntry.Decode(new DagNode([link], new UnixFsEntry(UnixFsKind.File, [], 1, []).Encode())));
        Assert.Throws<InvalidDataException>(() => UnixFsEntry.Decode(new DagNode([link], new UnixFsEntry(UnixFsKind.File, [], 2, [1]).Encode())));
        Assert.Throws<InvalidDataException>(() => UnixFsEntry.Decode(new DagNode([link, link], new UnixFsEntry(UnixFsKind.File, [], 2, [long.MaxValue, long.MaxValue]).Encode())));
        Assert.Throws<InvalidDataException>(() => UnixFsEntry.Decode(new DagNode([], null)));
        Assert.Throws<InvalidDataException>(() => UnixFsEntry.Decode(new DagNode([], [])));
    }

    [Fact]
    public async Task Every_range_of_a_file_comes_out_of_its_archive_by_ranges()
    {
        Random random = Seeds.Fresh();
        byte[] content = Bytes(random, 5_300_000);
        MemorySource source = new(await PackAsync(content));
        CarBlocks blocks = await CarBlocks.OpenAsync(source, Cancellation);
        Assert.Equal(content.Length, (await UnixFs.StatAsync(blocks, blocks.Roots[0], Cancellation)).Size);
        foreach (ByteRange range in (ByteRange[])[new(0, content.Length), new(0, 0), new(0, 1), new(content.Length - 1, 1), new((1 << 20) - 1, 2), .. Enumerable.Range(0, 20).Select(_ => Any(random, content.Length))])
        {
            using MemoryStream output = new();
            await UnixFs.CopyAsync(blocks, blocks.Roots[0], range, output, Cancellation);
            Assert.True(content.AsSpan((int)range.Start, (int)range.Length).SequenceEqual(output.ToArray()), $"{range}");
        }
    }

    [Fact]
    public async Task Not_one_altered_byte_is_handed_out()
    {
        Random random = Seeds.Fresh();
        byte[] content = Bytes(random, 2_500_000), car = await PackAsync(content);
        IReadOnlyList<Cid> names = await ReadAllAsync(car, CarEnd.Exact);
        for (int i = 0; i < 60; i++)
        {
            byte[] altered = [.. car];
            int place = i < 30 ? random.Next(altered.Length) : random.Next(400);
            altered[place] ^= (byte)(1 << random.Next(8));
            using MemoryStream output = new();
            Exception? failure = await Record.ExceptionAsync(async () =>
            {
                CarBlocks blocks = await CarBlocks.OpenAsync(new MemorySource(altered), Cancellation);
                await UnixFs.CopyAsync(blocks, blocks.Roots[0], new ByteRange(0, content.Length), output, Cancellation);
            });
            Assert.True(failure is InvalidDataException or IOException, $"{failure}");
            Assert.True(content.AsSpan().StartsWith(output.ToArray()));
            if (place < HeaderBytes)
                continue; // the roots of a header are claims
            IReadOnlyList<Cid>? read = null;
            failure = await Record.ExceptionAsync(async () => read = await ReadAllAsync(altered, CarEnd.Exact));
            Assert.True(failure is InvalidDataException || !names.SequenceEqual(read!), $"{place}: {failure}"); // a hash does not cover how its block is encoded, and another encoding is another name
        }
    }

    [Fact]
    public async Task An_archive_that_is_cut_short_or_goes_on_is_refused()
    {
        byte[] car = await PackAsync(new byte[1000]);
        Assert.Single(await ReadAllAsync(car, CarEnd.Exact));
        Assert.Single(await ReadAllAsync([.. car, .. new byte[5000]], CarEnd.Zeros));
        await Assert.ThrowsAsync<InvalidDataException>(() => ReadAllAsync([.. car, 0], CarEnd.Exact));
        await Assert.ThrowsAsync<InvalidDataException>(() => ReadAllAsync([.. car, 0, 0, 1], CarEnd.Zeros));
        await Assert.ThrowsAsync<InvalidDataException>(() => ReadAllAsync([.. car, 0xff, 0xff, 0xff, 0xff, 0x7f], CarEnd.Exact));
        for (int length = 0; length < car.Length; length++)
        {
            if (length != HeaderBytes) // there an archive of nothing ends
                await Assert.ThrowsAsync<InvalidDataException>(() => ReadAllAsync(car[..length], CarEnd.Exact));
        }
        Assert.Empty(await ReadAllAsync(car[..HeaderBytes], CarEnd.Exact));
    }

    [Fact]
    public async Task Nodes_of_nothing_keep_nobody_busy()
    {
        // Thirty rows of nodes, each linking 50 times to the next: 50^30 ways down, and not a byte.
        MemoryBlocks blocks = new();
        Cid below = blocks.Add(Multicodec.Raw, []);
        for (int row = 0; row < 30; row++)
        {
            DagLink[] links = [.. Enumerable.Repeat(new DagLink(below, "", 0), 50)];
            below = blocks.Add(Multicodec.DagPb, new DagNode(links, UnixFsEntry.OfParts(new long[50]).Encode()).Encode());
        }
        using MemoryStream output = new();
        await UnixFs.CopyAsync(blocks, below, new ByteRange(0, 0), output, Cancellation);
        await UnixFs.CopyAsync(blocks, below, new ByteRange(0, 10), output, Cancellation);
        Assert.Equal(0, output.Length);
        int count = 0;
        await foreach ((_, Block block) in DagWalk.AllAsync(blocks, below, Cancellation))
        {
            block.Dispose();
            count++;
        }
        Assert.Equal(31, count);
    }

    [Fact]
    public async Task A_file_that_is_too_deep_or_lies_about_a_part_is_refused()
    {
        MemoryBlocks blocks = new();
        Cid deep = blocks.Add(Multicodec.Raw, [1]), leaf = deep;
        for (int row = 0; row < 40; row++)
            deep = blocks.Add(Multicodec.DagPb, new DagNode([new DagLink(deep, "", 1)], UnixFsEntry.OfParts([1]).Encode()).Encode());
        Cid lying = blocks.Add(Multicodec.DagPb, new DagNode([new DagLink(leaf, "", 1)], UnixFsEntry.OfParts([7]).Encode()).Encode());
        Cid above = blocks.Add(Multicodec.DagPb, new DagNode([new DagLink(lying, "", 1)], UnixFsEntry.OfParts([8]).Encode()).Encode());
        foreach (Cid root in (Cid[])[deep, lying, above])
            await Assert.ThrowsAsync<InvalidDataException>(() => UnixFs.CopyAsync(blocks, root, new ByteRange(0, 1), Stream.Null, Cancellation));
    }

    [Theory]
    [InlineData("")]
    [InlineData(".")]
    [InlineData("..")]
    [InlineData("a/b")]
    [InlineData("a\0b")]
    public void A_directory_has_no_names_that_are_paths(string name) =>
        Assert.Throws<InvalidDataException>(() => DirectoryNode.Create(new Dictionary<string, ImportedContent> { [name] = new(Cid.Of(Multicodec.Raw, []), 0, 0) }));

    [Fact]
    public void A_directory_that_is_too_large_for_a_node_is_refused()
    {
        ImportedContent empty = new(Cid.Of(Multicodec.Raw, []), 0, 0);
        DirectoryNode.Create(Enumerable.Range(0, 4000).ToDictionary(i => $"{i:D10}", _ => empty));
        Assert.Contains("several", Assert.Throws<InvalidDataException>(() => DirectoryNode.Create(Enumerable.Range(0, 6000).ToDictionary(i => $"{i:D10}", _ => empty))).Message, StringComparison.Ordinal);
    }

    private static ByteRange Any(Random random, int size)
    {
        int start = random.Next(size);
        return new ByteRange(start, random.Next(size - start));
    }

    private static void AssertRefusedOrShorter(ReadOnlySpan<byte> bytes, byte[] expected)
    {
        byte[] copy = bytes.ToArray();
        try
        {
            Assert.Equal(copy, DagNode.Decode(copy).Encode());
        }
        catch (InvalidDataException)
        {
            Assert.NotEmpty(expected);
        }
    }

    private static async Task<byte[]> PackAsync(byte[] content)
    {
        string file = Path.GetTempFileName();
        try
        {
            await File.WriteAllBytesAsync(file, content, Cancellation);
            using MemoryStream car = new();
            await (await PathContent.OpenAsync(file, Cancellation)).WriteCarAsync(car, Cancellation);
            return car.ToArray();
        }
        finally
        {
            File.Delete(file);
        }
    }

    private static async Task<IReadOnlyList<Cid>> ReadAllAsync(byte[] car, CarEnd end)
    {
        using CarReader reader = await CarReader.OpenAsync(new MemoryStream(car), end, Cancellation);
        List<Cid> names = [];
        while (await reader.MoveNextAsync(Cancellation))
        {
            Assert.True(reader.Content.Span.SequenceEqual(car.AsSpan((int)reader.Offset, reader.Content.Length)));
            names.Add(reader.Cid);
        }
        return names;
    }

    private static byte[] Bytes(Random random, int count)
    {
        byte[] bytes = new byte[count];
        random.NextBytes(bytes);
        return bytes;
    }

    private sealed class MemoryBlocks : IBlockSource
    {
        private readonly Dictionary<Cid, byte[]> _blocks = [];

        public Cid Add(Multicodec codec, byte[] block)
        {
            Cid cid = Cid.Of(codec, block);
            _blocks[cid] = block;
            return cid;
        }

        public ValueTask<Block> ReadAsync(Cid cid, CancellationToken cancellation) => ValueTask.FromResult(Block.CopyOf(_blocks[cid]));
    }
}
