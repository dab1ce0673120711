using System.Globalization;
using System.Text.Json;
using Flashback.Primitives;
using Flashback.Proofs;

namespace Flashback.Conformance;

/// <summary>Whole seals of sectors of zeros, and the challenges of those that depend on CommR.</summary>
internal static class FilecoinSeals
{
    public static IEnumerable<SpecCase> Smallest(JsonElement section)
    {
        JsonElement values = section.GetProperty("values");
        yield return new("commitments", () =>
        {
            using SampleSeal seal = Seal(SealKind.Of(5), default);
            Hash32 commR = SealCommitments.Of(seal.BuildTreeC().Root, seal.BuildTreeRLast().Root).CommR;
            return SpecOutcome.Equal(
                $"{section.GetProperty("comm_d_cid")} {section.GetProperty("comm_r_cid")} {Expected(values)}",
                $"{CommitmentCid.OfPiece(seal.DataTree.Root)} {CommitmentCid.OfReplica(commR)} {Commitments(seal)}");
        });
        yield return new("labels", () =>
        {
            using SampleSeal seal = Seal(SealKind.Of(5), default);
            string expected = $"{values.GetProperty("layer1")[3]} {values.GetProperty("layer2")[3]} {values.GetProperty("layer2_last")} {values.GetProperty("replica_sha256")}";
            return SpecOutcome.Equal(expected, string.Join(
                ' ', Word(seal.Layers[0].Node(3)), Word(seal.Layers[1].Node(3)), Word(seal.Layers[1].Node(63)), FilecoinGraph.Digest(seal.Sealed)));
        });
        yield return new("vanilla proof", () =>
        {
            using SampleSeal seal = Seal(SealKind.Of(5), default);
            return CheckProof(seal, SealKind.Of(5), FilecoinWords.Hash(values.GetProperty("seed")), FilecoinWords.Longs(values.GetProperty("challenges")));
        });
        yield return new("published proof", () => new SpecOutcome.Skipped("needs the circuits and an official key"));
    }

    public static IEnumerable<SpecCase> Middle(JsonElement section)
    {
        yield return new("commitments", () =>
        {
            using SampleSeal seal = Seal(SealKind.Of(6), FilecoinWords.Hash(section.GetProperty("inputs").GetProperty("ticket")));
            string expected = $"{section.GetProperty("replica_id")} {section.GetProperty("last_label_layer2")} {section.GetProperty("sha256_layer2_file")} "
                + $"{section.GetProperty("comm_c")} {section.GetProperty("comm_r_last")} {section.GetProperty("comm_r")}";
            string last = FilecoinWords.Text(seal.Layers[1].Node(seal.Graph.Nodes - 1)), layer = FilecoinGraph.Digest(seal.Layers[1]);
            return SpecOutcome.Equal(expected, $"{FilecoinWords.Text(seal.ReplicaId)} {last} {layer} {Roots(seal)}");
        });
    }

    public static IEnumerable<SpecCase> Large(JsonElement section)
    {
        SealKind kind = SealKind.Of(7);
        foreach (JsonElement row in section.GetProperty("rows").EnumerateArray())
        {
            Hash32 ticket = FilecoinWords.Hash(row.GetProperty("ticket"));
            JsonElement derived = row.GetProperty("derived");
            yield return new($"ticket {ticket}", () =>
            {
                using SampleSeal seal = Seal(kind, ticket);
                string actual = $"{Word(seal.ReplicaId)} {Word(seal.Layers[1].Node(seal.Graph.Nodes - 1))} {FilecoinGraph.Digest(seal.Sealed)} ";
                string expected = $"{derived.GetProperty("replica_id")} {derived.GetProperty("last label")} "
                    + $"{derived.GetProperty("sha256(layer-2 = replica of zero data)")} ";
                Hash32 commRLast = seal.BuildTreeRLast().Root;
                // Of the second row CommC was never computed by others from its inputs, so that it rests on the same test as the first row's.
                Hash32 commC = row.TryGetProperty("comm_c", out JsonElement published) ? FilecoinWords.Hash(published) : seal.BuildTreeC().Root;
                return SpecOutcome.Equal(
                    $"{expected}{derived.GetProperty("comm_r_last")} {row.GetProperty("comm_r")}",
                    $"{actual}{Word(commRLast)} {Word(SealCommitments.Of(commC, commRLast).CommR)}");
            }, IsLong: true);
        }
    }

