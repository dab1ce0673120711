using System.Globalization;
using Flashback.Cryptography;
using Flashback.Primitives;
using YamlDotNet.RepresentationModel;

namespace Flashback.Conformance;

/// <summary>The KZG vectors of the consensus specification: <c>FUNCTION/kzg-mainnet/CASE/data.yaml</c>.</summary>
/// <remarks>An output of null means that the input is to be refused as malformed; a wrong proof is false. spec: cs/tests/formats/kzg_4844, cs/tests/formats/kzg_7594.</remarks>
public sealed class KzgKind : ISpecKind
{
    private const string Refused = "null";

    /// <inheritdoc/>
    public string Name => "kzg";

    /// <inheritdoc/>
    public string Description => "KZG commitments to blobs and cells, the consensus specification's vectors";

    /// <inheritdoc/>
    public IEnumerable<SpecUnit> Find(string path)
    {
        foreach (string file in VectorFiles.Below(path, "data.yaml"))
        {
            // Three folders above the file: CASE, kzg-mainnet, FUNCTION.
            string[] folders = Path.GetFullPath(file).Split(Path.DirectorySeparatorChar);
            if (folders.Length < 4 || folders[^3] != "kzg-mainnet")
                continue;
            string function = folders[^4];
            yield return new SpecUnit(VectorFiles.NameBelow(path, file), [file], files => [new SpecCase(function, () => Run(function, files.ReadText(file)))]);
        }
    }

    private static SpecOutcome Run(string function, string yaml)
    {
        YamlNode root = Yaml.Root(yaml), input = root["input"];
        string actual = function switch
        {
            "blob_to_kzg_commitment" => BlobToCommitment(input),
            "compute_kzg_proof" => ComputeProof(input),
            "compute_blob_kzg_proof" => ComputeBlobProof(input),
            "compute_challenge" => ComputeChallenge(input),
            "verify_kzg_proof" => VerifyProof(input),
            "verify_blob_kzg_proof" => VerifyBlobProof(input),
            "verify_blob_kzg_proof_batch" => VerifyBlobProofBatch(input),
            "compute_cells" => ComputeCells(input),
            "compute_cells_and_kzg_proofs" => ComputeCellsAndProofs(input),
            "recover_cells_and_kzg_proofs" => RecoverCellsAndProofs(input),
            "verify_cell_kzg_proof_batch" => VerifyCellProofBatch(input),
            _ => throw new InvalidDataException($"no KZG function is called {function}"),
        };
        return SpecOutcome.Equal(Describe(root["output"]), actual);
    }

    private static string BlobToCommitment(YamlNode input) =>
        Kzg.TryBlobToCommitment(Yaml.Bytes(input["blob"]), out Bytes48 commitment, out _) ? commitment.ToString() : Refused;

    private static string ComputeProof(YamlNode input) =>
        TryHash(input["z"], out Hash32 z) && Kzg.TryComputeProof(Yaml.Bytes(input["blob"]), z, out Bytes48 proof, out Hash32 y, out _)
            ? $"[{proof},{y}]"
            : Refused;

    private static string ComputeBlobProof(YamlNode input) =>
        TryPoint(input["commitment"], out Bytes48 commitment)
        && Kzg.TryComputeBlobProof(Yaml.Bytes(input["blob"]), commitment, out Bytes48 proof, out _)
            ? proof.ToString()
            : Refused;

    private static string ComputeChallenge(YamlNode input) =>
        TryPoint(input["commitment"], out Bytes48 commitment) ? Kzg.ComputeChallenge(Yaml.Bytes(input["blob"]), commitment).ToString() : Refused;

    private static string VerifyProof(YamlNode input)
    {
        if (!TryPoint(input["commitment"], out Bytes48 commitment) || !TryPoint(input["proof"], out Bytes48 proof)
            || !TryHash(input["z"], out Hash32 z) || !TryHash(input["y"], out Hash32 y))
            return Refused;
        Kzg.VerifyProof(commitment, z, y, proof, out KzgFault fault);
        return Answer(fault);
    }

