using Flashback.Primitives;
using Flashback.Testing;
using static Flashback.Primitives.RlpFault;

namespace Flashback.Foundation.Tests;

public class RlpTests
{
    [Theory]
    [InlineData("", Truncated)]
    [InlineData("83 6162", Truncated)]
    [InlineData("b8", Truncated)]
    [InlineData("b9 01", Truncated)]
    [InlineData("b8 38 00", Truncated)]
    [InlineData("bf ffffffffffffffff", Truncated)]
    [InlineData("bf 7fffffffffffffff", Truncated)]
    [InlineData("81 00", PrefixedSingleByte)]
    [InlineData("81 7f", PrefixedSingleByte)]
    [InlineData("b8 37", NonCanonicalLength)]
    [InlineData("b9 0038", NonCanonicalLength)]
    [InlineData("c0", ExpectedBytes)]
    [InlineData("f8 38", Truncated)]
    public void Rejects_what_is_no_canonical_byte_string(string hex, RlpFault fault)
    {
        RlpReader reader = new(Bytes(hex));
        Assert.False(reader.TryReadBytes(out _));
        Assert.Equal(fault, reader.Fault);
        Assert.False(reader.TryEnd());
    }

    [Theory]
    [InlineData("80", ExpectedList)]
    [InlineData("05", ExpectedList)]
    [InlineData("c2 01", Truncated)]
    [InlineData("f8 37", NonCanonicalLength)]
    [InlineData("f9 0038", NonCanonicalLength)]
    [InlineData("ff ffffffffffffffff", Truncated)]
    public void Rejects_what_is_no_canonical_list(string hex, RlpFault fault)
    {
        RlpReader reader = new(Bytes(hex));
        Assert.False(reader.TryReadList(out _));
        Assert.Equal(fault, reader.Fault);
    }

    [Theory]
    [InlineData("00", LeadingZeros)]
    [InlineData("82 0001", LeadingZeros)]
    [InlineData("89 010000000000000000", NumberTooLarge)]
    [InlineData("c0", ExpectedBytes)]
    public void Rejects_what_is_no_canonical_number_of_64_bits(string hex, RlpFault fault)
    {
        RlpReader reader = new(Bytes(hex));
        Assert.False(reader.TryReadUInt64(out _));
        Assert.Equal(fault, reader.Fault);
    }

    [Fact]
    public void Rejects_a_number_of_more_than_256_bits()
    {
        RlpReader reader = new(Bytes("a1" + new string('1', 66)));
        Assert.False(reader.TryReadUInt256(out _));
        Assert.Equal(NumberTooLarge, reader.Fault);
    }

    [Fact]
    public void Rejects_a_fixed_byte_string_of_another_length()
    {
        RlpReader reader = new(Bytes("93" + new string('1', 38)));
        Assert.False(reader.TryReadFixed(out Address _));
        Assert.Equal(WrongLength, reader.Fault);
    }

    [Fact]
    public void Rejects_bytes_after_the_last_item()
    {
        RlpReader reader = new(Bytes("01 02"));
        Assert.True(reader.TryReadBytes(out _));
        Assert.False(reader.TryEnd());
        Assert.Equal(TrailingBytes, reader.Fault);
    }

    [Fact]
    public void Reads_nothing_more_after_a_fault()
    {
        RlpReader reader = new(Bytes("81 01 05"));
        Assert.False(reader.TryReadBytes(out _));
        Assert.False(reader.TryReadUInt64(out _));
        Assert.Equal(PrefixedSingleByte, reader.Fault);
    }

    [Fact]
    public void Reads_back_numbers_and_byte_strings_of_every_length_around_the_limits() => Seeds.Check(random =>
    {
        byte[] buffer = new byte[70_000];
        foreach (int length in (int[])[0, 1, 2, 54, 55, 56, 57, 255, 256, 257, 65_535, 65_536])
        {
            byte[] bytes = new byte[length];
            random.NextBytes(bytes);
            int written = Rlp.Write(buffer, bytes);
            Assert.Equal(Rlp.LengthOf(bytes), written);
            RlpReader reader = new(buffer.AsSpan(0, written));
            Assert.True(reader.TryReadBytes(out ReadOnlySpan<byte> read) && reader.TryEnd());
            Assert.True(read.SequenceEqual(bytes));
        }
        for (int i = 0; i < 2_000; i++)
        {
            UInt256 wide = new UInt256((ulong)random.NextInt64(), (ulong)random.NextInt64(), (ulong)random.NextInt64(), (ulong)random.NextInt64()) >> random.Next(257);
            int written = Rlp.Write(buffer, wide);
            Assert.Equal(Rlp.LengthOf(wide), written);
            RlpReader reader = new(buffer.AsSpan(0, written));
            Assert.True(reader.TryReadUInt256(out UInt256 readWide) && reader.TryEnd());
            Assert.Equal(wide, readWide);

            written = Rlp.Write(buffer, wide.Low);
            Assert.Equal(Rlp.LengthOf(wide.Low), written);
            reader = new RlpReader(buffer.AsSpan(0, written));
            Assert.True(reader.TryReadUInt64(out ulong readLow) && reader.TryEnd());
            Assert.Equal(wide.Low, readLow);
        }
    });

