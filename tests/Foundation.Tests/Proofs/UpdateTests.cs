using System.Runtime.InteropServices;
using Flashback.Primitives;
using Flashback.Proofs;
using Flashback.Testing;

namespace Flashback.Foundation.Tests.Proofs;

public sealed class UpdateTests
{
    [Fact]
    public void An_update_is_proven_and_decodes_to_its_data() => Seeds.Check(random =>
    {
        using SealedSample sample = new(SealKind.Of(5), [], default, default);
        SectorSize size = sample.Input.Kind.Size;
        byte[] data = new byte[size.Unpadded.Bytes], padded = new byte[size.Bytes];
        random.NextBytes(data);
        Fr32.Pad(data, padded);
        sample.Store[SectorFile.UpdatedUnsealed] = padded;
        UpdateSteps steps = new(sample.Store, size, null);
        Hash32 commD = steps.CommitData(CancellationToken.None);
        SealCommitments updated = steps.CommitReplica(commD, CancellationToken.None);
        Assert.Equal(sample.Commitments.CommC, updated.CommC);
        sample.Store.Delete(SectorFile.UpdatedCommitments);
        Assert.Equal(updated, steps.CommitReplica(commD, CancellationToken.None));

        using SectorMemories files = new(sample.Store);
        UpdateStatement statement = new(size.NodeCount, sample.Commitments.CommR, commD, updated.CommR);
        UpdateVanillaProof proof = UpdateProofs.Prove(
            statement, 0, updated.CommC, files.OpenTreeRLast(size), files.OpenDataTree(size, SectorFile.UpdatedDataTree), files.OpenUpdatedTreeRLast(size));
        Assert.Null(UpdateProofs.Check(statement, size.Tree, 0, proof));
        CheckAlterations(statement, size, proof, random);

        using MappedMemory decoded = MappedMemory.Allocate(size.Bytes), old = MappedMemory.Allocate(size.Bytes);
        MappedMemory before = files.Open(SectorFile.Sealed, size.Bytes), after = files.Open(SectorFile.UpdatedSealed, size.Bytes);
        ReplicaUpdate update = new(size.NodeCount, commD, sample.Commitments.CommR);
        update.Decode(before, after, decoded, CancellationToken.None);
        Assert.Equal(padded, decoded.Bytes(0, padded.Length).ToArray());
        update.Remove(after, decoded, old, CancellationToken.None);
        Assert.Equal(sample.Store[SectorFile.Sealed], old.Bytes(0, padded.Length).ToArray());
    });

    private static void CheckAlterations(UpdateStatement statement, SectorSize size, UpdateVanillaProof proof, Random random)
    {
        Assert.Equal(UpdateRule.Shape, UpdateProofs.Check(statement, size.Tree, 1, proof)?.Rule);
        Assert.Equal(UpdateRule.Shape, UpdateProofs.Check(statement, size.Tree, 0, proof with { Challenges = proof.Challenges[1..] })?.Rule);
        Assert.Equal(UpdateRule.ReplicaCommitment, UpdateProofs.Check(statement, size.Tree, 0, proof with { CommC = statement.CommDNew })?.Rule);
        for (int leaf = 0; leaf < proof.ApexLeaves.Length; leaf++)
        {
            Hash32[] apex = [.. proof.ApexLeaves];
            apex[leaf] = Flip(apex[leaf], random);
            Assert.Equal(UpdateRule.Apex, UpdateProofs.Check(statement, size.Tree, 0, proof with { ApexLeaves = apex })?.Rule);
        }
        foreach (Hash32 other in (Hash32[])[Flip(statement.CommROld, random), statement.CommDNew])
        {
            Assert.NotNull(UpdateProofs.Check(statement with { CommROld = other }, size.Tree, 0, proof));
            Assert.NotNull(UpdateProofs.Check(statement with { CommRNew = other }, size.Tree, 0, proof));
        }
        Assert.NotNull(UpdateProofs.Check(statement with { CommDNew = Flip(statement.CommDNew, random) }, size.Tree, 0, proof));
        UpdateChallengeProof shown = proof.Challenges[0];
        UpdateChallengeProof[] altered =
        [
            shown with { Data = shown.Data with { Leaf = Flip(shown.Data.Leaf, random) } },
            shown with { Old = shown.Old with { Leaf = Flip(shown.Old.Leaf, random) } },
            shown with { Updated = shown.Updated with { Leaf = Flip(shown.Updated.Leaf, random) } },
            shown with { Old = shown.Updated },
            shown with { Updated = shown.Old },
        ];
        foreach (UpdateChallengeProof one in altered)
            Assert.NotNull(UpdateProofs.Check(statement, size.Tree, 0, proof with { Challenges = [one, .. proof.Challenges[1..]] }));
    }

    private static Hash32 Flip(Hash32 node, Random random)
    {
        Span<byte> bytes = MemoryMarshal.AsBytes(new Span<Hash32>(ref node));
        bytes[random.Next(31)] ^= (byte)(1 << random.Next(8));
        return node;
    }
}
