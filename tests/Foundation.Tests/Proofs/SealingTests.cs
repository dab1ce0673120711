using System.Runtime.InteropServices;
using Flashback.Primitives;
using Flashback.Proofs;
using Flashback.Testing;

namespace Flashback.Foundation.Tests.Proofs;

public sealed class SealingTests
{
    private static readonly Hash32 Ones = Hash32.Read([.. Enumerable.Repeat((byte)1, 32)]);

    [Fact] // lotus-bench's sample: zero data, proof 5, provider 1000, sector 1, ticket 0
    public void A_sector_of_zeros_gets_the_published_commitments()
    {
        using SealedSample sample = new(SealKind.Of(5), [], default, Ones);
        Assert.Equal("0x95dd0e3f", sample.Commitments.CommC.ToString()[..10]);
        Assert.Equal("0xd75cfa6d", sample.Commitments.CommRLast.ToString()[..10]);
        Assert.Equal("0xc647b998c78282296cfd1160714228d43f3b054dfbbb77172b68115ba3c3b762", sample.Commitments.CommR.ToString());
        Assert.Null(Check(sample, sample.Statement, sample.Prove()));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(5)]
    [InlineData(10)]
    [InlineData(15)]
    public void Every_kind_seals_proves_and_unseals_to_the_same_bytes(int kind) => Seeds.Check(random =>
    {
        using SealedSample sample = Random(SealKind.Of(kind), random, out byte[] data);
        for (int partition = 0; partition < sample.Input.Kind.Challenges.Partitions; partition++)
        {
            SealVanillaProof[] proofs = sample.Prove(partition);
            Assert.Null(SealVerifier.Check(sample.Statement, sample.Input.Kind.CreateGraph(), partition, proofs));
            byte[] bytes = SealVanillaCodec.Encode(proofs, sample.Input.Kind.Size);
            Assert.True(SealVanillaCodec.TryDecode(bytes, sample.Input.Kind.Size, out SealVanillaProof[]? decoded));
            Assert.Equal(bytes, SealVanillaCodec.Encode(decoded, sample.Input.Kind.Size));
        }
        Assert.Equal(data, Unseal(sample, 0, data.Length));
        int offset = random.Next(data.Length), length = random.Next(data.Length - offset);
        Assert.Equal(data[offset..(offset + length)], Unseal(sample, offset, length));
        sample.Store.Delete(SectorFile.Layer(sample.Input.Kind.Size.Layers));
        Assert.Equal(data[offset..(offset + length)], Unseal(sample, offset, length));
        Assert.Throws<ArgumentOutOfRangeException>(() => Unseal(sample, 1, data.Length));
    });

    [Fact]
    public void Every_label_is_the_hash_of_its_parents()
    {
        using SealedSample sample = new(SealKind.Of(5), [], default, Ones);
        StackedGraph graph = sample.Input.Kind.CreateGraph();
        Hash32[] first = MemoryMarshal.Cast<byte, Hash32>(sample.Store[SectorFile.Layer(1)]).ToArray(), second = MemoryMarshal.Cast<byte, Hash32>(sample.Store[SectorFile.Layer(2)]).ToArray();
        uint[] parents = new uint[StackedGraph.Degree];
        for (int node = 0; node < graph.Nodes; node++)
        {
            graph.Parents(node, parents);
            Hash32[] baseLabels = [.. parents[..6].Select(parent => first[parent])], all = [.. parents[..6].Select(parent => second[parent]), .. parents[6..].Select(parent => first[parent])];
            int count = node == 0 ? 0 : Labels.ParentLabels;
            Assert.Equal(first[node], Labels.Compute(sample.Statement.ReplicaId, 1, (ulong)node, [.. Enumerable.Range(0, count).Select(i => baseLabels[i % 6])]));
            Assert.Equal(second[node], Labels.Compute(sample.Statement.ReplicaId, 2, (ulong)node, [.. Enumerable.Range(0, count).Select(i => all[i % 14])]));
        }
    }

    [Fact]
    public void Another_provider_ticket_sector_kind_or_seed_does_not_verify() => Seeds.Check(random =>
    {
        using SealedSample sample = Random(SealKind.Of(5), random, out _);
        SealVanillaProof[] proofs = sample.Prove();
        SealInput input = sample.Input;
        SealInput[] others = [input with { ProviderId = ReplicaId.ProviderId(1001) }, input with { Number = 2 }, input with { Ticket = Ones }];
        foreach (SealInput other in others)
            Assert.NotNull(Check(sample, sample.Statement with { ReplicaId = other.ReplicaId(sample.CommD) }, proofs));
        Assert.NotNull(Check(sample, sample.Statement with { Seed = default }, proofs));
        Assert.NotNull(Check(sample, sample.Statement with { CommD = Ones }, proofs));
        Assert.NotNull(Check(sample, sample.Statement with { CommR = Ones }, proofs));
        Assert.NotNull(SealVerifier.Check(sample.Statement, SealKind.Of(10).CreateGraph(), 0, proofs));
        Assert.Equal(SealRule.Shape, Check(sample, sample.Statement, proofs[1..])?.Rule);
    });

    [Fact]
    public void A_flipped_bit_in_a_proof_is_detected() => Seeds.Check(random =>
    {
        using SealedSample sample = Random(SealKind.Of(5), random, out _);
        SectorSize size = sample.Input.Kind.Size;
        byte[] bytes = SealVanillaCodec.Encode(sample.Prove(), size);
        for (int round = 0; round < 300; round++)
        {
            byte[] altered = [.. bytes];
            altered[random.Next(bytes.Length)] ^= (byte)(1 << random.Next(8));
            bool accepted = SealVanillaCodec.TryDecode(altered, size, out SealVanillaProof[]? proofs) && Check(sample, sample.Statement, proofs) is null;
            Assert.False(accepted);
        }
        Assert.False(SealVanillaCodec.TryDecode([.. bytes, 0], size, out _));
        for (int length = 0; length < bytes.Length; length += 97)
            Assert.False(SealVanillaCodec.TryDecode(bytes.AsSpan(0, length), size, out _));
    });

