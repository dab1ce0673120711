using System.Net;
using System.Net.Sockets;
using System.Text;
using Flashback.Gateway.Objects;
using Flashback.Gateway.S3;

namespace Flashback.Roles.Tests.Gateway;

/// <summary>Clients that mean no good, or break: each is answered clearly, nothing is lost, and nothing stays on the disk.</summary>
public sealed class HostileClientTests : IAsyncLifetime
{
    private GatewayHost _host = null!;
    private SigningClient _client = null!;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _host = await GatewayHost.StartAsync(options => options with { Patience = TimeSpan.FromSeconds(2) });
        _client = new SigningClient(_host.S3);
        Assert.Equal(200, (await _client.SendAsync("PUT", "/bucket")).Status);
    }

    public async ValueTask DisposeAsync()
    {
        _client.Dispose();
        await _host.DisposeAsync();
    }

    [Theory]
    [InlineData("/bucket/..%2F..%2Foutside")]
    [InlineData("/bucket/../../outside")]
    [InlineData("/bucket/./a//b/")]
    [InlineData("/bucket/%2Fetc%2Fpasswd")]
    [InlineData("/bucket/a%01%7F")]
    [InlineData("/bucket/C%3A%5Cx")]
    public async Task A_key_is_a_key_and_no_path(string target)
    {
        string canonical = S3Uri.Encode(S3Uri.Decode(target), keepSlashes: true);
        string[] before = Files();
        Assert.Equal(200, (await _client.SendAsync("PUT", canonical, [1, 2, 3])).Status);
        string key = S3Uri.Decode(target)["/bucket/".Length..];
        Assert.Equal(key, Assert.Single(_host.Store.ListObjects("bucket", new ListQuery()).Objects).Key);
        Assert.Equal("\u0001\u0002\u0003", (await _client.SendAsync("GET", canonical)).Body);
        Assert.Equal(before, Files());
        Assert.Contains(S3Uri.Encode(key, keepSlashes: true), (await _client.SendAsync("GET", "/bucket?encoding-type=url&list-type=2")).Body, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("InvalidBucketName", "PUT", "/..")]
    [InlineData("InvalidBucketName", "PUT", "/192.168.1.1")]
    [InlineData("InvalidBucketName", "PUT", "/ab")]
    [InlineData("InvalidURI", "GET", "/bucket/%ff")]
    [InlineData("NoSuchBucket", "GET", "/absent/key")]
    [InlineData("NoSuchUpload", "GET", "/bucket/key?uploadId=..%2F..%2Fx")]
    [InlineData("InvalidArgument", "GET", "/bucket?max-keys=-1")]
    [InlineData("InvalidArgument", "GET", "/bucket?continuation-token=x&list-type=2")]
    [InlineData("MethodNotAllowed", "PUT", "/")]
    public async Task What_makes_no_sense_is_told(string code, string method, string target) => Assert.Equal(code, (await _client.SendAsync(method, target)).Code);

    [Theory]
    [InlineData("acl")]
    [InlineData("policy")]
    [InlineData("lifecycle")]
    [InlineData("tagging")]
    [InlineData("versions")]
    [InlineData("cors")]
    [InlineData("object-lock")]
    public async Task What_is_not_supported_is_said_to_be_so(string parameter)
    {
        foreach (string method in (string[])["GET", "PUT", "DELETE"])
            Assert.Equal((501, "NotImplemented"), (await _client.SendAsync(method, $"/bucket?{parameter}=")) is var answer ? (answer.Status, answer.Code) : default);
    }

    [Fact]
    public async Task What_may_be_an_operation_of_tomorrow_is_not_taken_for_one_of_today()
    {
        foreach (string target in (string[])["/bucket?versioning=", "/bucket?future=", "/bucket/k?future=1"])
        {
            Assert.Equal("NotImplemented", (await _client.SendAsync("PUT", target, [1])).Code);
            Assert.Equal("NotImplemented", (await _client.SendAsync("DELETE", target)).Code);
        }
        Assert.Equal(200, (await _client.SendAsync("HEAD", "/bucket")).Status);
    }

    [Fact]
    public async Task Too_much_of_anything_is_refused()
    {
        Assert.Equal("KeyTooLongError", (await _client.SendAsync("PUT", "/bucket/" + new string('k', 1025), [1])).Code);
        Assert.Equal("MetadataTooLarge", (await _client.SendAsync("PUT", "/bucket/k", [1], headers: ("x-amz-meta-a", new string('v', 5000)))).Code);
        Assert.Equal("MaxMessageLengthExceeded", (await _client.SendAsync("POST", "/bucket?delete=", new byte[S3XmlReader.MostBytes + 1])).Code);
        Assert.Equal("EntityTooLarge", (await _client.SendAsync("PUT", "/bucket/k", [1], "STREAMING-UNSIGNED-PAYLOAD-TRAILER", ("x-amz-decoded-content-length", "5368709121"))).Code);
        Assert.Equal(431, (await _client.SendAsync("PUT", "/bucket/k", [1], headers: [.. Enumerable.Range(0, 9).Select(i => ($"x-amz-meta-{i}", new string('v', 4000)))])).Status);
        Assert.Empty(_host.Store.ListObjects("bucket", new ListQuery()).Objects);
    }

    [Theory]
    [InlineData("<!DOCTYPE d [<!ENTITY e SYSTEM \"file:///etc/passwd\">]><Delete><Object><Key>&e;</Key></Object></Delete>")]
    [InlineData("<!DOCTYPE d [<!ENTITY a \"xxxxxxxxxx\"><!ENTITY b \"&a;&a;&a;&a;\">]><Delete><Object><Key>&b;</Key></Object></Delete>")]
    [InlineData("<Delete><Object><Key>a</Key>")]
    [InlineData("<Delete/>")]
    [InlineData("<Delete><Object><Key><b/></Key></Object></Delete>")]
    [InlineData("<Other/>")]
    [InlineData("")]
    public async Task Xml_that_is_a_trap_or_none_is_refused(string xml) => Assert.Equal("MalformedXML", (await _client.SendAsync("POST", "/bucket?delete=", Encoding.UTF8.GetBytes(xml))).Code);

    [Fact]
    public async Task A_body_that_is_another_than_was_announced_makes_no_object()
    {
        byte[] body = new byte[3_000_000];
        Assert.Equal("XAmzContentSHA256Mismatch", (await _client.SendAsync("PUT", "/bucket/k", body, Signature.HashOf([1]))).Code);
        Assert.Equal("BadDigest", (await _client.SendAsync("PUT", "/bucket/k", body, headers: ("x-amz-checksum-crc32", "AAAAAA=="))).Code);
        Assert.Equal("InvalidDigest", (await _client.SendAsync("PUT", "/bucket/k", body, headers: ("x-amz-checksum-crc32", "AAAA"))).Code);
        byte[] chunked = [.. Encoding.ASCII.GetBytes("3\r\nabc\r\n0\r\nx-amz-checksum-crc32:AAAAAA==\r\n\r\n")];
        (string, string)[] trailing = [("x-amz-decoded-content-length", "3"), ("x-amz-trailer", "x-amz-checksum-crc32")];
        Assert.Equal("BadDigest", (await _client.SendAsync("PUT", "/bucket/k", chunked, "STREAMING-UNSIGNED-PAYLOAD-TRAILER", trailing)).Code);
        Assert.Equal("IncompleteBody", (await _client.SendAsync("PUT", "/bucket/k", chunked, "STREAMING-UNSIGNED-PAYLOAD-TRAILER", ("x-amz-decoded-content-length", "4"))).Code);
        Assert.Equal("InvalidRequest", (await _client.SendAsync("PUT", "/bucket/k", chunked, "STREAMING-UNSIGNED-PAYLOAD-TRAILER", ("x-amz-decoded-content-length", "2"))).Code);
        Assert.Equal("NotImplemented", (await _client.SendAsync("PUT", "/bucket/k", chunked, "STREAMING-AWS4-ECDSA-P256-SHA256-PAYLOAD", ("x-amz-decoded-content-length", "3"))).Code);
        byte[] right = [.. Encoding.ASCII.GetBytes("3\r\nabc\r\n0\r\nx-amz-checksum-crc32:NSRBwg==\r\n\r\n")];
        await AssertNothingIsLeftAsync();
        Assert.Equal(200, (await _client.SendAsync("PUT", "/bucket/k", right, "STREAMING-UNSIGNED-PAYLOAD-TRAILER", trailing)).Status);
        Assert.Equal("abc", (await _client.SendAsync("GET", "/bucket/k")).Body);
    }

    [Theory]
    [InlineData("/bucket/k")]
    [InlineData("/bucket/k?partNumber=1&uploadId=")]
    public async Task Who_breaks_off_or_falls_asleep_leaves_nothing_behind(string target)
    {
        if (target.EndsWith('='))
            target += await _host.Store.Uploads.BeginAsync("bucket", "k", new UploadRecord { Begun = DateTimeOffset.UtcNow }, Cancellation);
        foreach (bool isAsleep in (bool[])[false, true])
        {
            using TcpClient connection = new();
            await connection.ConnectAsync(IPAddress.Loopback, _host.S3.Port, Cancellation);
            NetworkStream stream = connection.GetStream();
            await stream.WriteAsync(Encoding.ASCII.GetBytes(_client.Head("PUT", target, 20_000_000, "UNSIGNED-PAYLOAD")), Cancellation);
            await stream.WriteAsync(new byte[10_000_000], Cancellation);
            if (isAsleep)
                Assert.StartsWith("HTTP/1.1 4", await new StreamReader(stream).ReadLineAsync(Cancellation) ?? "", StringComparison.Ordinal);
        }
        await AssertNothingIsLeftAsync();
    }

    [Theory]
    [InlineData("content-type", "text/\u0001plain")]
    [InlineData("x-amz-meta-a", "a\u007fb")]
    [InlineData("x-amz-meta-a", "a\tb")]
    [InlineData("cache-control", "a\u001fb")]
    public async Task A_header_that_could_not_be_given_back_is_refused(string name, string value)
    {
        Assert.Equal("InvalidArgument", (await _client.SendAsync("PUT", "/bucket/k", [1], headers: (name, value))).Code);
        Assert.Equal("InvalidArgument", (await _client.SendAsync("POST", "/bucket/k?uploads=", headers: (name, value))).Code);
        await AssertNothingIsLeftAsync();
    }

    [Theory]
    [InlineData("%00")]
    [InlineData("%01")]
    [InlineData("%0D%0ASet-Cookie%3A%20a%3Db")]
    [InlineData("%7F")]
    public async Task A_header_that_is_asked_for_is_one_or_refused(string value)
    {
        Assert.Equal(200, (await _client.SendAsync("PUT", "/bucket/k", [1])).Status);
        Assert.Equal("InvalidArgument", (await _client.SendAsync("GET", $"/bucket/k?response-content-type=a{value}b")).Code);
    }

    [Fact]
    public async Task A_bucket_may_stand_in_the_name_of_the_host()
    {
        using SigningClient client = new(_host.S3, "bucket.s3.localhost");
        Assert.Equal(200, (await client.SendAsync("PUT", "/a/b", [65])).Status);
        Assert.Equal("A", (await _client.SendAsync("GET", "/bucket/a/b")).Body);
        Assert.Contains("<Key>a/b</Key>", (await client.SendAsync("GET", "/?prefix=a")).Body, StringComparison.Ordinal);
    }

    /// <summary>What somebody breaks off is cleared away soon after; there is no moment to wait for.</summary>
    private async Task AssertNothingIsLeftAsync()
    {
        for (int i = 0; i < 100 && Files().Length > 1; i++)
            await Task.Delay(100, Cancellation);
        Assert.Single(Files()); // the open piece
        Assert.Empty(_host.Store.ListObjects("bucket", new ListQuery()).Objects);
    }

    private string[] Files() => [.. new[] { "pieces", "parts" }.SelectMany(name => Directory.GetFiles(Path.Combine(_host.Folder, name)))];
}
