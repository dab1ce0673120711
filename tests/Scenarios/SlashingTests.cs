using Flashback.Chain.Beacon;
using Flashback.Consensus;
using Flashback.Cryptography;
using Flashback.Network;
using Flashback.Node;
using Flashback.Primitives;

namespace Flashback.Scenarios;

/// <summary>Validators that contradict themselves, in a network within the test's process: each key is known, so the test signs what no validator service would.</summary>
public sealed class SlashingTests
{
    private const int Validators = 64;
    private static readonly BlsSecretKey[] Keys = LocalNetwork.ValidatorKeys(LocalNetwork.KnownMnemonic, 0, Validators);

    [Fact]
    public async Task A_double_vote_and_a_double_proposal_are_slashed_on_every_node()
    {
        ValidatorIndex? voter = null, proposer = null;
        await DevnetRun.UntilAsync(DevnetRun.Settings(2, Validators), (devnet, slot) =>
        {
            BeaconNode node = devnet.Nodes[0].Beacon;
            if (slot == new Slot(5))
                voter = VoteTwice(node, slot);
            else if (slot == new Slot(9))
                proposer = ProposeTwice(node);
            return slot < new Slot(20);
        },
        last: 20, devnet =>
        {
            Assert.NotNull(voter);
            Assert.NotNull(proposer);
            foreach (BeaconChain chain in devnet.Nodes.Select(node => node.Beacon.Chain))
            {
                CachedState head = chain.CopyState(chain.Snapshot.HeadRoot)!;
                int[] slashed = [.. Enumerable.Range(0, Validators).Where(i => head.State.Validators[i].Slashed)];
                Assert.Equal(new[] { (int)voter.Value.Value, (int)proposer.Value.Value }.Order(), slashed);
                BeaconBlock[] blocks = [.. DevnetRun.BlocksOf(chain)];
                Assert.Equal(proposer.Value, Assert.Single(blocks.SelectMany(block => block.Body.ProposerSlashings)).SignedHeader1.Message.ProposerIndex);
                AttesterSlashing slashing = Assert.Single(blocks.SelectMany(block => block.Body.AttesterSlashings));
                Assert.Contains(voter.Value, slashing.Attestation1.AttestingIndices.Intersect(slashing.Attestation2.AttestingIndices));
            }
        });
    }

    /// <summary>A member of the slot's first committee votes for the head's parent; for the head its validator service votes a little later.</summary>
    private static ValidatorIndex VoteTwice(BeaconNode node, Slot slot)
    {
        BeaconChain chain = node.Chain;
        Assert.Null(chain.MakeAttestationData(slot, out AttestationData data));
        data = data with { BeaconBlockRoot = chain.Snapshot.Head.ParentRoot };
        CachedState state = chain.CopyState(chain.Snapshot.HeadRoot)!;
        ValidatorIndex voter = new((ulong)state.GetCommittees(data.Target.Epoch).Get(slot, 0)[0]);
        Bytes96 signature = Sign(state, voter, DomainType.BeaconAttester, data.Target.Epoch, data.HashTreeRoot());
        Topic topic = new(TopicKind.BeaconAttestation, chain.SubnetOf(data, new(0)));
        Assert.Equal(GossipVerdict.Accept, node.Publish(topic, new SingleAttestation(new(0), voter, data, signature).Encode()));
        return voter;
    }

    /// <summary>The head's proposer signs another block for its slot.</summary>
    private static ValidatorIndex ProposeTwice(BeaconNode node)
    {
        BeaconChain chain = node.Chain;
        BeaconBlock head = chain.Snapshot.Head;
        BeaconBlock other = head with { Body = head.Body with { Graffiti = Sha256.Hash([1]) } };
        CachedState state = chain.CopyState(chain.Snapshot.HeadRoot)!;
        Bytes96 signature = Sign(state, head.ProposerIndex, DomainType.BeaconProposer, chain.Preset.EpochAt(head.Slot), other.HashTreeRoot(chain.Preset));
        // It is not passed on, but it is seen.
        Assert.Equal(GossipVerdict.Ignore, node.Publish(new Topic(TopicKind.BeaconBlock), new SignedBeaconBlock(other, signature).Encode(chain.Preset)));
        return head.ProposerIndex;
    }

    private static Bytes96 Sign(CachedState state, ValidatorIndex signer, DomainType domain, Epoch epoch, Hash32 root) =>
        Bytes96.Read(Keys[(int)signer.Value].Sign(Signing.ComputeSigningRoot(root, state.GetDomain(domain, epoch)).AsSpan()).ToBytes());
}
