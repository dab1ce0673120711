using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Numerics;
using System.Security.Cryptography;
using System.Text.Json;
using Flashback.Client;
using Flashback.Execution;
using Flashback.Primitives;
using Flashback.Proofs;
using Flashback.Testing;

namespace Flashback.Scenarios.Provider;

/// <summary>A client of a <see cref="ProviderWorld"/>: has pieces stored and reads them.</summary>
internal sealed class DealWorld(ProviderWorld world) : IDisposable
{
    public const int PieceSize = 1_024;

    private static readonly string Settlement = Hex.Encode(Abi.Selector("settle()"));

    private readonly HttpClient _http = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    /// <summary>Bytes of a piece of half a sector.</summary>
    public static byte[] DrawPiece()
    {
        byte[] data = new byte[PieceSize / 128 * 127 - 100]; // some zeros follow
        Seeds.Fresh().NextBytes(data);
        return data;
    }

    /// <summary>The ask for a piece of a KiB from activation to end, rounded up.</summary>
    public static UInt256 FeeOf(DeployedDeal deal)
    {
        BigInteger seconds = deal.Terms.End - deal.Terms.ActivationEnd, whole = (BigInteger)86_400 << 30;
        return (UInt256)(((BigInteger)ProviderWorld.AskGwei * 1_000_000_000 * PieceSize * seconds + whole - 1) / whole);
    }

    /// <summary>Has a piece stored: registration and activation get the slots that are given from now on.</summary>
    public async Task<DeployedDeal> DeployAsync(byte[] data, ulong providers, ulong registration, ulong activation, ulong periods)
    {
        ulong now = await world.SlotAsync();
        ulong activationEnd = now + activation;
        DealTerms terms = new(
            PieceCommitment.Compute(data).Commitment, PieceSize, providers, 1, now + registration, activationEnd, activationEnd + periods * world.Parameters.ProvingPeriod, 1_000_000_000_000_000, 100_000_000_000);
        ExecutionReceipt receipt = await SendAsync(MarketContract.Deploy(terms));
        return Assert.Single(await MarketContract.GetDealsAsync(world.Node, world.Client.Account, receipt.BlockNumber, receipt.BlockNumber, Cancellation));
    }

    public async Task<ExecutionReceipt> SendAsync(TransactionDraft draft)
    {
        ExecutionReceipt? receipt = await world.Client.SendAsync(draft, Cancellation);
        Assert.True(receipt is { IsSuccess: true }, draft.Purpose);
        return receipt;
    }

    /// <summary>What a deal logged: each line's topics after the first and its payload, with the slot of its block.</summary>
    public async Task<IReadOnlyList<(ulong Slot, ExecutionLog Log)>> LogsAsync(DeployedDeal deal, string signature)
    {
        ExecutionBlock head = await world.Node.GetHeadAsync(Cancellation);
        List<(ulong, ExecutionLog)> logs = [];
        foreach (ExecutionLog log in await world.Node.GetLogsAsync(deal.Contract, [Abi.Topic(signature)], 0, head.Number, Cancellation))
        {
            JsonElement block = await AskAsync("eth_getBlockByNumber", $"0x{log.BlockNumber:x}", false);
            ulong timestamp = ulong.Parse(block.GetProperty("timestamp").GetString().AsSpan(2), NumberStyles.HexNumber, CultureInfo.InvariantCulture);
            logs.Add(((timestamp - world.Parameters.GenesisTime) / world.Parameters.SecondsPerSlot, log));
        }
        return logs;
    }

    /// <summary>Transactions of an account that are on the chain and failed: the block, whom it called, and what with. But for settlements: providers take turns, and where blocks come late one may still be second.</summary>
    public async Task<IReadOnlyList<string>> FailedTransactionsAsync(Address account)
    {
        ExecutionBlock head = await world.Node.GetHeadAsync(Cancellation);
        List<string> failed = [];
        for (ulong number = 1; number <= head.Number; number++)
        {
            JsonElement receipts = await AskAsync("eth_getBlockReceipts", $"0x{number:x}");
            foreach (JsonElement receipt in receipts.EnumerateArray().Where(receipt => receipt.GetProperty("from").GetString() == account.ToString() && receipt.GetProperty("status").GetString() != "0x1"))
            {
                JsonElement transaction = await AskAsync("eth_getTransactionByHash", receipt.GetProperty("transactionHash").GetString()!);
                if (transaction.GetProperty("input").GetString() != Settlement)
                    failed.Add($"block {number}: {transaction.GetProperty("to").GetString()} {transaction.GetProperty("input").GetString()}");
            }
        }
        return failed;
    }

