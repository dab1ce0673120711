using System.Text.Json;
using Flashback.Execution;

namespace Flashback.Conformance;

/// <summary>
/// EEST blockchain tests: a genesis block, and blocks one after the other, each valid or with the rule that it breaks; and the last valid block's hash.
/// </summary>
/// <remarks>Blocks and genesis header are read from their bytes, and encoded again; every state root is the trie's.</remarks>
internal sealed class BlockchainKind : ISpecKind
{
    private static readonly BytecodeCache Codes = new();

    public string Name => "blockchain";

    public string Description => "EEST blockchain tests (Cancun, Prague, Osaka and the transitions between them)";

    public IEnumerable<SpecUnit> Find(string path) => VectorFiles.Below(path, "*.json")
        .Select(file => new SpecUnit(VectorFiles.NameBelow(path, file), [file], files => Cases(files.ReadBytes(file))));

    private static IEnumerable<SpecCase> Cases(byte[] json)
    {
        using JsonDocument document = JsonDocument.Parse(json);
        foreach (JsonProperty test in document.RootElement.EnumerateObject())
        {
            if (!BlockchainNetwork.TryRead(test.Value, out ChainConfig? chain))
            {
                yield return new SpecCase(test.Name, () => new SpecOutcome.Skipped("older fork"));
                continue;
            }
            // A verdict for each block: whether it is accepted, or refused for the right reason, where the blocks before it have led.
            BlockchainRun? run = null;
            JsonElement[] blocks = [.. test.Value.GetProperty("blocks").EnumerateArray()];
            for (int i = 0; i < blocks.Length; i++)
            {
                int index = i;
                yield return new SpecCase(
                    test.Name,
                    () => (index == 0 ? BlockchainRun.Begin(chain!, test.Value, Codes, out run) : run is null ? new SpecOutcome.Failed("a chain to go on", "it never began") : null)
                        ?? Import(run!, blocks[index])
                        ?? (index == blocks.Length - 1 ? Finish(run!, test.Value) : SpecOutcome.Pass),
                    $"block {index}");
            }
        }
    }

    /// <summary>Null when the block is accepted or refused as the vector says.</summary>
    private static SpecOutcome.Failed? Import(BlockchainRun run, JsonElement block)
    {
        string expected = block.TryGetProperty("expectException", out JsonElement exception) ? exception.GetString()! : "";
        string broken = run.Import(JsonWords.Bytes(block.GetProperty("rlp")), out string detail);
        return ExceptionNames.Match(expected, broken) || ExceptionNames.IsBlockAlias(expected, broken)
            ? null : new SpecOutcome.Failed(expected.Length == 0 ? "valid" : expected, broken.Length == 0 ? "accepted" : $"{broken} ({detail})");
    }

    private static SpecOutcome Finish(BlockchainRun run, JsonElement test) => SpecOutcome.Equal(test.GetProperty("lastblockhash").GetString()!, run.Head.Hash().ToString());
}
