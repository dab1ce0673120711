using System.Net;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Flashback.Api;
using Flashback.Chain.Beacon;
using Flashback.Consensus;
using Flashback.Cryptography;
using Flashback.Execution;
using Flashback.Network.Loopback;
using Flashback.Node;
using Flashback.Primitives;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Flashback.Scenarios;

/// <summary>A devnet within the test's process, in virtual time: the test looks at each slot and acts in it.</summary>
internal static class DevnetRun
{
    private static readonly HttpClient Client = new();

    /// <summary>So many nodes and validators, with nothing on disk that lasts.</summary>
    public static DevnetSettings Settings(int nodes, int validators, string? folder = null, params string[] faults) => new()
    {
        Nodes = nodes,
        Validators = validators,
        Accounts = 1,
        Seed = 1,
        Folder = folder,
        Faults = [.. faults.Select(fault => NetworkFault.TryParse(fault, out NetworkFault? parsed) ? parsed : throw new ArgumentException(fault))],
        Warp = TimeSpan.FromHours(24),
        Store = new StoreSettings(folder, StoreEngine.Sqlite, IsArchive: false),
        Http = new HttpSettings(IPAddress.Loopback, 0, new ApiOptions()),
        Log = new LogSettings(LogLevel.Warning, IsJson: false),
    };

    /// <summary>Writes a network of our own into a folder, for a devnet to take up.</summary>
    public static void WriteNetwork(string folder, int validators, DateTimeOffset genesis, params (string Key, string Value)[] config)
    {
        Address[] accounts = [.. new Wallet(LocalNetwork.AccountKeys(LocalNetwork.KnownMnemonic, 1)).Addresses];
        JsonObject file = LocalNetwork.Parameters(ConsensusConfig.Devnet, Devnet.ChainId, Devnet.GasLimit, accounts, Devnet.CoinsOfAccounts);
        foreach ((string key, string value) in config)
            file["config"]![key] = value;
        BlsSecretKey[] keys = LocalNetwork.ValidatorKeys(LocalNetwork.KnownMnemonic, 0, validators);
        LocalNetwork.AddGenesis(file, (ulong)genesis.ToUnixTimeSeconds(), Sha256.Hash([1]), LocalNetwork.Validators(ConsensusConfig.Devnet, keys, accounts));
        File.WriteAllBytes(NodeFolder.Network(folder), LocalNetwork.ToBytes(file));
    }

    /// <summary>Runs until the test says that it has seen enough; whatever goes wrong when a slot begins is thrown here.</summary>
    /// <param name="settings">The devnet.</param>
    /// <param name="onSlot">Called when a slot begins at the first node; false ends the run.</param>
    /// <param name="last">The last slot: with it the run ends, and the test has failed.</param>
    /// <param name="check">Looks at what has become of it.</param>
    public static async Task UntilAsync(DevnetSettings settings, Func<Devnet, Slot, bool> onSlot, ulong last, Action<Devnet>? check = null)
    {
        Exception? failure = null;
        bool isDone = false;
        using CancellationTokenSource enough = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        await using Devnet devnet = new(settings, NullLoggerFactory.Instance);
        devnet.Nodes[0].Beacon.SlotBegan += slot =>
        {
            try
            {
                isDone = isDone || !onSlot(devnet, slot);
                if (isDone || slot.Value >= last)
                    enough.Cancel();
            }
            catch (Exception thrown)
            {
                failure ??= thrown;
                enough.Cancel();
            }
        };
        await devnet.RunAsync(enough.Token);
        if (failure is not null)
            throw new InvalidOperationException("a slot went wrong", failure);
        Assert.True(isDone, $"not within {last} slots");
        check?.Invoke(devnet);
    }

    /// <summary>The blocks of a chain, from the first to its head.</summary>
    public static IEnumerable<BeaconBlock> BlocksOf(BeaconChain chain)
    {
        foreach ((_, Hash32 root) in chain.Database.Range(Slot.Genesis, chain.Snapshot.Head.Slot + 1, int.MaxValue))
        {
            Assert.True(chain.Database.TryGetBlock(root, out SignedBeaconBlock? block));
            yield return block.Message;
        }
    }

    /// <summary>Sends a transaction from the first account that everybody knows, through a node's JSON-RPC.</summary>
    /// <returns>Its hash.</returns>
    public static string Send(NetworkNode node, ulong nonce, Address to, UInt256 value, byte[] input)
    {
        Secp256k1SecretKey key = LocalNetwork.AccountKeys(LocalNetwork.KnownMnemonic, 1)[0];
        Transaction draft = new()
        {
            Type = TransactionType.DynamicFee, ChainId = Devnet.ChainId, Nonce = nonce, MaxPriorityFeePerGas = 1_000_000_000, MaxFeePerGas = 100_000_000_000, GasLimit = 1_000_000, To = to, Value = value, Input = input,
        };
        Transaction signed = draft with { Signature = Secp256k1.Sign(TransactionCodec.SigningHash(draft), key) };
        return Ask(node.Address, "eth_sendRawTransaction", $"[\"{Hex.Encode(TransactionCodec.Encode(signed))}\"]").GetString()!;
    }

    /// <summary>The result of a method.</summary>
    public static JsonElement Ask(Uri node, string method, string parameters) => AskAsync(node, method, parameters).GetAwaiter().GetResult();

    /// <inheritdoc cref="Ask"/>
    public static async Task<JsonElement> AskAsync(Uri node, string method, string parameters)
    {
        using StringContent request = new($"{{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"{method}\",\"params\":{parameters}}}", Encoding.UTF8, "application/json");
        using HttpResponseMessage response = await Client.PostAsync(node, request, TestContext.Current.CancellationToken).ConfigureAwait(false);
        JsonElement answer = JsonDocument.Parse(await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken).ConfigureAwait(false)).RootElement;
        return answer.TryGetProperty("result", out JsonElement result) ? result : throw new InvalidOperationException(answer.ToString());
    }
}
