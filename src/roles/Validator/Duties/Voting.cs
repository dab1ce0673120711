using Flashback.Consensus;
using Flashback.Primitives;

namespace Flashback.Validator;

/// <summary>Voting for the head, and aggregating the votes of a committee. spec: cs/phase0/validator#attesting, cs/electra/validator#attesting</summary>
internal sealed class Voting(DutyContext context)
{
    /// <summary>Votes with all validators whose turn it is.</summary>
    /// <returns>What they vote for; null where nobody does.</returns>
    public async Task<AttestationData?> VoteAsync(Slot slot)
    {
        VoteDuty[] due = Due(slot);
        if (due.Length == 0)
            return null;
        int published = 0;
        try
        {
            AttestationData data = await context.Node.ProduceAttestationDataAsync(slot, context.Stop);
            Epoch epoch = context.Preset.EpochAt(slot);
            DutyContext.Demand(
                data.Slot == slot && data.Index == default && data.Target.Epoch == epoch && data.Source.Epoch <= epoch,
                $"the node's vote is for {data.Slot}, {data.Index}, from {data.Source.Epoch} to {data.Target.Epoch}: that is none of {slot}");
            SingleAttestation[] votes = [.. DutySigner.SignAll(due, vote => context.Signer.SignVote(vote.Duty.PublicKey, data))
                .Select(signed => new SingleAttestation(signed.Item.Duty.Committee, signed.Item.Duty.Validator, data, signed.Signature))];
            if (votes.Length > 0)
                await context.Node.PublishAttestationsAsync(votes, context.Stop);
            published = votes.Length;
            return data;
        }
        finally
        {
            context.Report(DutyKind.Attestation, slot, due.Length, published);
        }
    }

    /// <summary>Aggregates the votes of committees in which one of our validators is selected to.</summary>
    public async Task AggregateAsync(Slot slot, AttestationData data)
    {
        VoteDuty[] due = [.. Due(slot).Where(vote => vote.Selection is { IsAggregator: true })];
        if (due.Length == 0)
            return;
        int published = 0;
        try
        {
            Hash32 root = data.HashTreeRoot();
            List<AggregateAndProof> messages = [];
            foreach (IGrouping<CommitteeIndex, VoteDuty> committee in due.GroupBy(vote => vote.Duty.Committee))
            {
                if (await context.Node.GetAggregateAsync(slot, root, committee.Key, context.Stop) is not { } aggregate)
                    continue;
                DutyContext.Demand(
                    aggregate.Data == data && aggregate.CommitteeBits.SetCount == 1 && committee.Key.Value < (ulong)aggregate.CommitteeBits.Count && aggregate.CommitteeBits[(int)committee.Key.Value],
                    $"the node's aggregate is not one of {committee.Key}'s votes of {slot}");
                messages.AddRange(committee.Select(vote => new AggregateAndProof(vote.Duty.Validator, aggregate, vote.Selection!.Proof)));
            }
            Dictionary<ValidatorIndex, Bytes48> keys = due.ToDictionary(vote => vote.Duty.Validator, vote => vote.Duty.PublicKey);
            SignedAggregateAndProof[] signed = [.. DutySigner.SignAll(messages, message => context.Signer.SignAggregate(keys[message.AggregatorIndex], message))
                .Select(signed => new SignedAggregateAndProof(signed.Item, signed.Signature))];
            if (signed.Length > 0)
                await context.Node.PublishAggregatesAsync(signed, context.Stop);
            published = signed.Length;
        }
        finally
        {
            context.Report(DutyKind.Aggregate, slot, due.Length, published);
        }
    }

    /// <summary>Counts what would have been due: the node cannot be worked with.</summary>
    public void Miss(Slot slot) => context.Report(DutyKind.Attestation, slot, Due(slot).Length, 0);

    private VoteDuty[] Due(Slot slot)
    {
        Roster.Snapshot keys = context.Roster.Current;
        return [.. (context.Book.VotesAt(slot) ?? []).Where(vote => keys.Signing(vote.Duty.PublicKey, vote.Duty.Validator) is not null)];
    }
}
