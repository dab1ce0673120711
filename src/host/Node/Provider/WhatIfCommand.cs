using System.CommandLine;
using System.Numerics;
using Flashback.Client;
using Flashback.Proofs;

namespace Flashback.Node;

/// <summary><c>flashback provider what-if</c>: what providing would cost before anything is staked, by the prices of a node's chain at this moment.</summary>
internal static class WhatIfCommand
{
    // Gas by step: docs/BENCHMARKS.md, contracts.
    private const ulong PreCommitGas = 74_902; // a sector more in a transaction
    private const ulong SealClaimGas = 29_452; // a sector more in a transaction
    private const ulong WindowClaimGas = 85_370; // of a partition, however full
    private const ulong BlobGas = 131_072;
    private const ulong ClaimsOfBlob = 32;
    private const ulong PeriodsOfYear = 365;

    public static Command Create()
    {
        Option<Uri?> rpc = ProviderOptions.Rpc(required: true);
        Option<ulong> sectors = new("--sectors") { Description = "How many sectors.", Required = true };
        Option<ulong> stake = new("--stake") { Description = "The validator's stake in coins.", DefaultValueFactory = _ => 10_000 };
        Option<ulong> periods = new("--periods") { Description = "Proving periods that they are kept.", DefaultValueFactory = _ => PeriodsOfYear };
        Option<bool> json = Answer.JsonOption();
        Command command = new("what-if", "Tells what so many sectors would cost, and the fee at which they pay for themselves.") { rpc, sectors, stake, periods, json };
        command.SetAction((parsed, stop) => ProviderOptions.RunAsync(
            async () =>
            {
                using ExecutionClient node = ProviderOptions.Connect(parsed.GetRequiredValue(rpc)!);
                KnownStorageNetwork network = await node.GetStorageNetworkAsync(stop).ConfigureAwait(false);
                FeeQuote fees = await node.GetFeesAsync(stop).ConfigureAwait(false);
                Tell(parsed.GetValue(json), network, fees, parsed.GetValue(sectors), parsed.GetValue(stake) * 1_000_000_000, parsed.GetValue(periods));
                return 0;
            },
            []));
        return command;
    }

    private static void Tell(bool json, KnownStorageNetwork network, FeeQuote fees, ulong sectors, ulong stakeGwei, ulong periods)
    {
        BigInteger gasPrice = (BigInteger)(fees.BaseFee + fees.Tip), blobPrice = (BigInteger)fees.BlobBaseFee, claimFee = (BigInteger)network.ClaimFee;
        ulong partitions = (sectors + network.PartitionSectors - 1) / network.PartitionSectors;
        ulong covered = network.CollateralPerTib == 0 ? ulong.MaxValue : (ulong)(((UInt128)stakeGwei << 40) / ((UInt128)network.SectorSize * network.CollateralPerTib));
        BigInteger Blobs(ulong claims) => (claims + ClaimsOfBlob - 1) / ClaimsOfBlob * BlobGas * blobPrice;
        BigInteger sealing = sectors * ((PreCommitGas + SealClaimGas) * gasPrice + claimFee) + Blobs(sectors);
        BigInteger proving = partitions * (WindowClaimGas * gasPrice + claimFee) + Blobs(partitions);
        BigInteger all = sealing + periods * proving;
        BigInteger bytes = (BigInteger)sectors * network.SectorSize;
        BigInteger days = BigInteger.Max(1, (BigInteger)periods * network.ProvingPeriod * network.SecondsPerSlot / 86_400);
        // Rounded up: at this fee for each GiB and day the whole is paid for.
        BigInteger breakEven = bytes == 0 ? 0 : ((all << 30) + bytes * days - 1) / (bytes * days);
        Answer.Write(
            json, ("sectorSize", SectorSize.Of((long)network.SectorSize)), ("bytes", bytes), ("partitions", partitions), ("stakeCoversSectors", covered), ("covered", sectors <= covered),
            ("sealingWei", sealing), ("provingWeiPerPeriod", proving), ("totalWei", all), ("faultGweiPerSectorAndPeriod", network.SectorFee), ("foundFaultGwei", 3 * network.SectorFee),
            ("terminationGweiPerSector", 14 * network.SectorFee), ("shareOfNetworkPercent", Math.Round(100.0 * sectors / Math.Max(1, network.ActiveSectors + sectors), 2)),
            ("breakEvenWeiPerGibDay", breakEven));
    }
}
