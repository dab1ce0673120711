using System.Text.Json;

namespace Flashback.Conformance;

/// <summary>
/// Golden values of Filecoin's proofs, collected from rust-fil-proofs, neptune, lotus, curio and others into one file; each section knows where
/// it comes from. A section nobody reads counts as skipped, row by row.
/// </summary>
internal sealed class FilecoinKind : ISpecKind
{
    private static readonly Dictionary<string, Func<JsonElement, IEnumerable<SpecCase>>> Sections = new()
    {
        ["zero_piece_commitments"] = FilecoinPieces.ZeroPieces,
        ["zero_tree_nodes_by_height"] = FilecoinPieces.ZeroNodes,
        ["fr32"] = FilecoinPieces.Padding,
        ["commp"] = FilecoinPieces.Commitments,
        ["piece_cid_v1_v2"] = FilecoinPieces.Identifiers,
        ["commd_aggregate"] = FilecoinPieces.Aggregate,
        ["comm_d_first_byte_01"] = FilecoinPieces.FirstByteSet,
        ["piece_alignment"] = FilecoinPieces.Alignment,
        ["poseidon"] = FilecoinPoseidon.Cases,
        ["domain_constants"] = FilecoinPoseidon.Domain,
        ["sdr_parent_cache"] = FilecoinGraph.Tables,
        ["drg_samples"] = FilecoinGraph.Samples,
        ["labels"] = FilecoinGraph.LastLabels,
        ["groth16_porep_needing_official_vk"] = FilecoinGraph.RegressionRecords,
        ["groth16_porep_2KiB"] = FilecoinGraph.RealProof,
        ["seal_2KiB_lotus_bench"] = FilecoinSeals.Smallest,
        ["seal_8MiB_derived"] = FilecoinSeals.Middle,
        ["seal_512MiB_lotus_bench"] = FilecoinSeals.Large,
        ["seal_32GiB_curio"] = FilecoinSeals.Roots,
        ["sdr_encode_2KiB_curio"] = FilecoinSeals.Encoding,
        ["derived_seals"] = FilecoinSeals.Shapes,
        ["synthetic_challenges"] = FilecoinSeals.Synthetic,
        ["ni_challenges_derived"] = FilecoinSeals.NonInteractive,
        ["window_post_vanilla_32GiB"] = FilecoinPost.RealSector,
        ["groth16_window_post_2KiB"] = FilecoinPost.RealProof,
        ["constraint_counts"] = FilecoinCircuits.Counts,
        ["circuit_sizes_derived"] = FilecoinCircuits.Sizes,
        ["r1cs_fingerprints"] = FilecoinCircuits.Fingerprints,
        ["groth_params"] = FilecoinCircuits.Identifiers,
        ["groth16_files"] = FilecoinKeys.Files,
        ["groth16_xor_demo"] = FilecoinKeys.Demonstration,
        ["snap_challenges"] = FilecoinUpdates.Challenges,
        ["snap_phi"] = FilecoinUpdates.Phi,
        ["snap_encode_2KiB_derived"] = FilecoinUpdates.Encoding,
    };

    public string Name => "filecoin";

    public string Description => "golden values of Filecoin's storage proofs";

    public IEnumerable<SpecUnit> Find(string path) =>
        VectorFiles.Below(path, "*.json").Select(file => new SpecUnit(VectorFiles.NameBelow(path, file), [file], files => Cases(files.ReadBytes(file))));

    private static IEnumerable<SpecCase> Cases(byte[] json)
    {
        using JsonDocument document = JsonDocument.Parse(json);
        foreach (JsonProperty section in document.RootElement.EnumerateObject())
        {
            if (section.Name == "_about")
                continue;
            IEnumerable<SpecCase> cases = Sections.TryGetValue(section.Name, out var read) ? read(section.Value) : Rows(section.Value);
            foreach (SpecCase @case in cases)
                yield return @case with { Name = $"{section.Name} {@case.Name}" };
        }
    }

    /// <summary>A section nobody reads.</summary>
    private static IEnumerable<SpecCase> Rows(JsonElement section)
    {
        int count = section.TryGetProperty("rows", out JsonElement rows) ? rows.GetArrayLength()
            : section.TryGetProperty("values", out JsonElement values) ? values.EnumerateObject().Count() : 1;
        return Enumerable.Range(0, count).Select(i => new SpecCase($"row {i}", () => new SpecOutcome.Skipped("not about proofs of ours")));
    }
}
