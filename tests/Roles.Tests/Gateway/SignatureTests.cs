using System.Globalization;
using System.Text;
using Flashback.Gateway.S3;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Flashback.Roles.Tests.Gateway;

/// <summary>The examples that Amazon publishes, and each way to depart from them. spec: AWS Signature Version 4, examples for S3</summary>
public class SignatureTests
{
    private const string Host = "examplebucket.s3.amazonaws.com", Time = "20130524T000000Z";
    private const string HashOfNothing = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
    private const string Presigned = "/test.txt?X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=AKIAIOSFODNN7EXAMPLE%2F20130524%2Fus-east-1%2Fs3%2Faws4_request&X-Amz-Date=20130524T000000Z"
        + "&X-Amz-Expires=86400&X-Amz-SignedHeaders=host&X-Amz-Signature=aeeed9bbccd4d02ee5c0109b86d86835f995330da4c265957d157751f604d404";

    private static readonly DateTimeOffset Signed = DateTimeOffset.ParseExact(Time, "yyyyMMdd'T'HHmmss'Z'", CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal);

    [Theory]
    [InlineData("/test.txt", "host;range;x-amz-content-sha256;x-amz-date", "f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41", "Range: bytes=0-9")]
    [InlineData("/?lifecycle", "host;x-amz-content-sha256;x-amz-date", "fea454ca298b7da1c68078a5d1bdbfbbe0d65c699e0f91ac7a200a0136783543", "")]
    [InlineData("/?max-keys=2&prefix=J", "host;x-amz-content-sha256;x-amz-date", "34b48302e7b5fa45bde8084f4b7868a86f0a534bc59db6670ed5711ef69dc6f7", "")]
    public void A_published_example_holds(string target, string signedHeaders, string signature, string header) =>
        Assert.Equal(HashOfNothing, Verify(Request("GET", target, signedHeaders, signature, header), Signed).PayloadHash);

    [Fact]
    public void The_published_upload_holds()
    {
        HttpContext http = Request("PUT", "/test%24file.text", "date;host;x-amz-content-sha256;x-amz-date;x-amz-storage-class", "98ad721746da40c64f1a55b78f14c238d841ea1380cd77a1b5971af0ece108bd",
            "Date: Fri, 24 May 2013 00:00:00 GMT", "x-amz-storage-class: REDUCED_REDUNDANCY", "x-amz-content-sha256: 44ce7dd67c959e0d3524ffac1771dfbba87d2b6b4b4e99e42034a8b803f8b072");
        Verify(http, Signed);
    }

    [Fact]
    public void The_published_presigned_address_holds_for_its_time_alone()
    {
        Verify(Request("GET", Presigned), Signed);
        Verify(Request("GET", Presigned), Signed.AddSeconds(86400));
        Verify(Request("GET", Presigned), Signed.AddMinutes(-14));
        AssertRefused("AccessDenied", Request("GET", Presigned), Signed.AddSeconds(86401));
        AssertRefused("AccessDenied", Request("GET", Presigned), Signed.AddMinutes(-16));
        AssertRefused("SignatureDoesNotMatch", Request("PUT", Presigned), Signed);
        AssertRefused("SignatureDoesNotMatch", Request("GET", Presigned.Replace("86400", "86401", StringComparison.Ordinal)), Signed);
        AssertRefused("SignatureDoesNotMatch", Request("GET", Presigned + "&versionId=1"), Signed);
        AssertRefused("SignatureDoesNotMatch", Request("GET", Presigned.Replace("/test", "/best", StringComparison.Ordinal)), Signed);
        AssertRefused("AuthorizationQueryParametersError", Request("GET", Presigned.Replace("86400", "604801", StringComparison.Ordinal)), Signed);
        AssertRefused("AccessDenied", Request("GET", Presigned, header: "x-amz-acl: public-read"), Signed);
        AssertRefused("InvalidArgument", Request("GET", Presigned + "&X-Amz-Expires=1"), Signed);
    }

