using System.Collections.Concurrent;
using System.Text.Json;
using Flashback.Cryptography.Groth16;
using Flashback.Primitives;
using Flashback.Proofs;

namespace Flashback.Provider;

/// <summary>Judges proofs that come as JSON with what they claim: from the command line and over HTTP.</summary>
/// <remarks>
/// <code>
/// seal    { "kind": 6, "provider": "0x…", "sector": 1, "ticket": "0x…", "seed": "0x…", "commD": "0x…", "commR": "0x…", "proof": "0x…" }
/// post    { "kind": "window", "size": "8MiB", "randomness": "0x…", "sectors": [ { "number": 1, "commR": "0x…" } ], "proof": "0x…" }
/// update  { "size": "8MiB", "commROld": "0x…", "commDNew": "0x…", "commRNew": "0x…", "proof": "0x…" }
/// </code>
/// A provider is what <see cref="ProverIdText"/> reads; Filecoin's number may also stand there as a number. Each may have "verifyingKey", a key's file in hexadecimal; else the key is the network's, and without a network that of the cache or of the devnet. All methods may be called from any thread.
/// </remarks>
/// <param name="cache">Where keys are.</param>
/// <param name="network">The network's keys, beside which no others count; null when no network is meant.</param>
public sealed class ProofRequests(ParameterCache cache, IReadOnlyDictionary<StorageCircuit, VerifyingKey>? network = null)
{
    private const int MostSectors = 1 << 16;

    private readonly ConcurrentDictionary<StorageCircuit, VerifyingKey> _keys = new();

    /// <summary>Judges a seal; null when its proof holds.</summary>
    /// <exception cref="InvalidDataException">The JSON does not say what is needed.</exception>
    /// <exception cref="ParameterException">There is no key.</exception>
    public Invalid<StorageProofRule>? JudgeSeal(JsonElement input) => Judge(input, Seal);

    /// <summary>Judges a WindowPoSt or WinningPoSt; null when its proof holds.</summary>
    /// <exception cref="InvalidDataException">The JSON does not say what is needed.</exception>
    /// <exception cref="ParameterException">There is no key.</exception>
    public Invalid<StorageProofRule>? JudgePost(JsonElement input) => Judge(input, Post);

    /// <summary>Judges a replica update; null when its proof holds.</summary>
    /// <exception cref="InvalidDataException">The JSON does not say what is needed.</exception>
    /// <exception cref="ParameterException">There is no key.</exception>
    public Invalid<StorageProofRule>? JudgeUpdate(JsonElement input) => Judge(input, Update);

    /// <summary>What is missing or of the wrong type in the JSON becomes one line.</summary>
    private static Invalid<StorageProofRule>? Judge(JsonElement input, Func<JsonElement, Invalid<StorageProofRule>?> judge)
    {
        try
        {
            return judge(input);
        }
        catch (Exception e) when (e is KeyNotFoundException or InvalidOperationException or FormatException)
        {
            throw new InvalidDataException($"the JSON does not say what is needed: {e.Message}", e);
        }
    }

    private Invalid<StorageProofRule>? Seal(JsonElement input)
    {
        if (!SealKind.TryOf(input.GetProperty("kind").GetInt32(), out SealKind? kind))
            throw new InvalidDataException("kind is a registered seal proof: 0 to 19, or 1006, the devnet's");
        Hash32 commD = Node(input, "commD");
        Hash32 provider = Prover(input.GetProperty("provider"));
        Hash32 replicaId = ReplicaId.Compute(provider, input.GetProperty("sector").GetUInt64(), Node(input, "ticket"), commD, kind.PorepId);
        SealStatement statement = new(kind, replicaId, commD, Node(input, "commR"), Node(input, "seed"));
        return StorageProofs.VerifySeal(Key(input, StorageCircuit.OfSeal(kind)), statement, kind.CreateGraph(), Proof(input));
    }

    private Invalid<StorageProofRule>? Post(JsonElement input)
    {
        SectorSize size = Size(input);
        JsonElement list = input.GetProperty("sectors");
        if (list.GetArrayLength() > MostSectors)
            throw new InvalidDataException($"more than {MostSectors} sectors are listed");
        PostSector[] sectors = [.. list.EnumerateArray().Select(sector => new PostSector(sector.GetProperty("number").GetUInt64(), Node(sector, "commR")))];
        Hash32 randomness = Node(input, "randomness");
        return input.GetProperty("kind").GetString() switch
        {
            "window" => StorageProofs.VerifyWindow(Key(input, new(StorageProof.Window, size)), PostKind.Window, size, randomness, sectors, Proof(input)),
            "winning" when sectors.Length == 1 => StorageProofs.VerifyWinning(Key(input, new(StorageProof.Winning, size)), size, randomness, sectors[0], Proof(input)),
            "winning" => throw new InvalidDataException("a WinningPoSt proves one sector"),
            _ => throw new InvalidDataException("kind is window or winning"),
        };
    }

    private Invalid<StorageProofRule>? Update(JsonElement input)
    {
        SectorSize size = Size(input);
        UpdateStatement statement = new(size.NodeCount, Node(input, "commROld"), Node(input, "commDNew"), Node(input, "commRNew"));
        return StorageProofs.VerifyUpdate(Key(input, new(StorageProof.Update, size)), statement, Proof(input));
    }

    private VerifyingKey Key(JsonElement input, StorageCircuit circuit)
    {
        if (!input.TryGetProperty("verifyingKey", out JsonElement given))
            return _keys.GetOrAdd(circuit, Find);
        return VerifyingKey.TryDecode(Bytes(given.GetString()), out VerifyingKey? key, out Groth16Fault fault)
            ? key
            : throw new InvalidDataException($"verifyingKey is no key: {fault}");
    }

    private VerifyingKey Find(StorageCircuit circuit)
    {
        if (network is not null)
            return network.TryGetValue(circuit, out VerifyingKey? key) ? key : throw new ParameterException($"the network has no key for {circuit}");
        return !cache.HoldsVerifying(circuit) && DevnetKeys.All.TryGetValue(circuit, out VerifyingKey? shipped) ? shipped : cache.OpenVerifying(circuit);
    }

    private static Hash32 Prover(JsonElement provider) => provider.ValueKind == JsonValueKind.Number ? ReplicaId.ProviderId(provider.GetUInt64())
        : ProverIdText.TryParse(provider.GetString() ?? "", out Hash32 id) ? id
        : throw new InvalidDataException($"provider takes {ProverIdText.Forms}");

    private static SectorSize Size(JsonElement input)
    {
        string name = input.GetProperty("size").GetString() ?? "";
        return SectorSize.All.FirstOrDefault(size => size.ToString() == name) ?? throw new InvalidDataException($"sectors do not come in the size {name}");
    }

    private static byte[] Proof(JsonElement input) => Bytes(input.GetProperty("proof").GetString());

    private static byte[] Bytes(string? text) => Convert.FromHexString(text is ['0', 'x', .. var digits] ? digits : text ?? "");

    private static Hash32 Node(JsonElement input, string name) => FixedBytes.TryParse(input.GetProperty(name).GetString(), out Hash32 node)
        ? node
        : throw new InvalidDataException($"{name} takes 32 bytes in hexadecimal");
}
