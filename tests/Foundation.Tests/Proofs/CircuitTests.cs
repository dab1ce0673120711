using Flashback.Cryptography.Groth16;
using Flashback.Cryptography.R1cs;
using Flashback.Primitives;
using Flashback.Proofs;
using Flashback.Testing;

namespace Flashback.Foundation.Tests.Proofs;

/// <summary>Circuits and their vanilla twins: what one accepts satisfies the other, and what one refuses breaks the other.</summary>
public sealed class CircuitTests
{
    private static readonly SectorSize Smallest = SectorSize.Of(2L << 10);

    private static readonly Lazy<ConstraintSystem> Seal = new(() => new StorageCircuit(StorageProof.Seal, Smallest).CreateSystem());
    private static readonly Lazy<ConstraintSystem> Window = new(() => ConstraintSystem.Of(PostCircuit.BlankWindow(Smallest)));
    private static readonly Lazy<ConstraintSystem> Update = new(() => ConstraintSystem.Of(UpdateCircuit.Blank(Smallest.Tree)));

    [Fact]
    public void A_seal_satisfies_its_circuit_and_an_altered_one_does_not() => Seeds.Check(random =>
    {
        using SealedSample sample = Sample(random);
        SealVanillaProof[] proofs = sample.Prove();
        Assert.Null(SealVerifier.Check(sample.Statement, sample.Input.Kind.CreateGraph(), 0, proofs));
        Assignment values = Assignment.Of(Seal.Value, new SealCircuit(sample.Statement, proofs));
        Assert.Equal(SealCircuit.PublicInputs(sample.Statement, sample.Input.Kind.CreateGraph(), 0), values.Statement.ToArray());
        Assert.Equal(-1, Seal.Value.FindBroken(values));
        RequireBreaks(Seal.Value, values, random);

        SealVanillaProof first = proofs[0];
        SealVanillaProof[] altered =
        [
            first with { Data = first.Data with { Leaf = Flip(first.Data.Leaf, random) } },
            first with { Replica = first.Replica with { Root = Flip(first.Replica.Root, random) } },
            first with { BaseParents = [first.BaseParents[0] with { Column = [.. first.BaseParents[0].Column.Select(label => Flip(label, random))] }, .. first.BaseParents[1..]] },
            first with { ExpanderParents = [.. first.ExpanderParents[..7], first.Column] },
        ];
        foreach (SealVanillaProof one in altered)
        {
            Assert.NotNull(SealVerifier.Check(sample.Statement, sample.Input.Kind.CreateGraph(), 0, [one, proofs[1]]));
            Assignment wrong = Assignment.Of(Seal.Value, new SealCircuit(sample.Statement, [one, proofs[1]]));
            bool sameInputs = wrong.Statement.Span.SequenceEqual(values.Statement.Span);
            Assert.False(sameInputs && Seal.Value.FindBroken(wrong) == -1);
        }
    });

    [Fact]
    public void A_proof_of_spacetime_satisfies_its_circuit_and_is_proven() => Seeds.Check(random =>
    {
        using SealedSample sample = Sample(random);
        using SectorMemories files = new(sample.Store);
        PostSector sector = new(1, sample.Commitments.CommR);
        Hash32 randomness = Node(random);
        PostReplica replica = new(sector, sample.Commitments.CommC, files.OpenTreeRLast(Smallest));
        PostVanillaProof vanilla = FallbackPost.Prove(PostKind.Window, Smallest, randomness, 0, replica);
        // One sector in a partition for two: it stands there twice.
        Assignment values = Assignment.Of(Window.Value, PostCircuit.Window(Smallest, [vanilla]));
        Assert.Equal(PostCircuit.WindowInputs(PostKind.Window, Smallest, randomness, 0, [sector]), values.Statement.ToArray());
        Assert.Equal(-1, Window.Value.FindBroken(values));
        RequireBreaks(Window.Value, values, random);

        PostVanillaProof winning = FallbackPost.Prove(PostKind.Winning, Smallest, randomness, 0, replica);
        ConstraintSystem system = ConstraintSystem.Of(PostCircuit.BlankWinning(Smallest));
        Assignment won = Assignment.Of(system, PostCircuit.Winning(winning));
        Assert.Equal(PostCircuit.WinningInputs(Smallest, randomness, sector), won.Statement.ToArray());
        Assert.Equal(-1, system.FindBroken(won));
    });

