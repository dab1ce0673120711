using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text.Json.Nodes;
using Flashback.Client;
using Flashback.Cryptography;
using Flashback.Cryptography.Groth16;
using Flashback.Primitives;
using Flashback.Proofs;
using Flashback.Provider;

namespace Flashback.Node;

/// <summary>Storage on a devnet: providers on its first validators and a gateway, each a process and a folder of its own, as operators have them.</summary>
/// <remarks>It comes after the network: proving keys are made first where the machine has none, while slots go by.</remarks>
internal sealed class DevnetStorage : IAsyncDisposable
{
    private const int FirstAccount = 100; // by the mnemonic; people are told of the first ones only, so that nonces never cross
    private const int MostCopies = 3;

    // A piece of 8 MiB costs 0.0078 FLASH a day and copy.
    private static readonly UInt256 FeePerGibDay = LocalNetwork.ToWei(1);
    private static readonly TimeSpan ToldEach = TimeSpan.FromSeconds(2);

    private readonly Devnet _devnet;
    private readonly DevnetSettings _settings;
    private readonly string _folder;
    private readonly string _devFile;
    private readonly JsonObject _told;
    private readonly List<ChildProgram> _programs = [];

    /// <param name="devnet">The network; its folder is on the disk.</param>
    /// <param name="settings">What was asked for: with a folder, and a file for programs.</param>
    /// <param name="told">What programs are told; what comes is added.</param>
    public DevnetStorage(Devnet devnet, DevnetSettings settings, JsonObject told) => (_devnet, _settings, _folder, _devFile, _told) =
        (devnet, settings, Path.GetFullPath(settings.Folder ?? throw new ArgumentException("storage needs a folder", nameof(settings))), settings.DevFile ?? throw new ArgumentException("storage is told of in a file", nameof(settings)), told);

    private Uri Rpc => _devnet.Nodes[0].Address;

    /// <summary>The accounts of so many providers, owner and operator in one, and of the gateway, which is the last; none where there is no storage.</summary>
    public static List<Secp256k1SecretKey> AccountKeys(int providers) => providers == 0 ? [] : LocalNetwork.AccountKeys(LocalNetwork.KnownMnemonic, providers + 1, FirstAccount);

