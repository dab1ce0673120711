using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using Flashback.Files;
using Flashback.Node;

namespace Flashback.Scenarios.Gateway;

/// <summary>What <c>flashback put</c> says and does, without a gateway and with one that has too few providers.</summary>
public sealed class PutCommandTests : IDisposable
{
    private const string Cid = "bafkreifjjcie6lypi6ny7amxnfftagclbuxndqonfipmb64f2km2devei4"; // of "hello world" and a line's end, as ipfs add names it

    private readonly string _folder = Directory.CreateTempSubdirectory("flashback-put-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task A_dry_run_names_the_content_also_without_a_gateway()
    {
        FlashbackProgram.Result run = await PutAsync("--dry-run", "--json");
        Assert.Equal((0, Cid), (run.ExitCode, JsonDocument.Parse(run.Output).RootElement.GetProperty("cid").GetString()));
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

    /// <summary>A gateway that finds two providers of three.</summary>
    [Fact]
    public async Task Fewer_copies_than_wanted_are_told_by_provider_and_by_the_status()
    {
        using HttpListener gateway = new();
        int port = FreePort();
        gateway.Prefixes.Add($"http://127.0.0.1:{port}/");
        gateway.Start();
        int asked = 0;
        Task serving = ServeAsync(gateway, question => question switch
        {
            "/quote" => """{"size":12,"paddedBytes":4096,"copies":3,"days":180,"offers":[{"provider":2,"pricePerGibDay":"1.5"},{"provider":4,"pricePerGibDay":"2"}],"total":"0.01","balance":"5","refusal":null}""",
            "/upload" => $$"""{"cid":"{{Cid}}","size":12}""",
            _ when ++asked == 1 => $$"""{"cid":"{{Cid}}","size":12,"state":"on-chain","copies":0,"wanted":3,"pieces":[{"state":"on-chain","commitment":"0x0123456789","copies":0,"wanted":3,"bytes":1000,"providers":[{"provider":2,"endpoint":"http://two/","state":"registered","deal":"0xd1","received":437}]}]}""",
            _ when asked == 2 => $$"""{"cid":"{{Cid}}","size":12,"state":"on-chain","copies":0,"wanted":3,"pieces":[{"state":"on-chain","commitment":"0x0123456789","copies":0,"wanted":3,"providers":[{"provider":2,"endpoint":"http://two/","state":"uploaded","deal":"0xd1"}]}]}""",
            _ => $$"""{"cid":"{{Cid}}","size":12,"state":"stored","copies":2,"wanted":3,"pieces":[{"state":"stored","commitment":"0x0123456789","copies":2,"wanted":3,"providers":[{"provider":2,"endpoint":"http://two/","state":"proven","deal":"0xd1"},{"provider":3,"state":"dropped","deal":"0xd1"}]}]}""",
        });
        FlashbackProgram.Result run = await FlashbackProgram.RunAsync("put", await WriteAsync(), "--gateway", $"http://127.0.0.1:{port}", "--wait", "--json");
        gateway.Stop();
        await serving;
        Assert.Equal(2, run.ExitCode);
        JsonElement told = JsonDocument.Parse(run.Output).RootElement;
        Assert.Equal(("stored", 2, 3, "0.01"), (told.GetProperty("state").GetString(), told.GetProperty("copies").GetInt32(), told.GetProperty("wanted").GetInt32(), told.GetProperty("cost").GetProperty("total").GetString()));
        Assert.Equal(["proven", "dropped"], told.GetProperty("pieces")[0].GetProperty("providers").EnumerateArray().Select(copy => copy.GetProperty("state").GetString()));
        Assert.Matches("(?s)at most 0.01 FLASH.*only 2 of 3 copies are offered.*uploading +100 %: 12 of 12 bytes.*  registered +provider 2[^\\n]*, 40 % of it is there.*on-chain.*  uploaded +provider 2.*  proven +provider 2.*  dropped +provider 3.*stored +by 2 of 3.*stored by 2 of 3 providers", run.Errors);
    }

    [Fact]
    public void A_line_tells_of_each_tenth_that_was_sent_and_when_the_rest_will_be()
    {
        StringWriter output = new();
        StoppedTime time = new();
        SendLines lines = new(output, time);
        for (long sent = 1; sent <= 1_000; sent++)
        {
            time.Seconds = sent / 10;
            lines.Report(new SendProgress(sent * 1_000, 1_000_000));
        }
        string[] told = output.ToString().Split(Environment.NewLine, StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(10, told.Length);
        Assert.Equal("uploading    40 %: 400,000 of 1,000,000 bytes, 60 s left", told[3]);
        Assert.Equal("uploading    100 %: 1,000,000 of 1,000,000 bytes", told[9]);
    }

    private sealed class StoppedTime : TimeProvider
    {
        public long Seconds { get; set; }

        public override long TimestampFrequency => 1;

        public override long GetTimestamp() => Seconds;
    }

    private static async Task ServeAsync(HttpListener gateway, Func<string, string> answer)
    {
        while (gateway.IsListening)
        {
            try
            {
                HttpListenerContext call = await gateway.GetContextAsync();
                await call.Request.InputStream.CopyToAsync(Stream.Null, TestContext.Current.CancellationToken);
                await call.Response.OutputStream.WriteAsync(Encoding.UTF8.GetBytes(answer(call.Request.Url!.AbsolutePath)), TestContext.Current.CancellationToken);
                call.Response.Close();
            }
            catch (Exception fault) when (fault is HttpListenerException or ObjectDisposedException)
            {
                return; // it was stopped
            }
        }
    }

    private static int FreePort()
    {
        using TcpListener listener = new(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    private async Task<string> WriteAsync()
    {
        string file = Path.Combine(_folder, "file");
        await File.WriteAllTextAsync(file, "hello world\n", TestContext.Current.CancellationToken);
        return file;
    }

    private async Task<FlashbackProgram.Result> PutAsync(params string[] options) => await FlashbackProgram.RunAsync(["put", await WriteAsync(), "--gateway", "http://127.0.0.1:1", .. options]);
}
