using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text.RegularExpressions;

namespace Flashback.Network.Loopback;

/// <summary>What goes wrong between nodes.</summary>
public enum FaultKind
{
    /// <summary>Nothing comes to the nodes or goes from them.</summary>
    Offline,

    /// <summary>What comes to the nodes or goes from them takes longer.</summary>
    Delay,

    /// <summary>Some of what comes to the nodes or goes from them is lost.</summary>
    Loss,

    /// <summary>Nothing goes between the nodes named and the others.</summary>
    Partition,
}

/// <summary>Something that goes wrong for a while.</summary>
/// <param name="Kind">What.</param>
/// <param name="Nodes">For which nodes.</param>
/// <param name="From">From when on, since the network began.</param>
/// <param name="Until">Until when.</param>
/// <param name="Amount">Of a delay: seconds. Of a loss: the odds, 0 to 1.</param>
public sealed partial record NetworkFault(FaultKind Kind, IReadOnlyList<string> Nodes, TimeSpan From, TimeSpan Until, double Amount = 0)
{
    /// <summary>Reads a fault: <c>node3:offline@120..240</c>, <c>node1:delay=0.5@60..120</c>, <c>node1+node2:loss=0.2@0..600</c>, <c>node0+node1:partition@100..200</c>; times in seconds.</summary>
    public static bool TryParse(string text, [NotNullWhen(true)] out NetworkFault? fault)
    {
        fault = null;
        Match match = Form().Match(text);
        if (!match.Success || !Enum.TryParse(match.Groups["kind"].Value, ignoreCase: true, out FaultKind kind))
            return false;
        bool hasAmount = match.Groups["amount"].Success;
        if (hasAmount != kind is FaultKind.Delay or FaultKind.Loss)
            return false;
        double amount = hasAmount ? Number(match, "amount") : 0;
        (double from, double until) = (Number(match, "from"), Number(match, "until"));
        if (from > until || until > 1e9 || (kind == FaultKind.Loss && amount > 1) || (kind == FaultKind.Delay && amount > 60))
            return false;
        fault = new NetworkFault(kind, match.Groups["nodes"].Value.Split('+'), TimeSpan.FromSeconds(from), TimeSpan.FromSeconds(until), amount);
        return true;
    }

    /// <summary>Whether it concerns what goes between two nodes at a time.</summary>
    public bool Concerns(string one, string other, TimeSpan time)
    {
        if (time < From || time >= Until)
            return false;
        bool isOne = Nodes.Contains(one), isOther = Nodes.Contains(other);
        return Kind == FaultKind.Partition ? isOne != isOther : isOne || isOther;
    }

    private static double Number(Match match, string group) => double.Parse(match.Groups[group].ValueSpan, CultureInfo.InvariantCulture);

    [GeneratedRegex(@"^(?<nodes>[A-Za-z0-9_-]+(\+[A-Za-z0-9_-]+)*):(?<kind>[a-z]+)(=(?<amount>[0-9]+(\.[0-9]+)?))?@(?<from>[0-9]+(\.[0-9]+)?)\.\.(?<until>[0-9]+(\.[0-9]+)?)\z")]
    private static partial Regex Form();
}
