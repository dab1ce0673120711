using Flashback.Conformance;
using Flashback.Testing;

namespace Flashback.Spec.Tests;

/// <summary>The judge of blocks: what is right in a vector passes, and the same vector with one thing wrong fails.</summary>
public sealed class BlockchainKindTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("flashback-spec-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData("", "", true)]
    [InlineData("BlockException.INCORRECT_EXCESS_BLOB_GAS", "BlockException.INVALID_REQUESTS", false)]
    [InlineData("BlockException.INCORRECT_EXCESS_BLOB_GAS", "BlockException.INVALID_REQUESTS|BlockException.INCORRECT_EXCESS_BLOB_GAS", true)]
    [InlineData("\"expectException\"", "\"expectNothing\"", false)]
    [InlineData("\"lastblockhash\": \"0x", "\"lastblockhash\": \"0X", false)]
    [InlineData("\"balance\": \"0x", "\"balance\": \"0x1", false)]
    public void A_vector_passes_and_one_that_was_tampered_with_does_not(string part, string replacement, bool passes)
    {
        string vector = File.ReadAllText(Path.Combine(Vectors.Folder("eest-blockchain-tests", "cancun/eip4844_blobs"), "test_invalid_static_excess_blob_gas.json"));
        string file = Path.Combine(_folder, "test.json");
        File.WriteAllText(file, part.Length == 0 ? vector : vector.Replace(part, replacement, StringComparison.Ordinal));
        SpecSummary summary = SpecRunner.Run(SpecKinds.Named("blockchain")!, file, TextWriter.Null);
        int cases = summary.Passed + summary.Failed;
        Assert.True(cases > 10);
        Assert.Equal(passes ? cases : 0, summary.Passed);
    }
}
