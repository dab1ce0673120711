using System.CommandLine;
using System.Globalization;
using System.Text.Json.Nodes;
using Flashback.Gateway.Content;
using Flashback.Gateway.Remote;

namespace Flashback.Node;

/// <summary><c>flashback put</c>, <c>get</c>, <c>ls</c>, <c>stat</c> and <c>rm</c>: files in a gateway. What comes back is verified here.</summary>
internal static class FileCommands
{
    private const string DefaultGateway = "http://127.0.0.1:8700";

    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(2);

    private static readonly Option<Uri?> Gateway = ProviderOptions.Address("--gateway", $"Where the gateway answers plain HTTP; without it and a token, that of the devnet whose {DevFile.DefaultName} lies here, else {DefaultGateway}.", required: false, DefaultGateway);
    private static readonly Option<FileInfo> Token = new Option<FileInfo>("--token-file") { Description = "The file with the gateway's token, in its folder; without it none is shown." }.AcceptExistingOnly();
    private static readonly Option<bool> Json = Answer.JsonOption();

    public static Command Put()
    {
        Argument<string> path = new("PATH") { Description = "A file, or a folder of files." };
        Option<bool> wait = new("--wait") { Description = "Wait until it is stored: proven by each provider, and read back." };
        Option<bool> dry = new("--dry-run") { Description = "Tell its identifier and what it comes to, and put nothing." };
        Command command = new("put", "Puts a file or a folder of files into a gateway.") { path, wait, dry };
        return Finish(command, async (parsed, client, stop) =>
        {
            if (parsed.GetValue(dry))
            {
                ImportedContent content = (await PathContent.OpenAsync(parsed.GetRequiredValue(path), stop).ConfigureAwait(false)).Root;
                Answer.Write(parsed.GetValue(Json), ("cid", content.Cid), ("size", content.Size), ("bytesOfBlocks", content.Tsize));
                return;
            }
            RemoteFile file = await client.PutAsync(parsed.GetRequiredValue(path), stop).ConfigureAwait(false);
            if (parsed.GetValue(wait))
                file = await WaitAsync(client, file, stop).ConfigureAwait(false);
            Answer.Write(parsed.GetValue(Json), ("cid", file.Cid), ("size", file.Size), ("state", file.State));
        });
    }

    public static Command Get()
    {
        Argument<string> cid = CidArgument();
        Option<string> output = new("--output", "-o") { Description = "Where it is written: whole, or not at all.", Required = true };
        Command command = new("get", "Gets a file or a folder out of a gateway; every block is verified.") { cid, output };
        return Finish(command, async (parsed, client, stop) =>
        {
            await client.GetAsync(CidOf(parsed.GetRequiredValue(cid)), parsed.GetRequiredValue(output), stop).ConfigureAwait(false);
            Answer.Write(parsed.GetValue(Json), ("cid", parsed.GetRequiredValue(cid)), ("output", parsed.GetRequiredValue(output)));
        });
    }

    public static Command List()
    {
        Command command = new("ls", "Lists the files that were put into a gateway.");
        return Finish(command, async (parsed, client, stop) =>
        {
            JsonArray all = [];
            await foreach (RemoteFile file in client.ListAsync(stop).ConfigureAwait(false))
            {
                if (parsed.GetValue(Json))
                    all.Add((JsonNode)new JsonObject { ["cid"] = file.Cid, ["size"] = file.Size, ["modified"] = file.Modified });
                else
                    Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{file.Modified:yyyy-MM-dd HH:mm:ss}  {file.Size,14}  {file.Cid}"));
            }
            if (parsed.GetValue(Json))
                Console.WriteLine(all.ToJsonString());
        });
    }

    public static Command Stat()
    {
        Argument<string> cid = CidArgument();
        Command command = new("stat", "Tells how far a file has come: waiting, packed, placed, proven, stored.") { cid };
        return Finish(command, async (parsed, client, stop) =>
        {
            RemoteFile file = await client.StatAsync(CidOf(parsed.GetRequiredValue(cid)), stop).ConfigureAwait(false);
            Answer.Write(parsed.GetValue(Json), ("cid", file.Cid), ("size", file.Size), ("state", file.State), ("copies", file.Copies));
        });
    }

    public static Command Remove()
    {
        Argument<string> cid = CidArgument();
        Command command = new("rm", "Lets a file go: what nothing else needs is not paid for any more.") { cid };
        return Finish(command, async (parsed, client, stop) =>
        {
            await client.DeleteAsync(CidOf(parsed.GetRequiredValue(cid)), stop).ConfigureAwait(false);
            Answer.Write(parsed.GetValue(Json), ("removed", parsed.GetRequiredValue(cid)));
        });
    }

    private static Argument<string> CidArgument() => new("CID") { Description = "The content identifier." };

    private static Cid CidOf(string text) => Cid.TryParse(text, out Cid? cid) ? cid : throw new InvalidDataException($"{text} is no content identifier in base 32 or base 58, by SHA2-256");

    private static Command Finish(Command command, Func<ParseResult, GatewayClient, CancellationToken, Task> run)
    {
        foreach (Option option in (Option[])[Gateway, Token, Json])
            command.Options.Add(option);
        command.SetAction((parsed, stop) => ProviderOptions.RunAsync(
            async () =>
            {
                using GatewayClient client = await ConnectAsync(parsed.GetValue(Gateway), parsed.GetValue(Token)?.FullName, stop).ConfigureAwait(false);
                await run(parsed, client, stop).ConfigureAwait(false);
                return 0;
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

    /// <summary>Tells each state on the error stream, until the last one.</summary>
    private static async Task<RemoteFile> WaitAsync(GatewayClient client, RemoteFile file, CancellationToken stop)
    {
        string? told = null;
        while (true)
        {
            RemoteFile now = await client.StatAsync(CidOf(file.Cid), stop).ConfigureAwait(false);
            if (now.State != told)
                await Console.Error.WriteLineAsync(string.Create(CultureInfo.InvariantCulture, $"{now.State}{(now.Copies > 0 ? $", {now.Copies} copies" : "")}")).ConfigureAwait(false);
            if (now.State == "stored")
                return now;
            told = now.State;
            await Task.Delay(Pause, stop).ConfigureAwait(false);
        }
    }
}
