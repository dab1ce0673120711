using System.Text.Json;

namespace Flashback.Scenarios;

/// <summary>A validator's keys from the words to the exit, by the command line.</summary>
public sealed class KeysTests : IDisposable
{
    private static readonly string Root = "0x" + string.Concat(Enumerable.Repeat("17", 32));

    private readonly string _folder = Directory.CreateTempSubdirectory("flashback-keys-").FullName;

    public KeysTests() => File.WriteAllText(At("password"), "correct horse battery\n");

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task Keys_are_made_kept_and_made_again_from_their_words()
    {
        string address = "0x3434343434343434343434343434343434343434";
        string[] made = [.. "keys new --network devnet --count 2 --kdf pbkdf2 --compounding --amount 20000".Split(' '), "--withdrawal-address", address];
        JsonElement keys = await Ask([.. made, "--out", At("made"), "--mnemonic-out", At("words"), "--password-file", At("password")]);
        string[] publicKeys = keys.GetProperty("keys").GetString()!.Split(' ');
        Assert.Equal(2, publicKeys.Length);
        Assert.Equal(24, (await File.ReadAllTextAsync(At("words"), TestContext.Current.CancellationToken)).Split(' ').Length);
        JsonElement deposits = JsonDocument.Parse(await File.ReadAllTextAsync(keys.GetProperty("depositData").GetString()!, TestContext.Current.CancellationToken)).RootElement;
        Assert.Equal(publicKeys[0][2..], deposits[0].GetProperty("pubkey").GetString());
        Assert.Equal(20_000_000_000_000, deposits[0].GetProperty("amount").GetInt64());
        Assert.StartsWith("02", deposits[0].GetProperty("withdrawal_credentials").GetString(), StringComparison.Ordinal);

        JsonElement again = await Ask("keys", "from-mnemonic", "--network", "devnet", "--start", "1", "--kdf", "pbkdf2", "--out", At("again"), "--mnemonic-file", At("words"), "--password-file", At("password"));
        Assert.Equal(publicKeys[1], again.GetProperty("keys").GetString());

        string[] keystores = [.. Directory.GetFiles(At("made"), "keystore-*").Order(StringComparer.Ordinal)];
        foreach (string file in OperatingSystem.IsWindows() ? [] : keystores.Append(At("words")))
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, OperatingSystem.IsWindows() ? default : File.GetUnixFileMode(file));
        Assert.Equal(string.Join(' ', publicKeys), (await Ask(["keys", "import", .. keystores, "--keys", At("keys"), "--password-file", At("password")])).GetProperty("imported").GetString());
        FlashbackProgram.Result list = await FlashbackProgram.RunAsync("keys", "list", "--keys", At("keys"));
        Assert.Equal(publicKeys.Order(StringComparer.Ordinal), list.Output.TrimEnd().Split('\n').Select(line => line.Split(' ')[0]));

        FlashbackProgram.Result exit = await FlashbackProgram.RunAsync("keys", "exit", keystores[0], "--network", "devnet", "--genesis-validators-root", Root, "--validator-index", "5", "--password-file", At("password"));
        Assert.Equal("5", JsonDocument.Parse(exit.Output).RootElement.GetProperty("message").GetProperty("validator_index").GetString());
        JsonElement compound = await Ask("keys", "compound", "--public-key", publicKeys[0]);
        Assert.Equal("0x0000bbddc7ce488642fb579f8b00f3a590007251", compound.GetProperty("to").GetString());
        Assert.Equal(publicKeys[0] + publicKeys[0][2..], compound.GetProperty("data").GetString());
    }

    [Fact]
    public async Task Slashing_protection_goes_in_and_out_and_no_secret_is_asked_on_the_command_line()
    {
        string file = $$"""{"metadata":{"interchange_format_version":"5","genesis_validators_root":"{{Root}}"},"data":[{"pubkey":"0x{{new string('a', 96)}}","signed_blocks":[{"slot":"4"}],"signed_attestations":[]}]}""";
        await File.WriteAllTextAsync(At("in.json"), file, TestContext.Current.CancellationToken);
        await Ask("keys", "protection", "import", At("in.json"), "--keys", At("keys"), "--genesis-validators-root", Root);
        await Ask("keys", "protection", "export", At("out.json"), "--keys", At("keys"));
        JsonElement exported = JsonDocument.Parse(await File.ReadAllTextAsync(At("out.json"), TestContext.Current.CancellationToken)).RootElement;
        Assert.Equal("4", exported.GetProperty("data")[0].GetProperty("signed_blocks")[0].GetProperty("slot").GetString());

        string other = "0x" + new string('0', 64);
        FlashbackProgram.Result refused = await FlashbackProgram.RunAsync("keys", "protection", "import", At("in.json"), "--keys", At("keys"), "--genesis-validators-root", other);
        Assert.Equal(1, refused.ExitCode);
        Assert.Contains("is of the chain", refused.Errors, StringComparison.Ordinal);
        FlashbackProgram.Result asked = await FlashbackProgram.RunAsync("keys", "new", "--out", At("none"));
        Assert.Equal(1, asked.ExitCode);
        Assert.Contains("name the file", asked.Errors, StringComparison.Ordinal);
        Assert.Empty(Directory.Exists(At("none")) ? Directory.GetFiles(At("none")) : []);
    }

    private static async Task<JsonElement> Ask(params string[] arguments)
    {
        FlashbackProgram.Result result = await FlashbackProgram.RunAsync([.. arguments, "--json"]);
        Assert.True(result.ExitCode == 0, result.Errors);
        using JsonDocument document = JsonDocument.Parse(result.Output);
        return document.RootElement.Clone();
    }

    private string At(string name) => Path.Combine(_folder, name);
}