    /// <summary>The upper nodes of a real 32 GiB sector.</summary>
    public static IEnumerable<SpecCase> Roots(JsonElement section)
    {
        yield return new("CommRLast", () =>
        {
            Hash32[] roots = [.. section.GetProperty("tree_r_last_roots_0_7").EnumerateArray().Select(FilecoinWords.Hash)];
            return SpecOutcome.Equal(section.GetProperty("comm_r_last").GetString()!, ReplicaHash.TryParent(roots, out Hash32 root) ? Word(root) : "no node");
        });
        yield return new("CommR", () =>
        {
            Hash32 commR = SealCommitments.Of(FilecoinWords.Hash(section.GetProperty("comm_c")), FilecoinWords.Hash(section.GetProperty("comm_r_last"))).CommR;
            return SpecOutcome.Equal($"{section.GetProperty("comm_r")} {section.GetProperty("comm_r_cid")}", $"{Word(commR)} {CommitmentCid.OfReplica(commR)}");
        });
    }

    public static IEnumerable<SpecCase> Encoding(JsonElement section)
    {
        byte[] data = JsonWords.Bytes(section.GetProperty("unsealed")), replica = JsonWords.Bytes(section.GetProperty("sealed")), labels = JsonWords.Bytes(section.GetProperty("key"));
        yield return new("encode", () =>
        {
            byte[] encoded = new byte[data.Length];
            Nodes.Add(data, labels, encoded);
            return SpecOutcome.Equal(FilecoinWords.Text(replica), FilecoinWords.Text(encoded));
        });
        yield return new("decode", () =>
        {
            byte[] decoded = new byte[data.Length];
            Nodes.Subtract(replica, labels, decoded);
            return SpecOutcome.Equal(FilecoinWords.Text(data), FilecoinWords.Text(decoded));
        });
        yield return new("CommD", () => SpecOutcome.Equal(section.GetProperty("comm_d").GetString()!, Word(DataTree.RootInPlace(data.ToArray()))));
    }

    public static IEnumerable<SpecCase> Shapes(JsonElement section) => section.GetProperty("values").EnumerateObject().Select(row => new SpecCase(row.Name, () =>
    {
        using SampleSeal seal = row.Value.TryGetProperty("shape", out JsonElement shape) ? Shaped(row, shape) : ByName(row.Name);
        return SpecOutcome.Equal(
            $"{row.Value.GetProperty("replica_id")} {row.Value.GetProperty("comm_c")} {row.Value.GetProperty("comm_r_last")} {row.Value.GetProperty("comm_r")}",
            $"{Word(seal.ReplicaId)} {Roots(seal)}");
    }));

    public static IEnumerable<SpecCase> Synthetic(JsonElement section)
    {
        Hash32 replicaId = Number(section.GetProperty("replica_id")), commR = Number(section.GetProperty("comm_r")), seed = FilecoinWords.Hash(section.GetProperty("randomness"));
        long nodes = section.GetProperty("nodes").GetInt64();
        int count = section.GetProperty("num_synth").GetInt32();
        yield return new("set", () => SpecOutcome.Equal(
            FilecoinWords.List(FilecoinWords.Longs(section.GetProperty("synthetic"))),
            FilecoinWords.List(SealChallenges.Synthetic(nodes, replicaId, commR, 0, count))));
        yield return new("selection", () => SpecOutcome.Equal(
            FilecoinWords.List(FilecoinWords.Longs(section.GetProperty("porep_10"))),
            FilecoinWords.List(SealChallenges.Select(nodes, count, replicaId, commR, seed, 0, 10))));

        static Hash32 Number(JsonElement text)
        {
            byte[] bytes = new byte[32];
            bytes[0] = byte.Parse(text.GetString()!.AsSpan(3).TrimEnd(')'), CultureInfo.InvariantCulture);
            return Hash32.Read(bytes);
        }
    }

