using System.Text.Json;

namespace Flashback.Scenarios.Gateway;

/// <summary>What <c>flashback put</c> says and does before there is any gateway.</summary>
public sealed class PutCommandTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("flashback-put-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task A_dry_run_names_the_content_also_without_a_gateway()
    {
        FlashbackProgram.Result run = await PutAsync("--dry-run", "--json");
        Assert.Equal((0, "bafkreifjjcie6lypi6ny7amxnfftagclbuxndqonfipmb64f2km2devei4"), (run.ExitCode, JsonDocument.Parse(run.Output).RootElement.GetProperty("cid").GetString()));
        Assert.Matches("(?s)packed +bafkrei.*cost +not known", run.Errors);
    }

    [Fact]
    public async Task A_secret_is_made_for_its_owner_alone_and_never_shown()
    {
        string secret = Path.Combine(_folder, "secret");
        FlashbackProgram.Result first = await PutAsync("--dry-run", "--encrypt", "--secret-file", secret), second = await PutAsync("--dry-run", "--encrypt", "--secret-file", secret);
        Assert.Equal((0, 0), (first.ExitCode, second.ExitCode));
        string text = (await File.ReadAllTextAsync(secret, TestContext.Current.CancellationToken)).Trim();
        Assert.Matches("^[0-9a-f]{64}$", text);
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, OperatingSystem.IsWindows() ? default : File.GetUnixFileMode(secret));
        Assert.Contains("keep a copy", first.Errors, StringComparison.Ordinal);
        Assert.DoesNotContain("keep a copy", second.Errors, StringComparison.Ordinal);
        Assert.DoesNotContain(text, first.Output + first.Errors + second.Output + second.Errors, StringComparison.Ordinal);
        Assert.NotEqual(first.Output, second.Output); // another key, another identifier

        if (!OperatingSystem.IsWindows())
            File.SetUnixFileMode(secret, UnixFileMode.UserRead | UnixFileMode.OtherRead);
        FlashbackProgram.Result open = await PutAsync("--dry-run", "--encrypt", "--secret-file", secret);
        Assert.Equal(1, open.ExitCode);
        Assert.Contains("chmod 600", open.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Encryption_and_its_secret_go_together()
    {
        Assert.Contains("--encrypt and --secret-file go together", (await PutAsync("--dry-run", "--encrypt")).Errors, StringComparison.Ordinal);
        Assert.Contains("--encrypt and --secret-file go together", (await PutAsync("--dry-run", "--secret-file", Path.Combine(_folder, "s"))).Errors, StringComparison.Ordinal);
    }

    private async Task<FlashbackProgram.Result> PutAsync(params string[] options)
    {
        string file = Path.Combine(_folder, "file");
        await File.WriteAllTextAsync(file, "hello world\n", TestContext.Current.CancellationToken);
        return await FlashbackProgram.RunAsync(["put", file, "--gateway", "http://127.0.0.1:1", .. options]);
    }
}
