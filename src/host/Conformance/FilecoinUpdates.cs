using System.Globalization;
using System.Text.Json;
using Flashback.Primitives;
using Flashback.Proofs;

namespace Flashback.Conformance;

/// <summary>Replica updates.</summary>
internal static class FilecoinUpdates
{
    public static IEnumerable<SpecCase> Challenges(JsonElement section)
    {
        Hash32 commR = FilecoinWords.Hash(section.GetProperty("comm_r_new"));
        foreach (JsonElement row in section.GetProperty("rows").EnumerateArray())
        {
            long[] expected = FilecoinWords.Longs(row.GetProperty("challenges"));
            int partition = row.GetProperty("k").GetInt32();
            yield return new($"{row.GetProperty("sector")} {partition}", () => SpecOutcome.Equal(
                FilecoinWords.List(expected),
                FilecoinWords.List(UpdateProofs.Challenges(NodesOf(row.GetProperty("sector").GetString()!), commR, partition)[..expected.Length])));
        }
    }

    public static IEnumerable<SpecCase> Phi(JsonElement section)
    {
        yield return new("", () => SpecOutcome.Equal(
            section.GetProperty("phi").GetString()!,
            FilecoinWords.Text(new ReplicaUpdate(64, FilecoinWords.Hash(section.GetProperty("comm_d_new")), FilecoinWords.Hash(section.GetProperty("comm_r_old"))).Phi)));
    }

    public static IEnumerable<SpecCase> Encoding(JsonElement section)
    {
        yield return new("commitments and challenges", () => Encode(section.GetProperty("values"), Commitments));
        yield return new("replica", () => Encode(section.GetProperty("values"), ReplicaOf));
        yield return new("decoding", () => Encode(section.GetProperty("values"), Decode));
        yield return new("vanilla proof", () => Encode(section.GetProperty("values"), Prove));
    }

    private sealed record Updated(
        SampleSeal Old, MappedMemory Data, DataTreeRows DataTree, MappedMemory Replica, PoseidonTree<NodeLeaves> OldTree, PoseidonTree<NodeLeaves> Tree, Hash32 CommC, ReplicaUpdate Update)
    {
        public Hash32 CommROld => SealCommitments.Of(CommC, OldTree.Root).CommR;

        public Hash32 CommRNew => SealCommitments.Of(CommC, Tree.Root).CommR;

        public UpdateStatement Statement => new(Old.Graph.Nodes, CommROld, DataTree.Root, CommRNew);
    }

    private static SpecOutcome Encode(JsonElement values, Func<JsonElement, Updated, SpecOutcome> check)
    {
        SealKind kind = SealKind.Of(5);
        TreeShape shape = kind.Size.Tree;
        using SampleSeal old = new(shape, kind.Size.Layers, kind.Number, kind.Rules, default);
        using MappedMemory data = MappedMemory.Allocate(kind.Size.Bytes), replica = MappedMemory.Allocate(kind.Size.Bytes), rows = MappedMemory.Allocate(kind.Size.Bytes * 2 - 32);
        using MappedMemory tree = MappedMemory.Allocate(shape.StoredNodes(shape.DiscardedRows + 1) * DataTree.NodeLength);
        byte[] payload = [.. Enumerable.Range(0, (int)kind.Size.Unpadded.Bytes).Select(i => (byte)(7 * i + 3))];
        Fr32.Pad(payload, data.Bytes(0, (int)data.Length));
        DataTreeRows dataTree = new(rows);
        dataTree.Build(data, null, CancellationToken.None);
        Hash32 commC = old.BuildTreeC().Root;
        PoseidonTree<NodeLeaves> oldTree = old.BuildTreeRLast(), newTree = new(shape, shape.DiscardedRows + 1, [tree], new NodeLeaves(replica));
        ReplicaUpdate update = new(shape.Leaves, dataTree.Root, SealCommitments.Of(commC, oldTree.Root).CommR);
        update.Encode(old.Sealed, data, replica, CancellationToken.None);
        newTree.Build(null, CancellationToken.None);
        return check(values, new Updated(old, data, dataTree, replica, oldTree, newTree, commC, update));
    }

    private static SpecOutcome Commitments(JsonElement values, Updated updated)
    {
        UpdateParameters parameters = UpdateParameters.Of(updated.Old.Graph.Nodes);
        string expected = string.Join(' ', "comm_d_new comm_r_old phi comm_r_last_new comm_r_new h h_select".Split(' ').Select(name => values.GetProperty(name).ToString()))
            + $" {FilecoinWords.List(FilecoinWords.Longs(values.GetProperty("challenges_partition0")))} "
            + string.Join(' ', values.GetProperty("public_inputs").EnumerateArray().Select(input => input.GetString()));
        string actual = string.Join(
            ' ',
            FilecoinWords.Text(updated.DataTree.Root), FilecoinWords.Text(updated.CommROld), FilecoinWords.Text(updated.Update.Phi), FilecoinWords.Text(updated.Tree.Root),
            FilecoinWords.Text(updated.CommRNew), parameters.HighBits, parameters.HighBitsSelect,
            FilecoinWords.List(UpdateProofs.Challenges(parameters.Nodes, updated.CommRNew, 0)), parameters.PartitionAndHighBits(0),
            FilecoinWords.Decimal(updated.CommROld), FilecoinWords.Decimal(updated.DataTree.Root), FilecoinWords.Decimal(updated.CommRNew));
        return SpecOutcome.Equal(expected, actual);
    }

    private static SpecOutcome ReplicaOf(JsonElement values, Updated updated) => SpecOutcome.Equal(
        $"{values.GetProperty("rho0")} {values.GetProperty("rho1")} {values.GetProperty("new_replica_node0")} {values.GetProperty("new_replica_node63")} {values.GetProperty("new_replica_sha256")}",
        string.Join(
            ' ',
            FilecoinWords.Text(Nodes.FromElement(updated.Update.Rho(0))), FilecoinWords.Text(Nodes.FromElement(updated.Update.Rho(63))),
            FilecoinWords.Text(updated.Replica.Node(0)), FilecoinWords.Text(updated.Replica.Node(63)), FilecoinGraph.Digest(updated.Replica)));

    private static SpecOutcome Decode(JsonElement values, Updated updated)
    {
        using MappedMemory data = MappedMemory.Allocate(updated.Data.Length), old = MappedMemory.Allocate(updated.Data.Length);
        updated.Update.Decode(updated.Old.Sealed, updated.Replica, data, CancellationToken.None);
        updated.Update.Remove(updated.Replica, updated.Data, old, CancellationToken.None);
        return SpecOutcome.Equal(
            $"{FilecoinGraph.Digest(updated.Data)} {FilecoinGraph.Digest(updated.Old.Sealed)}", $"{FilecoinGraph.Digest(data)} {FilecoinGraph.Digest(old)}");
    }

    private static SpecOutcome Prove(JsonElement values, Updated updated)
    {
        UpdateVanillaProof proof = UpdateProofs.Prove(updated.Statement, 0, updated.CommC, updated.OldTree, updated.DataTree, updated.Tree);
        return SpecOutcome.Equal("", $"{UpdateProofs.Check(updated.Statement, SealKind.Of(5).Size.Tree, 0, proof)}");
    }

    private static long NodesOf(string size)
    {
        string[] parts = size.Split('_');
        int shift = parts[1] switch
        {
            "KIB" => 10,
            "MIB" => 20,
            _ => 30,
        };
        return (long.Parse(parts[0], CultureInfo.InvariantCulture) << shift) / DataTree.NodeLength;
    }
}
