using Flashback.Api.JsonRpc;
using Flashback.Primitives;

namespace Flashback.Api.Methods;

/// <summary><c>net_*</c>, <c>web3_*</c>, <c>rpc_*</c> and what <c>eth_*</c> asks of the node itself. spec: execution-apis, eth/client.yaml</summary>
internal sealed class NodeMethods(ChainReader reader)
{
    public void AddTo(RpcTable table)
    {
        table.Add("web3_clientVersion", _ => ClientVersion.Text);
        table.Add("web3_sha3", call => Keccak.Hash256(call.Parameters.Required<byte[]>(0)));
        table.Add("net_version", _ => reader.Chain.Config.ChainId.ToString(System.Globalization.CultureInfo.InvariantCulture));
        table.Add("net_listening", _ => true);
        table.Add("net_peerCount", _ => 0UL);
        table.Add("eth_syncing", _ => false);
        table.Add("eth_mining", _ => false);
        table.Add("eth_hashrate", _ => 0UL);
        table.Add("eth_protocolVersion", _ => 68UL); // eth/68
        table.Add("eth_subscribe", call => (call.Connection ?? throw new RpcException(RpcCode.MethodNotFound, "notifications not supported")).Subscriptions.Add(call.Parameters));
        table.Add("eth_unsubscribe", call =>
            (call.Connection ?? throw new RpcException(RpcCode.MethodNotFound, "notifications not supported")).Subscriptions.Remove(call.Parameters.Required<UInt256>(0))
                ? true : throw RpcException.Refused("subscription not found"));
    }
}
