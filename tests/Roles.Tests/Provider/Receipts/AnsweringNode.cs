using System.Net;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Flashback.Client;
using Flashback.Primitives;

namespace Flashback.Roles.Tests.Provider.Receipts;

/// <summary>A node that knows one reader, one nonce and one slot.</summary>
internal sealed class AnsweringNode(Address reader, Hash32 nonce, ulong slot) : HttpMessageHandler
{
    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        using JsonDocument body = JsonDocument.Parse(await request.Content!.ReadAsStringAsync(cancellationToken));
        JsonElement asked = body.RootElement.GetProperty("params")[0];
        JsonNode answer = body.RootElement.GetProperty("method").GetString() switch
        {
            "eth_getBlockByNumber" => new JsonObject
            {
                ["number"] = "0x1", ["hash"] = nonce.ToString(), ["parentHash"] = nonce.ToString(), ["timestamp"] = ((UInt256)slot).ToString(), ["gasLimit"] = "0x1c9c380", ["baseFeePerGas"] = "0x1",
            },
            "eth_call" when asked.GetProperty("to").GetString() == StorageContracts.Randomness.ToString() => JsonValue.Create(nonce.ToString())!,
            "eth_call" => JsonValue.Create(Hex.Encode(new AbiTuple().Add(reader).Encode()))!,
            var method => throw new InvalidOperationException(method),
        };
        return new HttpResponseMessage(HttpStatusCode.OK) { Content = new StringContent(new JsonObject { ["jsonrpc"] = "2.0", ["id"] = 1, ["result"] = answer }.ToJsonString(), Encoding.UTF8, "application/json") };
    }
}
