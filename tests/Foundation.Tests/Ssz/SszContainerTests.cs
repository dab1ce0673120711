using Flashback.Primitives;
using Flashback.Testing;

namespace Flashback.Foundation.Tests;

public class SszContainerTests
{
    public static TheoryData<TestPreset> Presets => [TestPreset.Small, TestPreset.Large];

    [Fact]
    public void Fixed_containers_obey_the_laws_of_codecs() => Seeds.Check(random =>
    {
        CodecLaws.Check(SszSamples.Anchor(random).Encode(), Decode<Anchor, SszContainer<Anchor>>(Anchor.Codec), anchor => anchor.Encode(), fixedSize: true);
        CodecLaws.Check(SszSamples.Member(random).Encode(), Boxed, member => ((Member)member).Encode(), fixedSize: true);
    });

    [Theory]
    [MemberData(nameof(Presets))]
    public void Variable_containers_obey_the_laws_of_codecs(TestPreset preset) => Seeds.Check(random =>
    {
        for (int i = 0; i < 20; i++)
        {
            CodecLaws.Check(SszSamples.Letter(random, preset).Encode(preset), Decode<Letter, SszContainer<Letter>>(Letter.Codec(preset)), letter => letter.Encode(preset), fixedSize: false);
            byte[] world = SszSamples.World(random, preset).Encode(preset);
            Assert.True(World.TryDecode(world, preset, out World? decoded, out _));
            Assert.Equal(world, decoded.Encode(preset));
        }
    });

    [Theory]
    [MemberData(nameof(Presets))]
    public void Roots_are_those_of_the_specification(TestPreset preset) => Seeds.Check(random =>
    {
        for (int i = 0; i < 20; i++)
        {
            World world = SszSamples.World(random, preset);
            Assert.Equal(SszSamples.SlowRoot(world.Letter, preset), world.Letter.HashTreeRoot(preset));
            Assert.Equal(SszSamples.SlowRoot(world, preset), world.HashTreeRoot(preset));
            Member member = SszSamples.Member(random);
            Assert.Equal(SszSamples.SlowRoot(member), member.HashTreeRoot());
        }
    });

    [Fact]
    public void A_limit_is_that_of_the_preset_at_hand()
    {
        Letter letter = SszSamples.Letter(new Random(1), TestPreset.Small);
        Letter large = SszSamples.Letter(new Random(1), TestPreset.Large);
        Assert.NotEqual(letter.HashTreeRoot(TestPreset.Small), letter.HashTreeRoot(TestPreset.Small with { MaxItems = 100 }));
        Assert.True(Letter.TryDecode(large.Encode(TestPreset.Large), TestPreset.Large, out _, out _));
        Assert.False(Letter.TryDecode(large.Encode(TestPreset.Large), TestPreset.Small, out _, out _));
    }

    [Fact]
    public void A_container_of_fixed_size_has_its_length_from_its_fields()
    {
        Assert.Equal(121, Member.Codec.FixedLength);
        Assert.Equal(40, Anchor.Codec.FixedLength);
        Assert.False(Letter.Codec(TestPreset.Small).IsFixedSize);
        Assert.Equal(0, Letter.Codec(TestPreset.Small).FixedLength);
    }

    [Fact]
    public void Refuses_to_encode_or_hash_what_its_type_does_not_allow()
    {
        TestPreset preset = TestPreset.Small;
        World world = SszSamples.World(new Random(2), preset);
        world.Balances.Resize((int)preset.MaxItems + 1);
        Assert.Throws<ArgumentException>(() => world.Encode(preset));
        Assert.Throws<ArgumentException>(() => world.HashTreeRoot(preset));
        Assert.Throws<ArgumentOutOfRangeException>(() => SszBound.List(0));
        Assert.Throws<ArgumentOutOfRangeException>(() => SszBound.Vector(0));
    }

    [Fact]
    public void Hashing_a_container_of_fixed_size_allocates_nothing()
    {
        Member member = SszSamples.Member(new Random(3));
        Anchor anchor = SszSamples.Anchor(new Random(3));
        Hash32 before = HashBoth();
        long allocated = GC.GetAllocatedBytesForCurrentThread();
        Hash32 after = HashBoth();
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - allocated);
        Assert.Equal(before, after);

        Hash32 HashBoth() => Sha256.HashPair(member.HashTreeRoot(), anchor.HashTreeRoot());
    }

    internal static CodecLaws.Decoder<T> Decode<T, TCodec>(TCodec codec)
        where T : class
        where TCodec : struct, ISszCodec<T> =>
        input => codec.TryDecode(input, out T? value, out SszFault fault) ? value : Refused<T>(fault);

    internal static object? Boxed(ReadOnlySpan<byte> input) => Member.TryDecode(input, out Member member, out SszFault fault) ? member : Refused<object>(fault);

    private static T? Refused<T>(SszFault fault)
        where T : class
    {
        Assert.NotEqual(SszRule.None, fault.Rule);
        return null;
    }
}
