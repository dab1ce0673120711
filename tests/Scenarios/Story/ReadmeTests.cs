using System.Diagnostics;
using Flashback.Node;
using Flashback.Scenarios.Provider;
using Flashback.Testing;

namespace Flashback.Scenarios.Story;

/// <summary>The README's first five minutes, as a newcomer types them.</summary>
[Collection(AloneCollection.Name)]
public sealed class ReadmeTests : IDisposable
{
    private const string Heading = "## The first five minutes", Prompt = "    ";
    private const int StartSeconds = 1_200; // proving keys are made first where the machine has none

    private readonly string _folder = Directory.CreateTempSubdirectory("flashback-readme-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    [Trait("Speed", "Slow")]
    public async Task The_lines_of_the_readme_do_what_it_says()
    {
        string[] lines = [.. (await File.ReadAllLinesAsync(Path.Combine(Vectors.Checkout, "README.md"), TestContext.Current.CancellationToken))
            .SkipWhile(line => line != Heading).Skip(1).TakeWhile(line => line != "More:").Where(line => line.StartsWith(Prompt, StringComparison.Ordinal))];
        Assert.Equal(["put", "ls", "get"], lines.Where(line => line.Contains("./flashback", StringComparison.Ordinal)).Select(line => line.Trim().Split(' ')[1]));

        File.Copy(Path.Combine(Vectors.Checkout, "README.md"), Path.Combine(_folder, "README.md"));
        ProcessStartInfo start = new(Path.Combine(Vectors.Checkout, "devnet"), ["--data", Path.Combine(_folder, "network"), "--nodes", "1", "--validators", "8", "--http-port", "0", "--beacon-port", "0", "--provider-port", "0", "--gateway-port", "0", "--log-level", "Error"])
        {
            RedirectStandardOutput = true, WorkingDirectory = _folder,
        };
        using Process devnet = Process.Start(start)!;
        try
        {
            _ = devnet.StandardOutput.BaseStream.CopyToAsync(Stream.Null, CancellationToken.None); // so that it never waits for a reader
            string file = Path.Combine(_folder, DevFile.DefaultName);
            await ProviderWorld.UntilAsync(() => Task.FromResult(File.Exists(file) && DevFile.FindGateway(file) is not null), "the gateway is there", StartSeconds);
            string cid = "CID";
            foreach (string line in lines)
            {
                string output = await TypeAsync(line.Trim().Replace("./flashback", Path.Combine(Vectors.Checkout, "flashback"), StringComparison.Ordinal).Replace(" CID ", $" {cid} ", StringComparison.Ordinal));
                if (line.Contains(" put ", StringComparison.Ordinal))
                    cid = output.Split('\n').Select(told => told.Split(' ', StringSplitOptions.RemoveEmptyEntries)).Single(told => told is ["cid", _])[1];
                else if (line.Contains(" ls", StringComparison.Ordinal))
                    Assert.Contains(cid, output, StringComparison.Ordinal);
            }
            Assert.Equal(await File.ReadAllBytesAsync(Path.Combine(_folder, "README.md"), TestContext.Current.CancellationToken), await File.ReadAllBytesAsync(Path.Combine(_folder, "copy.md"), TestContext.Current.CancellationToken));
        }
        finally
        {
            devnet.Kill(entireProcessTree: true);
            await devnet.WaitForExitAsync(CancellationToken.None);
        }
    }

    private async Task<string> TypeAsync(string line)
    {
        ProcessStartInfo start = new("bash", ["-c", line]) { RedirectStandardOutput = true, RedirectStandardError = true, WorkingDirectory = _folder };
        using Process shell = Process.Start(start)!;
        Task<string> output = shell.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken), errors = shell.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        await shell.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.True(shell.ExitCode == 0, $"{line}: {await errors}");
        return await output;
    }
}
