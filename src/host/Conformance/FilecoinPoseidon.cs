using System.Globalization;
using System.Text.Json;
using Flashback.Cryptography;
using Flashback.Primitives;
using Flashback.Proofs;

namespace Flashback.Conformance;

/// <summary>Poseidon's digests and constants.</summary>
internal static class FilecoinPoseidon
{
    public static IEnumerable<SpecCase> Cases(JsonElement section) =>
    [
        .. Digests(section.GetProperty("merkle_standard"), "merkle", PoseidonStrength.Standard, constantLength: false),
        .. Digests(section.GetProperty("merkle_strengthened"), "merkle strengthened", PoseidonStrength.Strengthened, constantLength: false),
        .. Digests(section.GetProperty("constant_length4_standard"), "constant length", PoseidonStrength.Standard, constantLength: true),
        .. Digests(section.GetProperty("constant_length4_strengthened"), "constant length strengthened", PoseidonStrength.Strengthened, constantLength: true),
        .. section.GetProperty("constants").EnumerateObject().Select(row => new SpecCase($"constants {row.Name}", () => Constants(row))),
        .. section.GetProperty("optimised").GetProperty("values").EnumerateObject().Select(row => new SpecCase($"optimised {row.Name}", () => Optimised(row))),
        .. Hashers(section),
    ];

    public static IEnumerable<SpecCase> Domain(JsonElement section) =>
    [
        new("generator", () => SpecOutcome.Equal(Fr.From(section.GetProperty("multiplicative_generator").GetUInt64()).ToString(), Fr.Generator.ToString())),
        new("root of unity", () =>
        {
            // 7^((r − 1) / 2^32)
            UInt256 exponent = UInt256.ReadLittleEndian(Nodes.FromElement(-Fr.One).AsSpan()) >> section.GetProperty("two_adicity").GetInt32();
            Fr root = Fr.One;
            for (int bit = exponent.BitLength - 1; bit >= 0; bit--)
                root = (exponent >> bit).Low % 2 == 1 ? root.Square() * Fr.Generator : root.Square();
            return SpecOutcome.Equal(section.GetProperty("root_of_unity").GetString()!, root.ToString());
        }),
    ];

    private static IEnumerable<SpecCase> Digests(JsonElement rows, string name, PoseidonStrength strength, bool constantLength) =>
        rows.EnumerateObject().Select(row => new SpecCase($"{name} {row.Name}", () =>
        {
            int arity = int.Parse(row.Name, CultureInfo.InvariantCulture);
            Poseidon poseidon = new(new PoseidonConstants(arity, strength));
            Fr digest = constantLength ? Sponge(poseidon) : poseidon.Hash([.. Enumerable.Range(0, arity).Select(i => Fr.From((ulong)i))]);
            return SpecOutcome.Equal(row.Value.GetString()!, Text(digest));
        }));

    /// <summary>The message 0, 1, 2, 3, as many elements at a time as the arity takes, each added to the state.</summary>
    private static Fr Sponge(Poseidon poseidon)
    {
        const int MessageLength = 4;
        Fr[] state = new Fr[poseidon.Arity + 1];
        state[0] = PoseidonTag.ConstantLength(MessageLength);
        for (int i = 0; i < MessageLength; i++)
        {
            int place = i % poseidon.Arity;
            state[1 + place] += Fr.From((ulong)i);
            if (place == poseidon.Arity - 1 || i == MessageLength - 1)
                poseidon.Permute(state);
        }
        return state[1];
    }

    private static SpecOutcome Constants(JsonProperty row)
    {
        PoseidonConstants constants = new(int.Parse(row.Name, CultureInfo.InvariantCulture));
        ReadOnlySpan<Fr> all = constants.RoundConstants;
        string expected = string.Join(' ', "t R_F R_P count sha256_of_all_as_32B_LE".Split(' ').Select(name => row.Value.GetProperty(name).ToString()))
            + Number(row.Value.GetProperty("last")) + Number(row.Value.GetProperty("mds_01"));
        string actual = $"{constants.Width} {PoseidonConstants.FullRounds} {constants.PartialRounds} {all.Length} {Digest(all)}"
            + all[^1] + constants.MixingColumn(1)[0];
        return SpecOutcome.Equal(expected, actual);
    }

