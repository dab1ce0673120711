using System.CommandLine;
using System.Text.Json;
using Flashback.Primitives;
using Flashback.Proofs;
using Flashback.Provider;

namespace Flashback.Node;

/// <summary><c>flashback verify-seal</c>, <c>verify-post</c> and <c>verify-update</c>: a proof and what it claims as JSON on standard input, the judgement as JSON.</summary>
/// <remarks>What the JSON holds is told at <see cref="ProofRequests"/>. The status is 0 when the proof holds.</remarks>
internal static class VerifyCommands
{
    private const int MostInput = 64 << 20;

    private static readonly Option<string> Cache = ParamsCommand.CacheOption();
    private static readonly Option<string?> Network = NetworkOption();

    /// <summary>Whose keys count.</summary>
    public static Option<string?> NetworkOption() => new("--network")
    {
        Description = "A network's file: its keys are the ones that count. Without it those of the cache do, and for the devnet's circuits those that the program has.",
    };

    /// <summary>Judges by the keys of a network's file, or without one by those of the cache.</summary>
    /// <exception cref="IOException">The file cannot be read.</exception>
    /// <exception cref="InvalidDataException">The file is none; the message says where.</exception>
    public static ProofRequests Judge(string cache, string? network) => new(new ParameterCache(cache), network is null ? null : NetworkFile.ReadVerifyingKeys(network));

    public static Command CreateSeal() => Create("verify-seal", "Verifies a seal's proof: JSON on standard input.", static requests => requests.JudgeSeal);

    public static Command CreatePost() => Create("verify-post", "Verifies a WindowPoSt or WinningPoSt: JSON on standard input.", static requests => requests.JudgePost);

    public static Command CreateUpdate() => Create("verify-update", "Verifies a replica update: JSON on standard input.", static requests => requests.JudgeUpdate);

    private static Command Create(string name, string description, Func<ProofRequests, Func<JsonElement, Invalid<StorageProofRule>?>> judge)
    {
        Command command = new(name, description) { Cache, Network };
        command.SetAction(parsed =>
        {
            int status = 1;
            int failed = Answer.Run(() =>
            {
                using JsonDocument input = Read();
                Invalid<StorageProofRule>? broken = judge(Judge(parsed.GetRequiredValue(Cache), parsed.GetValue(Network)))(input.RootElement);
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
}
