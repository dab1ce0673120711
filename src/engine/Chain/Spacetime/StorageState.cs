using System.Text;
using Flashback.Execution;
using Flashback.Primitives;

namespace Flashback.Chain.Spacetime;

/// <summary>What the contracts tell in one state: providers, sectors, deadlines. One thread at a time.</summary>
public sealed class StorageState
{
    private static readonly byte[] ProviderOf = Abi.Selector("providerOf(uint64)");
    private static readonly byte[] AskOf = Abi.Selector("askOf(uint64)");
    private static readonly byte[] AccountOf = Abi.Selector("accountOf(uint64)");
    private static readonly byte[] DebtOf = Abi.Selector("debtOf(uint64)");
    private static readonly byte[] SectorOf = Abi.Selector("sectorOf(uint64,uint64)");
    private static readonly byte[] SectorsOf = Abi.Selector("sectorsOf(uint64,uint64)");
    private static readonly byte[] PartitionOf = Abi.Selector("partitionOf(uint64,uint64)");
    private static readonly byte[] WindowOf = Abi.Selector("windowOf(uint64,uint64)");
    private static readonly byte[] ClaimFeeOf = Abi.Selector("claimFee()");
    private static readonly Hash32 Registered = Keccak.Hash256("ProviderRegistered(uint64,address,address,bytes,bytes32)"u8);

    private readonly ChainService _chain;
    private readonly BlockHeader _header;
    private readonly TransactionExecutor _executor;

    /// <summary>Asks in the state after a block.</summary>
    public StorageState(ChainService chain, IStateView state, BlockHeader header)
    {
        ArgumentNullException.ThrowIfNull(chain);
        ArgumentNullException.ThrowIfNull(header);
        (_chain, _header) = (chain, header);
        ForkRules rules = chain.Config.RulesAt(header.Timestamp);
        BlockEnvironment block = new(
            chain.Config.ChainId, header.Coinbase, header.Number, header.Timestamp, header.GasLimit, header.PrevRandao, header.BaseFeePerGas, rules.Blobs.BaseFee(header.ExcessBlobGas),
            new Ancestors(chain.Blocks, header).HashOf);
        _executor = new TransactionExecutor(rules, block, new JournaledState(state, chain.Codes));
    }

    /// <summary>What a claim costs in the next block, in wei.</summary>
    public UInt256 ClaimFee => TryAsk(GenesisContracts.Sectors, ClaimFeeOf, [], out ReadOnlyMemory<byte> answer) ? new AbiReader(answer.Span).Wide(0) : UInt256.Zero;

    /// <summary>All providers that were registered up to the block, by their time: out of the chain's logs.</summary>
    public IEnumerable<ulong> ProviderIds()
    {
        LogFilter filter = new([GenesisContracts.Providers], [[Registered]]);
        foreach (ExecutedBlock block in _chain.Blocks.FindLogs(filter, 0, _header.Number))
        {
            foreach (Log log in block.Receipts.SelectMany(receipt => receipt.Logs).Where(filter.Fits))
                yield return new AbiReader(log.Topics[1].AsSpan()).Number(0);
        }
    }

    /// <summary>A provider; null where the validator is none.</summary>
    public StorageProvider? Provider(ulong id)
    {
        if (!TryAsk(GenesisContracts.Providers, ProviderOf, [id], out ReadOnlyMemory<byte> record) || new AbiReader(record.Span).Number(2) == 0)
            return null;
        AbiReader provider = new(record.Span), account = Ask(GenesisContracts.Sectors, AccountOf, id), debt = Ask(GenesisContracts.Sectors, DebtOf, id);
        Bytes48 key = Bytes48.Read([.. provider[5].AsSpan(), .. provider[6].AsSpan()[..16]]);
        return new StorageProvider(
            id, provider.Wide(0).ToAddress(), provider.Wide(3).ToAddress(), key, provider[7], provider.Number(1), provider.Number(4), provider.Number(2) == 1,
            account.Number(0), account.Number(1), account.Number(2), debt.Wide(0), ReadAsk(id));
    }