    private static string VerifyBlobProof(YamlNode input)
    {
        if (!TryPoint(input["commitment"], out Bytes48 commitment) || !TryPoint(input["proof"], out Bytes48 proof))
            return Refused;
        Kzg.VerifyBlobProof(Yaml.Bytes(input["blob"]), commitment, proof, out KzgFault fault);
        return Answer(fault);
    }

    private static string VerifyBlobProofBatch(YamlNode input)
    {
        if (!TryPoints(input["commitments"], out Bytes48[] commitments) || !TryPoints(input["proofs"], out Bytes48[] proofs))
            return Refused;
        Kzg.VerifyBlobProofBatch(Memories(input["blobs"]), commitments, proofs, out KzgFault fault);
        return Answer(fault);
    }

    private static string ComputeCells(YamlNode input)
    {
        byte[] cells = new byte[KzgCells.CellsPerBlob * KzgCells.CellSize];
        return KzgCells.TryComputeCells(Yaml.Bytes(input["blob"]), cells, out _) ? DescribeCells(cells) : Refused;
    }

    private static string ComputeCellsAndProofs(YamlNode input)
    {
        byte[] cells = new byte[KzgCells.CellsPerBlob * KzgCells.CellSize];
        Bytes48[] proofs = new Bytes48[KzgCells.CellsPerBlob];
        return KzgCells.TryComputeCellsAndProofs(Yaml.Bytes(input["blob"]), cells, proofs, out _) ? DescribeAll(cells, proofs) : Refused;
    }

    private static string RecoverCellsAndProofs(YamlNode input)
    {
        byte[] cells = new byte[KzgCells.CellsPerBlob * KzgCells.CellSize];
        Bytes48[] proofs = new Bytes48[KzgCells.CellsPerBlob];
        return KzgCells.TryRecoverCellsAndProofs(Indices(input), Memories(input["cells"]), cells, proofs, out _) ? DescribeAll(cells, proofs) : Refused;
    }

    private static string VerifyCellProofBatch(YamlNode input)
    {
        if (!TryPoints(input["commitments"], out Bytes48[] commitments) || !TryPoints(input["proofs"], out Bytes48[] proofs))
            return Refused;
        KzgCells.VerifyCellProofBatch(commitments, Indices(input), Memories(input["cells"]), proofs, out KzgFault fault);
        return Answer(fault);
    }

    private static string Answer(KzgFault fault) => fault switch
    {
        KzgFault.None => "true",
        KzgFault.DoesNotHold => "false",
        _ => Refused,
    };

    private static string DescribeAll(byte[] cells, Bytes48[] proofs) => $"[{DescribeCells(cells)},[{string.Join(',', proofs)}]]";

    private static string DescribeCells(byte[] cells) => $"[{string.Join(',', cells.Chunk(KzgCells.CellSize).Select(cell => Hex.Encode(cell)))}]";

    private static string Describe(YamlNode node) => node is YamlSequenceNode list ? $"[{string.Join(',', list.Children.Select(Describe))}]" : Yaml.Text(node);

    private static ulong[] Indices(YamlNode input) =>
        [.. Yaml.Items(input["cell_indices"]).Select(index => ulong.Parse(Yaml.Text(index), NumberStyles.None, CultureInfo.InvariantCulture))];

    private static ReadOnlyMemory<byte>[] Memories(YamlNode nodes) => [.. Yaml.ByteLists(nodes).Select(bytes => (ReadOnlyMemory<byte>)bytes)];

    // A length that our types do not have is refused before any function is asked.
    private static bool TryHash(YamlNode node, out Hash32 hash) => FixedBytes.TryParse(Yaml.Text(node), out hash);

    private static bool TryPoint(YamlNode node, out Bytes48 point) => FixedBytes.TryParse(Yaml.Text(node), out point);

    private static bool TryPoints(YamlNode nodes, out Bytes48[] points)
    {
        IList<YamlNode> items = Yaml.Items(nodes);
        points = new Bytes48[items.Count];
        for (int i = 0; i < points.Length; i++)
        {
            if (!TryPoint(items[i], out points[i]))
                return false;
        }
        return true;
    }
}
