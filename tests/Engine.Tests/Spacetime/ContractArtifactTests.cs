using System.Text.Json;
using Flashback.Chain.Spacetime;
using Flashback.Primitives;
using Flashback.Testing;

namespace Flashback.Engine.Tests.Spacetime;

/// <summary>The artefacts that are checked in are what the compiler makes of the sources that are checked in.</summary>
public class ContractArtifactTests
{
    [Fact]
    public async Task The_artefacts_are_what_the_compiler_makes_of_the_sources()
    {
        string artefacts = Path.Combine(Vectors.Checkout, "contracts", "artifacts");
        DirectoryInfo built = Directory.CreateTempSubdirectory("flashback-contracts");
        try
        {
            _ = await NodeTools.Contracts.RunScriptAsync("build.mjs", TestContext.Current.CancellationToken, built.FullName);
            Assert.Equal(Names(artefacts), Names(built.FullName));
            foreach (string name in Names(artefacts))
                Assert.Equal(File.ReadAllText(Path.Combine(artefacts, name)), File.ReadAllText(Path.Combine(built.FullName, name)));
        }
        catch (NodeToolsException absent)
        {
            Assert.Skip(absent.Message);
        }
        finally
        {
            built.Delete(recursive: true);
        }
    }

    [Fact]
    public void Every_artefact_is_embedded_with_its_interface_and_its_code()
    {
        string[] sources = [.. Directory.GetFiles(Path.Combine(Vectors.Checkout, "contracts", "artifacts"), "*.json").Select(path => Path.GetFileNameWithoutExtension(path))];
        Assert.NotEmpty(sources);
        foreach (ContractArtifact artifact in sources.Select(ContractArtifact.Load))
        {
            using JsonDocument abi = JsonDocument.Parse(artifact.Abi);
            Assert.NotEqual(0, abi.RootElement.GetArrayLength());
            Assert.InRange(artifact.Runtime.Length, 1, 24_576); // EIP-170
            foreach (int place in artifact.Immutables.Values.SelectMany(places => places))
                Assert.False(artifact.Runtime.Slice(place, 32).Span.ContainsAnyExcept((byte)0));
        }
    }

    [Fact]
    public void Linking_wants_a_value_for_each_immutable()
    {
        ContractArtifact artifact = new("Twice", default, Hex.Decode("7f" + new string('0', 64) + "7f" + new string('0', 64)), new Dictionary<string, IReadOnlyList<int>> { ["VALUE"] = [1, 34] });
        Assert.Equal(Hex.Decode("7f" + new string('0', 62) + "057f" + new string('0', 62) + "05"), artifact.Link(new Dictionary<string, UInt256> { ["VALUE"] = 5 }));
        Assert.Throws<ArgumentException>(() => artifact.Link(new Dictionary<string, UInt256>()));
        Assert.Throws<ArgumentException>(() => ContractArtifact.Load("Nobody"));
    }

    private static string[] Names(string folder) => [.. Directory.GetFiles(folder).Select(path => Path.GetFileName(path)).Order(StringComparer.Ordinal)];
}
