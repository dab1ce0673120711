using System.CommandLine;
using Flashback.Files;
using Flashback.Files.Content;

namespace Flashback.Node;

/// <summary>What the commands that ask a gateway have in common: where it is, its token, and the form of the answer.</summary>
internal static class GatewayRequest
{
    private const string DefaultGateway = "http://127.0.0.1:8700";

    private static readonly Option<Uri?> Gateway = ProviderOptions.Address("--gateway", $"Where the gateway answers plain HTTP; without it and a token, that of the devnet whose {DevFile.DefaultName} lies here, else {DefaultGateway}.", required: false, DefaultGateway);
    private static readonly Option<FileInfo> Token = new Option<FileInfo>("--token-file") { Description = "The file with the gateway's token, in its folder; without it none is shown." }.AcceptExistingOnly();

    /// <summary>Whether the answer is JSON.</summary>
    public static Option<bool> Json { get; } = Answer.JsonOption();

    /// <summary>The identifier of a content.</summary>
    public static Argument<string> CidArgument() => new("CID") { Description = "The content identifier." };

    /// <summary>Reads an identifier.</summary>
    /// <exception cref="InvalidDataException">It is none.</exception>
    public static Cid CidOf(string text) => Cid.TryParse(text, out Cid? cid) ? cid : throw new InvalidDataException($"{text} is no content identifier in base 32 or base 58, by SHA2-256");

    /// <summary>A provider and where it answers, told to people.</summary>
    public static string Name(RemoteCopy copy) => $"provider {copy.Provider} at {copy.Endpoint ?? "no known address"}";

    /// <summary>How much of a piece a provider has that gets it now; null where none does.</summary>
    public static int? PercentOf(RemoteCopy copy, RemotePiece piece) => copy.Received is { } received && piece.Bytes is > 0 and var all ? (int)(received * 100.0 / all) : null;

    /// <summary>Adds the options and says what the command does: its result is the program's status.</summary>
    public static Command Finish(Command command, Func<ParseResult, GatewayClient, CancellationToken, Task<int>> run)
    {
        foreach (Option option in (Option[])[Gateway, Token, Json])
            command.Options.Add(option);
        command.SetAction((parsed, stop) => ProviderOptions.RunAsync(
            async () =>
            {
                using GatewayClient client = await ConnectAsync(parsed.GetValue(Gateway), parsed.GetValue(Token)?.FullName, stop).ConfigureAwait(false);
                return await run(parsed, client, stop).ConfigureAwait(false);
            },
            []));
        return command;
    }

    /// <summary>The gateway that is named; where none is, that of the devnet that was started in this folder.</summary>
    private static async Task<GatewayClient> ConnectAsync(Uri? gateway, string? tokenFile, CancellationToken stop)
    {
        if (gateway is null && tokenFile is null && DevFile.FindGateway(DevFile.DefaultName) is { } dev)
            (gateway, tokenFile) = dev;
        string? token = tokenFile is null ? null : (await File.ReadAllTextAsync(tokenFile, stop).ConfigureAwait(false)).Trim();
        return new GatewayClient(gateway ?? new Uri(DefaultGateway), token);
    }
}
