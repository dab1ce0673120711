using System.Buffers;
using System.Numerics;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;
using Flashback.Primitives;
using Flashback.Testing;

namespace Flashback.Foundation.Tests;

public class SszJsonTests
{
    private const string Root = "0x0102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f20";

    private static readonly TestPreset Preset = TestPreset.Small;

    [Fact]
    public void A_value_comes_out_of_its_JSON_again() => Seeds.Check(random =>
    {
        for (int i = 0; i < 50; i++)
        {
            World world = SszSamples.World(random, Preset);
            Assert.True(World.TryParseJson(Ssz.ToJson(World.Codec(Preset), world), Preset, out World? again, out SszFault fault), fault.ToString());
            Assert.Equal(world.Encode(Preset), again.Encode(Preset));
            Assert.Equal(world.HashTreeRoot(Preset), again.HashTreeRoot(Preset));
        }
    });

    [Fact]
    public void Fields_have_the_names_of_the_specification_and_values_its_mapping()
    {
        Letter letter = new()
        {
            Kind = 65535,
            Items = [[], [0, 255]],
            Source = new Anchor(new Moment(ulong.MaxValue), FixedBytes.Parse<Hash32>(Root)),
            Voters = new Bits(9) { [0] = true, [8] = true },
            Committee = new Bits(10) { [9] = true },
            Flags = [true, false, false, true],
        };
        Assert.Equal(
            $$"""{"kind":"65535","items":["0x","0x00ff"],"source":{"moment":"18446744073709551615","root":"{{Root}}"},"voters":"0x0103","committee":"0x0002","flags":[true,false,false,true]}""",
            Encoding.UTF8.GetString(Ssz.ToJson(Letter.Codec(Preset), letter)));
    }

    [Theory]
    [InlineData("0")]
    [InlineData("9")]
    [InlineData("18446744073709551615")]
    [InlineData("18446744073709551616")]
    [InlineData("99999999999999999999")]
    [InlineData("100000000000000000000000000000000000000")]
    [InlineData("115792089237316195423570985008687907853269984665640564039457584007913129639935")]
    public void Wide_numbers_are_decimal(string digits)
    {
        byte[] json = Encoding.UTF8.GetBytes($"\"{digits}\"");
        Assert.True(Ssz.TryParseJson(default(SszNumber<UInt256>), json, out UInt256 number, out SszFault fault), fault.ToString());
        byte[] bytes = new byte[32];
        number.WriteBigEndian(bytes);
        Assert.Equal(BigInteger.Parse(digits), new BigInteger(bytes, isUnsigned: true, isBigEndian: true));
        Assert.Equal(json, Ssz.ToJson(default(SszNumber<UInt256>), number));
    }

