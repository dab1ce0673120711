using System.ComponentModel;
using System.Diagnostics;
using Flashback.Testing;

namespace Flashback.Roles.Tests.Gateway;

/// <summary>Programs that nobody here wrote, at work on the gateway: Amazon's client from npm, and rclone, s3cmd and aws as they are installed.</summary>
public sealed class S3ToolTests : IAsyncDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("flashback-tools-").FullName;
    private GatewayHost? _host;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async ValueTask DisposeAsync()
    {
        if (_host is not null)
            await _host.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public Task Amazons_own_client_works() => UseSdkAsync();

    [Fact]
    [Trait("Speed", "Slow")]
    public Task Amazons_own_client_works_with_uploads_of_100_MB() => UseSdkAsync("--full");

    [Fact]
    public async Task Rclone_works()
    {
        _host = await GatewayHost.StartAsync();
        string files = WriteFiles(60_000_000);
        await RcloneAsync("mkdir", "gw:rclone");
        await RcloneAsync("sync", files, "gw:rclone/tree", "--s3-upload-cutoff", "10M", "--s3-chunk-size", "5M");
        await RcloneAsync("check", "--download", files, "gw:rclone/tree");
        Assert.Equal(
            Directory.GetFiles(files, "*", SearchOption.AllDirectories).Select(path => Path.GetRelativePath(files, path)).Order(StringComparer.Ordinal),
            (await RcloneAsync("lsf", "-R", "--files-only", "gw:rclone/tree")).Split('\n', StringSplitOptions.RemoveEmptyEntries).Order(StringComparer.Ordinal));
        File.Delete(Path.Combine(files, "small 0.txt"));
        File.WriteAllText(Path.Combine(files, "deep", "file 1.bin"), "changed");
        await RcloneAsync("sync", files, "gw:rclone/tree");
        await RcloneAsync("check", files, "gw:rclone/tree");
        Assert.Equal("hang", await RcloneAsync("cat", "--offset", "1", "--count", "4", "gw:rclone/tree/deep/file 1.bin"));
        await RcloneAsync("moveto", "gw:rclone/tree/deep/file 1.bin", "gw:rclone/moved");
        Assert.Equal("changed", await RcloneAsync("cat", "gw:rclone/moved"));
        await RcloneAsync("purge", "gw:rclone");
        Assert.DoesNotContain("rclone", await RcloneAsync("lsd", "gw:"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task S3cmd_works()
    {
        _host = await GatewayHost.StartAsync();
        string files = WriteFiles(40_000_000);
        await S3cmdAsync("mb", "s3://s3cmd-bucket");
        await S3cmdAsync("sync", files + "/", "s3://s3cmd-bucket/tree/");
        Assert.Contains("s3://s3cmd-bucket/tree/large.bin", await S3cmdAsync("ls", "-r", "s3://s3cmd-bucket"), StringComparison.Ordinal);
        string back = Path.Combine(_folder, "back");
        Directory.CreateDirectory(back);
        await S3cmdAsync("sync", "s3://s3cmd-bucket/tree/", back + "/");
        AssertSame(files, back);
        await S3cmdAsync("cp", "s3://s3cmd-bucket/tree/large.bin", "s3://s3cmd-bucket/copy");
        await S3cmdAsync("mv", "s3://s3cmd-bucket/copy", "s3://s3cmd-bucket/moved");
        await S3cmdAsync("del", "s3://s3cmd-bucket/moved");
        await S3cmdAsync("put", "--multipart-chunk-size-mb=5", Path.Combine(files, "large.bin"), "s3://s3cmd-bucket/parts");
        await S3cmdAsync("get", "s3://s3cmd-bucket/parts", Path.Combine(_folder, "parts"));
        Assert.Equal(File.ReadAllBytes(Path.Combine(files, "large.bin")), File.ReadAllBytes(Path.Combine(_folder, "parts")));
        await S3cmdAsync("rb", "--recursive", "s3://s3cmd-bucket");
        Assert.DoesNotContain("s3cmd-bucket", await S3cmdAsync("ls"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_command_line_of_aws_works()
    {
        _host = await GatewayHost.StartAsync();
        string files = WriteFiles(40_000_000), back = Path.Combine(_folder, "back");
        File.WriteAllText(Path.Combine(_folder, "aws.conf"), "[default]\ns3 =\n  signature_version = s3v4\n"); // version 1 of the tool presigns the old way else
        await AwsAsync("s3", "mb", "s3://aws-bucket");
        await AwsAsync("s3", "sync", files, "s3://aws-bucket/tree");
        await AwsAsync("s3", "sync", "s3://aws-bucket/tree", back);
        AssertSame(files, back);
        Assert.Contains("PRE deep/", await AwsAsync("s3", "ls", "s3://aws-bucket/tree/"), StringComparison.Ordinal);
        await AwsAsync("s3", "cp", "s3://aws-bucket/tree/large.bin", "s3://aws-bucket/copy");
        await AwsAsync("s3api", "get-object", "--bucket", "aws-bucket", "--key", "copy", "--range", "bytes=1000000-2999999", Path.Combine(_folder, "range"));
        Assert.Equal(File.ReadAllBytes(Path.Combine(files, "large.bin"))[1_000_000..3_000_000], File.ReadAllBytes(Path.Combine(_folder, "range")));
        using HttpClient http = new();
        byte[] presigned = await http.GetByteArrayAsync((await AwsAsync("s3", "presign", "s3://aws-bucket/copy")).Trim(), Cancellation);
        Assert.Equal(File.ReadAllBytes(Path.Combine(files, "large.bin")), presigned);
        await AwsAsync("s3", "rm", "--recursive", "s3://aws-bucket/tree");
        Assert.DoesNotContain("tree", await AwsAsync("s3", "ls", "s3://aws-bucket/"), StringComparison.Ordinal);
        await AwsAsync("s3", "rb", "--force", "s3://aws-bucket");
    }

    private async Task UseSdkAsync(params string[] arguments)
    {
        _host = await GatewayHost.StartAsync();
        string script = Path.Combine(Vectors.Checkout, "tests", "Roles.Tests", "Gateway", "Tools", "s3.mjs");
        try
        {
            string output = await NodeTools.Gateway.RunScriptAsync(script, Cancellation, [_host.S3.ToString(), GatewayHost.AccessKey, GatewayHost.Secret, .. arguments]);
            Assert.Equal(10, output.Split('\n').Count(line => line.StartsWith("ok ", StringComparison.Ordinal)));
        }
        catch (NodeToolsException absent)
        {
            Assert.Skip(absent.Message);
        }
        Assert.Empty(Directory.GetFiles(Path.Combine(_host.Folder, "parts")));
    }

    private string WriteFiles(int large)
    {
        Random random = Seeds.Fresh();
        string folder = Path.Combine(_folder, "files");
        Directory.CreateDirectory(Path.Combine(folder, "deep"));
        for (int i = 0; i < 20; i++)
            File.WriteAllBytes(Path.Combine(folder, i % 2 == 0 ? $"small {i}.txt" : $"deep/file {i}.bin"), Bytes(random, random.Next(300_000)));
        File.WriteAllBytes(Path.Combine(folder, "empty"), []);
        File.WriteAllBytes(Path.Combine(folder, "ü & +%.bin"), Bytes(random, 1000));
        File.WriteAllBytes(Path.Combine(folder, "large.bin"), Bytes(random, large));
        return folder;
    }

    private static void AssertSame(string expected, string found)
    {
        string[] names = [.. Directory.GetFiles(expected, "*", SearchOption.AllDirectories).Select(path => Path.GetRelativePath(expected, path)).Order(StringComparer.Ordinal)];
        Assert.Equal(names, Directory.GetFiles(found, "*", SearchOption.AllDirectories).Select(path => Path.GetRelativePath(found, path)).Order(StringComparer.Ordinal));
        Assert.All(names, name => Assert.Equal(File.ReadAllBytes(Path.Combine(expected, name)), File.ReadAllBytes(Path.Combine(found, name))));
    }

    private Task<string> RcloneAsync(params string[] arguments) => RunAsync("rclone", ["--config", Path.Combine(_folder, "rclone.conf"), "--retries", "1", .. arguments], new()
    {
        ["RCLONE_CONFIG_GW_TYPE"] = "s3", ["RCLONE_CONFIG_GW_PROVIDER"] = "Other", ["RCLONE_CONFIG_GW_ENDPOINT"] = _host!.S3.ToString(),
        ["RCLONE_CONFIG_GW_ACCESS_KEY_ID"] = GatewayHost.AccessKey, ["RCLONE_CONFIG_GW_SECRET_ACCESS_KEY"] = GatewayHost.Secret,
    });

    private Task<string> S3cmdAsync(params string[] arguments) => RunAsync(
        "s3cmd",
        [
            "--config=/dev/null", $"--access_key={GatewayHost.AccessKey}", $"--secret_key={GatewayHost.Secret}", $"--host={_host!.S3.Authority}", $"--host-bucket={_host.S3.Authority}", "--no-ssl", "--no-progress",
            .. arguments,
        ],
        []);

    private Task<string> AwsAsync(params string[] arguments) => RunAsync("aws", ["--endpoint-url", _host!.S3.ToString(), .. arguments], new()
    {
        ["AWS_ACCESS_KEY_ID"] = GatewayHost.AccessKey, ["AWS_SECRET_ACCESS_KEY"] = GatewayHost.Secret, ["AWS_DEFAULT_REGION"] = "us-east-1", ["AWS_CONFIG_FILE"] = Path.Combine(_folder, "aws.conf"),
        ["AWS_SHARED_CREDENTIALS_FILE"] = Path.Combine(_folder, "aws.keys"), ["AWS_PAGER"] = "",
    });

    private static async Task<string> RunAsync(string tool, string[] arguments, Dictionary<string, string> environment)
    {
        ProcessStartInfo start = new(tool, arguments) { RedirectStandardOutput = true, RedirectStandardError = true };
        foreach ((string name, string value) in environment)
            start.Environment[name] = value;
        start.Environment["NO_PROXY"] = "127.0.0.1";
        start.Environment.Remove("AWS_CA_BUNDLE"); // rclone does not start where somebody set it
        using Process? process = StartOrSkip(start);
        Task<string> output = process.StandardOutput.ReadToEndAsync(Cancellation), errors = process.StandardError.ReadToEndAsync(Cancellation);
        try
        {
            await process.WaitForExitAsync(Cancellation);
        }
        finally
        {
            if (!process.HasExited)
                process.Kill(entireProcessTree: true);
        }
        Assert.True(process.ExitCode == 0, $"{tool} {string.Join(' ', arguments)}: {await errors}{await output}");
        return await output;
    }

    private static Process StartOrSkip(ProcessStartInfo start)
    {
        try
        {
            return Process.Start(start)!;
        }
        catch (Win32Exception)
        {
            Assert.Skip($"{start.FileName} is not installed here: apt-get install {(start.FileName == "aws" ? "awscli" : start.FileName)} does it");
            throw;
        }
    }

    private static byte[] Bytes(Random random, int count)
    {
        byte[] bytes = new byte[count];
        random.NextBytes(bytes);
        return bytes;
    }
}
