using System.Globalization;
using System.Numerics;
using System.Text.Json;
using System.Text.RegularExpressions;
using Flashback.Cryptography;
using Flashback.Cryptography.Groth16;
using Flashback.Cryptography.R1cs;
using Flashback.Proofs;

namespace Flashback.Conformance;

/// <summary>Circuits: numbers of constraints, digests of whole systems, names of their files, and real proofs.</summary>
internal static partial class FilecoinCircuits
{
    private const long LongFrom = 10_000_000;

    private static readonly SpecOutcome NoGadget = new SpecOutcome.Skipped("a gadget that no circuit of ours uses");

    public static IEnumerable<SpecCase> Counts(JsonElement section)
    {
        foreach (JsonElement row in section.GetProperty("rows").EnumerateArray())
        {
            string name = row.GetProperty("test").GetString()!;
            yield return new(name, () => Count(name) is { } made
                ? SpecOutcome.Equal($"{row.GetProperty("constraints")} {Inputs(row, made.System)}", $"{made.System.ConstraintCount - made.Overhead} {Inputs(row, made.System)}")
                : NoGadget);
        }
    }

    public static IEnumerable<SpecCase> Sizes(JsonElement section)
    {
        foreach (JsonElement row in section.GetProperty("rows").EnumerateArray())
        {
            string name = row.GetProperty("circuit").GetString()!;
            yield return new(name, () => Size(name) is { } circuit ? SizeOf(row, circuit.CreateSystem()) : NoGadget, IsLong: row.GetProperty("constraints").GetInt64() > LongFrom);
        }
    }

    public static IEnumerable<SpecCase> Fingerprints(JsonElement section)
    {
        foreach (JsonProperty row in section.GetProperty("values").EnumerateObject())
        {
            yield return new(row.Name, () => SpecOutcome.Equal(
                row.Value.GetProperty("fingerprint").GetString()!, FilecoinWords.Text(Instance(row.Name).Fingerprint())));
        }
    }

    public static IEnumerable<SpecCase> Identifiers(JsonElement section)
    {
        foreach (JsonElement row in section.GetProperty("rows").EnumerateArray())
        {
            string file = row.GetProperty("file").GetString()!;
            yield return new(file, () =>
            {
                if (!row.TryGetProperty("identifier", out JsonElement identifier) || file.Contains("-poseidon-merkletree", StringComparison.Ordinal))
                    return NoGadget;
                SectorSize size = SectorSize.Of(row.GetProperty("sector_size").GetInt64());
                StorageCircuit? circuit = Array.Find(
                    Array.ConvertAll(Enum.GetValues<StorageProof>(), proof => new StorageCircuit(proof, size)), candidate => candidate.Identifier == identifier.GetString());
                return SpecOutcome.Equal(Path.GetFileNameWithoutExtension(file), $"{circuit?.FileName}");
            });
        }
    }

    /// <summary>A real proof with its key.</summary>
    public static SpecOutcome Verify(JsonElement section, Fr[] inputs)
    {
        if (!VerifyingKey.TryDecodeCompressed(FilecoinWords.Bytes(section.GetProperty("vk")), out VerifyingKey? key, out Groth16Fault fault)
            || !Groth16Proof.TryDecode(FilecoinWords.Bytes(section.GetProperty("proof")), out Groth16Proof proof, out fault))
            return new SpecOutcome.Failed("a key and a proof", fault.ToString());
        Fr[] other = [inputs[0] + Fr.One, .. inputs[1..]];
        return SpecOutcome.Equal(
            "valid, Equation", $"{Groth16Verifier.Verify(new(key, inputs, proof))?.ToString() ?? "valid"}, {Groth16Verifier.Verify(new(key, other, proof))?.Rule}");
    }

    private static string Inputs(JsonElement row, ConstraintSystem system) =>
        row.TryGetProperty("inputs", out JsonElement inputs) && inputs.GetInt32() != system.InputCount ? $"with {system.InputCount} inputs for {inputs}" : "";

    private static SpecOutcome SizeOf(JsonElement row, ConstraintSystem system) => SpecOutcome.Equal(
        $"{row.GetProperty("constraints")} {row.GetProperty("aux")} {row.GetProperty("public_inputs")} {row.GetProperty("constraints_with_input_rows")} {row.GetProperty("domain_log2")} {row.GetProperty("vk_file_bytes")}",
        string.Create(CultureInfo.InvariantCulture, $"{system.ConstraintCount} {system.AuxiliaryCount} {system.InputCount - 1} {system.ConstraintCount + system.InputCount} {BitOperations.Log2(BitOperations.RoundUpToPowerOf2((ulong)(system.ConstraintCount + system.InputCount)))} {VerifyingKey.FileSize(system.InputCount - 1)}"));

    private static StorageCircuit? Size(string name)
    {
        if (SizeName().Match(name) is not { Success: true } match)
            return null;
        string proof = match.Groups[1].Value switch { "PoRep" => "seal", "WindowPoSt" => "window", "WinningPoSt" => "winning", _ => "update" };
        return StorageCircuit.TryParse($"{proof}-{match.Groups[2].Value}", out StorageCircuit? circuit) ? circuit : null;
    }

    private static ConstraintSystem Instance(string name)
    {
        if (name.Split(' ') is ["poseidon", "arity", var arity, ..])
            return ConstraintSystem.Of(new PoseidonSample(int.Parse(arity.TrimEnd(','), CultureInfo.InvariantCulture), PoseidonStrength.Standard));
        if (name.Split(' ') is ["insert", var width, ..])
            return ConstraintSystem.Of(new InsertSample(int.Parse(width, CultureInfo.InvariantCulture)));
        return Size(name)?.CreateSystem() ?? ConstraintSystem.Of(new Sha256Sample(Packs: false));
    }