    public Task UntilAsync(DeployedDeal deal, DealPhase phase, int seconds = 60) =>
        ProviderWorld.UntilAsync(async () => await DealContract.GetPhaseAsync(world.Node, deal.Contract, Cancellation) == phase, $"deal {deal.Number} is {phase}", seconds);

    public Task UntilActiveAsync(DeployedDeal deal, int seconds = 60) => ProviderWorld.UntilAsync(
        async () => (await SharesAsync(deal)).All(share => share.Standing == ShareStanding.Active), $"the shares of deal {deal.Number} are active", seconds);

    public Task<IReadOnlyList<DealShare>> SharesAsync(DeployedDeal deal) => DealContract.GetSharesAsync(world.Node, deal.Contract, Cancellation);

    /// <summary>Sends a part of a piece, once the provider asks for it.</summary>
    public async Task<HttpStatusCode> UploadAsync(ulong provider, DeployedDeal deal, byte[] data, int from, int to)
    {
        Uri uri = new(world.EndpointOf(provider), $"pieces/{NameOf(deal)}?deal={deal.Contract}&size={data.Length}");
        await ProviderWorld.UntilAsync(async () => await OffsetAsync(uri) == from, $"provider {provider} asks for byte {from}");
        using HttpRequestMessage request = new(HttpMethod.Patch, uri) { Content = new ByteArrayContent(data, from, to - from) };
        request.Headers.Add("Upload-Offset", $"{from}");
        using HttpResponseMessage answer = await _http.SendAsync(request, Cancellation);
        return answer.StatusCode;
    }

    /// <summary>Sends a piece to a provider that may be away any moment, until it has all of it.</summary>
    public async Task UploadWithPatienceAsync(ulong provider, DeployedDeal deal, byte[] data)
    {
        Uri uri = new(world.EndpointOf(provider), $"pieces/{NameOf(deal)}?deal={deal.Contract}&size={data.Length}");
        for (long offset = 0; offset < data.Length; await Task.Delay(100, Cancellation))
        {
            try
            {
                if (await OffsetAsync(uri) is not { } reached)
                    continue; // it has not registered yet
                offset = reached;
                int count = Math.Min(200, data.Length - (int)offset);
                using HttpRequestMessage request = new(HttpMethod.Patch, uri) { Content = new ByteArrayContent(data, (int)offset, count) };
                request.Headers.Add("Upload-Offset", $"{offset}");
                using HttpResponseMessage answer = await _http.SendAsync(request, Cancellation);
            }
            catch (HttpRequestException)
            {
                // It is away.
            }
        }
    }

    /// <summary>Has a provider fetch the piece from another one.</summary>
    public async Task PullAsync(ulong provider, DeployedDeal deal, string from)
    {
        using StringContent order = new($$"""{"from":"{{from}}","deal":"{{deal.Contract}}"}""");
        using HttpResponseMessage answer = await _http.PostAsync(new Uri(world.EndpointOf(provider), $"pieces/{NameOf(deal)}/pull"), order, Cancellation);
        Assert.True(answer.StatusCode == HttpStatusCode.Accepted, await answer.Content.ReadAsStringAsync(Cancellation));
    }

    /// <summary>Reads a piece back by ranges; null where it is not there, or is being unsealed.</summary>
    public async Task<byte[]?> ReadAsync(ulong provider, DeployedDeal deal, int length)
    {
        const int Range = 300;
        List<byte> all = [];
        while (all.Count < length)
        {
            using HttpRequestMessage request = new(HttpMethod.Get, new Uri(world.EndpointOf(provider), $"pieces/{NameOf(deal)}"));
            request.Headers.Range = new RangeHeaderValue(all.Count, Math.Min(all.Count + Range, length) - 1);
            using HttpResponseMessage answer = await _http.SendAsync(request, Cancellation);
            if (answer.StatusCode is HttpStatusCode.NotFound or HttpStatusCode.ServiceUnavailable)
                return null;
            Assert.Equal(HttpStatusCode.PartialContent, answer.StatusCode);
            all.AddRange(await answer.Content.ReadAsByteArrayAsync(Cancellation));
        }
        return [.. all];
    }