    [Fact]
    public void Who_signed_long_ago_or_will_sign_is_refused()
    {
        DefaultHttpContext Fresh() => Request("GET", "/?lifecycle", "host;x-amz-content-sha256;x-amz-date", "fea454ca298b7da1c68078a5d1bdbfbbe0d65c699e0f91ac7a200a0136783543");
        Verify(Fresh(), Signed.AddMinutes(15));
        Verify(Fresh(), Signed.AddMinutes(-15));
        AssertRefused("RequestTimeTooSkewed", Fresh(), Signed.AddMinutes(15).AddSeconds(1));
        AssertRefused("RequestTimeTooSkewed", Fresh(), Signed.AddMinutes(-15).AddSeconds(-1));
    }

    [Theory]
    [InlineData("AccessDenied", null)]
    [InlineData("InvalidRequest", "AWS AKIAIOSFODNN7EXAMPLE:frJIUN8DYpKDtOLCwo//yllqDzg=")]
    [InlineData("AuthorizationHeaderMalformed", "Bearer x")]
    [InlineData("AuthorizationHeaderMalformed", "AWS4-HMAC-SHA256 Credential=x")]
    [InlineData("AuthorizationHeaderMalformed", "AWS4-HMAC-SHA256 Credential=AKIAIOSFODNN7EXAMPLE/20130524/us-east-1/ec2/aws4_request,SignedHeaders=host,Signature=x")]
    [InlineData("AuthorizationHeaderMalformed", "AWS4-HMAC-SHA256 Credential=AKIAIOSFODNN7EXAMPLE/20130525/us-east-1/s3/aws4_request,SignedHeaders=host;x-amz-date,Signature=x")]
    [InlineData("InvalidAccessKeyId", "AWS4-HMAC-SHA256 Credential=NOBODY/20130524/us-east-1/s3/aws4_request,SignedHeaders=host;x-amz-date,Signature=x")]
    [InlineData("AccessDenied", "AWS4-HMAC-SHA256 Credential=AKIAIOSFODNN7EXAMPLE/20130524/us-east-1/s3/aws4_request,SignedHeaders=x-amz-date,Signature=x")]
    [InlineData("AccessDenied", "AWS4-HMAC-SHA256 Credential=AKIAIOSFODNN7EXAMPLE/20130524/us-east-1/s3/aws4_request,SignedHeaders=host,Signature=x")]
    [InlineData("SignatureDoesNotMatch", "AWS4-HMAC-SHA256 Credential=AKIAIOSFODNN7EXAMPLE/20130524/us-east-1/s3/aws4_request,SignedHeaders=host;x-amz-date,Signature=")]
    [InlineData("SignatureDoesNotMatch", "AWS4-HMAC-SHA256 Credential=AKIAIOSFODNN7EXAMPLE/20130524/us-east-1/s3/aws4_request,SignedHeaders=host;x-amz-date,Signature=ü")]
    public void What_is_not_signed_so_that_it_holds_is_refused(string code, string? authorization)
    {
        HttpContext http = Request("GET", "/");
        if (authorization is not null)
            http.Request.Headers.Authorization = authorization;
        http.Request.Headers["x-amz-date"] = Time;
        http.Request.Headers["x-amz-content-sha256"] = HashOfNothing;
        AssertRefused(code, http, Signed);
    }

    [Theory]
    [InlineData("/a%zz")]
    [InlineData("/a%2")]
    [InlineData("/a%ff")]
    [InlineData("*")]
    public void An_address_that_makes_no_sense_is_refused(string target) => AssertRefused("InvalidURI", Request("GET", target), Signed);

