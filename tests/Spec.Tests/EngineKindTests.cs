using Flashback.Conformance;
using Flashback.Testing;

namespace Flashback.Spec.Tests;

/// <summary>The judge of Engine API tests: what is right in a vector passes, and the same vector with one thing wrong fails.</summary>
public sealed class EngineKindTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("flashback-spec-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData("", "", true)]
    [InlineData("\"newPayloadVersion\": \"4\"", "\"newPayloadVersion\": \"3\"", false)]
    [InlineData("\"newPayloadVersion\": \"4\"", "\"newPayloadVersion\": \"4\", \"validationError\": \"BlockException.INVALID_STATE_ROOT\"", false)]
    [InlineData("\"newPayloadVersion\": \"4\"", "\"newPayloadVersion\": \"4\", \"errorCode\": -38005", false)]
    [InlineData("\"lastblockhash\": \"0x", "\"lastblockhash\": \"0X", false)]
    [InlineData("\"gasUsed\": \"0x", "\"gasUsed\": \"0x1", false)]
    [InlineData("\"balance\": \"0x", "\"balance\": \"0x1", false)]
    public void A_vector_passes_and_one_that_was_tampered_with_does_not(string part, string replacement, bool passes)
    {
        string vector = File.ReadAllText(Path.Combine(Vectors.Folder("eest-benchmark", "blockchain_tests_engine"), "benchmark/compute/scenario/transaction_types/empty_block.json"));
        string file = Path.Combine(_folder, "test.json");
        File.WriteAllText(file, part.Length == 0 ? vector : vector.Replace(part, replacement, StringComparison.Ordinal));
        SpecSummary summary = SpecRunner.Run(SpecKinds.Named("engine")!, file, TextWriter.Null);
        Assert.True(summary.Passed + summary.Failed > 0);
        Assert.Equal(passes, summary.Failed == 0);
        Assert.True(passes || summary.Passed == 0, "a test is judged as if nothing had been changed");
    }
}