    [Fact]
    public void A_flipped_bit_in_any_file_is_detected_where_it_is_shown() => Seeds.Check(random =>
    {
        using SealedSample sample = Random(SealKind.Of(5), random, out _);
        TreeShape shape = sample.Input.Kind.Size.Tree;
        SectorFile[] files = [SectorFile.Sealed, SectorFile.Layer(1), SectorFile.Layer(2), SectorFile.DataTree, SectorFile.TreeC(shape, 0), SectorFile.TreeRLast(shape, 0)];
        foreach (SectorFile file in files)
        {
            byte[] content = sample.Store[file];
            for (int node = 0; node < content.Length / 32; node++)
            {
                byte[] altered = [.. content];
                altered[32 * node + random.Next(32)] ^= (byte)(1 << random.Next(8));
                sample.Store[file] = altered;
                Assert.True(IsDetectedSomewhere(sample), $"{file}, node {node}");
            }
            sample.Store[file] = content;
        }
    });

    [Fact]
    public void A_step_that_was_cut_short_is_taken_up_where_it_was() => Seeds.Check(random =>
    {
        using SealedSample sample = Random(SealKind.Of(5), random, out _);
        SealCommitments expected = sample.Commitments;
        SectorFile[] files = [.. sample.Store.Files.Where(file => file != SectorFile.Unsealed)];
        for (int round = 0; round < 20; round++)
        {
            foreach (SectorFile file in files)
            {
                if (random.Next(2) == 0)
                    sample.Store.Delete(file);
            }
            sample.Store.Delete(SectorFile.Commitments);
            sample.Seal();
            Assert.Equal(expected, sample.Commitments);
        }
    });

    [Fact]
    public void A_table_of_parents_that_names_no_node_is_refused()
    {
        using SealedSample sample = new(SealKind.Of(5), [], default, Ones);
        sample.Parents.Bytes(10 * ParentTable.RowLength, 4).Fill(0xff);
        foreach (SectorFile file in sample.Store.Files.ToArray())
        {
            if (file != SectorFile.Unsealed)
                sample.Store.Delete(file);
        }
        Assert.Throws<InvalidDataException>(sample.Seal);
    }

    [Theory]
    [InlineData(6, 8 << 20)]
    public void A_sector_of_8_MiB_goes_all_the_way(int kind, int bytes) => AllTheWay(kind, bytes);

    [Theory]
    [InlineData(7, 512 << 20)]
    [Trait("Speed", "Slow")]
    public void A_sector_of_512_MiB_goes_all_the_way(int kind, int bytes) => AllTheWay(kind, bytes);

    private static void AllTheWay(int kind, int bytes) => Seeds.Check(random =>
    {
        using SealedSample sample = Random(SealKind.Of(kind), random, out byte[] data);
        Assert.Equal(bytes / 128 * 127, data.Length);
        Assert.Null(Check(sample, sample.Statement, sample.Prove()));
        Assert.True(data.AsSpan().SequenceEqual(Unseal(sample, 0, data.Length)));
        byte[] replica = sample.Store[SectorFile.Sealed];
        using SectorMemories files = new(sample.Store);
        long challenged = SealChallenges.Derive(sample.Statement, 0)[0];
        replica[32 * challenged] ^= 1;
        Assert.NotNull(Check(sample, sample.Statement, sample.Prove()));
        replica[32 * challenged] ^= 1;
    });

    /// <summary>Proves every node of the sector: whatever is altered lies in some proof.</summary>
    private static bool IsDetectedSomewhere(SealedSample sample)
    {
        byte[] seed = new byte[32];
        HashSet<long> shown = [];
        StackedGraph graph = sample.Input.Kind.CreateGraph();
        for (int i = 0; shown.Count < graph.Nodes - 1; i++)
        {
            MemoryMarshal.Write(seed, i);
            SealStatement statement = sample.Statement with { Seed = Hash32.Read(seed) };
            long[] challenges = SealChallenges.Derive(statement, 0);
            if (challenges.All(shown.Contains))
                continue;
            shown.UnionWith(challenges);
            try
            {
                using SectorMemories files = new(sample.Store);
                if (SealVerifier.Check(statement, graph, 0, SealProver.Prove(files.OpenSealed(sample.Input), statement, 0)) is not null)
                    return true;
            }
            catch (InvalidDataException)
            {
                return true;
            }
        }
        return false;
    }

    private static Invalid<SealRule>? Check(SealedSample sample, SealStatement statement, SealVanillaProof[] proofs) =>
        SealVerifier.Check(statement, sample.Input.Kind.CreateGraph(), 0, proofs);

    private static SealedSample Random(SealKind kind, Random random, out byte[] data)
    {
        data = new byte[kind.Size.Unpadded.Bytes];
        random.NextBytes(data);
        byte[] ticket = new byte[32], seed = new byte[32];
        random.NextBytes(ticket);
        random.NextBytes(seed);
        return new SealedSample(kind, data, Hash32.Read(ticket), Hash32.Read(seed));
    }

    private static byte[] Unseal(SealedSample sample, long offset, long length)
    {
        Unsealing unsealing = new(sample.Store, sample.Input.Kind.Size);
        unsealing.RestoreLabels(sample.Statement.ReplicaId, sample.Parents, null, CancellationToken.None);
        using MemoryStream output = new();
        unsealing.Read(offset, length, output);
        return output.ToArray();
    }
}
