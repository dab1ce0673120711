using Flashback.Api.JsonRpc;
using Flashback.Api.Wire;
using Flashback.Chain;
using Flashback.Execution;
using Flashback.Primitives;

namespace Flashback.Api.Methods;

/// <summary><c>eth_*</c>: what gas costs, and what to offer. spec: execution-apis, eth/fee_market.yaml</summary>
internal sealed class EthFeeMethods(ChainReader reader)
{
    private const ulong MostBlocks = 1024;
    private const int MostPercentiles = 100;
    private const int SampledBlocks = 20;
    private const int SampledPerBlock = 3; // the cheapest ones that got in
    private const int Percentile = 60; // of all samples

    private static readonly UInt256 LeastTip = 1_000_000UL; // a thousandth of a Gwei, where nobody else pays
    private static readonly UInt256 MostTip = 500_000_000_000UL;

    public void AddTo(RpcTable table)
    {
        table.Add("eth_gasPrice", _ => FeeMarket.BaseFeeAfter(reader.Chain.Snapshot.Head.Header) + SuggestTip());
        table.Add("eth_maxPriorityFeePerGas", _ => SuggestTip());
        table.Add("eth_blobBaseFee", _ => NextBlobBaseFee(reader.Chain.Snapshot.Head.Header));
        table.Add("eth_feeHistory", call => History(call));
    }

    /// <summary>A tip that the cheaper transactions of recent blocks paid.</summary>
    public UInt256 SuggestTip()
    {
        List<UInt256> tips = [];
        ulong number = reader.Chain.Snapshot.Number;
        for (int i = 0; i < SampledBlocks; i++, number--)
        {
            if (reader.FindBlock(new BlockSelector(BlockTag.None, Number: number)) is not { } block)
                break;
            tips.AddRange(TipsOf(block).Select(tip => tip.Tip).Order().Take(SampledPerBlock));
            if (number == 0)
                break;
        }
        tips.Sort();
        UInt256 tip = tips.Count == 0 ? LeastTip : tips[(tips.Count - 1) * Percentile / 100];
        return tip < LeastTip ? LeastTip : MostTip < tip ? MostTip : tip;
    }

    private WireFeeHistory History(in RpcCall call)
    {
        ulong asked = call.Parameters.RequiredCount(0);
        BlockHeader newest = reader.HeaderOnChain(call.Parameters.Required<BlockSelector>(1));
        double[] percentiles = call.Parameters.Optional<double[]>(2) ?? [];
        Check(percentiles);
        ulong count = Math.Min(Math.Min(asked, MostBlocks), newest.Number + 1);
        if (count == 0)
            return new WireFeeHistory(0, [], [], [], [], null);
        ulong oldest = newest.Number + 1 - count;
        List<UInt256> baseFees = [], blobFees = [];
        List<double> used = [], blobsUsed = [];
        List<IReadOnlyList<UInt256>> rewards = [];
        for (ulong number = oldest; number <= newest.Number; number++)
        {
            BlockSelector selector = new(BlockTag.None, Number: number);
            BlockHeader header = reader.Header(selector);
            ulong mostBlobGas = (ulong)reader.Chain.Config.RulesAt(header.Timestamp).Blobs.Max * BlobSchedule.GasPerBlob;
            baseFees.Add(header.BaseFeePerGas);
            blobFees.Add(reader.BlobBaseFeeOf(header));
            used.Add((double)header.GasUsed / header.GasLimit);
            blobsUsed.Add((double)header.BlobGasUsed / mostBlobGas);
            if (percentiles.Length > 0)
                rewards.Add(RewardsOf(reader.FindBlock(selector) ?? throw RpcException.Refused("block not found"), percentiles));
        }
        baseFees.Add(FeeMarket.BaseFeeAfter(newest));
        blobFees.Add(NextBlobBaseFee(newest));
        return new WireFeeHistory(oldest, baseFees, used, blobFees, blobsUsed, percentiles.Length > 0 ? rewards : null);
    }

    private UInt256 NextBlobBaseFee(BlockHeader parent)
    {
        ForkRules rules = reader.Chain.Config.RulesAt(parent.Timestamp);
        return rules.Blobs.BaseFee(FeeMarket.ExcessBlobGasAfter(parent, rules));
    }

    private static void Check(double[] percentiles)
    {
        if (percentiles.Length > MostPercentiles)
            throw RpcException.Refused($"invalid reward percentile: over the query limit {MostPercentiles}");
        for (int i = 0; i < percentiles.Length; i++)
        {
            if (percentiles[i] is not (>= 0 and <= 100) || (i > 0 && percentiles[i] < percentiles[i - 1]))
                throw RpcException.Refused($"invalid reward percentile: #{i} {percentiles[i]}");
        }
    }

    /// <summary>The tips below which such parts of a block's gas were paid.</summary>
    private static UInt256[] RewardsOf(ExecutedBlock block, double[] percentiles)
    {
        (UInt256 Tip, ulong Gas)[] tips = [.. TipsOf(block).OrderBy(tip => tip.Tip)];
        UInt256[] rewards = new UInt256[percentiles.Length];
        if (tips.Length == 0)
            return rewards;
        int at = 0;
        ulong gas = tips[0].Gas;
        for (int i = 0; i < percentiles.Length; i++)
        {
            ulong threshold = (ulong)(block.Header.GasUsed * percentiles[i] / 100);
            while (gas < threshold && at < tips.Length - 1)
                gas += tips[++at].Gas;
            rewards[i] = tips[at].Tip;
        }
        return rewards;
    }

    private static IEnumerable<(UInt256 Tip, ulong Gas)> TipsOf(ExecutedBlock block) =>
        Enumerable.Range(0, block.Receipts.Count).Select(index => (block.GasPriceOf(index) - block.Header.BaseFeePerGas, block.GasUsedBy(index)));
}
