using System.Globalization;
using System.Security.Cryptography;
using System.Text.Json;
using Flashback.Primitives;
using Flashback.Proofs;

namespace Flashback.Conformance;

/// <summary>Parents, labels, and the challenges and public inputs of seal proofs, which are made of both.</summary>
internal static class FilecoinGraph
{
    private const long LargestTable = 512L << 20;

    public static IEnumerable<SpecCase> Tables(JsonElement section)
    {
        foreach (JsonElement row in section.GetProperty("rows").EnumerateArray())
        {
            SealKind kind = SealKind.Of(row.GetProperty("registered_proof_id").GetInt32());
            yield return new($"name {kind.Number}", () => SpecOutcome.Equal(row.GetProperty("cache_file").GetString()!, kind.CreateGraph().CacheName));
            yield return new($"digest {kind.Number}", () => Table(kind, row.GetProperty("sha256").GetString()!), IsLong: kind.Size.Bytes >= LargestTable);
        }
    }

    private static SpecOutcome Table(SealKind kind, string digest)
    {
        if (kind.Size.Bytes > LargestTable)
            return new SpecOutcome.Skipped("a table of 56 GiB");
        StackedGraph graph = kind.CreateGraph();
        using MappedMemory table = MappedMemory.Allocate(ParentTable.Length(graph));
        ParentTable.Fill(graph, table, null, CancellationToken.None);
        return SpecOutcome.Equal(digest, Digest(table));
    }

    public static string Digest(MappedMemory memory)
    {
        const int Chunk = 1 << 20;
        using IncrementalHash hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        for (long offset = 0; offset < memory.Length; offset += Chunk)
            hash.AppendData(memory.Bytes(offset, (int)Math.Min(Chunk, memory.Length - offset)));
        return FilecoinWords.Text(hash.GetHashAndReset());
    }

    public static IEnumerable<SpecCase> Samples(JsonElement section) =>
        from sample in section.EnumerateObject()
        where sample.Value.ValueKind == JsonValueKind.Object
        let number = int.Parse(sample.Name.Split("_id")[1].Split('_')[0], CultureInfo.InvariantCulture)
        from row in sample.Value.GetProperty("parents").EnumerateObject()
        select new SpecCase($"{sample.Name} {row.Name}", () => SpecOutcome.Equal(
            FilecoinWords.List(FilecoinWords.Longs(row.Value)),
            Parents(SealKind.Of(number).CreateGraph(), long.Parse(row.Name, CultureInfo.InvariantCulture))));

    public static IEnumerable<SpecCase> LastLabels(JsonElement section) => section.GetProperty("rows").EnumerateArray().Select(row =>
        new SpecCase($"{row.GetProperty("api")} {row.GetProperty("nodes")}", () =>
        {
            const int Layers = 11;
            GraphRules rules = row.GetProperty("api").GetString() == "V1_0_0" ? GraphRules.Legacy : GraphRules.Current;
            StackedGraph graph = new(row.GetProperty("nodes").GetInt64(), FilecoinWords.Hash(row.GetProperty("porep_id")), rules);
            using MappedMemory parents = MappedMemory.Allocate(ParentTable.Length(graph));
            using MappedMemory scratch = MappedMemory.Allocate(graph.Nodes * DataTree.NodeLength), labels = MappedMemory.Allocate(graph.Nodes * DataTree.NodeLength);
            ParentTable.Fill(graph, parents, null, CancellationToken.None);
            Replica.ComputeLastLayer(parents, FilecoinWords.Repeated(9), Layers, scratch, labels, null, CancellationToken.None);
            return SpecOutcome.Equal(row.GetProperty("label").GetString()!, FilecoinWords.Text(labels.Node(graph.Nodes - 1)));
        }));

