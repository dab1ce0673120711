using System.CommandLine;
using System.Globalization;
using Flashback.Files;

namespace Flashback.Node;

/// <summary><c>flashback get</c>, <c>ls</c>, <c>stat</c> and <c>rm</c>: files in a gateway. What comes back is verified here.</summary>
internal static class FileCommands
{
    public static Command Get()
    {
        Argument<string> cid = GatewayRequest.CidArgument();
        Option<string> output = new("--output", "-o") { Description = "Where it is written: whole, or not at all.", Required = true };
        Option<string?> secret = SecretOption.Create("The file with the secret that it was encrypted with; without it what is encrypted stays so.");
        Command command = new("get", "Gets a file or a folder out of a gateway; every block is verified.") { cid, output, secret };
        return GatewayRequest.Finish(command, async (parsed, client, stop) =>
        {
            string path = parsed.GetRequiredValue(output), name = parsed.GetRequiredValue(cid);
            if (parsed.GetValue(secret) is { } file)
                await client.GetAsync(GatewayRequest.CidOf(name), path, SecretOption.Read(file), stop).ConfigureAwait(false);
            else
                await client.GetAsync(GatewayRequest.CidOf(name), path, stop).ConfigureAwait(false);
            Answer.Write(parsed.GetValue(GatewayRequest.Json), ("cid", name), ("output", path));
            return 0;
        });
    }

    public static Command List()
    {
        Command command = new("ls", "Lists the files and folders that were put into a gateway.");
        return GatewayRequest.Finish(command, async (parsed, client, stop) =>
        {
            List<RemoteFile> all = [];
            await foreach (RemoteFile file in client.ListAsync(stop).ConfigureAwait(false))
            {
                if (parsed.GetValue(GatewayRequest.Json))
                    all.Add(file);
                else
                    Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{file.Modified:yyyy-MM-dd HH:mm:ss}  {file.Size,14}  {file.Cid}"));
            }
            if (parsed.GetValue(GatewayRequest.Json))
                FileJson.Write(all, FileJson.Plain.IReadOnlyListRemoteFile);
            return 0;
        });
    }

    public static Command Stat()
    {
        Argument<string> cid = GatewayRequest.CidArgument();
        Command command = new("stat", "Tells how far a file has come (uploaded, on-chain, proven, stored), and what each provider has done.") { cid };
        return GatewayRequest.Finish(command, async (parsed, client, stop) =>
        {
            RemoteFile file = await client.StatAsync(GatewayRequest.CidOf(parsed.GetRequiredValue(cid)), stop).ConfigureAwait(false);
            if (parsed.GetValue(GatewayRequest.Json))
            {
                FileJson.Write(file, FileJson.Plain.RemoteFile);
                return 0;
            }
            Answer.Write(json: false, ("cid", file.Cid), ("size", file.Size), ("state", file.State), ("copies", $"{file.Copies} of {file.Wanted}"), ("expected", file.Expected?.UtcDateTime.ToString("u", CultureInfo.InvariantCulture)));
            foreach (RemotePiece piece in file.Pieces ?? [])
            {
                Console.WriteLine($"  piece {piece.Commitment ?? "not closed yet"}: {piece.State}{(piece.Waits is { } reason ? $", waits {reason}" : "")}");
                foreach (RemoteCopy copy in piece.Providers ?? [])
                    Console.WriteLine($"    {copy.State,-11} {GatewayRequest.Name(copy)}, deal {copy.Deal}{(GatewayRequest.PercentOf(copy, piece) is { } percent ? $", {percent} % of the piece is there" : "")}");
            }
            return 0;
        });
    }

    public static Command Remove()
    {
        Argument<string> cid = GatewayRequest.CidArgument();
        Command command = new("rm", "Lets a file go: what nothing else needs is not paid for any more.") { cid };
        return GatewayRequest.Finish(command, async (parsed, client, stop) =>
        {
            await client.DeleteAsync(GatewayRequest.CidOf(parsed.GetRequiredValue(cid)), stop).ConfigureAwait(false);
            Answer.Write(parsed.GetValue(GatewayRequest.Json), ("removed", parsed.GetRequiredValue(cid)));
            return 0;
        });
    }
}