    /// <summary>The system of an upstream test, and how many of its constraints the test does not count.</summary>
    private static (ConstraintSystem System, int Overhead)? Count(string name)
    {
        if (PoseidonName().Match(name) is { Success: true } poseidon)
            return (ConstraintSystem.Of(new PoseidonSample(int.Parse(poseidon.Groups[1].Value, CultureInfo.InvariantCulture), Enum.Parse<PoseidonStrength>(poseidon.Groups[2].Value, ignoreCase: true))), 0);
        if (PathName().Match(name) is { Success: true } path)
            return (ConstraintSystem.Of(new PathSample(path.Groups[1].Value == "sha256", Arities(path.Groups[2].Value), !name.EndsWith("private_root", StringComparison.Ordinal))), 0);
        if (InsertName().Match(name) is { Success: true } insert && insert.Groups[1].Value is "2" or "4" or "8")
        {
            int arity = int.Parse(InsertName().Match(name).Groups[1].Value, CultureInfo.InvariantCulture);
            return (ConstraintSystem.Of(new InsertSample(arity)), BitOperations.Log2((uint)arity));
        }
        return name switch
        {
            "test_hash2_circuit" => (ConstraintSystem.Of(new PoseidonSample(2, PoseidonStrength.Standard)), 0),
            "test_hash_single_column_circuit (11)" => (ConstraintSystem.Of(new PoseidonSample(11, PoseidonStrength.Standard)), 0),
            "test_full_hash (512 input bits extra)" => (ConstraintSystem.Of(new Sha256Sample(Packs: false)), 512),
            "hash_leaf_bits_circuit" => (ConstraintSystem.Of(new Sha256Sample(Packs: true)), 0),
            "test_blank_hash" => (ConstraintSystem.Of(new ConstantSample()), 0),
            _ when name.StartsWith("test_create_label", StringComparison.Ordinal) => (ConstraintSystem.Of(new LabelSample()), 0),
            _ when name.StartsWith("test_stacked_porep_circuit_poseidon_", StringComparison.Ordinal) => Seal(name["test_stacked_porep_circuit_poseidon_".Length..]),
            "PoRep 32GiB partition (total incl. 328 input constraints)" => (new StorageCircuit(StorageProof.Seal, SectorSize.Of(32L << 30)).CreateSystem(), -328),
            "bench: 32GiB (8,0,0), 10 challenges x 5 sectors" => (ConstraintSystem.Of(PostCircuit.Blank(new TreeShape(1L << 30, 0, 0), 5, 10)), 0),
            "WindowPoSt 32GiB, 2349 sectors" or "WindowPoSt 64GiB, 2300 sectors" => (Size(name)!.CreateSystem(), 0),
            _ when ShapeName().Match(name) is { Success: true } shape => Shaped(name, shape),
            _ => null,
        };
    }

    private static (ConstraintSystem, int)? Seal(string shape)
    {
        int[] arities = Arities(shape);
        return arities[0] != TreeShape.BaseArity ? null : (ConstraintSystem.Of(SealCircuit.Blank(Tree(8, arities), layers: 2, challenges: 1)), 0);
    }

    private static (ConstraintSystem, int)? Shaped(string name, Match shape)
    {
        int[] arities = Array.ConvertAll(shape.Groups[1].Value.Split(','), text => int.Parse(text, CultureInfo.InvariantCulture));
        if (name.StartsWith("fallback_post", StringComparison.Ordinal))
            return (ConstraintSystem.Of(PostCircuit.Blank(Tree(64, arities), name.Contains("2 sectors", StringComparison.Ordinal) ? 2 : 3, 5)), 0);
        Match bytes = BytesName().Match(name);
        long nodes = long.Parse(bytes.Groups[1].Value, CultureInfo.InvariantCulture) << (bytes.Groups[2].Value == "KiB" ? 5 : 25);
        return (ConstraintSystem.Of(UpdateCircuit.Blank(new TreeShape(nodes, arities[1], arities[2]))), 0);
    }

    private static TreeShape Tree(long leaves, int[] arities)
    {
        int sub = arities.ElementAtOrDefault(1), top = arities.ElementAtOrDefault(2);
        return new(leaves * Math.Max(1, sub) * Math.Max(1, top), sub, top);
    }

    /// <summary>base_2 → 2; sub_8_4 → 8, 4; top_8_4_2 → 8, 4, 2.</summary>
    private static int[] Arities(string text) => Array.ConvertAll(text.Split('_', StringSplitOptions.RemoveEmptyEntries)[1..], part => int.Parse(part, CultureInfo.InvariantCulture));

    [GeneratedRegex(@"^(PoRep|WindowPoSt|WinningPoSt|EmptySectorUpdate) ?(\d+[KMG]iB)")]
    private static partial Regex SizeName();

    [GeneratedRegex(@"^poseidon arity (\d+) (standard|strengthened)$")]
    private static partial Regex PoseidonName();

    [GeneratedRegex(@"^test_por_circuit_(sha256|poseidon)[ _]((?:base|sub|top)(?:_\d)+)(?:_private_root)?$")]
    private static partial Regex PathName();

    [GeneratedRegex(@"^insert size (\d+)$")]
    private static partial Regex InsertName();

    [GeneratedRegex(@"^(?:fallback_post|empty_sector_update [0-9KGiB]+) \((\d,\d,\d)\)")]
    private static partial Regex ShapeName();

    [GeneratedRegex(@" (\d+)([KG]iB) ")]
    private static partial Regex BytesName();
}