    /// <summary>Seal proofs made by rust-fil-proofs, of which everything but the proof itself can be computed again.</summary>
    public static IEnumerable<SpecCase> RegressionRecords(JsonElement section)
    {
        foreach (JsonElement row in section.GetProperty("rows").EnumerateArray())
        {
            string name = $"line {row.GetProperty("line")}";
            Hash32 porepId = FilecoinWords.Hash(row.GetProperty("porep_id")), commD = FilecoinWords.Hash(row.GetProperty("comm_d"));
            Hash32 replicaId = FilecoinWords.Hash(row.GetProperty("replica_id"));
            yield return new($"{name} replica id", () => SpecOutcome.Equal(FilecoinWords.Text(replicaId), FilecoinWords.Text(ReplicaId.Compute(
                FilecoinWords.Hash(row.GetProperty("prover_id")), row.GetProperty("sector_id").GetUInt64(), FilecoinWords.Hash(row.GetProperty("ticket")), commD, porepId))));
            if (row.TryGetProperty("challenges_partition0", out JsonElement challenges))
            {
                bool isLegacy = row.GetProperty("api_version").GetString() == "V1_0_0";
                SealStatement statement = new(KindOf(row.GetProperty("sector_size").GetInt64()), replicaId, commD, FilecoinWords.Hash(row.GetProperty("comm_r")), FilecoinWords.Hash(row.GetProperty("seed")));
                StackedGraph graph = new(statement.Kind.Size.NodeCount, porepId, isLegacy ? GraphRules.Legacy : GraphRules.Current);
                yield return new($"{name} public inputs", () => PublicInputs(statement, graph, challenges, row.GetProperty("public_inputs_partition0")));
            }
            yield return new($"{name} proof", () => new SpecOutcome.Skipped("needs an official key, which is published nowhere we can reach"));
        }
    }

    public static IEnumerable<SpecCase> RealProof(JsonElement section)
    {
        const int Nodes = 64;
        JsonElement facts = section.GetProperty("facts");
        Hash32 porepId = FilecoinWords.Hash(facts.GetProperty("porep_id")), commD = FilecoinWords.Hash(section.GetProperty("comm_d"));
        yield return new("replica id", () => SpecOutcome.Equal(section.GetProperty("replica_id").GetString()!, FilecoinWords.Text(ReplicaId.Compute(
            FilecoinWords.Hash(facts.GetProperty("prover_id")), facts.GetProperty("sector").GetUInt64(), FilecoinWords.Hash(facts.GetProperty("ticket")), commD, porepId))));
        SealStatement statement = new(
            KindOf(Nodes * DataTree.NodeLength), FilecoinWords.Hash(section.GetProperty("replica_id")), commD, FilecoinWords.Hash(section.GetProperty("comm_r")), FilecoinWords.Hash(facts.GetProperty("seed")));
        yield return new("public inputs", () => PublicInputs(
            statement, new StackedGraph(Nodes, porepId, GraphRules.Current), section.GetProperty("challenges"), section.GetProperty("public_inputs")));
        yield return new("proof", () => FilecoinCircuits.Verify(
            section, SealCircuit.PublicInputs(statement, new StackedGraph(Nodes, porepId, GraphRules.Current), 0)));
    }

    private static SealKind KindOf(long bytes) => SealKind.All.First(kind => kind.Size.Bytes == bytes && kind.Rules == GraphRules.Current);

    /// <summary>Replica id, CommD, CommR; then of each challenge: it, its parents, and three times itself.</summary>
    private static SpecOutcome PublicInputs(SealStatement statement, StackedGraph graph, JsonElement challenges, JsonElement inputs)
    {
        long[] derived = SealChallenges.Derive(statement, 0);
        if (SpecOutcome.Equal(FilecoinWords.List(FilecoinWords.Longs(challenges)), FilecoinWords.List(derived)) is SpecOutcome.Failed failed)
            return failed;
        List<string> actual = [FilecoinWords.Decimal(statement.ReplicaId), FilecoinWords.Decimal(statement.CommD), FilecoinWords.Decimal(statement.CommR)];
        foreach (long challenge in derived)
            actual.AddRange([$"{challenge}", Parents(graph, challenge), $"{challenge}", $"{challenge}", $"{challenge}"]);
        return SpecOutcome.Equal(string.Join(',', inputs.EnumerateArray().Select(input => input.GetString())), string.Join(',', actual));
    }

    private static string Parents(StackedGraph graph, long node)
    {
        uint[] parents = new uint[StackedGraph.Degree];
        graph.Parents(node, parents);
        return string.Join(',', parents);
    }
}