    /// <summary>Sectors and partitions that are counted of a provider: committed, active, partitions.</summary>
    public (ulong Committed, ulong Active, ulong Partitions) Account(ulong provider)
    {
        AbiReader account = Ask(GenesisContracts.Sectors, AccountOf, provider);
        return (account.Number(0), account.Number(1), account.Number(2));
    }

    /// <summary>A sector; null where the provider has none of that number.</summary>
    public StorageSector? Sector(ulong provider, ulong number)
    {
        AbiReader s = Ask(GenesisContracts.Sectors, SectorOf, provider, number);
        SectorStatus status = (SectorStatus)s.Number(10);
        if (status == 0)
            return null;
        bool isLive = s.Number(11) == 1;
        if (status == SectorStatus.Live && !isLive)
            status = SectorStatus.Ended; // its partition dropped it: it was faulty for too long, or its provider ended
        return new StorageSector(
            provider, number, status, s.Number(12) == 1, s.Number(13) == 1, s[0], s[1], s[2], s.Number(3), s.Number(4), s.Number(5), s.Number(6), s.Number(7), s.Number(9));
    }

    /// <summary>The numbers of all sectors that were ever put into a partition, by their places.</summary>
    public IReadOnlyList<ulong> SectorNumbers(ulong provider, ulong partition)
    {
        AbiReader answer = Ask(GenesisContracts.Sectors, SectorsOf, provider, partition);
        if (!answer.TryList(0, out int first, out int count))
            return [];
        ulong[] numbers = new ulong[count];
        for (int i = 0; i < count; i++)
            numbers[i] = answer.Number(first + i);
        return numbers;
    }

    /// <summary>A partition's window that is open or comes next; null where there is no such partition.</summary>
    public StorageDeadline? Deadline(ulong provider, ulong partition)
    {
        if (!TryAsk(GenesisContracts.Sectors, WindowOf, [provider, partition], out ReadOnlyMemory<byte> told))
            return null;
        AbiReader window = new(told.Span), head = Ask(GenesisContracts.Sectors, PartitionOf, provider, partition);
        return new StorageDeadline(
            provider, partition, head.Number(9), head.Number(5), head.Number(6), head.Number(7), window.Number(0), window.Number(1), window.Number(2), window.Number(3), window.Number(4) == 1);
    }

    private StorageAsk ReadAsk(ulong provider)
    {
        if (!TryAsk(GenesisContracts.Providers, AskOf, [provider], out ReadOnlyMemory<byte> answer) || answer.Length < 32)
            return new StorageAsk(UInt256.Zero, 0, 0, 0, 0, "");
        AbiReader ask = new(answer.Span[32..]); // the answer is one tuple, whose place stands first
        string endpoint = ask.TryBytes(5, out ReadOnlySpan<byte> bytes) ? Encoding.UTF8.GetString(bytes) : "";
        return new StorageAsk(ask.Wide(0), ask.Number(1), ask.Number(2), ask.Number(3), ask.Number(4), endpoint);
    }

    private AbiReader Ask(in Address contract, byte[] selector, params ReadOnlySpan<ulong> numbers) =>
        new(TryAsk(contract, selector, numbers, out ReadOnlyMemory<byte> answer) ? answer.Span : default);

    private bool TryAsk(in Address contract, byte[] selector, ReadOnlySpan<ulong> numbers, out ReadOnlyMemory<byte> answer)
    {
        AbiTuple arguments = new();
        foreach (ulong number in numbers)
            arguments.Add(number);
        SystemCallOutcome? outcome = _executor.ViewAsSystem(contract, arguments.EncodeCall(selector));
        answer = outcome is { IsSuccess: true } ? outcome.Output : default;
        return outcome is { IsSuccess: true };
    }
}
