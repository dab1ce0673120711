using System.Diagnostics;
using System.Numerics;
using System.Text.Json;
using Flashback.Client;
using Flashback.Files.Content;
using Flashback.Primitives;
using Flashback.Scenarios.Provider;
using Flashback.Testing;

namespace Flashback.Scenarios.Story;

/// <summary>The main job from its beginning to its end: people's files on a devnet of a clean clone, by every tool, while providers fail.</summary>
[Collection(AloneCollection.Name)]
public sealed class StoryTests : IDisposable
{
    private const int ArchiveBytes = 5_000_000, SmallFiles = 25; // of each tool
    private const int LateBytes = 100_000;
    private const int RankingReads = 4; // by three ways each: more than a rank asks for
    private const int SealSeconds = 900;

    private static readonly string[] Tools = ["put", "aws", "rclone", "curl"];

    private readonly string _folder = Directory.CreateTempSubdirectory("flashback-story-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private string Archive => Path.Combine(_folder, "archive.bin");

    /// <summary>What is put when a provider is gone.</summary>
    private string Late => Path.Combine(_folder, "late.bin");

    [Fact]
    [Trait("Speed", "Slow")]
    public async Task Files_that_every_tool_puts_are_kept_by_three_outlive_a_slow_a_lossy_and_a_killed_one_and_are_paid_for_to_the_wei()
    {
        RequireTools();
        WriteFiles();
        await using StoryNetwork network = await StoryNetwork.StartAsync(_folder);
        Dictionary<string, string> kept = await PutAsync(network);
        IReadOnlyList<DeployedDeal> deals = await UntilStoredAsync(network, kept.Values, older: []);
        ulong stored = await network.SlotAsync();
        await ProviderWorld.UntilAsync(async () => await network.SlotAsync() >= stored + 2 * network.Genesis.Spacetime!.ProvingPeriod, "two periods go by", 900);
        Assert.Empty(await network.PenaltiesAsync());
        await RequireAllReadAsync(network, kept);

        DeployedDeal archive = deals.MaxBy(deal => deal.Terms.PieceSize)!;
        ulong[] holders = [.. (await SharesAsync(network, archive)).Select(share => share.Provider)];
        (ulong slow, ulong lossy, ulong killed) = (holders[0], holders[1], holders[2]);
        using CancellationTokenSource enough = CancellationTokenSource.CreateLinkedTokenSource(Cancellation);
        Task slowing = SlowDownAsync(network.ProcessOf(slow), enough.Token);
        DeleteSector(network, lossy, await SectorOfAsync(network, archive, lossy));
        network.ProcessOf(killed).Kill();
        await RequireAllReadAsync(network, kept);
        await enough.CancelAsync();
        await slowing;
        kept[Late] = await PutAsync(network, Late); // for those that are left

        await RequireChargedAsync(network, lossy);
        await ProviderWorld.UntilAsync(async () => await CopiesAsync(network, archive.Terms.CommP) >= 3, "the archive has three copies again", SealSeconds);
        DeployedDeal late = Assert.Single(await UntilStoredAsync(network, [kept[Late]], older: deals));
        for (int i = 0; i < RankingReads; i++)
            await RequireAllReadAsync(network, kept);
        foreach (DeployedDeal deal in deals)
            await RequirePaidAsync(network, deal);
        Assert.Equal((3, true), await RequirePaidAsync(network, late)); // a winner, others, and what is burnt
    }

    /// <summary>Puts the archive and small files with each tool.</summary>
    /// <returns>What plain HTTP knows each by: the file's or folder's path, and its identifier.</returns>
    private async Task<Dictionary<string, string>> PutAsync(StoryNetwork network)
    {
        Dictionary<string, string> kept = [];
        kept[Archive] = await PutAsync(network, Archive);
        kept[FolderOf("put")] = await PutAsync(network, FolderOf("put"));
        await network.ToolAsync("aws", "s3", "mb", "s3://story");
        await network.ToolAsync("aws", "s3", "cp", "--recursive", FolderOf("aws"), "s3://story/aws/");
        await network.ToolAsync("rclone", "copy", FolderOf("rclone"), "gateway:story/rclone");
        foreach (string file in Directory.GetFiles(FolderOf("curl")))
        {
            string told = await network.ToolAsync("curl", "--silent", "--fail", "--header", $"Authorization: Bearer {network.Token}", "--data-binary", $"@{file}", $"{network.Http}/upload");
            kept[file] = JsonDocument.Parse(told).RootElement.GetProperty("cid").GetString()!;
        }
        return kept;
    }

    private static async Task<string> PutAsync(StoryNetwork network, string path) => (await network.FlashbackAsync("put", path)).GetProperty("cid").GetString()!;

    /// <summary>Waits until all is proven by three providers each and was read back: on the chain, not only as the gateway tells it.</summary>
    /// <returns>The deals over pieces that no older one is over.</returns>
    private static async Task<IReadOnlyList<DeployedDeal>> UntilStoredAsync(StoryNetwork network, IEnumerable<string> kept, IReadOnlyList<DeployedDeal> older)
    {
        foreach (string cid in kept)
            await ProviderWorld.UntilAsync(async () => (await network.Files.StatAsync(Cid.Parse(cid), Cancellation)).State == "stored", $"{cid} is stored", SealSeconds);
        IReadOnlyList<DeployedDeal> deals = [.. (await network.DealsAsync()).Where(deal => older.All(other => other.Terms.CommP != deal.Terms.CommP))];
        foreach (DeployedDeal deal in deals) // also what S3 has put, which has no identifier here
            await ProviderWorld.UntilAsync(async () => (await SharesAsync(network, deal)).Count(share => share.Standing == ShareStanding.Active) == 3, $"deal {deal.Number} is active", SealSeconds);
        foreach (DeployedDeal deal in deals)
        {
            foreach (DealShare share in await SharesAsync(network, deal))
            {
                KnownSector? sector = await network.Node.FindSectorAsync(share.Provider, share.Sector, Cancellation);
                Assert.True(sector is { Status: ChainSectorStatus.Live, IsFaulty: false, Activation: > 0 });
            }
        }
        return deals;
    }

    /// <summary>Reads everything with the tool that put it, and what has an identifier by every way that takes one.</summary>
    private async Task RequireAllReadAsync(StoryNetwork network, Dictionary<string, string> kept)
    {
        string back = Directory.CreateDirectory(Path.Combine(_folder, Guid.NewGuid().ToString("N"))).FullName;
        foreach ((string path, string cid) in kept)
        {
            string target = Path.Combine(back, cid);
            await network.FlashbackAsync("get", cid, "--output", target);
            RequireSame(path, target);
            if (File.Exists(path))
            {
                await network.ToolAsync("curl", "--silent", "--fail", "--header", $"Authorization: Bearer {network.Token}", "--output", target + ".http", $"{network.Http}/files/{cid}");
                RequireSame(path, target + ".http");
                await network.ToolAsync("curl", "--silent", "--fail", "--header", $"Authorization: Bearer {network.Token}", "--output", target + ".car", $"{network.Http}/ipfs/{cid}?format=car");
                Assert.True(new FileInfo(target + ".car").Length > new FileInfo(path).Length);
            }
        }
        await network.ToolAsync("aws", "s3", "cp", "--recursive", "s3://story/aws/", Path.Combine(back, "aws"));
        RequireSame(FolderOf("aws"), Path.Combine(back, "aws"));
        await network.ToolAsync("rclone", "copy", "gateway:story/rclone", Path.Combine(back, "rclone"));
        RequireSame(FolderOf("rclone"), Path.Combine(back, "rclone"));
        Directory.Delete(back, recursive: true);
    }

    /// <summary>
    /// A sector that is gone costs one fee, where it was declared before the challenge was known, or three where it was found at a deadline's close; who declares it in between pays two at once and the third at the close.
    /// Each comes off the balance of the provider's validator. spec: ours#5
    /// </summary>
    private static async Task RequireChargedAsync(StoryNetwork network, ulong provider)
    {
        IReadOnlyList<ChargedPenalty> own = [];
        await ProviderWorld.UntilAsync(
            async () =>
            {
                own = [.. (await network.PenaltiesAsync()).Where(one => one.Request.ValidatorPublicKey == network.KeyOf(provider))];
                return own.Count >= 1 && (own[0].Charged != 2 * StoryNetwork.SectorFee || own.Count >= 2);
            },
            "the lossy provider pays", 600);
        Assert.All(own, penalty => Assert.Equal(penalty.Request.Amount.Value, penalty.Charged));
        Assert.Contains(own[0].Charged, (ulong[])[StoryNetwork.SectorFee, 2 * StoryNetwork.SectorFee, 3 * StoryNetwork.SectorFee]);
        if (own[0].Charged == 2 * StoryNetwork.SectorFee)
            Assert.Equal(StoryNetwork.SectorFee, own[1].Charged);
    }

    /// <summary>What winner, others, client and nobody get of a deal, by the protocol's text and the chain's events. spec: ours#6</summary>
    /// <returns>How many were paid, and whether one of them won.</returns>
    private static async Task<(int Paid, bool IsRanked)> RequirePaidAsync(StoryNetwork network, DeployedDeal deal)
    {
        IReadOnlyList<DealShare> shares = await SharesAsync(network, deal);
        await ProviderWorld.UntilAsync(async () => await DealContract.GetPhaseAsync(network.Node, deal.Contract, Cancellation) is DealPhase.Settled or DealPhase.Deleted, $"deal {deal.Number} is settled", 1_800);
        ulong head = (await network.Node.GetHeadAsync(Cancellation)).Number;
        IReadOnlyList<ExecutionLog> paid = await network.Node.GetLogsAsync(deal.Contract, [Abi.Topic("SharePaid(uint64,uint256,uint256)")], deal.BlockNumber, head, Cancellation);
        IReadOnlyList<ExecutionLog> settled = await network.Node.GetLogsAsync(deal.Contract, [Abi.Topic("DealSettled(uint64,uint256,uint256,uint256)")], deal.BlockNumber, head, Cancellation);
        AbiReader end = new(Assert.Single(settled).Payload.Span);
        Dictionary<ulong, BigInteger> fees = paid.ToDictionary(log => UInt256.ReadBigEndian(log.Topics[1].AsSpan()).Low, log => (BigInteger)new AbiReader(log.Payload.Span).Wide(0));
        BigInteger all = fees.Keys.Aggregate(BigInteger.Zero, (sum, provider) => sum + (BigInteger)shares.Single(share => share.Provider == provider).Fee);
        ulong winner = UInt256.ReadBigEndian(settled[0].Topics[1].AsSpan()).Low;
        bool isRanked = end.Wide(2) != UInt256.Zero; // where somebody wins, a part is burnt
        foreach ((ulong provider, BigInteger fee) in fees)
        {
            BigInteger own = (BigInteger)shares.Single(share => share.Provider == provider).Fee, won = isRanked ? (BigInteger)shares.Single(share => share.Provider == winner).Fee : 0;
            BigInteger first = won + (all - won) / 2;
            Assert.Equal(fees.Count == 1 || !isRanked ? own : provider == winner ? first : (all - first) / 2 / (fees.Count - 1), fee);
        }
        BigInteger given = fees.Values.Aggregate(BigInteger.Zero, (sum, fee) => sum + fee);
        Assert.Equal(given, (BigInteger)end.Wide(1));
        Assert.Equal(all - given, (BigInteger)end.Wide(2)); // burnt
        return (fees.Count, isRanked);
    }

    /// <summary>Lets a process run for a fifth of the time only.</summary>
    private static async Task SlowDownAsync(Process process, CancellationToken stop)
    {
        using (process)
        {
            while (!stop.IsCancellationRequested)
            {
                await SignalAsync(process, "STOP");
                await Task.Delay(400, stop).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                await SignalAsync(process, "CONT");
                await Task.Delay(100, stop).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }

    private static async Task SignalAsync(Process process, string signal)
    {
        using Process kill = Process.Start("kill", [$"-{signal}", $"{process.Id}"]);
        await kill.WaitForExitAsync(CancellationToken.None);
    }

    private static void DeleteSector(StoryNetwork network, ulong provider, ulong sector)
    {
        string folder = Assert.Single(Directory.GetDirectories(network.DataOf(provider), $"{sector}", SearchOption.AllDirectories));
        Directory.Delete(folder, recursive: true);
    }

    private static async Task<ulong> SectorOfAsync(StoryNetwork network, DeployedDeal deal, ulong provider) => (await SharesAsync(network, deal)).Single(share => share.Provider == provider).Sector;

    private static Task<IReadOnlyList<DealShare>> SharesAsync(StoryNetwork network, DeployedDeal deal) => DealContract.GetSharesAsync(network.Node, deal.Contract, Cancellation);

    /// <summary>Shares of a piece whose sectors are live and without faults.</summary>
    private static async Task<int> CopiesAsync(StoryNetwork network, Hash32 commP)
    {
        int copies = 0;
        foreach (DeployedDeal deal in (await network.DealsAsync()).Where(deal => deal.Terms.CommP == commP))
        {
            if (await DealContract.GetPhaseAsync(network.Node, deal.Contract, Cancellation) != DealPhase.Running)
                continue;
            foreach (DealShare share in (await SharesAsync(network, deal)).Where(share => share.Standing == ShareStanding.Active))
                copies += await network.Node.FindSectorAsync(share.Provider, share.Sector, Cancellation) is { Status: ChainSectorStatus.Live, IsFaulty: false } ? 1 : 0;
        }
        return copies;
    }

    private static void RequireSame(string path, string target)
    {
        if (File.Exists(path))
        {
            Assert.True(File.ReadAllBytes(path).AsSpan().SequenceEqual(File.ReadAllBytes(target)), path);
            return;
        }
        string[] names = [.. Directory.GetFiles(path).Select(Path.GetFileName).Order(StringComparer.Ordinal)!];
        Assert.Equal(names, Directory.GetFiles(target).Select(Path.GetFileName).Order(StringComparer.Ordinal));
        Assert.All(names, name => RequireSame(Path.Combine(path, name), Path.Combine(target, name)));
    }

    private static void RequireTools()
    {
        foreach (string tool in (string[])["git", "curl", "rclone", "aws"])
        {
            if (!Environment.GetEnvironmentVariable("PATH")!.Split(Path.PathSeparator).Any(folder => File.Exists(Path.Combine(folder, tool))))
                Assert.Skip($"{tool} is not installed");
        }
    }

    private void WriteFiles()
    {
        Random random = Seeds.Fresh();
        byte[] archive = new byte[ArchiveBytes];
        random.NextBytes(archive);
        File.WriteAllBytes(Archive, archive);
        byte[] late = new byte[LateBytes];
        random.NextBytes(late);
        File.WriteAllBytes(Late, late);
        foreach (string tool in Tools)
        {
            Directory.CreateDirectory(FolderOf(tool));
            for (int i = 0; i < SmallFiles; i++)
            {
                byte[] small = new byte[random.Next(1, 20_000)];
                random.NextBytes(small);
                File.WriteAllBytes(Path.Combine(FolderOf(tool), $"file {i}.bin"), small);
            }
        }
    }

    private string FolderOf(string tool) => Path.Combine(_folder, "files", tool);
}
