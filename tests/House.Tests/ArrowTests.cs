namespace Flashback.House.Tests;

/// <summary>The arrows of docs/ARCHITECTURE.md: which project may reference which. A new arrow is a change of architecture, made here first.</summary>
public class ArrowTests
{
    private static readonly Dictionary<string, string[]> Allowed = new()
    {
        ["Primitives"] = [],
        ["Cryptography"] = ["Primitives"],
        ["Proofs"] = ["Cryptography", "Primitives"],
        ["Execution"] = ["Cryptography", "Primitives"],
        ["Consensus"] = ["Cryptography", "Primitives"],
        ["Ssz.Generator"] = [],
        ["State"] = ["Cryptography", "Execution", "Primitives"],
        ["Network"] = ["Consensus", "Cryptography", "Primitives"],
        ["Chain"] = ["Consensus", "Cryptography", "Execution", "Network", "Primitives", "Proofs", "State"],
        ["Client"] = ["Consensus", "Cryptography", "Execution", "Primitives"],
        ["Api"] = ["Chain", "Client", "Consensus", "Cryptography", "Execution", "Network", "Primitives", "State"],
        ["Validator"] = ["Client", "Consensus", "Cryptography", "Primitives", "State"],
        ["Provider"] = ["Client", "Proofs", "State"],
        ["Files"] = [],
        ["Gateway"] = ["Client", "Files", "Proofs", "State"],
        ["Explorer"] = ["Client"],
    };

    /// <summary>The host ring sees everything below it, and its own projects in this order.</summary>
    private static readonly string[] Host = ["Conformance", "Node"];

    [Fact]
    public void Projects_reference_only_what_their_ring_allows()
    {
        string[] broken = [.. from project in House.Projects
                              from reference in project.Value
                              where !IsAllowed(project.Key, reference)
                              select $"{project.Key} → {reference}"];
        Assert.Empty(broken);
    }

    [Fact]
    public void Every_project_has_its_place_in_the_picture() =>
        Assert.Empty(House.Projects.Keys.Except(Allowed.Keys).Except(Host));

    [Fact]
    public void The_allowed_arrows_make_no_cycle()
    {
        HashSet<string> placed = [];
        while (Allowed.Keys.FirstOrDefault(name => !placed.Contains(name) && Allowed[name].All(placed.Contains)) is { } next)
            placed.Add(next);
        Assert.Empty(Allowed.Keys.Except(placed));
    }

    private static bool IsAllowed(string project, string reference) => Array.IndexOf(Host, project) is var place and >= 0
        ? Array.IndexOf(Host, reference) < place
        : Allowed.TryGetValue(project, out string[]? allowed) && allowed.Contains(reference);
}
