using Flashback.Client;
using Flashback.Consensus;
using Flashback.Primitives;

namespace Flashback.Validator;

/// <summary>Voting as the sync committee, and contributing the votes of a part of it. spec: cs/altair/validator#sync-committee-messages</summary>
internal sealed class SyncVoting(DutyContext context)
{
    /// <summary>Votes for the head with all validators that are in the committee.</summary>
    /// <returns>The block they vote for; null where nobody does.</returns>
    public async Task<Hash32?> VoteAsync(Slot slot)
    {
        SyncCommitteeDuty[] due = Due(slot);
        if (due.Length == 0)
            return null;
        int published = 0;
        try
        {
            Hash32 root = await context.Node.GetHeadRootAsync(context.Stop);
            SyncCommitteeMessage[] messages = [.. DutySigner.SignAll(due, member => context.Signer.SignSyncVote(member.PublicKey, slot, root))
                .Select(signed => new SyncCommitteeMessage(slot, root, signed.Item.Validator, signed.Signature))];
            if (messages.Length > 0)
                await context.Node.PublishSyncCommitteeMessagesAsync(messages, context.Stop);
            published = messages.Length;
            return root;
        }
        finally
        {
            context.Report(DutyKind.SyncMessage, slot, due.Length, published);
        }
    }

    /// <summary>Contributes the votes of those parts of the committee for which one of our validators is selected. spec: cs/altair/validator#sync-committee-contributions</summary>
    public async Task ContributeAsync(Slot slot, Hash32 root)
    {
        Aggregator[] due = Select(slot);
        if (due.Length == 0)
            return;
        int published = 0;
        try
        {
            List<(Bytes48 Key, ContributionAndProof Message)> messages = [];
            foreach (IGrouping<ulong, Aggregator> part in due.GroupBy(aggregator => aggregator.Subcommittee))
            {
                if (await context.Node.ProduceContributionAsync(slot, part.Key, root, context.Stop) is not { } contribution)
                    continue;
                DutyContext.Demand(
                    contribution.Slot == slot && contribution.SubcommitteeIndex == part.Key && contribution.BeaconBlockRoot == root,
                    $"the node's contribution is for {contribution.Slot}, part {contribution.SubcommitteeIndex}, not for {slot}, part {part.Key} and our head");
                messages.AddRange(part.Select(aggregator => (aggregator.Key, new ContributionAndProof(aggregator.Validator, contribution, aggregator.Proof))));
            }
            SignedContributionAndProof[] signed = [.. DutySigner.SignAll(messages, message => context.Signer.SignContribution(message.Key, message.Message))
                .Select(signed => new SignedContributionAndProof(signed.Item.Message, signed.Signature))];
            if (signed.Length > 0)
                await context.Node.PublishContributionsAsync(signed, context.Stop);
            published = signed.Length;
        }
        finally
        {
            context.Report(DutyKind.Contribution, slot, due.Length, published);
        }
    }

    /// <summary>Counts what would have been due: the node cannot be worked with.</summary>
    public void Miss(Slot slot) => context.Report(DutyKind.SyncMessage, slot, Due(slot).Length, 0);

    private SyncCommitteeDuty[] Due(Slot slot)
    {
        Roster.Snapshot keys = context.Roster.Current;
        return [.. (context.Book.SyncMembersAt(slot) ?? []).Where(member => keys.Signing(member.PublicKey, member.Validator) is not null)];
    }

    private Aggregator[] Select(Slot slot)
    {
        (SyncCommitteeDuty Member, ulong Part)[] candidates = [.. from member in Due(slot)
                                                                  from part in Selection.SubcommitteesOf(context.Preset, member.Places)
                                                                  select (member, part)];
        return [.. DutySigner.SignAll(candidates, candidate => context.Signer.SignSyncSelection(candidate.Member.PublicKey, slot, candidate.Part))
            .Where(signed => Selection.IsSyncCommitteeAggregator(context.Preset, signed.Signature))
            .Select(signed => new Aggregator(signed.Item.Member.PublicKey, signed.Item.Member.Validator, signed.Item.Part, signed.Signature))];
    }

    private readonly record struct Aggregator(Bytes48 Key, ValidatorIndex Validator, ulong Subcommittee, Bytes96 Proof);
}
