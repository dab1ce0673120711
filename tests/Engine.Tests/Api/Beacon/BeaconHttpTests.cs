using System.Net;
using System.Net.ServerSentEvents;
using System.Text.Json;
using Flashback.Api;
using Flashback.Api.Beacon.Http;

namespace Flashback.Engine.Tests.Api.Beacon;

/// <summary>Whatever comes over HTTP, the answer has the API's form, and the node goes on.</summary>
public class BeaconHttpTests
{
    private const string Version = "/eth/v1/node/version";

    [Theory]
    [InlineData("application/json", "application/json")]
    [InlineData("", "application/json")]
    [InlineData("*/*", "application/json")]
    [InlineData("application/*;q=0.5", "application/json")]
    [InlineData("application/octet-stream", "application/octet-stream")]
    [InlineData("application/json;q=0.5, application/octet-stream", "application/octet-stream")]
    [InlineData("application/octet-stream;q=0.5,application/json", "application/json")]
    [InlineData("text/html,application/xhtml+xml,*/*;q=0.8", "application/json")]
    [InlineData("application/octet-stream;q=0, */*", "application/json")]
    public async Task The_form_is_the_one_that_the_caller_likes_best(string accept, string form)
    {
        await using BeaconHost host = await BeaconHost.StartAsync();
        using HttpResponseMessage response = await host.GetAsync("/eth/v2/beacon/blocks/head", accept);
        Assert.Equal((HttpStatusCode.OK, form), (response.StatusCode, response.Content.Headers.ContentType!.MediaType));
    }

