using Flashback.Primitives;
using Broken = Flashback.Primitives.Invalid<Flashback.Execution.BlockRule>;

namespace Flashback.Execution;

/// <summary>The rules that a header must keep after its parent, before anything is executed. spec: Ethereum Yellow Paper, section 4.3.4; EIP-1559, EIP-3675, EIP-4844</summary>
internal static class HeaderValidity
{
    public const ulong GasLimitBoundDivisor = 1024; // GAS_LIMIT_ADJUSTMENT_FACTOR
    public const ulong MinGasLimit = 5000; // GAS_LIMIT_MINIMUM
    public const ulong MaxGasLimit = long.MaxValue; // gas is counted with a sign
    private const int MaxExtraData = 32;

    public static Broken? Check(BlockHeader header, BlockHeader parent, ForkRules rules) =>
        FollowsParent(header, parent)
        ?? IsAfterTheMerge(header)
        ?? HasTheForksFields(header, rules)
        ?? GasIsWithinBounds(header, parent)
        ?? BaseFeeFollows(header, parent)
        ?? ExtraDataIsShort(header)
        ?? BlobGasFollows(header, parent, rules);

    private static Broken? FollowsParent(BlockHeader header, BlockHeader parent)
    {
        Hash32 hash = parent.Hash();
        return header.ParentHash != hash ? new(BlockRule.InvalidParentHash, $"parent {header.ParentHash}, executed on {hash}")
            : header.Number != parent.Number + 1 ? new(BlockRule.InvalidBlockNumber, $"number {header.Number}, the parent's is {parent.Number}")
            : header.Timestamp <= parent.Timestamp
                ? new(BlockRule.InvalidBlockTimestampOlderThanParent, $"timestamp {header.Timestamp}, the parent's is {parent.Timestamp}")
            : null;
    }

    private static Broken? IsAfterTheMerge(BlockHeader header) =>
        !header.Difficulty.IsZero ? new(BlockRule.ImportImpossibleDifficultyOverParis, $"difficulty {header.Difficulty}")
        : header.Nonce != 0 ? new(BlockRule.InvalidNonceOverParis, $"nonce {header.Nonce}")
        : header.OmmersHash != BlockHeader.OfNoOmmers ? new(BlockRule.ImportImpossibleUnclesOverParis, $"ommers hash {header.OmmersHash}")
        : null;

    private static Broken? HasTheForksFields(BlockHeader header, ForkRules rules) =>
        header.RequestsHash is not null == rules.HasRequests ? null
        : new(BlockRule.IncorrectBlockFormat, $"{rules.Fork} {(rules.HasRequests ? "has a requests hash, the header has none" : "has no requests hash, the header has one")}");

    private static Broken? GasIsWithinBounds(BlockHeader header, BlockHeader parent)
    {
        ulong bound = parent.GasLimit / GasLimitBoundDivisor;
        ulong change = header.GasLimit > parent.GasLimit ? header.GasLimit - parent.GasLimit : parent.GasLimit - header.GasLimit;
        return change >= bound || header.GasLimit is < MinGasLimit or > MaxGasLimit
                ? new(BlockRule.InvalidGasLimit, $"gas limit {header.GasLimit}, the parent's is {parent.GasLimit}: it changes by less than {bound} and is at least {MinGasLimit}")
            : header.GasUsed > header.GasLimit ? new(BlockRule.InvalidGasUsedAboveLimit, $"gas used {header.GasUsed}, limit {header.GasLimit}")
            : null;
    }

    private static Broken? BaseFeeFollows(BlockHeader header, BlockHeader parent)
    {
        UInt256 expected = FeeMarket.BaseFeeAfter(parent);
        return header.BaseFeePerGas == expected ? null : new(BlockRule.InvalidBaseFeePerGas, $"base fee {header.BaseFeePerGas}, expected {expected}");
    }

    private static Broken? ExtraDataIsShort(BlockHeader header) =>
        header.ExtraData.Length > MaxExtraData ? new(BlockRule.ExtraDataTooBig, $"{header.ExtraData.Length} bytes, at most {MaxExtraData}") : null;

    private static Broken? BlobGasFollows(BlockHeader header, BlockHeader parent, ForkRules rules)
    {
        ulong excess = FeeMarket.ExcessBlobGasAfter(parent, rules);
        ulong most = (ulong)rules.Blobs.Max * BlobSchedule.GasPerBlob;
        return header.ExcessBlobGas != excess ? new(BlockRule.IncorrectExcessBlobGas, $"excess blob gas {header.ExcessBlobGas}, expected {excess}")
            : header.BlobGasUsed % BlobSchedule.GasPerBlob != 0 ? new(BlockRule.IncorrectBlobGasUsed, $"blob gas {header.BlobGasUsed} is no whole number of blobs")
            : header.BlobGasUsed > most ? new(BlockRule.BlobGasUsedAboveLimit, $"blob gas {header.BlobGasUsed}, at most {most}")
            : null;
    }
}
