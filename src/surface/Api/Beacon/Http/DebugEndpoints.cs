using Flashback.Chain.Beacon;
using Flashback.Consensus;
using Flashback.Primitives;

namespace Flashback.Api.Beacon.Http;

/// <summary>Whole states, for those that begin with one, and a look into the fork choice: <c>/eth/v2/debug/…</c>. spec: beacon-APIs, Debug</summary>
internal sealed class DebugEndpoints(ChainLookup lookup)
{
    public void AddTo(BeaconTable table)
    {
        table.Get("/eth/v2/debug/beacon/states/{state_id}", request =>
        {
            NamedState state = lookup.State(request.Route("state_id"));
            return BeaconAnswer.Of(lookup.Preset, state.State, state.Envelope with { IsVersioned = true });
        });
        table.Get("/eth/v2/debug/beacon/heads", _ => Heads());
        table.Get("/eth/v1/debug/fork_choice", _ => ForkChoice());
    }

    private BeaconAnswer Heads()
    {
        var blocks = lookup.Chain.ForkChoiceTree().Blocks;
        HashSet<Hash32> parents = [.. blocks.Select(block => block.Parent)];
        return BeaconAnswer.Of(JsonValues.Array(blocks.Where(block => !parents.Contains(block.Root)), (writer, head) =>
        {
            writer.WriteDecimal("slot", head.Slot.Value);
            writer.WriteHex("root", head.Root.AsSpan());
            writer.WriteBoolean("execution_optimistic"u8, false);
        }));
    }

    private BeaconAnswer ForkChoice()
    {
        BeaconChain chain = lookup.Chain;
        var tree = chain.ForkChoiceTree();
        var nodes = tree.Blocks.Select(block => (Block: block, State: chain.CopyState(block.Root)?.State)).Where(node => node.State is not null).ToArray();
        return new BeaconAnswer
        {
            WriteJson = JsonValues.Object(writer =>
            {
                writer.WriteContainer("justified_checkpoint", tree.Justified);
                writer.WriteContainer("finalized_checkpoint", tree.Finalized);
                writer.WritePropertyName("fork_choice_nodes"u8);
                JsonValues.Array(nodes, (to, node) =>
                {
                    BeaconState state = node.State!;
                    to.WriteDecimal("slot", node.Block.Slot.Value);
                    to.WriteHex("block_root", node.Block.Root.AsSpan());
                    to.WriteHex("parent_root", node.Block.Parent.AsSpan());
                    to.WriteDecimal("justified_epoch", state.CurrentJustifiedCheckpoint.Epoch.Value);
                    to.WriteDecimal("finalized_epoch", state.FinalizedCheckpoint.Epoch.Value);
                    to.WriteDecimal("weight", node.Block.Weight);
                    to.WriteString("validity"u8, "valid"u8);
                    to.WriteHex("execution_block_hash", state.LatestExecutionPayloadHeader.BlockHash.AsSpan());
                    to.WriteStartObject("extra_data"u8);
                    to.WriteEndObject();
                })(writer);
                writer.WriteStartObject("extra_data"u8);
                writer.WriteEndObject();
            }),
        };
    }
}