    [Fact]
    public void A_window_post_goes_from_sector_to_proof_to_verification()
    {
        using MemoryStream file = new();
        KeyGeneration.Write(Window.Value, SetupSecret.Random(), file);
        Assert.True(ProvingKey.TryOpen(new KeyMemory(file.ToArray()), out ProvingKey? key, out _));
        using SealedSample sample = Sample(new Random(1));
        using SectorMemories files = new(sample.Store);
        PostSector sector = new(1, sample.Commitments.CommR);
        Hash32 randomness = Node(new Random(2));
        PostVanillaProof vanilla = FallbackPost.Prove(
            PostKind.Window, Smallest, randomness, 0, new PostReplica(sector, sample.Commitments.CommC, files.OpenTreeRLast(Smallest)));
        Groth16Prover prover = new(Window.Value, key, memoryBudget: 1);
        Groth16Proof proof = prover.Prove(Assignment.Of(Window.Value, PostCircuit.Window(Smallest, [vanilla, vanilla])));
        Fr[] inputs = PostCircuit.WindowInputs(PostKind.Window, Smallest, randomness, 0, [sector, sector]);
        Groth16Statement statement = new(key.Verifying, inputs, proof);
        Assert.Null(Groth16Verifier.Verify(statement));
        Assert.Null(Groth16Verifier.VerifyAll([statement, statement, statement], out _));
        for (int i = 0; i < inputs.Length; i++)
        {
            inputs[i] += Fr.One;
            Assert.NotNull(Groth16Verifier.Verify(statement));
            inputs[i] -= Fr.One;
        }
        key.Dispose();
    }

    [Fact]
    public void An_update_satisfies_its_circuit() => Seeds.Check(random =>
    {
        using SealedSample sample = Sample(random);
        byte[] data = new byte[Smallest.Unpadded.Bytes], padded = new byte[Smallest.Bytes];
        random.NextBytes(data);
        Fr32.Pad(data, padded);
        sample.Store[SectorFile.UpdatedUnsealed] = padded;
        UpdateSteps steps = new(sample.Store, Smallest, null);
        Hash32 commD = steps.CommitData(CancellationToken.None);
        SealCommitments updated = steps.CommitReplica(commD, CancellationToken.None);
        using SectorMemories files = new(sample.Store);
        UpdateStatement statement = new(Smallest.NodeCount, sample.Commitments.CommR, commD, updated.CommR);
        UpdateVanillaProof proof = UpdateProofs.Prove(
            statement, 0, updated.CommC, files.OpenTreeRLast(Smallest), files.OpenDataTree(Smallest, SectorFile.UpdatedDataTree), files.OpenUpdatedTreeRLast(Smallest));
        Assignment values = Assignment.Of(Update.Value, new UpdateCircuit(statement, 0, proof));
        Assert.Equal(UpdateCircuit.PublicInputs(statement, 0), values.Statement.ToArray());
        Assert.Equal(-1, Update.Value.FindBroken(values));
        RequireBreaks(Update.Value, values, random);
        UpdateVanillaProof other = proof with { ApexLeaves = [Flip(proof.ApexLeaves[0], random), .. proof.ApexLeaves[1..]] };
        Assert.NotEqual(-1, Update.Value.FindBroken(Assignment.Of(Update.Value, new UpdateCircuit(statement, 0, other))));
    });

    /// <summary>Some values, public and private, changed one at a time.</summary>
    private static void RequireBreaks(ConstraintSystem system, Assignment values, Random random)
    {
        for (int round = 0; round < 3; round++)
        {
            Fr[] kind = round % 2 == 0 ? values.Auxiliary : values.Inputs;
            int at = random.Next(kind.Length);
            kind[at] += Fr.One;
            Assert.NotEqual(-1, system.FindBroken(values));
            kind[at] -= Fr.One;
        }
    }

    private static SealedSample Sample(Random random)
    {
        byte[] data = new byte[Smallest.Unpadded.Bytes];
        random.NextBytes(data);
        return new SealedSample(SealKind.Of(5), data, Node(random), Node(random));
    }

    private static Hash32 Node(Random random)
    {
        byte[] bytes = new byte[32];
        random.NextBytes(bytes);
        bytes[^1] &= 0x3f;
        return Hash32.Read(bytes);
    }

    private static Hash32 Flip(Hash32 node, Random random)
    {
        byte[] bytes = node.AsSpan().ToArray();
        bytes[random.Next(31)] ^= (byte)(1 << random.Next(8));
        return Hash32.Read(bytes);
    }
}
