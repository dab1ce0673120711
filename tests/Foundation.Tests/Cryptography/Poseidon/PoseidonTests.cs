using Flashback.Cryptography;
using Flashback.Cryptography.Bls12381;
using Flashback.Cryptography.Fields;

namespace Flashback.Foundation.Tests.Cryptography;

public sealed class PoseidonTests
{
    private readonly Randomness _random = Randomness.Fresh();

    [Theory] // neptune, hash_values: the digests of 0, 1, 2, …
    [InlineData(2, "396508d75e76a56b739e0fd902efe161a6fba9339d05a69d2e203c369a02e7ff")]
    [InlineData(4, "58a54b10a9e5848a00db3c6579229399fb6b4605bf1327ec019814ff6662075d")]
    [InlineData(8, "2394611da3a5de5512010042116770774b682e9d9cc4aed92a9934f56d38a5e6")]
    [InlineData(11, "0c0fc1b2e5227f286ca537e232ebe87a09f3dcd8ccb08fc1cee3bbc32b693163")]
    [InlineData(36, "699303082a6e5d5f540a30e03c10bbaa75cd368df8a8ac3c4473606dfa4e8140")]
    public void Hashes_as_the_original(int arity, string digest)
    {
        Fr[] preimage = [.. Enumerable.Range(0, arity).Select(i => Fr.From((ulong)i))];
        Assert.Equal("0x" + digest, Poseidon.OfArity(arity).Hash(preimage).ToString());
    }

    [Theory]
    [InlineData(2, PoseidonStrength.Standard)]
    [InlineData(4, PoseidonStrength.Standard)]
    [InlineData(8, PoseidonStrength.Standard)]
    [InlineData(11, PoseidonStrength.Standard)]
    [InlineData(36, PoseidonStrength.Standard)]
    [InlineData(16, PoseidonStrength.Strengthened)]
    public void The_optimised_form_equals_the_plain_one(int arity, PoseidonStrength strength)
    {
        Poseidon poseidon = new(new PoseidonConstants(arity, strength));
        for (int i = 0; i < 8; i++)
        {
            Fr[] preimage = [.. Enumerable.Range(0, arity).Select(_ => _random.Element<Fr>())];
            Fr tag = _random.Element<Fr>();
            Assert.Equal(PlainHash(poseidon.Constants, preimage, tag), poseidon.Hash(preimage, tag));
        }
    }

    [Fact]
    public void A_row_is_hashed_as_its_nodes_are()
    {
        foreach (int arity in (int[])[2, 4, 8, 11, 36])
        {
            Poseidon poseidon = Poseidon.OfArity(arity);
            foreach (int count in (int[])[0, 1, 3, 8, 21])
            {
                Fr[] children = [.. Enumerable.Range(0, count * arity).Select(_ => _random.Element<Fr>())];
                Fr[] nodes = new Fr[count];
                poseidon.HashRow(children, nodes);
                for (int i = 0; i < count; i++)
                    Assert.Equal(poseidon.Hash(children.AsSpan(i * arity, arity), PoseidonTag.MerkleTree(arity)), nodes[i]);
            }
        }
    }

    [Fact]
    public void Lanes_of_every_width_hash_as_one_hash_does()
    {
        foreach (int arity in (int[])[2, 4, 8, 11, 36])
        {
            if (NarrowLanes.IsSupported)
                CheckLanes<NarrowLanes>(arity);
            if (WideLanes.IsSupported)
                CheckLanes<WideLanes>(arity);
        }
    }

