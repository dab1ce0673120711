using Flashback.Chain;
using Flashback.Chain.Beacon;
using Flashback.Client;

namespace Flashback.Api.Beacon.Http;

/// <summary>What a <see cref="BeaconServer"/> tells of.</summary>
/// <param name="Node">The node, with its beacon chain.</param>
/// <param name="Client">The same node as validators see it: what they ask over HTTP is answered by it.</param>
/// <param name="Execution">The execution chain.</param>
/// <param name="Name">What the node calls itself among its peers.</param>
public sealed record BeaconApiNode(BeaconNode Node, INodeClient Client, ChainService Execution, string Name);
