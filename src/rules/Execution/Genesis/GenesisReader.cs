using Flashback.Primitives;

namespace Flashback.Execution;

/// <summary>Reads go-ethereum's genesis.json: <c>config</c> with the chain's number and the forks' times, the header's fields, and <c>alloc</c>.</summary>
internal static class GenesisReader
{
    private const ulong InitialBaseFee = 1_000_000_000; // EIP-1559 INITIAL_BASE_FEE
    private const int MostBlobForks = 5; // bpo1 … bpo5

    private static readonly (string Name, ForkRules Rules)[] Forks = [("cancun", ForkRules.Cancun), ("prague", ForkRules.Prague), ("osaka", ForkRules.Osaka)];

    public static Genesis Read(GenesisField genesis)
    {
        ulong timestamp = genesis.Find("timestamp")?.UInt64() ?? 0;
        ChainConfig chain = ReadChain(genesis["config"], timestamp);
        BlockHeader draft = new()
        {
            ParentHash = genesis.Find("parentHash")?.Fixed<Hash32>() ?? default,
            Coinbase = genesis.Find("coinbase")?.Fixed<Address>() ?? default,
            StateRoot = default,
            TransactionsRoot = MerkleTrie.EmptyRoot,
            ReceiptsRoot = MerkleTrie.EmptyRoot,
            Difficulty = genesis.Find("difficulty")?.Word() ?? UInt256.Zero,
            Number = genesis.Find("number")?.UInt64() ?? 0,
            GasLimit = genesis["gasLimit"].UInt64(),
            GasUsed = genesis.Find("gasUsed")?.UInt64() ?? 0,
            Timestamp = timestamp,
            ExtraData = genesis.Find("extraData")?.Bytes() ?? [],
            PrevRandao = genesis.Find("mixHash")?.Fixed<Hash32>() ?? default,
            Nonce = genesis.Find("nonce")?.UInt64() ?? 0,
            BaseFeePerGas = genesis.Find("baseFeePerGas")?.Word() ?? InitialBaseFee,
            WithdrawalsRoot = MerkleTrie.EmptyRoot,
            BlobGasUsed = genesis.Find("blobGasUsed")?.UInt64() ?? 0,
            ExcessBlobGas = genesis.Find("excessBlobGas")?.UInt64() ?? 0,
            ParentBeaconBlockRoot = genesis.Find("parentBeaconBlockRoot")?.Fixed<Hash32>() ?? default,
            RequestsHash = chain.RulesAt(timestamp).HasRequests ? ExecutionRequest.HashOf([]) : null,
        };
        return new Genesis(chain, draft, ReadAccounts(genesis["alloc"]));
    }

    public static List<GenesisAccount> ReadAccounts(GenesisField alloc)
    {
        List<GenesisAccount> accounts = [];
        HashSet<Address> seen = [];
        foreach (GenesisField field in alloc.Fields)
        {
            Address address = field.ParseFixed<Address>(field.Name);
            if (!seen.Add(address))
                throw field.Wrong("is there twice");
            accounts.Add(new GenesisAccount(
                address, field.Find("nonce")?.UInt64() ?? 0, field.Find("balance")?.Word() ?? UInt256.Zero, field.Find("code")?.Bytes() ?? [],
                field.Find("storage") is { } storage ? ReadSlots(storage) : []));
        }
        return accounts;
    }

    private static List<KeyValuePair<UInt256, UInt256>> ReadSlots(GenesisField storage)
    {
        List<KeyValuePair<UInt256, UInt256>> slots = [];
        HashSet<UInt256> seen = [];
        foreach (GenesisField field in storage.Fields)
        {
            UInt256 slot = field.ParseWord(field.Name);
            if (!seen.Add(slot))
                throw field.Wrong("is there twice");
            if (field.Word() is { IsZero: false } value)
                slots.Add(new(slot, value));
        }
        return slots;
    }

    private static ChainConfig ReadChain(GenesisField config, ulong genesisTime)
    {
        List<RulesActivation> schedule = [];
        GenesisField? blobs = config.Find("blobSchedule");
        foreach ((string name, ForkRules rules) in Forks)
        {
            BlobSchedule schedulesBlobs = BlobsOf(blobs, name) ?? rules.Blobs;
            Activate(schedule, config, name, rules with { Blobs = schedulesBlobs }, genesisTime);
        }
        for (int i = 1; i <= MostBlobForks; i++)
        {
            string name = $"bpo{i}";
            if (config.Find(name + "Time") is not { } time)
                continue;
            BlobSchedule changed = BlobsOf(blobs, name) ?? throw time.Wrong($"blobSchedule has no \"{name}\"");
            Activate(schedule, config, name, schedule[^1].Rules with { Blobs = changed }, genesisTime);
        }
        Address deposits = config.Find("depositContractAddress")?.Fixed<Address>() ?? ChainConfig.MainnetDepositContract;
        return new ChainConfig(config["chainId"].UInt64(), deposits, schedule);
    }

    /// <summary>Adds rules to the schedule if the fork has a time. Of forks at the same time the last one counts.</summary>
    private static void Activate(List<RulesActivation> schedule, GenesisField config, string name, ForkRules rules, ulong genesisTime)
    {
        bool isFirst = schedule.Count == 0;
        if ((isFirst && rules.Fork == Fork.Cancun ? config[name + "Time"] : config.Find(name + "Time")) is not { } field)
            return;
        ulong time = field.UInt64();
        if (time <= genesisTime)
            time = 0;
        if (isFirst && time > 0)
            throw field.Wrong("the chain begins before Cancun");
        if (!isFirst && schedule[^1].Rules.Fork + 1 < rules.Fork)
            throw field.Wrong($"{schedule[^1].Rules.Fork + 1} has no time");
        if (!isFirst && time < schedule[^1].Timestamp)
            throw field.Wrong($"comes before {schedule[^1].Rules.Fork}");
        if (!isFirst && time == schedule[^1].Timestamp)
            schedule.RemoveAt(schedule.Count - 1);
        schedule.Add(new RulesActivation(time, rules));
    }

    private static BlobSchedule? BlobsOf(GenesisField? schedule, string name)
    {
        if (schedule?.Find(name) is not { } blobs)
            return null;
        BlobSchedule read = new(blobs["target"].Count(), blobs["max"].Count(), blobs["baseFeeUpdateFraction"].UInt64());
        return read.Max > 0 && read.Target <= read.Max && read.BaseFeeUpdateFraction > 0 ? read : throw blobs.Wrong("a block has at least one blob, no more than its target, and a price that can move");
    }
}