    /// <summary>66,560 letters in two chunks and the last.</summary>
    [Fact]
    public async Task The_published_upload_in_chunks_holds_and_no_byte_of_it_may_be_another()
    {
        byte[] body = ChunkedExample();
        using MemoryStream content = new();
        await ReadChunksAsync(body, content);
        Assert.Equal(66560, content.Length);
        Assert.True(content.ToArray().All(b => b == (byte)'a'));
        foreach (int place in (int[])[0, 100, 66000, 65536 + 90, body.Length - 5, body.Length - 90, 30])
        {
            byte[] altered = [.. body];
            altered[place] ^= 1;
            await Assert.ThrowsAsync<S3Exception>(() => ReadChunksAsync(altered, Stream.Null));
        }
        for (int length = 0; length < body.Length; length += length < 65000 && length > 200 ? 5000 : 7)
            await Assert.ThrowsAsync<S3Exception>(() => ReadChunksAsync(body[..length], Stream.Null));
    }

    private static byte[] ChunkedExample()
    {
        StringBuilder body = new();
        body.Append("10000;chunk-signature=ad80c730a21e5b8d04586a2213dd63b9a0e99e0e2307b0ade35a65485a288648\r\n").Append('a', 65536).Append("\r\n");
        body.Append("400;chunk-signature=0055627c9e194cb4542bae2aa5492e3c1575bbb81b612b7d234b86a503ef5497\r\n").Append('a', 1024).Append("\r\n");
        body.Append("0;chunk-signature=b6c6ea8a5354eaf15b3cb7646744f4275b71ea724fed81ceb9323e279d449df9\r\n\r\n");
        return Encoding.ASCII.GetBytes(body.ToString());
    }

    private static async Task ReadChunksAsync(byte[] body, Stream destination)
    {
        HttpContext http = Request(
            "PUT", "/examplebucket/chunkObject.txt", "content-encoding;content-length;host;x-amz-content-sha256;x-amz-date;x-amz-decoded-content-length;x-amz-storage-class",
            "4f232c4386841ef735655705268965c44a0e4690baa4adea153f7db9fa80a0a9", "Content-Encoding: aws-chunked", "Content-Length: 66824", "x-amz-decoded-content-length: 66560",
            "x-amz-storage-class: REDUCED_REDUNDANCY", "x-amz-content-sha256: STREAMING-AWS4-HMAC-SHA256-PAYLOAD");
        http.Request.Host = new HostString("s3.amazonaws.com");
        using ChunkedBody chunks = new(new MemoryStream(body), Verify(http, Signed));
        await chunks.CopyToAsync(destination, TestContext.Current.CancellationToken);
    }

    private static Signature Verify(HttpContext http, DateTimeOffset now) =>
        Signature.Verify(http, S3Uri.Parse(http, null), key => key == GatewayHost.AccessKey ? new S3Credentials(GatewayHost.AccessKey, GatewayHost.Secret) : null, now);

    private static void AssertRefused(string code, HttpContext http, DateTimeOffset now) => Assert.Equal(code, Assert.Throws<S3Exception>(() => Verify(http, now)).Error.Code);

    private static DefaultHttpContext Request(string method, string target, string header = "") => Request(method, target, null, null, header);

    private static DefaultHttpContext Request(string method, string target, string? signedHeaders, string? signature, params string[] headers)
    {
        DefaultHttpContext http = new();
        http.Request.Method = method;
        http.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget = target;
        http.Request.Host = new HostString(Host);
        if (signature is not null)
        {
            http.Request.Headers.Authorization = $"AWS4-HMAC-SHA256 Credential={GatewayHost.AccessKey}/20130524/us-east-1/s3/aws4_request,SignedHeaders={signedHeaders},Signature={signature}";
            http.Request.Headers["x-amz-date"] = Time;
            http.Request.Headers["x-amz-content-sha256"] = HashOfNothing;
        }
        foreach (string header in headers.Where(header => header.Length > 0))
            http.Request.Headers[header.Split(": ")[0]] = header.Split(": ")[1];
        return http;
    }
}
