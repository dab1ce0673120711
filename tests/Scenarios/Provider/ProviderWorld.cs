using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text.Json.Nodes;
using Flashback.Chain.Beacon;
using Flashback.Chain.Spacetime;
using Flashback.Client;
using Flashback.Consensus;
using Flashback.Cryptography;
using Flashback.Cryptography.Groth16;
using Flashback.Node;
using Flashback.Primitives;
using Flashback.Proofs;
using Flashback.Provider;

namespace Flashback.Scenarios.Provider;

/// <summary>A network of small sectors and short periods that runs as a program of its own, with some of its validators as providers and one account as client.</summary>
internal sealed class ProviderWorld : IAsyncDisposable
{
    public const ulong Validator = 2;

    /// <summary>What each provider asks for a GiB and day: a piece of a KiB then costs some 10^12 wei for a minute.</summary>
    public const ulong AskGwei = 2_000_000_000_000;

    private const int Validators = 8;
    private const int Providers = 3; // that may be: validators from that one on
    private const int ClientAccount = Validators; // this one's and the operators' addresses have no stake
    private const int OperatorAccount = ClientAccount + 1; // the first provider's
    private const int Accounts = OperatorAccount + Providers;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30); // for answers of a busy machine

    private readonly string _folder;
    private readonly Process _network;
    private readonly HttpNodeClient _beacon;
    private readonly PenaltyLedger _penalties;
    private readonly Secp256k1SecretKey _clientKey = LocalNetwork.AccountKeys(LocalNetwork.KnownMnemonic, Accounts)[ClientAccount];
    private readonly Dictionary<ulong, Process> _providers = [];
    private readonly Dictionary<ulong, int> _ports = Enumerable.Range(0, Providers).ToDictionary(i => Validator + (ulong)i, _ => FreePort());

    private ProviderWorld(string folder, Process network, Uri rpc, Uri beacon, NetworkGenesis genesis)
    {
        (_folder, _network, Rpc, BeaconApi, Genesis) = (folder, network, rpc, beacon, genesis);
        Node = new ExecutionClient(rpc, Patience, TimeProvider.System);
        _beacon = new HttpNodeClient(beacon, genesis.Config, TimeProvider.System, patience: Patience);
        _penalties = new PenaltyLedger(_beacon, genesis.Config);
        Client = new TransactionSender(Node, _clientKey, new MemoryJournal(), genesis.ExecutionGenesis.Chain, TimeSpan.FromSeconds(1), TimeProvider.System);
    }

    public Uri Rpc { get; }

    public Uri BeaconApi { get; }

    public NetworkGenesis Genesis { get; }

    public SpacetimeParameters Parameters => Genesis.Spacetime!;

    public ExecutionClient Node { get; }

    /// <summary>The key of who has pieces stored.</summary>
    public Secp256k1SecretKey ClientKey => _clientKey;

    /// <summary>Who has pieces stored.</summary>
    public TransactionSender Client { get; }

    /// <summary>The key of who has pieces stored.</summary>
    public string ClientKeyFile => Path.Combine(_folder, "client.key");

    public string PiecesFolderOf(ulong validator) => new ProviderSettings(ProviderProcess.DataIn(_folder, validator)).Pieces;

    public string SectorsFolder => SectorsFolderOf(Validator);

    public string SectorsFolderOf(ulong validator) => new ProviderSettings(ProviderProcess.DataIn(_folder, validator)).Sectors;

    public string Folder => _folder;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    /// <summary>Writes the network and starts it.</summary>
    /// <param name="folder">An empty folder.</param>
    /// <param name="parameters">What the network decides about storage.</param>
    /// <param name="keys">What its proofs are verified with.</param>
    public static async Task<ProviderWorld> StartAsync(string folder, SpacetimeParameters parameters, IReadOnlyDictionary<StorageCircuit, VerifyingKey> keys)
    {
        List<Secp256k1SecretKey> accounts = LocalNetwork.AccountKeys(LocalNetwork.KnownMnemonic, Accounts);
        Address[] addresses = [.. accounts.Select(key => key.PublicKey.ToAddress())];
        JsonObject file = LocalNetwork.Parameters(ConsensusConfig.Devnet, Devnet.ChainId, Devnet.GasLimit, addresses, Devnet.CoinsOfAccounts);
        file["config"]!["SECONDS_PER_SLOT"] = "1";
        file["config"]!["SHARD_COMMITTEE_PERIOD"] = "1";
        SpacetimeSection.Add(file, parameters);
        file["verifying_keys_from"] = "secrets of a test";
        file["verifying_keys"] = new JsonObject(keys.Select(key => KeyValuePair.Create(key.Key.ToString(), (JsonNode?)Hex.Encode(key.Value.Encode()))));
        BlsSecretKey[] validators = LocalNetwork.ValidatorKeys(LocalNetwork.KnownMnemonic, 0, Validators);
        LocalNetwork.AddGenesis(file, (ulong)DateTimeOffset.UtcNow.ToUnixTimeSeconds() + 4, Sha256.Hash([1]), LocalNetwork.Validators(ConsensusConfig.Devnet, validators, addresses[..ClientAccount]));
        await File.WriteAllBytesAsync(ProviderProcess.NetworkIn(folder), LocalNetwork.ToBytes(file), Cancellation);
        for (int i = 0; i < Providers; i++)
        {
            WriteKey(ProviderProcess.KeyIn(folder, Validator + (ulong)i), accounts[OperatorAccount + i]);
            WriteKey(OwnerKeyIn(folder, Validator + (ulong)i), accounts[(int)Validator + i]);
        }
        WriteKey(Path.Combine(folder, "client.key"), accounts[ClientAccount]);
        (Process network, string told) = await FlashbackProgram.StartAsync(
            "node0: ", "devnet", "--data", folder, "--nodes", "1", "--validators", $"{Validators}", "--http-port", "0", "--beacon-port", "0", "--providers", "0", "--log-level", "Error");
        string[] addressesTold = told.Split("JSON-RPC at ")[1].Split(", Beacon API at ");
        return new ProviderWorld(folder, network, new Uri(addressesTold[0]), new Uri(addressesTold[1]), NetworkFile.Read(ProviderProcess.NetworkIn(folder)));
    }

    /// <summary>The rules of a network that lives fast: a period of twelve seconds in three deadlines.</summary>
    public static SpacetimeParameters Fast(SealKind kind, ulong faultMaxAge = 2) => new()
    {
        GenesisTime = 0,
        SecondsPerSlot = 1,
        SlotsPerEpoch = 8,
        ProvingPeriod = 12,
        Deadlines = 3,
        ChallengeLookback = 2,
        PrecommitDelay = 2,
        FaultMaxAge = faultMaxAge,
        Seal = kind,
        FaultFee = 1_000_000UL * (1 << 30) / (ulong)kind.Size.Bytes, // a million Gwei a sector and period
        MinLifetimePeriods = 1,
    };

    public Task<FlashbackProgram.Result> RegisterAsync(ulong validator) => FlashbackProgram.RunAsync(
        "provider", "register", "--rpc", Rpc.ToString(), "--beacon-api", BeaconApi.ToString(), "--network", ProviderProcess.NetworkIn(_folder), "--validator", $"{validator}",
        "--owner-key", OwnerKeyIn(_folder, _ports.ContainsKey(validator) ? validator : Validator), "--operator", OperatorOf(validator).ToString(), "--endpoint", EndpointOf(validator).ToString(), "--fee", $"{AskGwei}", "--json");

    public Task<FlashbackProgram.Result> WithdrawAsync(ulong validator) => FlashbackProgram.RunAsync(
        "provider", "withdraw", "--rpc", Rpc.ToString(), "--network", ProviderProcess.NetworkIn(_folder), "--owner-key", OwnerKeyIn(_folder, validator), "--json");

    /// <summary>Registers providers once blocks come, and starts them.</summary>
    public async Task JoinAsync(params ulong[] providers)
    {
        await UntilAsync(async () => await SlotAsync() >= 3, "blocks come");
        foreach (ulong provider in providers)
        {
            // On a busy machine the node may be too slow for one try.
            await UntilAsync(
                async () => await RegisterAsync(provider) is var tried && (tried.ExitCode == 0 || tried.Errors.Contains("AlreadyRegistered(", StringComparison.Ordinal)), $"provider {provider} is registered");
            StartProvider(provider);
            await UntilAnsweringAsync(provider);
        }
    }

    /// <summary>Where a provider answers.</summary>
    public Uri EndpointOf(ulong validator) => new($"http://127.0.0.1:{_ports.GetValueOrDefault(validator, 8600)}");

    public void StartProvider(ulong validator = Validator) => _providers[validator] = ProviderProcess.Start(_folder, Rpc, validator, _ports[validator]);

    /// <summary>Starts a second instance of a provider, with its key and a copy of all that it has on the disk, until it is disposed.</summary>
    public async Task<IDisposable> StartTwinAsync(ulong validator)
    {
        await KillProviderAsync(validator); // what is copied is not being written
        string twin = Directory.CreateDirectory(Path.Combine(_folder, "twin")).FullName;
        foreach ((string from, string to) in ((string, string)[])
            [(ProviderProcess.NetworkIn(_folder), ProviderProcess.NetworkIn(twin)), (ProviderProcess.KeyIn(_folder, validator), ProviderProcess.KeyIn(twin, validator))])
            File.Copy(from, to);
        string data = ProviderProcess.DataIn(_folder, validator), copy = ProviderProcess.DataIn(twin, validator);
        foreach (string file in Directory.GetFiles(data, "*", SearchOption.AllDirectories))
        {
            string target = Path.Combine(copy, Path.GetRelativePath(data, file));
            Directory.CreateDirectory(Path.GetDirectoryName(target)!);
            File.Copy(file, target);
        }
        StartProvider(validator);
        return new Twin(ProviderProcess.Start(twin, Rpc, validator, FreePort()));
    }

    /// <summary>Shows a provider's stake anew, as anybody may.</summary>
    public Task<FlashbackProgram.Result> RefreshStakeAsync(ulong validator) => FlashbackProgram.RunAsync(
        "provider", "refresh-stake", "--rpc", Rpc.ToString(), "--beacon-api", BeaconApi.ToString(), "--network", ProviderProcess.NetworkIn(_folder), "--validator", $"{validator}", "--key", ClientKeyFile);

    /// <summary>Waits until a provider's service has seen the chain.</summary>
    public async Task UntilAnsweringAsync(ulong validator)
    {
        using HttpClient http = new();
        await UntilAsync(async () =>
        {
            try
            {
                using HttpResponseMessage answer = await http.GetAsync(new Uri(EndpointOf(validator), "status"), Cancellation);
                return answer.IsSuccessStatusCode;
            }
            catch (HttpRequestException)
            {
                return false;
            }
        }, $"provider {validator} answers");
    }

    /// <summary>Ends a provider as a power cut does.</summary>
    public async Task KillProviderAsync(ulong validator = Validator)
    {
        if (!_providers.Remove(validator, out Process? provider))
            return;
        provider.Kill();
        await provider.WaitForExitAsync(CancellationToken.None);
        provider.Dispose();
    }

    public bool IsProviderRunning => _providers.Count > 0 && _providers.Values.All(provider => !provider.HasExited);

    public void Order(ProviderOrder order, ulong validator = Validator) => order.Place(new ProviderSettings(ProviderProcess.DataIn(_folder, validator)).Orders);

    public async Task<ulong> SlotAsync() => (await Node.GetStorageNetworkAsync(Cancellation)).Slot;

    public async Task<KnownDeadline> DeadlineAsync(ulong partition = 0) => (await Node.GetDeadlinesAsync(Validator, Cancellation)).First(deadline => deadline.Partition == partition);

    public Task<KnownSector?> SectorAsync(ulong number, ulong validator = Validator) => Node.FindSectorAsync(validator, number, Cancellation);

    /// <summary>Logs of Sectors, from the first block to the head, of an event of the provider.</summary>
    public async Task<IReadOnlyList<ExecutionLog>> LogsAsync(string signature)
    {
        ExecutionBlock head = await Node.GetHeadAsync(Cancellation);
        return await Node.GetLogsAsync(StorageContracts.Sectors, [Abi.Topic(signature)], 0, head.Number, Cancellation);
    }

    /// <summary>All penalties that blocks have carried, in order, each with what it took from the balance.</summary>
    public Task<IReadOnlyList<ChargedPenalty>> PenaltiesAsync() => _penalties.ReadAsync(Cancellation);

    /// <summary>Has a validator leave.</summary>
    public Task ExitAsync(ulong validator)
    {
        VoluntaryExit exit = new(Epoch.Genesis, new(validator));
        return _beacon.PublishVoluntaryExitAsync(new SignedVoluntaryExit(exit, Sign(validator, DomainType.VoluntaryExit, Genesis.Config.CapellaForkVersion, exit.HashTreeRoot())), Cancellation);
    }

    /// <summary>Tells of a validator that proposed two blocks in the first slot.</summary>
    public async Task SlashAsync(ulong validator)
    {
        SignedBeaconBlockHeader[] headers = [.. new byte[] { 1, 2 }.Select(body =>
        {
            BeaconBlockHeader header = new(new Slot(1), new(validator), default, default, Sha256.Hash([body]));
            return new SignedBeaconBlockHeader(header, Sign(validator, DomainType.BeaconProposer, Genesis.Config.ElectraForkVersion, header.HashTreeRoot()));
        })];
        using HttpClient client = new() { BaseAddress = BeaconApi };
        using ByteArrayContent content = new(new ProposerSlashing(headers[0], headers[1]).Encode());
        content.Headers.ContentType = new("application/octet-stream");
        using HttpResponseMessage answer = await client.PostAsync(new Uri("eth/v1/beacon/pool/proposer_slashings", UriKind.Relative), content, Cancellation);
        Assert.True(answer.IsSuccessStatusCode, await answer.Content.ReadAsStringAsync(Cancellation));
    }

    public async Task<KnownValidator> ValidatorAsync(ulong validator = Validator) => (await _beacon.GetValidatorsAsync([Genesis.Validators[(int)validator].PublicKey], Cancellation)).Single();

    public static async Task UntilAsync(Func<Task<bool>> condition, string what, int seconds = 60)
    {
        long started = Stopwatch.GetTimestamp();
        while (!await condition())
        {
            if (Stopwatch.GetElapsedTime(started) > TimeSpan.FromSeconds(seconds))
                Assert.Fail($"not within {seconds} s: {what}");
            await Task.Delay(200, Cancellation);
        }
    }

    public async ValueTask DisposeAsync()
    {
        foreach (ulong validator in _ports.Keys)
            await KillProviderAsync(validator);
        await _penalties.DisposeAsync();
        Client.Dispose();
        _clientKey.Dispose();
        Node.Dispose();
        _beacon.Dispose();
        _network.Kill(entireProcessTree: true);
        await _network.WaitForExitAsync(CancellationToken.None);
        _network.Dispose();
    }

    public static Address OperatorOf(ulong validator) => AccountOf(OperatorAccount + (int)Math.Min(validator - Math.Min(validator, Validator), Providers - 1));

    public static Address OwnerOf(ulong validator) => AccountOf((int)validator);

    private static Address AccountOf(int account) => LocalNetwork.AccountKeys(LocalNetwork.KnownMnemonic, Accounts)[account].PublicKey.ToAddress();

    private static string OwnerKeyIn(string folder, ulong validator) => Path.Combine(folder, $"owner-{validator}.key");

    private static int FreePort()
    {
        using TcpListener listener = new(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    private Bytes96 Sign(ulong validator, DomainType type, Bytes4 version, Hash32 root)
    {
        BlsSecretKey key = LocalNetwork.ValidatorKeys(LocalNetwork.KnownMnemonic, 0, Validators)[validator];
        Hash32 domain = Signing.ComputeDomain(type, version, Genesis.BeaconState().State.GenesisValidatorsRoot);
        return Bytes96.Read(key.Sign(Signing.ComputeSigningRoot(root, domain).AsSpan()).ToBytes());
    }

    private static void WriteKey(string path, Secp256k1SecretKey key)
    {
        byte[] bytes = new byte[Secp256k1SecretKey.Size];
        key.Encode(bytes);
        File.WriteAllText(path, Convert.ToHexStringLower(bytes));
        if (!OperatingSystem.IsWindows())
            File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite);
    }

    private sealed class Twin(Process process) : IDisposable
    {
        public void Dispose()
        {
            Assert.False(process.HasExited);
            process.Kill();
            process.WaitForExit();
            process.Dispose();
        }
    }

    /// <summary>Of an account that the test alone sends from.</summary>
    private sealed class MemoryJournal : ITransactionJournal
    {
        private SentTransaction? _sent;

        public SentTransaction? Read() => _sent;

        public void Write(SentTransaction sent) => _sent = sent;

        public void Clear() => _sent = null;
    }
}