    private static SpecOutcome Optimised(JsonProperty row)
    {
        PoseidonConstants constants = new(int.Parse(row.Name, CultureInfo.InvariantCulture));
        List<Fr> preSparse = [], sparse = [];
        for (int i = 0; i < constants.Width; i++)
        {
            for (int j = 0; j < constants.Width; j++)
                preSparse.Add(constants.PreSparse(j)[i]);
        }
        for (int round = 0; round < constants.PartialRounds; round++)
        {
            sparse.AddRange(constants.SparseColumn(round));
            sparse.AddRange(constants.SparseRow(round));
        }
        return SpecOutcome.Equal(
            $"{row.Value.GetProperty("compressed_constants")} {row.Value.GetProperty("sha256_compressed_32B_LE")} "
            + $"{row.Value.GetProperty("sha256_pre_sparse_rows_32B_LE")} {row.Value.GetProperty("sha256_sparse_all(w_hat then v, per partial round)")}",
            $"{constants.Keys.Length} {Digest(constants.Keys)} {Digest([.. preSparse])} {Digest([.. sparse])}");
    }

    private static IEnumerable<SpecCase> Hashers(JsonElement section)
    {
        JsonElement hashers = section.GetProperty("hashers"), curio = section.GetProperty("arity8_curio"), commR = section.GetProperty("comm_r");
        yield return new("H2(1,0)", () => SpecOutcome.Equal(hashers.GetProperty("H2(1,0)").GetString()!, Text(Poseidon.OfArity(2).Hash([Fr.One, Fr.Zero]))));
        yield return new("binary tree", () =>
        {
            Fr[] row = [Fr.One, Fr.Zero, Fr.Zero, Fr.One], next = new Fr[2];
            Poseidon.OfArity(2).HashRow(row, next);
            return SpecOutcome.Equal(hashers.GetProperty("binary_root_of_1_0_0_1").GetString()!, Text(Poseidon.OfArity(2).Hash(next)));
        });
        yield return new("chain of 71 elements", () =>
        {
            const int Arity = 36;
            Fr digest = Fr.One;
            Fr[] ones = [.. Enumerable.Repeat(Fr.One, Arity - 1)];
            for (int i = 0; i < 2; i++)
                digest = Poseidon.OfArity(Arity).Hash([digest, .. ones]);
            return SpecOutcome.Equal(hashers.GetProperty("hash_md_71_ones_arity36").GetString()!, Text(digest));
        });
        yield return new("a node of arity 8", () =>
        {
            Hash32[] children = [.. curio.GetProperty("in").EnumerateArray().Select(FilecoinWords.Hash)];
            return SpecOutcome.Equal(curio.GetProperty("out").GetString()!, ReplicaHash.TryParent(children, out Hash32 parent) ? FilecoinWords.Text(parent) : "no node");
        });
        yield return new("CommR", () => SpecOutcome.Equal(
            commR.GetProperty("comm_r").GetString()!,
            FilecoinWords.Text(SealCommitments.Of(FilecoinWords.Hash(commR.GetProperty("comm_c")), FilecoinWords.Hash(commR.GetProperty("comm_r_last"))).CommR)));
    }

    private static string Text(in Fr element) => FilecoinWords.Text(Nodes.FromElement(element));

    private static string Number(JsonElement hex) => JsonWords.Word(hex).ToHash32().ToString();

    private static string Digest(ReadOnlySpan<Fr> elements)
    {
        byte[] bytes = new byte[elements.Length * DataTree.NodeLength];
        Nodes.FromElements(elements, bytes);
        return FilecoinWords.Text(Sha256.Hash(bytes));
    }
}