    /// <summary>Starts all of it, and tells when it is there.</summary>
    /// <exception cref="IOException">A program does not start, or a file cannot be written.</exception>
    /// <exception cref="NodeException">The network does not answer.</exception>
    public async Task StartAsync(CancellationToken stop)
    {
        await Task.Run(MakeKeys, stop).WaitAsync(stop).ConfigureAwait(false);
        List<Secp256k1SecretKey> keys = AccountKeys(_settings.Providers);
        JsonObject[] providers = await Task.WhenAll(Enumerable.Range(0, _settings.Providers).Select(i => StartProviderAsync((ulong)i, keys[i], stop))).ConfigureAwait(false);
        _told["providers"] = new JsonArray([.. providers]);
        JsonObject gateway = await StartGatewayAsync(keys[^1], stop).ConfigureAwait(false);
        _told["gateway"] = gateway;
        DevFile.Write(_devFile, _told);
        Greet(gateway);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync() => await Task.WhenAll(_programs.Select(program => program.DisposeAsync().AsTask())).ConfigureAwait(false);

    private static void MakeKeys() => new SnarkProver(new ParameterCache(ParameterCache.DefaultFolder), new KeyLines()).Prepare(SealKind.Devnet);

    private async Task<JsonObject> StartProviderAsync(ulong provider, Secp256k1SecretKey key, CancellationToken stop)
    {
        (string folder, string keyFile) = MakeFolder(string.Create(CultureInfo.InvariantCulture, $"provider{provider}"), "operator.key", key);
        int port = _settings.ProviderPort == 0 ? FreePort() : _settings.ProviderPort + (int)provider;
        Uri endpoint = new($"http://127.0.0.1:{port}");
        await RegisterAsync(provider, key, endpoint, stop).ConfigureAwait(false);
        string[] arguments =
        [
            "provider", "--rpc", Rpc.ToString(), "--network", _devnet.NetworkPath!, "--key", keyFile, "--validator", $"{provider}", "--data", folder, "--http-port", $"{port}",
            "--deals", "--log-level", "Information",
        ];
        (ChildProgram program, _) = await StartProgramAsync("provider: ", folder, arguments, stop).ConfigureAwait(false);
        return new JsonObject { ["id"] = provider, ["operator"] = key.PublicKey.ToAddress().ToString(), ["endpoint"] = endpoint.ToString(), ["data"] = folder, ["process"] = program.Id };
    }

    private async Task<JsonObject> StartGatewayAsync(Secp256k1SecretKey key, CancellationToken stop)
    {
        (string folder, string keyFile) = MakeFolder("gateway", "wallet.key", key);
        string[] arguments =
        [
            "gateway", "--rpc", Rpc.ToString(), "--network", _devnet.NetworkPath!, "--key", keyFile, "--data", folder,
            "--http-port", $"{_settings.GatewayPort}", "--s3-port", $"{(_settings.GatewayPort == 0 ? 0 : _settings.GatewayPort + 1)}",
            "--copies", $"{Math.Min(MostCopies, _settings.Providers)}", "--days", Text(_settings.DealDays), "--runway", Text(_settings.DealDays / 4),
            "--sealing-time", Text(_settings.SealingMinutes), "--wait", "10", "--keep", "0",
        ];
        (ChildProgram program, string told) = await StartProgramAsync("gateway: ", folder, arguments, stop).ConfigureAwait(false);
        string[] addresses = told.Split(", S3 at ");
        string[] pair = await File.ReadAllLinesAsync(Path.Combine(folder, "s3.key"), stop).ConfigureAwait(false);
        return new JsonObject
        {
            ["http"] = addresses[0], ["s3"] = addresses[^1], ["tokenFile"] = Path.Combine(folder, "token"), ["accessKey"] = pair[0], ["secretKey"] = pair[1],
            ["wallet"] = key.PublicKey.ToAddress().ToString(), ["data"] = folder, ["process"] = program.Id,
        };
    }

    /// <summary>Makes a validator a provider that answers at an address; one that is registered elsewhere moves.</summary>
    private async Task RegisterAsync(ulong provider, Secp256k1SecretKey key, Uri endpoint, CancellationToken stop)
    {
        using ExecutionClient node = ProviderOptions.Connect(Rpc);
        using HttpNodeClient beacon = new(_devnet.Nodes[0].BeaconAddress!, _devnet.Genesis.Config, TimeProvider.System, patience: ProviderOptions.Patience);
        using TransactionSender sender = ProviderOptions.SenderOf(node, key, new OneJournal(), _devnet.Genesis);
        ProviderAsk ask = new(FeePerGibDay, 0, (ulong)SealKind.Devnet.Size.Bytes, ulong.MaxValue, 0, endpoint.ToString());
        KnownProvider? known = await node.FindProviderAsync(provider, stop).ConfigureAwait(false);
        if (known?.Ask == ask)
            return;
        TransactionDraft draft;
        if (known is null)
        {
            while ((await node.GetHeadAsync(stop).ConfigureAwait(false)).Number < 2) // the record is proven for a block's parent
                await Task.Delay(TimeSpan.FromSeconds(1), stop).ConfigureAwait(false);
            draft = ProvidersContract.Register(await ValidatorProofs.GetAsync(beacon, _devnet.Genesis.Config.Preset, provider, stop).ConfigureAwait(false), key.PublicKey.ToAddress(), ask);
        }
        else
        {
            draft = ProvidersContract.SetAsk(provider, ask);
        }
        if (await sender.SendAsync(draft, stop).ConfigureAwait(false) is not { IsSuccess: true })
            throw new IOException($"validator {provider} could not be made a provider");
    }

    /// <summary>A folder for a program, with its key in a file.</summary>
    private (string Folder, string KeyFile) MakeFolder(string name, string keyName, Secp256k1SecretKey key)
    {
        string folder = Path.Combine(_folder, name), keyFile = Path.Combine(folder, keyName);
        SecretFile.CreateFolder(folder);
        if (!File.Exists(keyFile))
            AccountKeyFile.Write(keyFile, key);
        return (folder, keyFile);
    }

    private async Task<(ChildProgram Program, string Told)> StartProgramAsync(string announcement, string folder, string[] arguments, CancellationToken stop)
    {
        (ChildProgram program, string told) = await ChildProgram.StartAsync(announcement, Path.Combine(folder, "log"), arguments, stop).ConfigureAwait(false);
        lock (_programs)
            _programs.Add(program);
        return (program, told);
    }

    private void Greet(JsonObject gateway)
    {
        string s3 = $"AWS_ACCESS_KEY_ID={gateway["accessKey"]} AWS_SECRET_ACCESS_KEY={gateway["secretKey"]} AWS_DEFAULT_REGION=us-east-1 aws --endpoint-url {gateway["s3"]} s3";
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"providers: {_settings.Providers}; a gateway at {gateway["http"]}, S3 at {gateway["s3"]}; endpoints and keys are written in {Path.GetFullPath(_devFile)}. In another terminal:"));
        Console.WriteLine("  ./flashback put README.md --wait");
        Console.WriteLine("  ./flashback get CID -o copy.md");
        Console.WriteLine($"  {s3} mb s3://files");
        Console.WriteLine($"  {s3} cp README.md s3://files/");
    }

    private static string Text(double number) => number.ToString(CultureInfo.InvariantCulture);

    private static int FreePort()
    {
        using TcpListener listener = new(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    /// <summary>A bar in a line of its own, between those of slots.</summary>
    private sealed class KeyLines : IProgress<Groth16Progress>
    {
        private const int Width = 30;

        private readonly Lock _gate = new();
        private long _last;

        public void Report(Groth16Progress value)
        {
            lock (_gate)
            {
                if (_last != 0 && TimeProvider.System.GetElapsedTime(_last) < ToldEach)
                    return;
                _last = TimeProvider.System.GetTimestamp();
            }
            int done = (int)(Width * value.Done / Math.Max(value.Total, 1));
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"making proving keys, once  [{new string('#', done)}{new string('-', Width - done)}] {100 * value.Done / Math.Max(value.Total, 1),3} %  points of {value.Step}"));
        }
    }
}
