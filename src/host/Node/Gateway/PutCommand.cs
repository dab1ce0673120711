using System.CommandLine;
using System.Text.Json.Nodes;
using Flashback.Files;

namespace Flashback.Node;

/// <summary><c>flashback put</c>: names a file or folder, tells what keeping it costs, puts it, and follows it until it is stored.</summary>
internal static class PutCommand
{
    /// <summary>The status where it is stored, by fewer providers than it is to be.</summary>
    public const int FewerCopies = 2;

    private static readonly Argument<string> Source = new("PATH") { Description = "A file, or a folder with all that is in it." };
    private static readonly Option<bool> Wait = new("--wait") { Description = $"Wait until it is stored: proven by each provider, and read back. The status is {FewerCopies} where fewer providers keep it than are wanted." };
    private static readonly Option<bool> Dry = new("--dry-run") { Description = "Tell its identifier and what it would cost, and put nothing." };
    private static readonly Option<bool> Encrypt = new("--encrypt") { Description = "Encrypt it here with the secret of --secret-file; of a folder the names, too." };
    private static readonly Option<string?> Secret = SecretOption.Create("The file with the secret for --encrypt; made where it is missing. Without it nothing that was encrypted comes back.");

    public static Command Create()
    {
        Command command = new("put", "Puts a file or a folder into a gateway.") { Source, Wait, Dry, Encrypt, Secret };
        command.Validators.Add(result =>
        {
            if (result.GetValue(Encrypt) != (result.GetValue(Secret) is not null))
                result.AddError("--encrypt and --secret-file go together.");
        });
        return GatewayRequest.Finish(command, RunAsync);
    }

    private static async Task<int> RunAsync(ParseResult parsed, GatewayClient client, CancellationToken stop)
    {
        ContentSecret? secret = parsed.GetValue(Secret) is { } path ? await SecretOption.ReadOrCreateAsync(path).ConfigureAwait(false) : null;
        Upload upload = await Upload.OpenAsync(parsed.GetRequiredValue(Source), secret, stop).ConfigureAwait(false);
        await PutStory.TellPackedAsync(upload).ConfigureAwait(false);
        RemoteQuote? quote = await QuoteAsync(client, upload, parsed.GetValue(Dry), stop).ConfigureAwait(false);
        RemoteFile file = new(upload.Cid.ToString(), upload.Size);
        if (!parsed.GetValue(Dry))
        {
            if (quote?.Refusal is { } refusal)
                throw new IOException(refusal);
            file = await SendDisplay.RunAsync(progress => client.PutAsync(upload, progress, stop)).ConfigureAwait(false) with { State = "uploaded" };
            if (parsed.GetValue(Wait))
                file = await new PutStory().FollowAsync(client, file, stop).ConfigureAwait(false);
        }
        Tell(parsed.GetValue(GatewayRequest.Json), file, upload, quote);
        if (file.Copies >= file.Wanted || file.Wanted is null)
            return 0;
        await Console.Error.WriteLineAsync($"flashback: stored by {file.Copies} of {file.Wanted} providers; the gateway goes on looking for more").ConfigureAwait(false);
        return FewerCopies;
    }

    /// <summary>What it costs; null where the gateway does not say, which is no reason not to put it.</summary>
    private static async Task<RemoteQuote?> QuoteAsync(GatewayClient client, Upload upload, bool isDry, CancellationToken stop)
    {
        try
        {
            RemoteQuote quote = await client.QuoteAsync(upload.BlockBytes, stop).ConfigureAwait(false);
            await PutStory.TellCostAsync(quote).ConfigureAwait(false);
            if (isDry && quote.Refusal is { } refusal)
                await PutStory.TellNoCostAsync($"it would be refused now, because {refusal}").ConfigureAwait(false);
            return quote;
        }
        catch (IOException fault)
        {
            await PutStory.TellNoCostAsync(fault.Message).ConfigureAwait(false);
            return null;
        }
    }

    private static void Tell(bool json, RemoteFile file, Upload upload, RemoteQuote? quote)
    {
        if (!json)
        {
            Answer.Write(json, ("cid", file.Cid), ("size", file.Size), ("bytesOfBlocks", upload.BlockBytes), ("state", file.State), ("copies", file.Copies), ("wanted", file.Wanted), ("cost", quote?.Total));
            return;
        }
        JsonObject answer = FileJson.NodeOf(file, FileJson.Plain.RemoteFile);
        answer["bytesOfBlocks"] = upload.BlockBytes;
        if (quote is not null)
            answer["cost"] = FileJson.NodeOf(quote, FileJson.Plain.RemoteQuote);
        FileJson.Write(answer);
    }
}
