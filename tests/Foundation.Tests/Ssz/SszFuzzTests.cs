using Flashback.Primitives;
using Flashback.Testing;

namespace Flashback.Foundation.Tests;

/// <summary>Broken encodings of several containers: each is refused with a named fault, or is itself a canonical encoding; nothing throws.</summary>
public class SszFuzzTests
{
    private static readonly TestPreset Preset = TestPreset.Small;

    [Fact]
    public void Mutated_encodings_do_no_harm() => Seeds.Check(random => Fuzz(random, 20_000));

    [Fact]
    [Trait("Speed", "Slow")]
    public void A_million_mutated_encodings_do_no_harm() => Seeds.Check(random => Fuzz(random, 1_200_000));

    private static void Fuzz(Random random, int inputs)
    {
        int accepted = 0;
        for (int i = 0; i < inputs; i += 4)
        {
            accepted += Try(SszSamples.World(random, Preset).Encode(Preset), SszContainerTests.Decode<World, SszContainer<World>>(World.Codec(Preset)), world => world.Encode(Preset));
            accepted += Try(SszSamples.Letter(random, Preset).Encode(Preset), SszContainerTests.Decode<Letter, SszContainer<Letter>>(Letter.Codec(Preset)), letter => letter.Encode(Preset));
            accepted += Try(SszSamples.Member(random).Encode(), SszContainerTests.Boxed, member => ((Member)member).Encode());
            accepted += Try(SszSamples.Anchor(random).Encode(), SszContainerTests.Decode<Anchor, SszContainer<Anchor>>(Anchor.Codec), anchor => anchor.Encode());
        }
        Assert.InRange(accepted, inputs / 100, inputs - (inputs / 100)); // else the mutations are too mild or too wild to test anything

        int Try<T>(byte[] encoding, CodecLaws.Decoder<T> decode, Func<T, byte[]> encode)
            where T : class => CodecLaws.IsRefusedOrCanonical(Mutations.Mutate(encoding, random), decode, encode) ? 1 : 0;
    }
}
