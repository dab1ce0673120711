using System.Buffers.Text;
using System.Net;
using System.Security.Cryptography;
using System.Text;
using Flashback.Api.Engine;
using Flashback.Engine.Tests.Chain;
using Flashback.Primitives;

namespace Flashback.Engine.Tests.Api;

/// <summary>Who may drive the node. spec: execution-apis engine, authentication</summary>
public class JwtTests
{
    private static readonly DateTimeOffset Now = DateTimeOffset.FromUnixTimeSeconds(2_000_000_000);

    private static readonly JwtSecret Secret = Parse(ApiHost.SecretText);

    [Theory]
    [InlineData(0, true)]
    [InlineData(-60, true)]
    [InlineData(60, true)]
    [InlineData(-61, false)]
    [InlineData(61, false)]
    public void A_token_holds_for_a_minute_before_and_after_it_was_issued(int seconds, bool holds) =>
        Assert.Equal(holds, Secret.Check("Bearer " + Secret.Sign(Now.AddSeconds(seconds)), Now) is null);

    [Fact]
    public void A_token_of_another_secret_or_altered_does_not_hold()
    {
        string token = Secret.Sign(Now);
        Assert.Null(Secret.Check("Bearer " + token, Now));
        Assert.Equal("invalid signature", Secret.Check("Bearer " + Parse(new string('a', 64)).Sign(Now), Now));
        string[] parts = token.Split('.');
        Assert.Equal("invalid signature", Secret.Check($"Bearer {parts[0]}.{Encode("{\"iat\":2000000001}")}.{parts[2]}", Now));
        Assert.Equal("invalid signature", Secret.Check($"Bearer {parts[0]}.{parts[1]}.", Now));
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("Bearer")]
    [InlineData("Basic abc")]
    [InlineData("Bearer ")]
    [InlineData("Bearer a")]
    [InlineData("Bearer a.b.c.d")]
    [InlineData("Bearer !.!.!")]
    public void What_is_no_token_does_not_hold(string? authorization) => Assert.NotNull(Secret.Check(authorization, Now));

    [Theory]
    [InlineData("""{"alg":"HS256"}""", """{"iat":2000000000}""", null)]
    [InlineData("""{"alg":"HS256"}""", """{"iat":2000000000.5,"id":"cl","clv":"x"}""", null)]
    [InlineData("""{"alg":"HS256"}""", """{"iat":2000000000,"exp":2000000010}""", null)]
    [InlineData("""{"alg":"HS256"}""", """{"iat":2000000000,"exp":1999999999}""", "token is expired")]
    [InlineData("""{"alg":"HS256"}""", "{}", "missing issued-at")]
    [InlineData("""{"alg":"HS256"}""", """{"iat":"2000000000"}""", "malformed token")]
    [InlineData("""{"alg":"HS512"}""", """{"iat":2000000000}""", "signing method is not HS256")]
    [InlineData("""{"alg":"none"}""", """{"iat":2000000000}""", "signing method is not HS256")]
    [InlineData("{}", """{"iat":2000000000}""", "signing method is not HS256")]
    [InlineData("[]", """{"iat":2000000000}""", "malformed token")]
    [InlineData("{", """{"iat":2000000000}""", "malformed token")]
    public void Claims_of_a_signed_token_are_checked(string header, string claims, string? wrong)
    {
        string signed = $"{Encode(header)}.{Encode(claims)}";
        string signature = Base64Url.EncodeToString(HMACSHA256.HashData(Hex.Decode(ApiHost.SecretText), Encoding.ASCII.GetBytes(signed)));
        Assert.Equal(wrong, Secret.Check($"Bearer {signed}.{signature}", Now));
    }

    [Fact]
    public void A_secret_is_made_once_and_only_its_owner_can_read_it()
    {
        using TemporaryFolder folder = new();
        string file = Path.Combine(folder.Path, "below", "jwt.hex");
        string token = JwtSecret.ReadOrCreate(file).Sign(Now);
        Assert.Null(JwtSecret.ReadOrCreate(file).Check("Bearer " + token, Now));
        if (!OperatingSystem.IsWindows())
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(file));
        File.WriteAllText(file, "0x1234");
        Assert.Throws<IOException>(() => JwtSecret.ReadOrCreate(file));
    }

    [Fact]
    public async Task The_engines_port_answers_nobody_without_a_token_and_the_other_port_knows_no_engine()
    {
        await using ApiHost host = await ApiHost.StartAsync();
        string request = ApiHost.Request("engine_exchangeCapabilities", "[[]]");
        foreach (string? token in (string?[])[null, "a.b.c", Secret.Sign(host.Dev.Time.GetUtcNow().AddMinutes(-2))])
        {
            using HttpResponseMessage refused = await host.PostEngineAsync(token, request);
            Assert.Equal(HttpStatusCode.Unauthorized, refused.StatusCode);
        }
        Assert.Contains("engine_newPayloadV4", (await host.EngineAsync("engine_exchangeCapabilities", "[[]]")).ToString(), StringComparison.Ordinal);
        Assert.Equal("0x539", ApiHost.ResultOf(await host.EngineAsync("eth_chainId", "[]")).GetString());
        Assert.Equal(-32601, (await host.ErrorAsync("engine_exchangeCapabilities", "[[]]")).Code);
    }

    private static JwtSecret Parse(string text)
    {
        Assert.True(JwtSecret.TryParse(text, out JwtSecret? secret));
        return secret;
    }

    private static string Encode(string json) => Base64Url.EncodeToString(Encoding.UTF8.GetBytes(json));
}