    public static IEnumerable<SpecCase> NonInteractive(JsonElement section)
    {
        yield return new("all partitions", () =>
        {
            SealKind kind = SealKind.Of(15);
            using SampleSeal seal = Seal(kind, FilecoinWords.Repeated(1));
            Hash32 commR = SealCommitments.Of(seal.BuildTreeC().Root, seal.BuildTreeRLast().Root).CommR;
            SealStatement statement = new(kind, seal.ReplicaId, seal.DataTree.Root, commR, default);
            return SpecOutcome.Equal(
                string.Join(';', section.GetProperty("values").EnumerateObject().Select(row => FilecoinWords.List(FilecoinWords.Longs(row.Value)))),
                string.Join(';', Enumerable.Range(0, kind.Challenges.Partitions).Select(k => FilecoinWords.List(SealChallenges.Derive(statement, k)))));
        });
    }

    private static SampleSeal Seal(SealKind kind, Hash32 ticket) => new(kind.Size.Tree, kind.Size.Layers, kind.Number, kind.Rules, ticket);

    private static SampleSeal Shaped(JsonProperty row, JsonElement shape)
    {
        // The name ends in the size: shape_16KiB, or shape_2KiB-11-layers.
        long bytes = long.Parse(row.Name.Split('_')[1].Split("KiB")[0], CultureInfo.InvariantCulture) << 10;
        TreeShape tree = new(bytes / DataTree.NodeLength, shape[1].GetInt32(), shape[2].GetInt32());
        return new SampleSeal(
            tree, row.Value.GetProperty("layers").GetInt32(), row.Value.GetProperty("porep_id_number").GetInt32(), GraphRules.Current, FilecoinWords.Hash(row.Value.GetProperty("ticket")));
    }

    private static SampleSeal ByName(string name)
    {
        string[] parts = name.Split("proof")[1].Split("_ticket");
        return Seal(SealKind.Of(int.Parse(parts[0], CultureInfo.InvariantCulture)), FilecoinWords.Repeated(byte.Parse(parts[1], CultureInfo.InvariantCulture)));
    }

    private static SpecOutcome CheckProof(SampleSeal seal, SealKind kind, Hash32 seed, long[] challenges)
    {
        PoseidonTree<ColumnLeaves> treeC = seal.BuildTreeC();
        PoseidonTree<NodeLeaves> treeRLast = seal.BuildTreeRLast();
        SealedSector sector = new(kind, seal.Graph, seal.ReplicaId, seal.DataTree, seal.Layers, treeC, treeRLast);
        SealStatement statement = new(kind, seal.ReplicaId, seal.DataTree.Root, sector.ComputeCommR(), seed);
        Invalid<SealRule>? broken = SealVerifier.Check(statement, seal.Graph, 0, SealProver.Prove(sector, statement, 0));
        return broken is not null
            ? new SpecOutcome.Failed("a valid proof", broken.ToString())
            : SpecOutcome.Equal(FilecoinWords.List(challenges), FilecoinWords.List(SealChallenges.Derive(statement, 0)));
    }

    private static string Expected(JsonElement values) =>
        string.Join(' ', "comm_d replica_id comm_c comm_r_last comm_r".Split(' ').Select(name => values.GetProperty(name).GetString()));

    private static string Commitments(SampleSeal seal) => $"{Word(seal.DataTree.Root)} {Word(seal.ReplicaId)} {Roots(seal)}";

    private static string Roots(SampleSeal seal)
    {
        SealCommitments commitments = SealCommitments.Of(seal.BuildTreeC().Root, seal.BuildTreeRLast().Root);
        return $"{Word(commitments.CommC)} {Word(commitments.CommRLast)} {Word(commitments.CommR)}";
    }

    private static string Word(in Hash32 node) => FilecoinWords.Text(node);
}
