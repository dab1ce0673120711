using System.Runtime.InteropServices;
using Flashback.Primitives;

namespace Flashback.Foundation.Tests;

/// <summary>Random values of the test containers, and their roots found the slow way.</summary>
internal static class SszSamples
{
    public static T Plain<T>(Random random)
        where T : unmanaged
    {
        T value = default;
        random.NextBytes(MemoryMarshal.AsBytes(new Span<T>(ref value)));
        return value;
    }

    public static T[] Many<T>(int count, Func<T> make) => [.. Enumerable.Range(0, count).Select(_ => make())];

    public static Bits Bits(Random random, int count)
    {
        Bits bits = new(count);
        for (int i = 0; i < count; i++)
            bits[i] = random.Next(2) == 1;
        return bits;
    }

    public static Anchor Anchor(Random random) => new(Plain<Moment>(random), Plain<Hash32>(random));

    public static Member Member(Random random) => new()
    {
        PublicKey = Plain<Bytes48>(random),
        Credentials = Plain<Hash32>(random),
        Balance = Plain<ulong>(random),
        Slashed = random.Next(2) == 1,
        Eligible = Plain<Moment>(random),
        Active = Plain<Moment>(random),
        Exit = Plain<Moment>(random),
        Withdrawable = Plain<Moment>(random),
    };

    public static Letter Letter(Random random, TestPreset preset) => new()
    {
        Kind = Plain<ushort>(random),
        Items = Many(random.Next(4), () => Many(random.Next(9), () => Plain<byte>(random))),
        Source = Anchor(random),
        Voters = Bits(random, random.Next(preset.CommitteeSize + 1)),
        Committee = Bits(random, preset.CommitteeSize),
        Flags = Many(4, () => random.Next(2) == 1),
    };

    public static World World(Random random, TestPreset preset)
    {
        int most = (int)Math.Min(preset.MaxItems, 70) + 1;
        return new World
        {
            Wide = Plain<UInt128>(random),
            Wider = Plain<UInt256>(random),
            Owner = Plain<Address>(random),
            Keys = Many(random.Next(Math.Min(preset.MaxKeys, 70) + 1), () => Plain<Bytes48>(random)),
            Letter = Letter(random, preset),
            Pair = Many(2, () => Letter(random, preset)),
            Letters = Many(random.Next(4), () => Letter(random, preset)),
            Members = new Rows<Member>(Many(random.Next(most), () => Member(random))),
            Balances = new Column<Moment>(Many(random.Next(most), () => Plain<Moment>(random))),
            Participation = new Column<byte>(Many(random.Next(most), () => Plain<byte>(random))),
            Roots = new Column<Hash32>(Many(preset.Slots, () => Plain<Hash32>(random))),
            Counts = Many(preset.Slots, () => Plain<uint>(random)),
            Triples = Many(random.Next(4), () => Many(3, () => Plain<ushort>(random))),
        };
    }

    public static Hash32 SlowRoot(Anchor anchor) => NaiveMerkle.Container(Number(anchor.Moment), anchor.Root);

    public static Hash32 SlowRoot(Member member) => NaiveMerkle.Container(
        Key(member.PublicKey), member.Credentials, Number(member.Balance), Number(member.Slashed ? (byte)1 : (byte)0),
        Number(member.Eligible), Number(member.Active), Number(member.Exit), Number(member.Withdrawable));

    public static Hash32 SlowRoot(Letter letter, TestPreset preset) => NaiveMerkle.Container(
        Number(letter.Kind),
        NaiveMerkle.Composite(SszBound.List(preset.MaxItems), [.. letter.Items.Select(item => NaiveMerkle.Packed(SszBound.List((ulong)preset.MaxItemLength), 1, item.Length, item))]),
        SlowRoot(letter.Source),
        NaiveMerkle.Bits(SszBound.List((ulong)preset.CommitteeSize), letter.Voters),
        NaiveMerkle.Bits(SszBound.Vector((ulong)preset.CommitteeSize), letter.Committee),
        NaiveMerkle.Packed(SszBound.Vector(4), 1, 4, [.. letter.Flags.Select(flag => flag ? (byte)1 : (byte)0)]));

    public static Hash32 SlowRoot(World world, TestPreset preset)
    {
        SszBound items = SszBound.List(preset.MaxItems);
        SszBound slots = SszBound.Vector((ulong)preset.Slots);
        return NaiveMerkle.Container(
            Number(world.Wide),
            Number(world.Wider),
            NaiveMerkle.Merkleize(NaiveMerkle.Pack(world.Owner.AsSpan().ToArray()), 1),
            NaiveMerkle.Composite(SszBound.List((ulong)preset.MaxKeys), [.. world.Keys.Select(Key)]),
            SlowRoot(world.Letter, preset),
            NaiveMerkle.Composite(SszBound.Vector(2), [.. world.Pair.Select(letter => SlowRoot(letter, preset))]),
            NaiveMerkle.Composite(items, [.. world.Letters.Select(letter => SlowRoot(letter, preset))]),
            NaiveMerkle.Composite(items, [.. world.Members.ToArray().Select(SlowRoot)]),
            NaiveMerkle.Packed(items, 8, world.Balances.Count, Memory(world.Balances.ToArray())),
            NaiveMerkle.Packed(items, 1, world.Participation.Count, world.Participation.ToArray()),
            NaiveMerkle.Composite(slots, world.Roots.ToArray()),
            NaiveMerkle.Packed(slots, 4, world.Counts.Length, Memory(world.Counts)),
            NaiveMerkle.Composite(items, [.. world.Triples.Select(triple => NaiveMerkle.Packed(SszBound.Vector(3), 2, 3, Memory(triple)))]));
    }

    private static byte[] Memory<T>(T[] items)
        where T : unmanaged => MemoryMarshal.AsBytes(items.AsSpan()).ToArray();

    private static Hash32 Number<T>(T number)
        where T : unmanaged => NaiveMerkle.Merkleize(NaiveMerkle.Pack(Memory([number])), 1);

    private static Hash32 Key(Bytes48 key) => NaiveMerkle.Merkleize(NaiveMerkle.Pack(key.AsSpan().ToArray()), 2);
}
