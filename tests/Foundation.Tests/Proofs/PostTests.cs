using Flashback.Primitives;
using Flashback.Proofs;
using Flashback.Testing;

namespace Flashback.Foundation.Tests.Proofs;

public sealed class PostTests
{
    public static TheoryData<string> Kinds => ["Window", "Winning", "LegacyWindow"];

    [Theory]
    [MemberData(nameof(Kinds))]
    public void A_proof_holds_for_its_sector_randomness_and_place_only(string name) => Seeds.Check(random =>
    {
        PostKind kind = name switch
        {
            "Winning" => PostKind.Winning,
            "Window" => PostKind.Window,
            _ => PostKind.LegacyWindow,
        };
        using SealedSample sample = Sample(random);
        SectorSize size = sample.Input.Kind.Size;
        using SectorMemories files = new(sample.Store);
        PostSector sector = new(1, sample.Commitments.CommR);
        Hash32 randomness = Node(random);
        PostReplica replica = new(sector, sample.Commitments.CommC, files.OpenTreeRLast(size));
        PostVanillaProof[] proofs = [FallbackPost.Prove(kind, size, randomness, 3, replica), FallbackPost.Prove(kind, size, randomness, 4, replica)];
        Assert.Null(FallbackPost.Check(kind, size, randomness, 3, [sector, sector], proofs));
        Assert.NotNull(FallbackPost.Check(kind, size, Node(random), 3, [sector, sector], proofs));
        Assert.Equal(kind.NumbersAcrossSectors, FallbackPost.Check(kind, size, randomness, 0, [sector, sector], proofs) is not null);
        Assert.Equal(PostRule.Shape, FallbackPost.Check(kind, size, randomness, 3, [sector], proofs)?.Rule);
        Assert.Equal(PostRule.Shape, FallbackPost.Check(kind, size, randomness, 3, [sector, sector with { Number = 2 }], proofs)?.Rule);
        Assert.Equal(PostRule.ReplicaCommitment, FallbackPost.Check(kind, size, randomness, 3, [sector, sector with { CommR = Node(random) }], proofs)?.Rule);
    });

    [Fact]
    public void A_flipped_bit_in_a_proof_is_detected() => Seeds.Check(random =>
    {
        using SealedSample sample = Sample(random);
        SectorSize size = sample.Input.Kind.Size;
        using SectorMemories files = new(sample.Store);
        PostSector sector = new(1, sample.Commitments.CommR);
        Hash32 randomness = Node(random);
        byte[] bytes = PostVanillaCodec.Encode(
            FallbackPost.Prove(PostKind.Window, size, randomness, 0, new PostReplica(sector, sample.Commitments.CommC, files.OpenTreeRLast(size))), size);
        const int CommRAt = 8; // the copy of CommR inside the proof is not what is checked against
        for (int round = 0; round < 500; round++)
        {
            int at = random.Next(bytes.Length);
            if (at is >= CommRAt and < CommRAt + 32)
                continue;
            byte[] altered = [.. bytes];
            altered[at] ^= (byte)(1 << random.Next(8));
            bool accepted = PostVanillaCodec.TryDecode(altered, size, out PostVanillaProof? proof) && FallbackPost.Check(PostKind.Window, size, randomness, 0, [sector], [proof]) is null;
            Assert.False(accepted);
        }
        for (int length = 0; length < bytes.Length; length += 31)
            Assert.False(PostVanillaCodec.TryDecode(bytes.AsSpan(0, length), size, out _));
        Assert.False(PostVanillaCodec.TryDecode([.. bytes, 0], size, out _));
    });

    [Fact]
    public void A_replica_with_a_node_that_is_no_element_is_refused() => Seeds.Check(random =>
    {
        using SealedSample sample = Sample(random);
        sample.Store[SectorFile.Sealed].AsSpan().Fill(0xff);
        using SectorMemories files = new(sample.Store);
        PostReplica replica = new(new PostSector(1, sample.Commitments.CommR), sample.Commitments.CommC, files.OpenTreeRLast(sample.Input.Kind.Size));
        Assert.Throws<InvalidDataException>(() => FallbackPost.Prove(PostKind.Window, sample.Input.Kind.Size, Node(random), 0, replica));
    });

    [Fact]
    public void The_sector_drawn_is_one_of_those_eligible() => Seeds.Check(random =>
    {
        for (ulong draw = 0; draw < 100; draw++)
            Assert.InRange(PostChallenges.WinningSector(Node(random), ReplicaId.ProviderId(1000), draw, 7), 0, 6);
        Assert.Throws<ArgumentOutOfRangeException>(() => PostChallenges.WinningSector(default, default, 0, 0));
    });

    private static SealedSample Sample(Random random)
    {
        byte[] data = new byte[1000];
        random.NextBytes(data);
        return new SealedSample(SealKind.Of(5), data, Node(random), Node(random));
    }

    private static Hash32 Node(Random random)
    {
        byte[] bytes = new byte[32];
        random.NextBytes(bytes);
        bytes[31] &= 0x3f;
        return Hash32.Read(bytes);
    }
}