    private void CheckLanes<TLanes>(int arity)
        where TLanes : unmanaged, ILanes<TLanes>
    {
        Fr[] edges = [Fr.Zero, Fr.One, -Fr.One, .. Enumerable.Range(0, 5).Select(_ => _random.Element<Fr>())];
        Fr tag = PoseidonTag.MerkleTree(arity);
        PoseidonLanes lanes = new(Poseidon.OfArity(arity).Constants, tag);
        int count = 5 * TLanes.Count + 1;
        Fr[] children = [.. Enumerable.Range(0, count * arity).Select(_ => edges[_random.Below(edges.Length)])];
        foreach ((int node, Fr edge) in (ReadOnlySpan<(int, Fr)>)[(0, Fr.Zero), (1, Fr.One), (2, -Fr.One)])
            children.AsSpan(node * arity, arity).Fill(edge);
        Fr[] nodes = new Fr[count];
        Assert.Equal(count - 1, lanes.HashRow<TLanes>(children, nodes)); // the last does not fill the lanes
        for (int i = 0; i < count - 1; i++)
            Assert.Equal(Poseidon.OfArity(arity).Hash(children.AsSpan(i * arity, arity)), nodes[i]);
        Assert.Equal(Fr.Zero, nodes[^1]);
    }

    [Fact]
    public void Dot_products_equal_sums_of_products()
    {
        CheckDotProducts<FrModulus>();
        CheckDotProducts<NarrowFieldTests.Modulus>();
        CheckDotProducts<FullWidthFieldTests.Modulus>();
    }

    private void CheckDotProducts<TModulus>()
        where TModulus : struct, IModulus256
    {
        foreach (int length in (int[])[0, 1, 2, 9, 16, 17, 40])
        {
            Montgomery256<TModulus>[] a = new Montgomery256<TModulus>[length], b = new Montgomery256<TModulus>[length];
            Montgomery256<TModulus> expected = default;
            for (int i = 0; i < length; i++)
            {
                a[i] = _random.Element<Montgomery256<TModulus>>();
                b[i] = _random.Element<Montgomery256<TModulus>>();
                expected += a[i] * b[i];
            }
            Assert.Equal(expected, Montgomery256<TModulus>.DotProduct(a, b));
        }
        // The limbs that stand for an element are largest for −1/2^256.
        Montgomery256<TModulus> radix = Montgomery256<TModulus>.One;
        for (int i = 0; i < 256; i++)
            radix = radix.Double();
        Montgomery256<TModulus> top = -radix.Inverse();
        Montgomery256<TModulus>[] largest = [.. Enumerable.Repeat(top, 16)];
        Assert.Equal(Montgomery256<TModulus>.From(16) * top.Square(), Montgomery256<TModulus>.DotProduct(largest, largest));
        Assert.Throws<ArgumentException>(() => Montgomery256<TModulus>.DotProduct(largest, largest.AsSpan(1)));
    }

    [Fact]
    public void Refuses_more_children_than_its_arity()
    {
        Assert.Throws<ArgumentException>(() => Poseidon.OfArity(2).Hash(new Fr[3]));
        Assert.Throws<ArgumentException>(() => Poseidon.OfArity(2).Hash(new Fr[3], Fr.One));
        Assert.Throws<ArgumentException>(() => Poseidon.OfArity(2).HashRow(new Fr[3], new Fr[1]));
        Assert.Throws<ArgumentOutOfRangeException>(() => Poseidon.OfArity(20));
    }

    /// <summary>Constants, S-boxes and the mixing matrix round by round, as the paper has it.</summary>
    private static Fr PlainHash(PoseidonConstants constants, ReadOnlySpan<Fr> preimage, Fr tag)
    {
        int width = constants.Width, half = PoseidonConstants.FullRounds / 2;
        Fr[] state = [tag, .. preimage];
        for (int round = 0; round < PoseidonConstants.FullRounds + constants.PartialRounds; round++)
        {
            for (int i = 0; i < width; i++)
                state[i] += constants.RoundConstants[round * width + i];
            int boxes = round < half || round >= half + constants.PartialRounds ? width : 1;
            for (int i = 0; i < boxes; i++)
                state[i] *= state[i].Square().Square();
            Fr[] next = new Fr[width];
            for (int j = 0; j < width; j++)
            {
                for (int i = 0; i < width; i++)
                    next[j] += state[i] * Fr.From((ulong)(i + j + width)).Inverse();
            }
            state = next;
        }
        return state[1];
    }
}