    [Fact]
    public void Random_numbers_of_every_width_are_those_of_big_integers() => Seeds.Check(random =>
    {
        for (int i = 0; i < 1000; i++)
        {
            byte[] bytes = new byte[random.Next(33)];
            random.NextBytes(bytes);
            UInt256 number = UInt256Of(bytes);
            Assert.Equal($"\"{new BigInteger(bytes, isUnsigned: true)}\"", Encoding.UTF8.GetString(Ssz.ToJson(default(SszNumber<UInt256>), number)));
        }
    });

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(239)]
    [InlineData(240)]
    [InlineData(241)]
    [InlineData(480)]
    [InlineData(481)]
    [InlineData(100_000)]
    public void Bytes_of_any_number_are_one_text(int count)
    {
        byte[] bytes = new byte[count];
        new Random(count).NextBytes(bytes);
        SszArray<byte, SszNumber<byte>> codec = new(SszBound.List(100_000));
        byte[] json = Ssz.ToJson(codec, bytes);
        Assert.Equal($"\"{Hex.Encode(bytes)}\"", Encoding.UTF8.GetString(json));
        Assert.True(Ssz.TryParseJson<byte[], SszArray<byte, SszNumber<byte>>>(codec, json, out byte[]? again, out _));
        Assert.Equal(bytes, again);
    }

    [Theory]
    [InlineData("""{"root":"{R}","moment":"5"}""")]
    [InlineData("""{"moment":"5","new":{"deep":[1,{"moment":[]}]},"root":"{R}","Moment":7}""")]
    [InlineData(""" { "moment" : "5" , "root" : "{R}" } """)]
    [InlineData("""{"\u006doment":"6","moment":"5","root":"{R}"}""")]
    public void Order_and_unknown_names_do_not_matter(string json)
    {
        Assert.True(Anchor.TryParseJson(Utf8(json), out Anchor? anchor, out SszFault fault), fault.ToString());
        Assert.Equal(new Anchor(new Moment(5), FixedBytes.Parse<Hash32>(Root)), anchor);
    }

    [Theory]
    [InlineData("", SszRule.NotJson, "line 1, byte 1")]
    [InlineData("{", SszRule.NotJson, "line 1, byte 2")]
    [InlineData("""{"moment":"5","root":"{R}"}}""", SszRule.TrailingBytes, "")]
    [InlineData("""{"moment":"5","root":"{R}"} 1""", SszRule.TrailingBytes, "")]
    [InlineData("[]", SszRule.WrongJsonType, "")]
    [InlineData("null", SszRule.WrongJsonType, "")]
    [InlineData("{}", SszRule.MissingField, "moment")]
    [InlineData("""{"moment":"5"}""", SszRule.MissingField, "root")]
    [InlineData("""{"moment":"5","root":"{R}","moment":"5"}""", SszRule.RepeatedField, "moment")]
    [InlineData("""{"moment":5}""", SszRule.WrongJsonType, "moment")]
    [InlineData("""{"moment":null}""", SszRule.WrongJsonType, "moment")]
    [InlineData("""{"moment":""}""", SszRule.NotDecimal, "moment")]
    [InlineData("""{"moment":"05"}""", SszRule.NotDecimal, "moment")]
    [InlineData("""{"moment":"+5"}""", SszRule.NotDecimal, "moment")]
    [InlineData("""{"moment":"-5"}""", SszRule.NotDecimal, "moment")]
    [InlineData("""{"moment":"5 "}""", SszRule.NotDecimal, "moment")]
    [InlineData("""{"moment":"0x5"}""", SszRule.NotDecimal, "moment")]
    [InlineData("""{"moment":"\u0035"}""", SszRule.NotDecimal, "moment")]
    [InlineData("""{"moment":"18446744073709551616"}""", SszRule.NumberTooLarge, "moment")]
    [InlineData("""{"moment":"115792089237316195423570985008687907853269984665640564039457584007913129639936"}""", SszRule.NumberTooLarge, "moment")]
    [InlineData("""{"moment":"1000000000000000000000000000000000000000000000000000000000000000000000000000000"}""", SszRule.NumberTooLarge, "moment")]
    [InlineData("""{"moment":"5","root":"0x0102"}""", SszRule.Truncated, "root")]
    [InlineData("""{"moment":"5","root":"{R}00"}""", SszRule.TrailingBytes, "root")]
    [InlineData("""{"moment":"5","root":"0102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f20"}""", SszRule.NotHex, "root")]
    [InlineData("""{"moment":"5","root":"0x010"}""", SszRule.NotHex, "root")]
    [InlineData("""{"moment":"5","root":"0x0102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f2g"}""", SszRule.NotHex, "root")]
    public void Says_what_is_wrong_and_where(string json, SszRule rule, string where)
    {
        Assert.False(Anchor.TryParseJson(Utf8(json), out _, out SszFault fault));
        Assert.Equal(new SszFault(rule, where), fault);
    }

    [Theory]
    [InlineData("\"kind\":\"65535\"", "\"kind\":\"65536\"", SszRule.NumberTooLarge, "kind")]
    [InlineData("[\"0x00\"]", "\"0x00\"", SszRule.WrongJsonType, "items")]
    [InlineData("[\"0x00\"]", "[\"0x00\",\"0x\",\"0x\",\"0x\"]", SszRule.AboveLimit, "items")]
    [InlineData("[\"0x00\"]", "[\"0x00\",\"0x010203040506070809\"]", SszRule.AboveLimit, "items[1]")]
    [InlineData("[\"0x00\"]", "[\"0x00\",\"0x0z\"]", SszRule.NotHex, "items[1]")]
    [InlineData("[true,false,false,true]", "[true,false,false]", SszRule.WrongCount, "flags")]
    [InlineData("[true,false,false,true]", "[true,false,false,true,true]", SszRule.WrongCount, "flags")]
    [InlineData("[true,false,false,true]", "[true,false,0,true]", SszRule.WrongJsonType, "flags[2]")]
    [InlineData("\"0x03\"", "\"0x00\"", SszRule.MissingDelimiter, "voters")]
    [InlineData("\"0x03\"", "\"0x\"", SszRule.MissingDelimiter, "voters")]
    [InlineData("\"0x03\"", "\"0x0008\"", SszRule.AboveLimit, "voters")]
    [InlineData("\"0x03\"", "\"0x000001\"", SszRule.AboveLimit, "voters")]
    [InlineData("\"0x0002\"", "\"0x0004\"", SszRule.PaddingBitSet, "committee")]
    [InlineData("\"0x0002\"", "\"0x02\"", SszRule.WrongCount, "committee")]
    [InlineData("\"moment\":\"5\"", "\"moment\":\"x\"", SszRule.NotDecimal, "source.moment")]
    public void Collections_keep_to_their_bounds(string good, string bad, SszRule rule, string where)
    {
        string json = $$"""{"kind":"65535","items":["0x00"],"source":{"moment":"5","root":"{{Root}}"},"voters":"0x03","committee":"0x0002","flags":[true,false,false,true]}""";
        Assert.True(Letter.TryParseJson(Utf8(json), Preset, out _, out SszFault none), none.ToString());
        Assert.Contains(good, json, StringComparison.Ordinal);
        Assert.False(Letter.TryParseJson(Utf8(json.Replace(good, bad, StringComparison.Ordinal)), Preset, out _, out SszFault fault));
        Assert.Equal(new SszFault(rule, where), fault);
    }

    [Fact]
    public void An_endless_list_is_given_up_at_its_limit()
    {
        SszCollection<Column<Moment>> column = new(SszBound.List(1000));
        byte[] json = Utf8($"[{string.Join(',', Enumerable.Repeat("\"1\"", 1001))}]");
        Assert.False(Ssz.TryParseJson<Column<Moment>, SszCollection<Column<Moment>>>(column, json, out _, out SszFault fault));
        Assert.Equal(SszRule.AboveLimit, fault.Rule);
        Assert.False(Ssz.TryParseJson<Column<Hash32>, SszCollection<Column<Hash32>>>(new(SszBound.Vector(2)), Utf8("[]"), out _, out fault));
        Assert.Equal(SszRule.WrongCount, fault.Rule);
    }

    [Fact]
    public void A_value_is_read_out_of_a_larger_text()
    {
        Utf8JsonReader reader = new(Utf8("""{"data":{"moment":"5","root":"{R}"},"version":"electra"}"""));
        while (!(reader.Read() && reader.TokenType == JsonTokenType.PropertyName && reader.ValueTextEquals("data"u8)))
            Assert.NotEqual(JsonTokenType.EndObject, reader.TokenType);
        Assert.True(Anchor.TryReadJson(ref reader, out Anchor? anchor, out SszFault fault), fault.ToString());
        Assert.Equal(5UL, anchor.Moment.Value);
        Assert.True(reader.Read() && reader.ValueTextEquals("version"u8));
    }

    [Fact]
    public void Text_in_parts_is_read_as_one_text() => Seeds.Check(random =>
    {
        World world = SszSamples.World(random, Preset);
        byte[] json = Ssz.ToJson(World.Codec(Preset), world);
        Utf8JsonReader reader = new(InParts(json, 7));
        Assert.True(World.TryReadJson(ref reader, Preset, out World? again, out SszFault fault), fault.ToString());
        Assert.Equal(world.Encode(Preset), again.Encode(Preset));
    });

    [Fact]
    public void Text_that_goes_on_elsewhere_is_refused()
    {
        byte[] json = Utf8("""{"moment":"5","new":[1,2],"root":"{R}"}""");
        for (int length = 0; length < json.Length; length++)
        {
            Utf8JsonReader reader = new(json.AsSpan(0, length), isFinalBlock: false, default);
            Assert.False(Anchor.TryReadJson(ref reader, out _, out SszFault fault));
            Assert.Equal(SszRule.NotJson, fault.Rule);
        }
    }

    [Fact]
    public void Cut_and_mutated_JSON_does_no_harm() => Seeds.Check(random =>
    {
        int accepted = 0;
        for (int i = 0; i < 4000; i++)
        {
            byte[] json = Ssz.ToJson(Letter.Codec(Preset), SszSamples.Letter(random, Preset));
            Assert.False(Letter.TryParseJson(json.AsSpan(0, random.Next(json.Length)), Preset, out _, out _));
            if (!Letter.TryParseJson(Mutations.Mutate(json, random), Preset, out Letter? letter, out SszFault fault))
            {
                Assert.NotEqual(SszRule.None, fault.Rule);
                continue;
            }
            accepted++;
            Assert.True(Letter.TryParseJson(Ssz.ToJson(Letter.Codec(Preset), letter), Preset, out Letter? again, out _));
            Assert.Equal(letter.HashTreeRoot(Preset), again.HashTreeRoot(Preset));
        }
        Assert.InRange(accepted, 1, 3999); // else the mutations are too mild or too wild to test anything
    });

    [Fact]
    public void A_fixed_container_is_written_and_read_without_allocating()
    {
        Member member = SszSamples.Member(new Random(1));
        byte[] json = Ssz.ToJson(Member.Codec, member);
        ArrayBufferWriter<byte> output = new(4096);
        using Utf8JsonWriter writer = new(output);
        Assert.Equal(0, Allocated(out bool isRead));
        Assert.True(isRead);

        long Allocated(out bool isRead)
        {
            for (int round = 0; ; round++)
            {
                output.ResetWrittenCount();
                writer.Reset();
                long before = GC.GetAllocatedBytesForCurrentThread();
                member.WriteJson(writer);
                isRead = Member.TryParseJson(json, out _, out _);
                long allocated = GC.GetAllocatedBytesForCurrentThread() - before;
                if (round > 0) // the first loads what it needs
                    return allocated;
            }
        }
    }

    private static UInt256 UInt256Of(byte[] littleEndian)
    {
        Span<byte> bytes = stackalloc byte[32];
        littleEndian.CopyTo(bytes);
        return MemoryMarshal.Read<UInt256>(bytes);
    }

    private static byte[] Utf8(string json) => Encoding.UTF8.GetBytes(json.Replace("{R}", Root, StringComparison.Ordinal));

    private static ReadOnlySequence<byte> InParts(byte[] bytes, int length)
    {
        Part first = new(bytes.AsMemory(0, length), 0);
        Part last = first;
        for (int at = length; at < bytes.Length; at += length)
            last = last.Append(bytes.AsMemory(at, Math.Min(length, bytes.Length - at)));
        return new ReadOnlySequence<byte>(first, 0, last, last.Memory.Length);
    }

    private sealed class Part : ReadOnlySequenceSegment<byte>
    {
        public Part(ReadOnlyMemory<byte> memory, long start)
        {
            Memory = memory;
            RunningIndex = start;
        }

        public Part Append(ReadOnlyMemory<byte> memory)
        {
            Part next = new(memory, RunningIndex + Memory.Length);
            Next = next;
            return next;
        }
    }
}