    [Fact]
    public async Task What_cannot_be_answered_is_an_error_in_the_form_of_the_API()
    {
        await using BeaconHost host = await BeaconHost.StartAsync();
        _ = await BeaconHost.ErrorAsync(host.GetAsync("/eth/v2/beacon/blocks/head", "text/html"), HttpStatusCode.NotAcceptable);
        _ = await BeaconHost.ErrorAsync(host.GetAsync(Version, "application/octet-stream"), HttpStatusCode.NotAcceptable);
        _ = await BeaconHost.ErrorAsync(host.GetAsync("/eth/v9/everything"), HttpStatusCode.NotFound);
        _ = await BeaconHost.ErrorAsync(host.PostAsync(Version, "{}"), HttpStatusCode.MethodNotAllowed);
        _ = await BeaconHost.ErrorAsync(host.PostAsync("/eth/v1/validator/liveness/1", "[]"u8.ToArray(), "application/octet-stream"), HttpStatusCode.UnsupportedMediaType);
        _ = await BeaconHost.ErrorAsync(host.PostAsync("/eth/v1/beacon/pool/voluntary_exits", "{}"u8.ToArray(), "text/plain"), HttpStatusCode.UnsupportedMediaType);
        _ = await BeaconHost.ErrorAsync(host.GetAsync("/eth/v1/beacon/light_client/finality_update"), HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task Hostile_bodies_are_refused_and_the_node_goes_on()
    {
        await using BeaconHost host = await BeaconHost.StartAsync(new ApiOptions { Limits = BeaconServer.DefaultLimits with { MaxBodyBytes = 1 << 20 } });
        string[] paths = ["/eth/v2/beacon/blocks", "/eth/v2/beacon/pool/attestations", "/eth/v1/beacon/states/head/validators", "/eth/v1/validator/duties/attester/0", "/eth/v1/validator/beacon_committee_subscriptions"];
        foreach (string path in paths)
        {
            foreach (string body in (string[])[new string('[', 1 << 19), string.Concat(Enumerable.Repeat("{\"message\":", 40_000)), "", "null", "\"\"", "[[]]", "{\"message\"", "\u0001"])
                _ = await BeaconHost.ErrorAsync(host.PostAsync(path, body), HttpStatusCode.BadRequest);
            try
            {
                _ = await BeaconHost.ErrorAsync(host.PostAsync(path, new string(' ', 2 << 20)), HttpStatusCode.RequestEntityTooLarge);
            }
            catch (HttpRequestException)
            {
                // it hung up before all was sent
            }
        }
        Random random = new(20261126);
        for (int i = 0; i < 100; i++)
        {
            byte[] garbage = new byte[random.Next(1, 3000)];
            random.NextBytes(garbage);
            _ = await BeaconHost.ErrorAsync(host.PostAsync(paths[i % 2], garbage, "application/octet-stream"), HttpStatusCode.BadRequest);
        }
        Assert.NotEmpty((await host.DataAsync(Version)).GetProperty("version").GetString()!);
    }

    [Fact]
    public async Task Pages_whose_name_was_bound_to_our_address_are_not_answered()
    {
        await using BeaconHost host = await BeaconHost.StartAsync();
        using HttpRequestMessage request = new(HttpMethod.Get, new Uri(host.Address, Version));
        request.Headers.Host = "evil.example";
        using HttpResponseMessage response = await host.Http.SendAsync(request, BeaconHost.Cancellation);
        Assert.Equal(HttpStatusCode.Forbidden, response.StatusCode);
    }

    [Fact]
    public async Task What_happens_is_told_as_it_happens()
    {
        await using BeaconHost host = await BeaconHost.StartAsync();
        using HttpResponseMessage response = await host.Http.GetAsync(
            new Uri(host.Address, "/eth/v1/events?topics=head,block&topics=single_attestation&topics=light_client_optimistic_update"), HttpCompletionOption.ResponseHeadersRead, BeaconHost.Cancellation);
        Assert.Equal("text/event-stream", response.Content.Headers.ContentType!.MediaType);
        await using IAsyncEnumerator<SseItem<string>> events = SseParser.Create(await response.Content.ReadAsStreamAsync(BeaconHost.Cancellation)).EnumerateAsync(BeaconHost.Cancellation).GetAsyncEnumerator(BeaconHost.Cancellation);
        await host.PassSlotAsync(host.Local);
        string root = host.Chain.Snapshot.HeadRoot.ToString();
        JsonElement block = await NextAsync(events, "block"), head = await NextAsync(events, "head"), vote = await NextAsync(events, "single_attestation");
        Assert.Equal(("1", root), (block.GetProperty("slot").GetString(), block.GetProperty("block").GetString()));
        Assert.Equal(("1", root, false), (head.GetProperty("slot").GetString(), head.GetProperty("block").GetString(), head.GetProperty("epoch_transition").GetBoolean()));
        Assert.Equal(host.Chain.Database.RootAt(default).ToString(), head.GetProperty("current_duty_dependent_root").GetString());
        Assert.Equal(root, vote.GetProperty("data").GetProperty("beacon_block_root").GetString());
        await host.PassSlotAsync(host.Local);
        JsonElement news = await NextAsync(events, "light_client_optimistic_update");
        Assert.Equal("electra", news.GetProperty("version").GetString());
        Assert.Equal("2", news.GetProperty("data").GetProperty("signature_slot").GetString());
    }

    [Fact]
    public async Task Listeners_name_their_topics_and_have_a_bound()
    {
        await using BeaconHost host = await BeaconHost.StartAsync(new ApiOptions { Limits = BeaconServer.DefaultLimits with { MaxConnections = 6 } });
        _ = await BeaconHost.ErrorAsync(host.GetAsync("/eth/v1/events"), HttpStatusCode.BadRequest);
        _ = await BeaconHost.ErrorAsync(host.GetAsync("/eth/v1/events?topics=gossip"), HttpStatusCode.BadRequest);
        List<HttpResponseMessage> listeners = [];
        try
        {
            for (int i = 0; i < 3; i++)
                listeners.Add(await host.Http.GetAsync(new Uri(host.Address, "/eth/v1/events?topics=head"), HttpCompletionOption.ResponseHeadersRead, BeaconHost.Cancellation));
            Assert.All(listeners, listener => Assert.Equal(HttpStatusCode.OK, listener.StatusCode));
            _ = await BeaconHost.ErrorAsync(host.GetAsync("/eth/v1/events?topics=head"), HttpStatusCode.ServiceUnavailable);
            Assert.NotEmpty((await host.DataAsync(Version)).GetProperty("version").GetString()!);
        }
        finally
        {
            listeners.ForEach(listener => listener.Dispose());
        }
    }

    [Fact]
    public async Task A_node_that_is_behind_says_so()
    {
        await using BeaconHost host = await BeaconHost.StartAsync();
        host.Chain.IsSyncing = true;
        host.Time.RunUntil(host.Time.GetUtcNow().AddHours(1), TestContext.Current.CancellationToken);
        JsonElement syncing = await host.DataAsync("/eth/v1/node/syncing");
        Assert.Equal((true, "600"), (syncing.GetProperty("is_syncing").GetBoolean(), syncing.GetProperty("sync_distance").GetString()));
        using (HttpResponseMessage health = await host.GetAsync("/eth/v1/node/health"))
            Assert.Equal(HttpStatusCode.PartialContent, health.StatusCode);
        using (HttpResponseMessage health = await host.GetAsync("/eth/v1/node/health?syncing_status=503"))
            Assert.Equal(HttpStatusCode.ServiceUnavailable, health.StatusCode);
        _ = await BeaconHost.ErrorAsync(host.GetAsync("/eth/v1/validator/attestation_data?slot=600&committee_index=0"), HttpStatusCode.ServiceUnavailable);
    }

    private static async Task<JsonElement> NextAsync(IAsyncEnumerator<SseItem<string>> events, string topic)
    {
        do
            Assert.True(await events.MoveNextAsync());
        while (events.Current.EventType != topic);
        using JsonDocument document = JsonDocument.Parse(events.Current.Data);
        return document.RootElement.Clone();
    }
}
