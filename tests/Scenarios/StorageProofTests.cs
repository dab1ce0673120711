using System.Diagnostics;
using System.Net;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Flashback.Testing;

namespace Flashback.Scenarios;

/// <summary>Proofs as they go on chain, from the sector to the judgement, by the command line and over HTTP.</summary>
[Collection(AloneCollection.Name)]
public sealed class StorageProofTests : IDisposable
{
    private static readonly string Ones = "0x" + string.Concat(Enumerable.Repeat("01", 32));

    private readonly string _folder = Directory.CreateTempSubdirectory("flashback-proofs-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task A_full_partition_of_small_sectors_is_proven_and_verified_everywhere()
    {
        JsonObject post = await ProveWindow("2KiB");
        await RequireJudgement("verify-post", post);
        await RequireNetworkJudges(post);
        (Process provider, string address) = await FlashbackProgram.StartAsync("provider: ", "provider", "--http-port", "0", "--cache", At("cache"));
        try
        {
            using HttpClient client = new() { BaseAddress = new Uri(address) };
            Assert.Equal((HttpStatusCode.OK, true), await Post(client, "verify-post", post.ToJsonString()));
            Assert.Equal((HttpStatusCode.OK, false), await Post(client, "verify-post", Altered(post).ToJsonString()));
            Assert.Equal((HttpStatusCode.BadRequest, null), await Post(client, "verify-post", "{\"kind\":"));
            Assert.Equal((HttpStatusCode.BadRequest, null), await Post(client, "verify-post", "[]"));
            Assert.Equal((HttpStatusCode.BadRequest, null), await Post(client, "verify-seal", "{\"kind\":99}"));
            post["size"] = "512MiB";
            Assert.Equal((HttpStatusCode.NotFound, null), await Post(client, "verify-post", post.ToJsonString()));
            client.DefaultRequestHeaders.ExpectContinue = true; // so that the refusal comes before the body
            Assert.Equal(HttpStatusCode.RequestEntityTooLarge, (await Post(client, "verify-seal", new string(' ', 20 << 20))).Status);
            Assert.Equal(HttpStatusCode.OK, (await client.GetAsync("health", TestContext.Current.CancellationToken)).StatusCode);
        }
        finally
        {
            provider.Kill(entireProcessTree: true);
            provider.Dispose();
        }
    }

    [Fact]
    [Trait("Speed", "Slow")]
    public async Task A_devnet_sector_is_sealed_proven_and_verified()
    {
        await Ask("sector", "create", At("sector"), "--size", "devnet");
        await Ask("sector", "seal", At("sector"), "--ticket", Ones);
        JsonElement proven = await Ask("sector", "prove", At("sector"), "--seed", Ones, "--snark", "--cache", At("cache"));
        JsonObject seal = new()
        {
            ["kind"] = 1006, ["provider"] = 1000, ["sector"] = 1, ["ticket"] = Ones, ["seed"] = Ones,
            ["commD"] = proven.GetProperty("commD").GetString(), ["commR"] = proven.GetProperty("commR").GetString(), ["proof"] = proven.GetProperty("snark").GetString(),
        };
        await RequireJudgement("verify-seal", seal);
        // The keys that the program ships are those of the proving key made here.
        FlashbackProgram.Result shipped = await FlashbackProgram.RunWithInputAsync(seal.ToJsonString(), "verify-seal", "--cache", At("nothing"));
        Assert.True(shipped.ExitCode == 0, shipped.Output + shipped.Errors);
        seal["kind"] = 6; // Filecoin's 8 MiB asks for another proof: its key is not there
        Assert.Equal(1, (await FlashbackProgram.RunWithInputAsync(seal.ToJsonString(), "verify-seal", "--cache", At("cache"))).ExitCode);
        await RequireJudgement("verify-post", await ProveWindow("devnet"));
    }

    [Fact]
    [Trait("Speed", "Slow")]
    public async Task An_empty_sector_is_updated_proven_and_read_back()
    {
        byte[] data = new byte[700];
        Seeds.Fresh().NextBytes(data);
        await File.WriteAllBytesAsync(At("data"), data, TestContext.Current.CancellationToken);
        await Ask("sector", "create", At("sector"));
        await Ask("sector", "seal", At("sector"), "--ticket", Ones);
        JsonElement updated = await Ask("sector", "update", At("sector"), At("data"), "--snark", "--cache", At("cache"));
        JsonObject update = new() { ["size"] = "2KiB", ["proof"] = updated.GetProperty("snark").GetString() };
        foreach (string name in new[] { "commROld", "commDNew", "commRNew" })
            update[name] = updated.GetProperty(name).GetString();
        await RequireJudgement("verify-update", update);
        await Ask("sector", "unseal", At("sector"), At("back"), "--length", "700");
        Assert.Equal(data, await File.ReadAllBytesAsync(At("back"), TestContext.Current.CancellationToken));
    }

    /// <summary>A WindowPoSt over the two sectors of a partition, with what it claims.</summary>
    private async Task<JsonObject> ProveWindow(string size)
    {
        for (int number = 1; number <= 2; number++)
        {
            await Ask("sector", "create", At($"{size}-{number}"), "--size", size, "--number", $"{number}");
            await Ask("sector", "seal", At($"{size}-{number}"), "--ticket", Ones);
        }
        JsonElement proven = await Ask("sector", "prove", At($"{size}-1"), "--post", Ones, "--with", At($"{size}-2"), "--snark", "--cache", At("cache"));
        string[] commitments = proven.GetProperty("commR").GetString()!.Split(' ');
        return new()
        {
            ["kind"] = "window", ["size"] = size == "devnet" ? "8MiB" : size, ["randomness"] = Ones,
            ["sectors"] = new JsonArray([.. commitments.Select((commR, i) => new JsonObject { ["number"] = i + 1, ["commR"] = commR })]),
            ["proof"] = proven.GetProperty("snark").GetString(),
        };
    }

    /// <summary>The network's file is enough to judge by: nothing is in the cache. Its keys are the only ones that count, and altered ones are refused.</summary>
    private async Task RequireNetworkJudges(JsonObject post)
    {
        string key = (await Run("params", "verifying-key", "window-2KiB", "--cache", At("cache"), "--json")).GetProperty("verifyingKey").GetString()!;
        JsonObject network = new() { ["verifying_keys_from"] = "this test", ["verifying_keys"] = new JsonObject { ["window-2KiB"] = key } };
        FlashbackProgram.Result good = await JudgeBy(network, post);
        Assert.True(good.ExitCode == 0, good.Output + good.Errors);
        Assert.Equal(1, (await JudgeBy(network, Altered(post))).ExitCode);
        Assert.Contains("there is no key for window-2KiB", (await FlashbackProgram.RunWithInputAsync(post.ToJsonString(), "verify-post", "--cache", At("nothing"))).Errors, StringComparison.Ordinal);
        string infinite = key[..2] + "40" + new string('0', 190) + key[194..];
        foreach ((string name, string? value, string reason) in new[]
        {
            ("window-2KiB", infinite, "window-2KiB is no key: AlphaG1[0]: Infinity"),
            ("window-2KiB", key[..^1] + (key[^1] == '0' ? '1' : '0'), "window-2KiB is no key: Inputs[22]: NotOnCurve"),
            ("window-2KiB", key[..^2], "window-2KiB is not 3076 bytes in hexadecimal"),
            ("window-2KiB", null, "window-2KiB is not 3076 bytes in hexadecimal"),
            ("seal-devnet", key, "seal-devnet is not 2980 bytes in hexadecimal"),
            ("seal-3KiB", key, "seal-3KiB is no circuit"),
        })
        {
            network["verifying_keys"] = new JsonObject { [name] = value };
            FlashbackProgram.Result refused = await JudgeBy(network, post);
            Assert.Equal(1, refused.ExitCode);
            Assert.Contains(reason, refused.Errors, StringComparison.Ordinal);
        }
        network["verifying_keys"] = new JsonObject();
        Assert.Contains("the network has no key for window-2KiB", (await JudgeBy(network, post)).Errors, StringComparison.Ordinal);
        _ = network.Remove("verifying_keys_from");
        Assert.Contains("verifying_keys_from is missing", (await JudgeBy(network, post)).Errors, StringComparison.Ordinal);
    }

    private async Task<FlashbackProgram.Result> JudgeBy(JsonObject network, JsonObject claim)
    {
        await File.WriteAllTextAsync(At("network.json"), network.ToJsonString(), TestContext.Current.CancellationToken);
        return await FlashbackProgram.RunWithInputAsync(claim.ToJsonString(), "verify-post", "--network", At("network.json"), "--cache", At("nothing"));
    }

    private async Task RequireJudgement(string verb, JsonObject claim)
    {
        FlashbackProgram.Result good = await FlashbackProgram.RunWithInputAsync(claim.ToJsonString(), verb, "--cache", At("cache"));
        Assert.True(good.ExitCode == 0, good.Output + good.Errors);
        FlashbackProgram.Result bad = await FlashbackProgram.RunWithInputAsync(Altered(claim).ToJsonString(), verb, "--cache", At("cache"));
        Assert.Equal(1, bad.ExitCode);
        Assert.False(JsonDocument.Parse(bad.Output).RootElement.GetProperty("valid").GetBoolean());
    }

    /// <summary>The same claim with the first point's sign changed: still a point of its group.</summary>
    private static JsonObject Altered(JsonObject claim)
    {
        JsonObject altered = (JsonObject)claim.DeepClone();
        byte[] proof = Convert.FromHexString(claim["proof"]!.GetValue<string>()[2..]);
        proof[0] ^= 0x20;
        altered["proof"] = "0x" + Convert.ToHexStringLower(proof);
        return altered;
    }

    private static async Task<(HttpStatusCode Status, bool? Valid)> Post(HttpClient client, string path, string body)
    {
        using StringContent content = new(body, Encoding.UTF8, "application/json");
        using HttpResponseMessage response = await client.PostAsync(path, content, TestContext.Current.CancellationToken);
        using JsonDocument answer = JsonDocument.Parse(await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
        return (response.StatusCode, answer.RootElement.TryGetProperty("valid", out JsonElement valid) ? valid.GetBoolean() : null);
    }

    private Task<JsonElement> Ask(params string[] arguments) => Run([.. arguments, "--parents", At("parents"), "--json"]);

    private static async Task<JsonElement> Run(params string[] arguments)
    {
        FlashbackProgram.Result result = await FlashbackProgram.RunAsync(arguments);
        Assert.True(result.ExitCode == 0, result.Errors);
        using JsonDocument document = JsonDocument.Parse(result.Output);
        return document.RootElement.Clone();
    }

    private string At(string name) => Path.Combine(_folder, name);
}
