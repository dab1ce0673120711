using System.CommandLine;
using System.Text.Json;
using Flashback.Cryptography.Groth16;
using Flashback.Primitives;
using Flashback.Proofs;
using Flashback.Provider;

namespace Flashback.Node;

/// <summary><c>flashback verify-seal</c> and <c>verify-post</c>: a proof and what it claims as JSON on standard input, the judgement as JSON.</summary>
/// <remarks>
/// <code>
/// verify-seal  { "kind": 6, "provider": 1000, "sector": 1, "ticket": "0x…", "seed": "0x…", "commD": "0x…", "commR": "0x…", "proof": "0x…" }
/// verify-post  { "kind": "window", "size": "8MiB", "randomness": "0x…", "sectors": [ { "number": 1, "commR": "0x…" } ], "proof": "0x…" }
/// </code>
/// Either may have "verifyingKey", a key's file in hexadecimal; else the key is looked for in the cache. The status is 0 when the proof holds.
/// </remarks>
internal static class VerifyCommands
{
    private const int MostInput = 64 << 20;

    private static readonly Option<string> Cache = ParamsCommand.CacheOption();

    public static Command CreateSeal() => Create("verify-seal", "Verifies a seal's proof: JSON on standard input.", Seal);

    public static Command CreatePost() => Create("verify-post", "Verifies a WindowPoSt or WinningPoSt: JSON on standard input.", Post);

    private static Command Create(string name, string description, Func<JsonElement, ParameterCache, Invalid<StorageProofRule>?> judge)
    {
        Command command = new(name, description) { Cache };
        command.SetAction(parsed =>
        {
            int status = 1;
            int failed = Answer.Run(() =>
            {
                using JsonDocument input = Read();
                Invalid<StorageProofRule>? broken = Judge(judge, input.RootElement, new ParameterCache(parsed.GetRequiredValue(Cache)));
                Answer.Write(true, ("valid", broken is null), ("rule", broken?.Rule), ("detail", broken?.Detail));
                status = broken is null ? 0 : 1;
            });
            return failed != 0 ? failed : status;
        });
        return command;
    }

    private static JsonDocument Read()
    {
        using Stream input = Console.OpenStandardInput();
        using MemoryStream bytes = new();
        byte[] buffer = new byte[1 << 16];
        for (int read; (read = input.Read(buffer)) > 0;)
        {
            bytes.Write(buffer, 0, read);
            if (bytes.Length > MostInput)
                throw new InvalidDataException($"more than {MostInput} bytes stand on standard input");
        }
        try
        {
            return JsonDocument.Parse(bytes.GetBuffer().AsMemory(0, (int)bytes.Length));
        }
        catch (JsonException e)
        {
            throw new InvalidDataException($"standard input is no JSON: {e.Message}", e);
        }
    }

    /// <summary>What is missing or of the wrong type in the JSON becomes one line.</summary>
    private static Invalid<StorageProofRule>? Judge(
        Func<JsonElement, ParameterCache, Invalid<StorageProofRule>?> judge, JsonElement input, ParameterCache cache)
    {
        try
        {
            return judge(input, cache);
        }
        catch (Exception e) when (e is KeyNotFoundException or InvalidOperationException or FormatException)
        {
            throw new InvalidDataException($"the JSON on standard input does not say what is needed: {e.Message}", e);
        }
    }

    private static Invalid<StorageProofRule>? Seal(JsonElement input, ParameterCache cache)
    {
        if (!SealKind.TryOf(input.GetProperty("kind").GetInt32(), out SealKind? kind))
            throw new InvalidDataException("kind is a registered seal proof: 0 to 19, or 1006, the devnet's");
        Hash32 commD = Node(input, "commD");
        Hash32 provider = ReplicaId.ProviderId(input.GetProperty("provider").GetUInt64());
        Hash32 replicaId = ReplicaId.Compute(provider, input.GetProperty("sector").GetUInt64(), Node(input, "ticket"), commD, kind.PorepId);
        SealStatement statement = new(kind, replicaId, commD, Node(input, "commR"), Node(input, "seed"));
        return StorageProofs.VerifySeal(Key(input, cache, StorageCircuit.OfSeal(kind)), statement, kind.CreateGraph(), Proof(input));
    }

    private static Invalid<StorageProofRule>? Post(JsonElement input, ParameterCache cache)
    {
        string name = input.GetProperty("size").GetString() ?? "";
        SectorSize size = SectorSize.All.FirstOrDefault(size => size.ToString() == name) ?? throw new InvalidDataException($"sectors do not come in the size {name}");
        PostSector[] sectors = [.. input.GetProperty("sectors").EnumerateArray().Select(sector => new PostSector(sector.GetProperty("number").GetUInt64(), Node(sector, "commR")))];
        Hash32 randomness = Node(input, "randomness");
        return input.GetProperty("kind").GetString() switch
        {
            "window" => StorageProofs.VerifyWindow(Key(input, cache, new(StorageProof.Window, size)), PostKind.Window, size, randomness, sectors, Proof(input)),
            "winning" when sectors.Length == 1 => StorageProofs.VerifyWinning(Key(input, cache, new(StorageProof.Winning, size)), size, randomness, sectors[0], Proof(input)),
            "winning" => throw new InvalidDataException("a WinningPoSt proves one sector"),
            _ => throw new InvalidDataException("kind is window or winning"),
        };
    }

    private static VerifyingKey Key(JsonElement input, ParameterCache cache, StorageCircuit circuit)
    {
        if (!input.TryGetProperty("verifyingKey", out JsonElement given))
            return cache.OpenVerifying(circuit);
        return VerifyingKey.TryDecode(Bytes(given.GetString()), out VerifyingKey? key, out Groth16Fault fault)
            ? key
            : throw new InvalidDataException($"verifyingKey is no key: {fault}");
    }

    private static byte[] Proof(JsonElement input) => Bytes(input.GetProperty("proof").GetString());

    private static byte[] Bytes(string? text) => Convert.FromHexString(text is ['0', 'x', .. var digits] ? digits : text ?? "");

    private static Hash32 Node(JsonElement input, string name) => FixedBytes.TryParse(input.GetProperty(name).GetString(), out Hash32 node)
        ? node
        : throw new InvalidDataException($"{name} takes 32 bytes in hexadecimal");
}