    [Fact]
    public void Writes_nested_lists_in_one_exact_array_and_reads_them_back() => Seeds.Check(random =>
    {
        for (int i = 0; i < 2_000; i++)
        {
            Node tree = Node.Random(random, depth: 6);
            byte[] encoded = Rlp.Encode(tree);
            RlpReader reader = new(encoded);
            Assert.True(tree.Matches(ref reader) && reader.TryEnd());
            Assert.Equal(Keccak.Hash256(encoded), Rlp.Hash(tree));
            for (int cut = 0; cut < Math.Min(encoded.Length, 40); cut++)
            {
                RlpReader truncated = new(encoded.AsSpan(0, cut));
                Assert.False(truncated.TryReadRaw(out _) && truncated.TryEnd());
            }
        }
    });

    [Fact]
    public void Refuses_an_object_that_writes_less_than_it_measured() =>
        Assert.Throws<InvalidOperationException>(() => Rlp.Encode(new Fickle()));

    [Fact]
    public void Mutated_inputs_are_read_or_refused_without_a_crash() => FuzzRlp(20_000);

    [Fact]
    [Trait("Speed", "Slow")]
    public void Three_million_mutated_inputs_are_read_or_refused_without_a_crash() => FuzzRlp(3_000_000);

    private static void FuzzRlp(int inputs) => Seeds.Check(random =>
    {
        byte[] encoded = [];
        for (int i = 0; i < inputs; i++)
        {
            if (i % 200 == 0)
                encoded = Rlp.Encode(Node.Random(random, depth: 5));
            byte[] mutated = Mutations.Mutate(encoded, random);
            if (ReadAll(mutated) is { } rebuilt)
                Assert.Equal(mutated, Rlp.Encode(rebuilt)); // what is accepted is canonical: it encodes to the same bytes
        }
    });

    private static Node? ReadAll(byte[] input)
    {
        RlpReader reader = new(input);
        return Node.TryRead(ref reader, out Node? node) && reader.TryEnd() ? node : null;
    }

    private static byte[] Bytes(string hex) => Hex.Decode(hex.Replace(" ", ""));

    /// <summary>A byte string, or a list of nodes.</summary>
    private sealed record Node(byte[]? Content, List<Node>? Items) : IRlpEncodable
    {
        public static Node Random(Random random, int depth)
        {
            if (depth > 0 && random.Next(3) > 0)
                return new Node(null, [.. Enumerable.Range(0, random.Next(7)).Select(_ => Random(random, depth - 1))]);
            byte[] content = new byte[random.Next(4) switch { 0 => 0, 1 => 1, 2 => random.Next(60), _ => random.Next(300) }];
            random.NextBytes(content);
            return new Node(content, null);
        }

        public static bool TryRead(ref RlpReader reader, out Node? node)
        {
            node = null;
            if (!reader.NextIsList)
            {
                if (!reader.TryReadBytes(out ReadOnlySpan<byte> bytes))
                    return false;
                node = new Node(bytes.ToArray(), null);
                return true;
            }
            if (!reader.TryReadList(out RlpReader items))
                return false;
            List<Node> read = [];
            while (!items.IsAtEnd)
            {
                if (!TryRead(ref items, out Node? item))
                    return false;
                read.Add(item!);
            }
            node = new Node(null, read);
            return items.TryEnd();
        }

        public bool Matches(ref RlpReader reader)
        {
            if (Content is not null)
                return reader.TryReadBytes(out ReadOnlySpan<byte> bytes) && bytes.SequenceEqual(Content);
            if (!reader.TryReadList(out RlpReader items))
                return false;
            foreach (Node item in Items!)
            {
                if (!item.Matches(ref items))
                    return false;
            }
            return items.TryEnd();
        }

        public void WriteTo(ref RlpWriter writer)
        {
            if (Content is not null)
            {
                writer.Write(Content);
                return;
            }
            RlpListMark list = writer.BeginList();
            foreach (Node item in Items!)
                item.WriteTo(ref writer);
            writer.EndList(list);
        }
    }

    private sealed class Fickle : IRlpEncodable
    {
        private int _asked;

        public void WriteTo(ref RlpWriter writer)
        {
            if (_asked++ == 0)
                writer.Write(1);
        }
    }
}
