using Flashback.Testing;

namespace Flashback.Engine.Tests.Spacetime;

/// <summary>The contracts on a machine that is not ours.</summary>
public class ForgeTests
{
    [Fact]
    [Trait("Speed", "Slow")] // compiles everything once more
    public async Task The_contracts_pass_their_tests_on_an_independent_machine()
    {
        try
        {
            string report = await NodeTools.Contracts.RunScriptAsync("forge.mjs", TestContext.Current.CancellationToken);
            Assert.Matches(@"tests passed, 0 failed, 0 skipped \([1-9]", report[report.LastIndexOf("Ran ", StringComparison.Ordinal)..].ReplaceLineEndings(" "));
        }
        catch (NodeToolsException absent)
        {
            Assert.Skip(absent.Message);
        }
    }
}
