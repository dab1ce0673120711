using Flashback.Primitives;

namespace Flashback.Foundation.Tests;

/// <summary>Each rule is broken once, and the fault says which and where.</summary>
public class SszFaultTests
{
    private static readonly TestPreset Preset = TestPreset.Small;

    [Theory]
    [InlineData("", SszRule.Truncated)]
    [InlineData("0102", SszRule.Truncated)]
    [InlineData("010203", SszRule.Truncated)]
    [InlineData("0102030405", SszRule.TrailingBytes)]
    public void Rejects_a_number_of_another_length(string hex, SszRule rule) => AssertFault<uint, SszNumber<uint>>(default, hex, rule);

    [Theory]
    [InlineData("", SszRule.Truncated)]
    [InlineData("02", SszRule.BooleanNotZeroOrOne)]
    [InlineData("ff", SszRule.BooleanNotZeroOrOne)]
    [InlineData("0000", SszRule.TrailingBytes)]
    public void Rejects_what_is_no_boolean(string hex, SszRule rule) => AssertFault<bool, SszBoolean>(default, hex, rule);

    [Theory]
    [InlineData("", SszRule.Truncated)]
    [InlineData("0000", SszRule.TrailingBytes)]
    [InlineData("20", SszRule.PaddingBitSet)]
    [InlineData("80", SszRule.PaddingBitSet)]
    public void Rejects_what_is_no_bitvector_of_five(string hex, SszRule rule) => AssertFault<Bits, SszCollection<Bits>>(new(SszBound.Vector(5)), hex, rule);

    [Theory]
    [InlineData("", SszRule.MissingDelimiter)]
    [InlineData("00", SszRule.MissingDelimiter)]
    [InlineData("ff00", SszRule.MissingDelimiter)]
    [InlineData("40", SszRule.AboveLimit)]
    [InlineData("0001", SszRule.AboveLimit)]
    public void Rejects_what_is_no_bitlist_of_up_to_five(string hex, SszRule rule) => AssertFault<Bits, SszCollection<Bits>>(new(SszBound.List(5)), hex, rule);

    [Theory]
    [InlineData("010203", SszRule.PartialElement)]
    [InlineData("0100020003000400", SszRule.AboveLimit)]
    public void Rejects_what_is_no_list_of_up_to_three_numbers(string hex, SszRule rule)
    {
        AssertFault<ushort[], SszArray<ushort, SszNumber<ushort>>>(new(SszBound.List(3)), hex, rule);
        AssertFault<Column<ushort>, SszCollection<Column<ushort>>>(new(SszBound.List(3)), hex, rule);
    }

    [Theory]
    [InlineData("", SszRule.WrongCount)]
    [InlineData("01000200", SszRule.WrongCount)]
    [InlineData("0100020003000400", SszRule.WrongCount)]
    [InlineData("0100020003", SszRule.PartialElement)]
    public void Rejects_what_is_no_vector_of_three_numbers(string hex, SszRule rule) => AssertFault<ushort[], SszArray<ushort, SszNumber<ushort>>>(new(SszBound.Vector(3)), hex, rule);

    [Theory]
    [InlineData("04", SszRule.Truncated, "")]
    [InlineData("00000000", SszRule.FirstOffset, "")]
    [InlineData("0500000000", SszRule.FirstOffset, "")]
    [InlineData("08000000", SszRule.OffsetOutOfRange, "")]
    [InlineData("0800000009000000", SszRule.OffsetOutOfRange, "[1]")]
    [InlineData("080000000700000001", SszRule.OffsetsDecrease, "[1]")]
    [InlineData("0400000001020304", SszRule.AboveLimit, "[0]")]
    [InlineData("0c0000000c0000000c000000", SszRule.AboveLimit, "")]
    public void Rejects_what_is_no_list_of_up_to_two_lists_of_up_to_three_bytes(string hex, SszRule rule, string where) =>
        AssertFault<byte[][], SszArray<byte[], SszArray<byte, SszNumber<byte>>>>(new(SszBound.List(2), new(SszBound.List(3))), hex, rule, where);

    [Fact]
    public void Rejects_a_vector_of_variable_elements_with_another_count() =>
        AssertFault<byte[][], SszArray<byte[], SszArray<byte, SszNumber<byte>>>>(new(SszBound.Vector(2), new(SszBound.List(3))), "04000000", SszRule.WrongCount);

    [Fact]
    public void Says_which_field_of_which_element_is_wrong()
    {
        World world = SszSamples.World(new Random(7), Preset);
        byte[] encoding = world.Encode(Preset);
        byte[] pair = Ssz.Encode(new SszArray<Letter, SszContainer<Letter>>(SszBound.Vector(2), Letter.Codec(Preset)), world.Pair);
        int at = encoding.AsSpan().IndexOf(pair);
        int second = BitConverter.ToInt32(pair, 4);
        encoding[at + second + 2 + 4 + 40 + 4 + 2] = 7;
        Assert.False(World.TryDecode(encoding, Preset, out _, out SszFault fault));
        Assert.Equal(new SszFault(SszRule.BooleanNotZeroOrOne, "Pair[1].Flags[0]"), fault);
        Assert.Equal("BooleanNotZeroOrOne at Pair[1].Flags[0]", fault.ToString());
    }

    [Theory]
    [InlineData(2, 1, SszRule.FirstOffset, "Items")]
    [InlineData(2, -1, SszRule.FirstOffset, "Items")]
    [InlineData(46, -1, SszRule.OffsetsDecrease, "Voters")]
    [InlineData(46, 1000, SszRule.OffsetOutOfRange, "Voters")]
    public void Rejects_offsets_of_a_container_that_lead_astray(int position, int change, SszRule rule, string where)
    {
        Letter letter = new() { Kind = 1, Items = [], Source = SszSamples.Anchor(new Random(8)), Voters = new Bits(3), Committee = new Bits(10), Flags = new bool[4] };
        byte[] encoding = letter.Encode(Preset);
        BitConverter.TryWriteBytes(encoding.AsSpan(position), BitConverter.ToInt32(encoding, position) + change);
        Assert.False(Letter.TryDecode(encoding, Preset, out _, out SszFault fault));
        Assert.Equal(new SszFault(rule, where), fault);
    }

    [Fact]
    public void An_attackers_count_allocates_no_more_than_the_input_is_long()
    {
        byte[] input = new byte[100];
        BitConverter.TryWriteBytes(input, 0x7ffffffc);
        SszArray<byte[], SszArray<byte, SszNumber<byte>>> codec = new(SszBound.List(1UL << 40), new(SszBound.List(1 << 30)));
        Assert.False(codec.TryDecode(input, out _, out _));
        long before = GC.GetAllocatedBytesForCurrentThread();
        Assert.False(codec.TryDecode(input, out _, out SszFault fault));
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 1000);
        Assert.Equal(SszRule.OffsetOutOfRange, fault.Rule);
    }

    private static void AssertFault<T, TCodec>(TCodec codec, string hex, SszRule rule, string where = "")
        where TCodec : struct, ISszCodec<T>
    {
        Assert.False(codec.TryDecode(Hex.Decode(hex), out _, out SszFault fault));
        Assert.Equal(new SszFault(rule, where), fault);
    }
}
