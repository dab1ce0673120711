using Flashback.Network.Loopback;

namespace Flashback.Engine.Tests.Network;

public sealed class NetworkFaultTests
{
    [Theory]
    [InlineData("node3:offline@120..240", FaultKind.Offline, "node3", 120, 240, 0)]
    [InlineData("node1:delay=0.5@60..120", FaultKind.Delay, "node1", 60, 120, 0.5)]
    [InlineData("node1+node2:loss=0.2@0..600", FaultKind.Loss, "node1 node2", 0, 600, 0.2)]
    [InlineData("node0+node1:partition@100.5..200", FaultKind.Partition, "node0 node1", 100.5, 200, 0)]
    [InlineData("a:loss=1@7..7", FaultKind.Loss, "a", 7, 7, 1)]
    public void Reads_what_goes_wrong(string text, FaultKind kind, string nodes, double from, double until, double amount)
    {
        Assert.True(NetworkFault.TryParse(text, out NetworkFault? fault));
        Assert.Equal((kind, nodes, from, until, amount), (fault.Kind, string.Join(' ', fault.Nodes), fault.From.TotalSeconds, fault.Until.TotalSeconds, fault.Amount));
    }

    [Theory]
    [InlineData("")]
    [InlineData("node3")]
    [InlineData(":offline@1..2")]
    [InlineData("node3:offline")]
    [InlineData("node3:offline@2..1")]
    [InlineData("node3:offline@-1..2")]
    [InlineData("node3:offline@1..2e9")]
    [InlineData("node3:offline@1..2000000000")]
    [InlineData("node3:offline=1@1..2")]
    [InlineData("node3:partition=1@1..2")]
    [InlineData("node3:asleep@1..2")]
    [InlineData("node3:0@1..2")]
    [InlineData("node3:delay@1..2")]
    [InlineData("node3:delay=61@1..2")]
    [InlineData("node3:loss@1..2")]
    [InlineData("node3:loss=1.1@1..2")]
    [InlineData("node3:loss=.5@1..2")]
    [InlineData("node 3:offline@1..2")]
    [InlineData("node3++node4:offline@1..2")]
    [InlineData("node3:offline@1..2\n")]
    [InlineData("node3:offline@١..٢")] // digits, but not ours
    public void Refuses_anything_else(string text) => Assert.False(NetworkFault.TryParse(text, out _));

    [Theory]
    [InlineData("a:offline@10..20", "a", "b", 10, true)]
    [InlineData("a:offline@10..20", "b", "a", 19.9, true)]
    [InlineData("a:offline@10..20", "a", "b", 20, false)]
    [InlineData("a:offline@10..20", "a", "b", 9.9, false)]
    [InlineData("a:offline@10..20", "b", "c", 15, false)]
    [InlineData("a+b:partition@10..20", "a", "b", 15, false)]
    [InlineData("a+b:partition@10..20", "c", "b", 15, true)]
    [InlineData("a+b:partition@10..20", "c", "d", 15, false)]
    public void Concerns_its_nodes_in_its_time(string text, string from, string to, double seconds, bool isConcerned)
    {
        Assert.True(NetworkFault.TryParse(text, out NetworkFault? fault));
        Assert.Equal(isConcerned, fault.Concerns(from, to, TimeSpan.FromSeconds(seconds)));
    }
}
