using System.Text.Json;
using Flashback.Testing;

namespace Flashback.Scenarios;

/// <summary>A sector's life by the command line.</summary>
public sealed class SectorTests : IDisposable
{
    private static readonly string Ones = string.Concat(Enumerable.Repeat("01", 32));

    private readonly string _folder = Directory.CreateTempSubdirectory("flashback-sector-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task A_file_goes_into_a_sector_and_comes_back_out_of_the_replica()
    {
        byte[] data = new byte[700];
        Seeds.Fresh().NextBytes(data);
        await File.WriteAllBytesAsync(At("data"), data, TestContext.Current.CancellationToken);
        JsonElement piece = await Ask("piece", "commp", At("data"));
        JsonElement added = await Ask("sector", "add-piece", At("sector"), At("data"));
        Assert.Equal(piece.GetProperty("pieceCid").GetString(), added.GetProperty("pieceCid").GetString());
        Assert.Equal(1016, piece.GetProperty("unpaddedSize").GetInt64());
        JsonElement replica = await Ask("sector", "seal", At("sector"), "--ticket", Ones);
        JsonElement proven = await Ask("sector", "prove", At("sector"), "--seed", Ones, "--finish");
        Assert.Equal(replica.GetProperty("commR").GetString(), proven.GetProperty("commR").GetString());
        Assert.True((await Ask("sector", "verify", At("sector"), "--all")).GetProperty("valid").GetBoolean());
        Assert.Equal(10, (await Ask("sector", "prove", At("sector"), "--post", Ones)).GetProperty("challenges").GetInt32());
        await Ask("sector", "unseal", At("sector"), At("back"), "--length", "700");
        Assert.Equal(data, await File.ReadAllBytesAsync(At("back"), TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task Sealing_that_was_killed_goes_on_to_the_same_replica()
    {
        await File.WriteAllBytesAsync(At("zeros"), new byte[100], TestContext.Current.CancellationToken);
        await Ask("sector", "add-piece", At("sector"), At("zeros"), "--size", "8MiB");
        string[] seal = ["sector", "seal", At("sector"), "--ticket", Ones, "--parents", At("parents"), "--json"];
        foreach (double seconds in (double[])[0.3, 0.9, 1.5, 2.5, 4])
            await FlashbackProgram.KillAfterAsync(TimeSpan.FromSeconds(seconds), seal);
        JsonElement answer = await Ask(seal[..5]);
        // The golden values' 8 MiB sector of zeros: kind 6, provider 1000, sector 1.
        Assert.Equal("0x0a007160e8e18fc79d227b04494dd6c0d92b5b090c5d21598832c2f610bae207", answer.GetProperty("commR").GetString());
    }

    [Fact]
    public async Task Mistakes_are_told_in_a_line_and_with_status_one()
    {
        FlashbackProgram.Result nowhere = await FlashbackProgram.RunAsync("sector", "verify", At("nowhere"));
        Assert.Equal(1, nowhere.ExitCode);
        Assert.Contains("no sector", nowhere.Errors, StringComparison.Ordinal);
        FlashbackProgram.Result ticket = await FlashbackProgram.RunAsync("sector", "seal", At("sector"), "--ticket", "zz");
        Assert.Equal(1, ticket.ExitCode);
        Assert.Contains("--ticket", ticket.Errors, StringComparison.Ordinal);
        FlashbackProgram.Result file = await FlashbackProgram.RunAsync("piece", "commp", At("nothing"));
        Assert.Equal(1, file.ExitCode);
        Assert.Contains("nothing", file.Errors, StringComparison.Ordinal);
    }

    private async Task<JsonElement> Ask(params string[] arguments)
    {
        string[] parents = arguments[0] == "sector" ? ["--parents", At("parents")] : [];
        FlashbackProgram.Result result = await FlashbackProgram.RunAsync([.. arguments, .. parents, "--json"]);
        Assert.True(result.ExitCode == 0, result.Errors);
        using JsonDocument document = JsonDocument.Parse(result.Output);
        return document.RootElement.Clone();
    }

    private string At(string name) => Path.Combine(_folder, name);
}
