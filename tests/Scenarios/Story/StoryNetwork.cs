using System.Diagnostics;
using System.Text.Json;
using System.Text.Json.Nodes;
using Flashback.Chain.Beacon;
using Flashback.Client;
using Flashback.Consensus;
using Flashback.Cryptography;
using Flashback.Files;
using Flashback.Node;
using Flashback.Primitives;
using Flashback.Proofs;
using Flashback.Scenarios.Provider;
using Flashback.Testing;

namespace Flashback.Scenarios.Story;

/// <summary><c>./devnet</c> of a clean clone, with true proofs of 8 MiB sectors, and the tools that people have. Periods are half as long as the devnet's, and deals last for minutes.</summary>
internal sealed class StoryNetwork : IAsyncDisposable
{
    public const int Providers = 4;

    /// <summary>What a sector that is not there costs a period, in Gwei.</summary>
    public const ulong SectorFee = 1_000_000;

    private const int Validators = 8;
    private const int StartSeconds = 1_200; // proving keys are made first where the machine has none
    private const double DealDays = 0.007; // ten minutes
    private const double SealingMinutes = 10;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly string _clone;
    private readonly string _folder;
    private readonly Process _devnet;
    private readonly JsonElement _told;
    private readonly HttpNodeClient _beacon;
    private readonly PenaltyLedger _penalties;

    private StoryNetwork(string clone, string folder, Process devnet, JsonElement told, NetworkGenesis genesis)
    {
        (_clone, _folder, _devnet, _told, Genesis) = (clone, folder, devnet, told, genesis);
        JsonElement node = told.GetProperty("nodes")[0];
        Node = new ExecutionClient(new Uri(node.GetProperty("rpc").GetString()!), Patience, TimeProvider.System);
        _beacon = new HttpNodeClient(new Uri(node.GetProperty("beacon").GetString()!), genesis.Config, TimeProvider.System, patience: Patience);
        _penalties = new PenaltyLedger(_beacon, genesis.Config);
        Files = new GatewayClient(new Uri(Http), Token);
    }

    /// <summary>The gateway, as programs ask it.</summary>
    public GatewayClient Files { get; }

    public NetworkGenesis Genesis { get; }

    public ExecutionClient Node { get; }

    /// <summary>The account that the gateway pays from.</summary>
    public Address Wallet => FixedBytes.Parse<Address>(Gateway("wallet"));

    /// <summary>Where the gateway answers plain HTTP and IPFS.</summary>
    public string Http => Gateway("http");

    /// <summary>What it asks to be shown there.</summary>
    public string Token => File.ReadAllText(Gateway("tokenFile")).Trim();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    /// <summary>Clones the checkout, builds it, and starts its devnet.</summary>
    public static async Task<StoryNetwork> StartAsync(string folder)
    {
        string clone = Path.Combine(folder, "clone"), data = Path.Combine(folder, "devnet"), file = Path.Combine(folder, DevFile.DefaultName);
        await ExecuteAsync(folder, [], "git", ["clone", "--quiet", Vectors.Checkout, clone]);
        await ExecuteAsync(folder, [], Path.Combine(clone, "flashback"), ["--version"]); // builds it
        Directory.CreateDirectory(data);
        await File.WriteAllBytesAsync(NodeFolder.Network(data), DescribeNetwork(), Cancellation);
        ProcessStartInfo start = new(Path.Combine(clone, "devnet"), [
            "--data", data, "--dev-file", file, "--nodes", "2", "--validators", $"{Validators}", "--providers", $"{Providers}", "--http-port", "0", "--beacon-port", "0", "--provider-port", "0", "--gateway-port", "0",
            "--deal-days", $"{DealDays}", "--sealing-time", $"{SealingMinutes}", "--log-level", "Error"]) { RedirectStandardOutput = true, WorkingDirectory = folder };
        Process devnet = Process.Start(start)!;
        _ = devnet.StandardOutput.BaseStream.CopyToAsync(Stream.Null, CancellationToken.None); // so that it never waits for a reader
        await ProviderWorld.UntilAsync(() => Task.FromResult(File.Exists(file) && DevFile.FindGateway(file) is not null), "the gateway is there", StartSeconds);
        return new StoryNetwork(clone, folder, devnet, JsonDocument.Parse(await File.ReadAllBytesAsync(file, Cancellation)).RootElement, NetworkFile.Read(NodeFolder.Network(data)));
    }

    /// <summary>Where a provider keeps sectors and pieces.</summary>
    public string DataOf(ulong provider) => Provider(provider).GetProperty("data").GetString()!;

    /// <summary>A provider's process.</summary>
    public Process ProcessOf(ulong provider) => Process.GetProcessById(Provider(provider).GetProperty("process").GetInt32());

    /// <summary>Who owns a provider's stake.</summary>
    public Address OwnerOf(ulong provider) => FixedBytes.Parse<Address>(Provider(provider).GetProperty("operator").GetString()!);

    public async Task<ulong> SlotAsync() => (await Node.GetStorageNetworkAsync(Cancellation)).Slot;

