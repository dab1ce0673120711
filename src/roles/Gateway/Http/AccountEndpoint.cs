using System.Globalization;
using System.Numerics;
using System.Text.Json.Nodes;
using Flashback.Gateway.Objects;
using Flashback.Primitives;
using Microsoft.AspNetCore.Http;

namespace Flashback.Gateway.Http;

/// <summary>What storing costs and who pays: <c>GET /quote?size=</c>, <c>/deals</c> and <c>/wallet</c>. Amounts are FLASH in decimals, as texts.</summary>
internal sealed class AccountEndpoint(ObjectStore store)
{
    /// <summary>What it costs at most to keep so many bytes of blocks.</summary>
    public Task QuoteAsync(HttpContext http) => AnswerAsync(http, async () =>
    {
        string text = http.Request.Query["size"].ToString();
        if (!text.All(char.IsAsciiDigit) || !long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out long size) || size > ObjectStore.MostBytes)
            throw new BadHttpRequestException($"size is a number of bytes, up to {ObjectStore.MostBytes}");
        StorageQuote quote = await store.QuoteAsync(size, http.RequestAborted).ConfigureAwait(false);
        return new JsonObject
        {
            ["size"] = size, ["paddedBytes"] = quote.PaddedBytes, ["copies"] = quote.Copies, ["days"] = Math.Round(quote.Duration.TotalDays, 4),
            ["offers"] = new JsonArray([.. quote.Offers.Select(offer => (JsonNode)new JsonObject { ["provider"] = offer.Provider, ["pricePerGibDay"] = Of(offer.Price) })]),
            ["total"] = Of(quote.Total), ["balance"] = Of(quote.Balance), ["refusal"] = quote.Refusal,
        };
    });

    /// <summary>All deals that are not over.</summary>
    public Task ListDealsAsync(HttpContext http) => AnswerAsync(http, async () =>
    {
        JsonArray deals = [];
        foreach (DealStatus deal in await store.ListDealsAsync(http.RequestAborted).ConfigureAwait(false))
        {
            deals.Add((JsonNode)new JsonObject
            {
                ["number"] = deal.Number, ["contract"] = deal.Contract, ["commitment"] = deal.Commitment, ["paddedBytes"] = deal.PaddedBytes, ["state"] = deal.State.ToString().ToLowerInvariant(),
                ["end"] = ProgressReport.TimeOf(deal.End), ["runwayDays"] = Math.Round(Math.Max(0, (deal.End - store.Time.GetUtcNow()).TotalDays), 4), ["cost"] = Of(deal.Cost), ["costPerDay"] = Of(deal.CostPerDay),
                ["providers"] = new JsonArray([.. deal.Providers.Select(copy => (JsonNode)ProgressReport.Describe(copy))]),
            });
        }
        return new JsonObject { ["deals"] = deals };
    });

    /// <summary>The account that pays.</summary>
    public Task TellWalletAsync(HttpContext http) => AnswerAsync(http, async () =>
    {
        WalletStatus wallet = await store.GetWalletAsync(http.RequestAborted).ConfigureAwait(false);
        return new JsonObject
        {
            ["address"] = wallet.Address, ["balance"] = Of(wallet.Balance), ["escrowed"] = Of(wallet.Escrowed), ["credit"] = Of(wallet.Credit), ["costPerDay"] = Of(wallet.CostPerDay),
            ["paidUntil"] = wallet.PaidUntil is { } until ? ProgressReport.TimeOf(until) : null, ["runwayDays"] = wallet.RunwayDays,
        };
    });

    private static string Of(UInt256 wei) => Flash.Of((BigInteger)wei);

    private static async Task AnswerAsync(HttpContext http, Func<Task<JsonObject>> ask)
    {
        JsonObject answer;
        try
        {
            answer = await ask().ConfigureAwait(false);
        }
        catch (IOException fault) when (fault is not BadHttpRequestException)
        {
            throw new BadHttpRequestException(fault.Message, StatusCodes.Status503ServiceUnavailable);
        }
        await FileEndpoint.WriteAsync(http, answer).ConfigureAwait(false);
    }
}
