using Broken = Flashback.Primitives.Invalid<Flashback.Execution.BlockRule>;

namespace Flashback.Execution;

/// <summary>The rules that tie what a block did to what its header says that it did; all but the state root.</summary>
internal static class ResultValidity
{
    public static Broken? Check(BlockHeader header, BlockResult result) =>
        Same(BlockRule.InvalidGasUsed, "gas used", header.GasUsed, result.GasUsed)
        ?? Same(BlockRule.IncorrectBlobGasUsed, "blob gas used", header.BlobGasUsed, result.BlobGasUsed)
        ?? Same(BlockRule.InvalidReceiptsRoot, "receipts root", header.ReceiptsRoot, result.ReceiptsRoot)
        ?? Same(BlockRule.InvalidLogBloom, "bloom", header.LogsBloom, result.LogsBloom)
        ?? Same(BlockRule.InvalidRequests, "requests hash", header.RequestsHash, result.RequestsHash);

    private static Broken? Same<T>(BlockRule rule, string what, T inHeader, T found) =>
        EqualityComparer<T>.Default.Equals(inHeader, found) ? null : new(rule, $"{what} {found}, the header says {inHeader}");
}