    /// <summary>All penalties that blocks have carried, each with what it took from the balance.</summary>
    public Task<IReadOnlyList<ChargedPenalty>> PenaltiesAsync() => _penalties.ReadAsync(Cancellation);

    /// <summary>The validator that a provider is.</summary>
    public Bytes48 KeyOf(ulong provider) => Genesis.Validators[(int)provider].PublicKey;

    /// <summary>All deals of the gateway.</summary>
    public async Task<IReadOnlyList<DeployedDeal>> DealsAsync() => await MarketContract.GetDealsAsync(Node, Wallet, 0, (await Node.GetHeadAsync(Cancellation)).Number, Cancellation);

    /// <summary>Runs the program of the clone, which finds the gateway in dev.json; what it prints is JSON.</summary>
    public async Task<JsonElement> FlashbackAsync(params string[] arguments) => JsonDocument.Parse(await RunAsync(Path.Combine(_clone, "flashback"), [.. arguments, "--json"])).RootElement;

    /// <summary>Runs a tool of others, with the gateway's keys in its environment.</summary>
    /// <returns>What it prints.</returns>
    public Task<string> ToolAsync(string tool, params string[] arguments) => tool == "aws" ? RunAsync(tool, ["--endpoint-url", Gateway("s3"), .. arguments]) : RunAsync(tool, arguments);

    public async ValueTask DisposeAsync()
    {
        await _penalties.DisposeAsync();
        _beacon.Dispose();
        Files.Dispose();
        Node.Dispose();
        _devnet.Kill(entireProcessTree: true);
        await _devnet.WaitForExitAsync(CancellationToken.None);
        _devnet.Dispose();
    }

    /// <summary>Two minutes a period in three deadlines, as long as the devnet's; a sector that stays away ends after two.</summary>
    private static byte[] DescribeNetwork()
    {
        List<Secp256k1SecretKey> storage = DevnetStorage.AccountKeys(Providers);
        Address[] accounts = [.. storage.Select(key => key.PublicKey.ToAddress())], others = [.. new Api.Wallet(LocalNetwork.AccountKeys(LocalNetwork.KnownMnemonic, 1)).Addresses];
        JsonObject file = LocalNetwork.Parameters(ConsensusConfig.Devnet, Devnet.ChainId, Devnet.GasLimit, [.. accounts, .. others], Devnet.CoinsOfAccounts);
        SpacetimeSection.AddDevnet(file);
        SpacetimeSection.Add(file, ProviderWorld.Fast(SealKind.Devnet) with { ProvingPeriod = 60, Deadlines = 3, ChallengeLookback = 8, PrecommitDelay = 4 });
        BlsSecretKey[] validators = LocalNetwork.ValidatorKeys(LocalNetwork.KnownMnemonic, 0, Validators);
        Address[] owners = [.. accounts[..Providers], .. Enumerable.Repeat(others[0], Validators - Providers)];
        LocalNetwork.AddGenesis(file, (ulong)DateTimeOffset.UtcNow.ToUnixTimeSeconds() + 4, Sha256.Hash([1]), LocalNetwork.Validators(ConsensusConfig.Devnet, validators, owners));
        return LocalNetwork.ToBytes(file);
    }

    private string Gateway(string name) => _told.GetProperty("gateway").GetProperty(name).GetString()!;

    private JsonElement Provider(ulong number) => _told.GetProperty("providers").EnumerateArray().Single(one => one.GetProperty("id").GetUInt64() == number);

    private Task<string> RunAsync(string program, params string[] arguments) => ExecuteAsync(
        _folder,
        new Dictionary<string, string>
        {
            ["AWS_ACCESS_KEY_ID"] = Gateway("accessKey"), ["AWS_SECRET_ACCESS_KEY"] = Gateway("secretKey"), ["AWS_DEFAULT_REGION"] = "us-east-1",
            ["RCLONE_CONFIG"] = "/dev/null", ["RCLONE_CONFIG_GATEWAY_TYPE"] = "s3", ["RCLONE_CONFIG_GATEWAY_PROVIDER"] = "Other", ["RCLONE_CONFIG_GATEWAY_ENDPOINT"] = Gateway("s3"),
            ["RCLONE_CONFIG_GATEWAY_ACCESS_KEY_ID"] = Gateway("accessKey"), ["RCLONE_CONFIG_GATEWAY_SECRET_ACCESS_KEY"] = Gateway("secretKey"),
        },
        program, arguments);

    private static async Task<string> ExecuteAsync(string folder, Dictionary<string, string> environment, string program, string[] arguments)
    {
        ProcessStartInfo start = new(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true, WorkingDirectory = folder };
        start.Environment.Remove("AWS_CA_BUNDLE"); // rclone refuses to work beside it
        foreach ((string name, string value) in environment)
            start.Environment[name] = value;
        using Process process = Process.Start(start)!;
        Task<string> output = process.StandardOutput.ReadToEndAsync(Cancellation), errors = process.StandardError.ReadToEndAsync(Cancellation);
        await process.WaitForExitAsync(Cancellation);
        Assert.True(process.ExitCode == 0, $"{Path.GetFileName(program)} {string.Join(' ', arguments)}: {await errors}{await output}");
        return await output;
    }
}