    /// <summary>Reads a range by a signed request, checks what comes with it, and signs for it; a request is served once.</summary>
    public async Task<Delivery> ReadSignedAsync(ulong provider, DeployedDeal deal, byte[] data, ulong number, int offset, int length)
    {
        ulong slot = await world.SlotAsync(), chainId = world.Client.ChainId;
        Hash32 nonce = await ReadRequest.GetNonceAsync(world.Node, slot, deal.Contract, Cancellation);
        ReadRequest request = new(deal.Terms.CommP, provider, number, (ulong)offset, (ulong)length, 0, slot, nonce);
        string header = SignedReadRequest.Sign(request, chainId, deal.Contract, world.ClientKey).ToHeader();
        using HttpResponseMessage answer = await GetSignedAsync(provider, deal, header);
        Assert.True(answer.StatusCode == HttpStatusCode.PartialContent, await answer.Content.ReadAsStringAsync(Cancellation));
        byte[] bytes = await answer.Content.ReadAsByteArrayAsync(Cancellation);
        Assert.Equal(data[offset..(offset + length)], bytes);
        string name = Convert.ToHexStringLower(request.SigningHash(chainId, deal.Contract).AsSpan());
        using JsonDocument told = JsonDocument.Parse(await _http.GetStringAsync(new Uri(world.EndpointOf(provider), $"deliveries/{name}"), Cancellation));
        SignedDelivery signed = SignedDelivery.TryRead(told.RootElement.GetProperty("delivery").GetString()!)!;
        Delivery delivery = signed.Delivery;
        Assert.Equal(ProviderWorld.OperatorOf(provider), signed.SignerOn(chainId, deal.Contract));
        Assert.Equal(
            new Delivery(request.SigningHash(chainId, deal.Contract), provider, number, (ulong)offset, (ulong)length, 0, delivery.MsToFirstByte, delivery.MsToLastByte, Hash32.Read(SHA256.HashData(bytes))), delivery);
        using HttpResponseMessage replayed = await GetSignedAsync(provider, deal, header);
        Assert.Equal(HttpStatusCode.Forbidden, replayed.StatusCode);
        Assert.Equal(HttpStatusCode.Conflict, await CountersignAsync(provider, deal, signed, signed)); // its own signature is not the reader's
        SignedDelivery countersigned = SignedDelivery.Sign(delivery, chainId, deal.Contract, world.ClientKey);
        Assert.Equal(HttpStatusCode.NoContent, await CountersignAsync(provider, deal, signed, countersigned));
        Assert.Equal(HttpStatusCode.NoContent, await CountersignAsync(provider, deal, signed, countersigned)); // who did not get the answer asks again
        return delivery;
    }

    public void Dispose() => _http.Dispose();

    private async Task<HttpResponseMessage> GetSignedAsync(ulong provider, DeployedDeal deal, string header)
    {
        using HttpRequestMessage request = new(HttpMethod.Get, new Uri(world.EndpointOf(provider), $"pieces/{NameOf(deal)}"));
        request.Headers.Add(SignedReadRequest.HeaderName, header);
        return await _http.SendAsync(request, Cancellation);
    }

    private async Task<HttpStatusCode> CountersignAsync(ulong provider, DeployedDeal deal, SignedDelivery ours, SignedDelivery theirs)
    {
        using StringContent body = new($$"""{"deal":"{{deal.Contract}}","delivery":"{{ours.ToText()}}","countersigned":"{{theirs.ToText()}}"}""");
        using HttpResponseMessage answer = await _http.PostAsync(new Uri(world.EndpointOf(provider), "deliveries"), body, Cancellation);
        return answer.StatusCode;
    }

    private async Task<JsonElement> AskAsync(string method, params object[] parameters)
    {
        using StringContent request = new(JsonSerializer.Serialize(new { jsonrpc = "2.0", id = 1, method, @params = parameters }), new MediaTypeHeaderValue("application/json"));
        using HttpResponseMessage answer = await _http.PostAsync(world.Rpc, request, Cancellation);
        return JsonDocument.Parse(await answer.Content.ReadAsStringAsync(Cancellation)).RootElement.GetProperty("result");
    }

    private async Task<long?> OffsetAsync(Uri uri)
    {
        using HttpRequestMessage request = new(HttpMethod.Head, uri);
        using HttpResponseMessage answer = await _http.SendAsync(request, Cancellation);
        return answer.IsSuccessStatusCode && answer.Headers.GetValues("Upload-Offset").FirstOrDefault() is { } offset ? long.Parse(offset, CultureInfo.InvariantCulture) : null;
    }

    private static string NameOf(DeployedDeal deal) => Convert.ToHexStringLower(deal.Terms.CommP.AsSpan());
}
