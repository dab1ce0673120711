using Flashback.Consensus;
using Flashback.Primitives;
using Flashback.Testing;

namespace Flashback.Rules.Tests.Consensus;

/// <summary>The registry in columns against a plain list of validators.</summary>
public class ValidatorRegistryTests
{
    private static readonly SszBound Bound = SszBound.List(1UL << 40);
    private static readonly SszArray<Validator, SszContainer<Validator>> Plain = new(Bound);
    private static readonly SszCollection<ValidatorRegistry> Columns = new(Bound);

    [Fact]
    public void Has_the_roots_of_a_plain_list_whatever_happens_to_it() => Seeds.Check(random =>
    {
        ValidatorRegistry registry = new();
        List<Validator> list = [];
        for (int round = 0; round < 30; round++)
        {
            for (int change = random.Next(1, 60); change > 0; change--)
                Change(random, registry, list);
            Assert.Equal(Plain.RootOf([.. list]), registry.RootOf(Bound, null));
            Assert.Equal(list, Enumerable.Range(0, registry.Count).Select(i => registry[i]));
        }
    });

    [Fact]
    public void A_copy_and_its_original_go_their_own_ways() => Seeds.Check(random =>
    {
        ValidatorRegistry original = new();
        List<Validator> list = [];
        for (int i = 0; i < 700; i++)
            Append(random, original, list);
        ValidatorRegistry copy = original.Copy();
        List<Validator> copied = [.. list];
        for (int i = 0; i < 50; i++)
        {
            Change(random, original, list);
            Change(random, copy, copied);
        }
        Assert.Equal(Plain.RootOf([.. list]), original.RootOf(Bound, null));
        Assert.Equal(Plain.RootOf([.. copied]), copy.RootOf(Bound, null));
        for (int i = 0; i < list.Count; i++)
            Assert.Equal(i, original.IndexOf(list[i].PublicKey));
        for (int i = 0; i < copied.Count; i++)
            Assert.Equal(i, copy.IndexOf(copied[i].PublicKey));
    });

    [Fact]
    public void Finds_the_first_of_validators_with_one_key_and_none_for_a_key_that_nobody_has()
    {
        ValidatorRegistry registry = new();
        Validator validator = Random(new Random(1));
        registry.Add(in validator);
        registry.Add(in validator);
        Assert.Equal(0, registry.IndexOf(validator.PublicKey));
        Assert.Equal(-1, registry.IndexOf(default));
    }

    [Fact]
    public void Reads_back_what_it_wrote_and_nothing_else() => Seeds.Check(random =>
    {
        ValidatorRegistry registry = new();
        List<Validator> list = [];
        for (int i = 0; i < 4; i++)
            Append(random, registry, list);
        byte[] encoding = Ssz.Encode(Columns, in registry);
        Assert.Equal(Ssz.Encode(Plain, list.ToArray()), encoding);
        CodecLaws.Check<ValidatorRegistry>(encoding, bytes => Columns.TryDecode(bytes, out ValidatorRegistry? value, out _) ? value : null, value => Ssz.Encode(Columns, in value), fixedSize: false);
        encoding[88] = 2; // the boolean of the first
        Assert.False(Columns.TryDecode(encoding, out _, out SszFault fault));
        Assert.Equal(new SszFault(SszRule.BooleanNotZeroOrOne, "[0].Slashed"), fault);
    });

    [Fact]
    public void Proves_a_field_of_a_validator()
    {
        Random random = new(2);
        ValidatorRegistry registry = new();
        List<Validator> list = [];
        for (int i = 0; i < 100; i++)
            Append(random, registry, list);
        ulong index = Columns.Shape.IndexOf("[77].EffectiveBalance");
        Hash32[] branch = MerkleProof.Branch(in Columns, in registry, index);
        Hash32 leaf = MerkleProof.NodesAt(in Columns, in registry, [index])[0];
        Assert.Equal(Signing.RootOf(list[77].EffectiveBalance.Value), leaf);
        Assert.True(MerkleProof.IsValid(leaf, branch, index, registry.RootOf(Bound, null)));
    }

    [Fact]
    public void Keeps_every_validators_key()
    {
        ValidatorRegistry registry = new();
        Validator validator = Random(new Random(3));
        registry.Add(in validator);
        Assert.Throws<ArgumentException>(() => registry[0] = validator with { PublicKey = default });
    }

    private static void Change(Random random, ValidatorRegistry registry, List<Validator> list)
    {
        if (list.Count == 0 || random.Next(3) == 0)
        {
            Append(random, registry, list);
            return;
        }
        int index = random.Next(list.Count);
        Validator changed = random.Next(4) switch
        {
            0 => list[index] with { EffectiveBalance = new((ulong)random.NextInt64()) },
            1 => list[index] with { ExitEpoch = new((ulong)random.NextInt64()), Slashed = true },
            2 => list[index] with { WithdrawalCredentials = BeaconWorld.Hash((ulong)random.NextInt64()) },
            _ => Random(random) with { PublicKey = list[index].PublicKey },
        };
        list[index] = changed;
        registry[index] = changed;
    }

    private static void Append(Random random, ValidatorRegistry registry, List<Validator> list)
    {
        Validator validator = Random(random);
        list.Add(validator);
        registry.Add(in validator);
    }

    private static Validator Random(Random random)
    {
        byte[] bytes = new byte[default(SszContainer<Validator>).FixedLength];
        random.NextBytes(bytes);
        bytes[88] &= 1;
        Assert.True(Validator.TryDecode(bytes, out Validator validator, out _));
        return validator;
    }
}
