using Flashback.Client;
using Flashback.Consensus;

namespace Flashback.Validator;

/// <summary>Proposing blocks. spec: cs/phase0/validator#block-proposal</summary>
internal sealed class Proposing(DutyContext context)
{
    /// <summary>Proposes where it is one of our validators' turn.</summary>
    public async Task RunAsync(Slot slot)
    {
        if (slot == Slot.Genesis) // its block is the chain's beginning
            return;
        Epoch epoch = context.Preset.EpochAt(slot);
        // Asked for anew in each slot: the first blocks of an epoch may still change who proposes in it.
        Duties<ProposerDuty> duties = await context.Node.GetProposerDutiesAsync(epoch, context.Stop);
        Roster.Snapshot keys = context.Roster.Current;
        if (duties.Items.FirstOrDefault(duty => duty.Slot == slot) is not { } due || keys.Signing(due.PublicKey, due.Validator) is not { } settings)
            return;
        bool isPublished = false;
        try
        {
            isPublished = await ProposeAsync(due, epoch, settings);
        }
        finally
        {
            context.Report(DutyKind.Block, slot, 1, isPublished ? 1 : 0);
        }
    }

    /// <summary>
    /// 1. The random share is signed. 2. The node makes a block with it. 3. It is looked at. 4. It is signed, if no other was. 5. It goes to the network.
    /// </summary>
    private async Task<bool> ProposeAsync(ProposerDuty duty, Epoch epoch, DutySettings settings)
    {
        if (context.Clock.HasPassed(duty.Slot, SlotMoment.Aggregate))
        {
            DutyLog.TooLate(context.Log, duty.Slot, (long)context.Clock.SinceStartOf(duty.Slot).TotalMilliseconds);
            return false;
        }
        if (context.Signer.SignRandao(duty.PublicKey, epoch) is not { } reveal)
            return false;
        ProducedBlock produced = await context.Node.ProduceBlockAsync(duty.Slot, reveal, settings.Graffiti, context.Stop);
        BeaconBlock block = produced.Block;
        DutyContext.Demand(
            block.Slot == duty.Slot && block.ProposerIndex == duty.Validator && block.Body.RandaoReveal == reveal,
            $"the node's block is for {block.Slot} by {block.ProposerIndex}, not for {duty.Slot} by {duty.Validator} with its random share");
        if (block.Body.ExecutionPayload.FeeRecipient != settings.FeeRecipient)
            DutyLog.OtherFeeRecipient(context.Log, duty.Slot, block.Body.ExecutionPayload.FeeRecipient, settings.FeeRecipient);
        if (context.Signer.SignBlock(duty.PublicKey, block) is not { } signature)
            return false;
        await context.Node.PublishBlockAsync(new SignedBeaconBlock(block, signature), produced.Blobs, context.Stop);
        return true;
    }
}
