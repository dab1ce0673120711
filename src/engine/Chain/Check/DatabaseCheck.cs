using Flashback.Execution;
using Flashback.Primitives;
using Flashback.State;
using Flashback.State.Store;

namespace Flashback.Chain;

/// <summary>How far a check is.</summary>
/// <param name="Step">What is being looked at.</param>
/// <param name="Done">How much of it was done since the last report.</param>
/// <param name="Total">How much there is of it.</param>
public readonly record struct CheckProgress(string Step, long Done, long Total);

/// <summary>Looks at a whole chain on disk and says everything that is broken in it. It changes nothing.</summary>
/// <remarks>
/// 1. The layout, and the marks of head, safe and finalized block.
/// 2. From the head down to the first block: each follows the one below, is what its hash says, and has the body and the receipts that its header commits to.
/// 3. The indices of transactions and logs have what the blocks have, and nothing else.
/// 4. The state on disk, to the last word, has the root that its block's header commits to. The states of the blocks above are not on disk: they are executed again,
///    and checked, each time the chain is opened.
/// </remarks>
public sealed class DatabaseCheck
{
    private const int MostFindings = 1000;

    private readonly IStore _store;
    private readonly IProgress<CheckProgress>? _progress;
    private readonly List<string> _findings = [];
    private long _transactions, _logs;
    private int _unsaid, _unread;

    private DatabaseCheck(IStore store, IProgress<CheckProgress>? progress) => (_store, _progress) = (store, progress);

    /// <summary>The columns that a store must have been opened with.</summary>
    public static IReadOnlyList<Column> Columns { get; } = ChainService.Columns;

    /// <summary>Checks a chain. Returns what is broken, a line each; nothing when all is well.</summary>
    /// <exception cref="StoreException">The disk fails.</exception>
    public static IReadOnlyList<string> Run(IStore store, IProgress<CheckProgress>? progress)
    {
        DatabaseCheck check = new(store, progress);
        check.Run();
        return check._unsaid == 0 ? check._findings : [.. check._findings, $"and {check._unsaid} more"];
    }

    private void Run()
    {
        if (Try(() => new BlockDatabase(_store)) is not { } blocks)
            return;
        if (blocks.Head is not { } head)
        {
            Report("there is no chain: no block is marked as the head");
            return;
        }
        if (CheckChain(blocks, head) is { } newest)
        {
            CheckMark(blocks, "safe", blocks.Safe, newest);
            CheckMark(blocks, "finalized", blocks.Finalized, newest);
            CheckIndices(newest);
        }
        CheckState(blocks);
    }

    /// <summary>Goes from the head down to the first block. Returns the head's number; null when there is no header of it.</summary>
    private ulong? CheckChain(BlockDatabase blocks, Hash32 head)
    {
        Hash32 expected = head;
        if (Try(() => blocks.TryGetHeader(head, out BlockHeader? header) ? header : null) is not { } newest)
        {
            Report($"the head {head} is missing");
            return null;
        }
        for (ulong number = newest.Number; ; number--)
        {
            _progress?.Report(new CheckProgress("blocks", 1, (long)newest.Number + 1));
            bool isThere = blocks.TryGetHash(number, out Hash32 hash);
            if (!isThere)
                Report($"block {number} is missing among the numbers");
            else if (!expected.IsZero && hash != expected)
                Report($"block {number} is {hash}, but the one above follows {expected}");
            expected = CheckBlock(blocks, number, isThere ? hash : expected);
            if (number == 0)
                return newest.Number;
        }
    }

    /// <summary>Looks at one block. Returns the hash of the one below; zero when that is not known.</summary>
    private Hash32 CheckBlock(BlockDatabase blocks, ulong number, Hash32 hash)
    {
        ExecutedBlock? block = Try(() => blocks.TryGetBlock(hash, out ExecutedBlock? found) ? found : null);
        BlockHeader? header = Try(() => blocks.TryGetHeader(hash, out BlockHeader? found) ? found : null);
        if (header is null)
            Report($"block {number}: the header {hash} is missing");
        else if (header.Hash() != hash || header.Number != number)
            Report($"block {number}: under {hash} lies the header of block {header.Number} {header.Hash()}");
        header ??= block?.Header;
        if (block is null)
        {
            Report($"block {number}: {hash} is missing, or what came of it");
            _unread++;
        }
        else
        {
            CheckBody(blocks, block, header!);
        }
        return header?.ParentHash ?? default;
    }

    private void CheckBody(BlockDatabase blocks, ExecutedBlock block, BlockHeader header)
    {
        if (block.Header.Hash() != block.Hash)
            Report($"block {header.Number}: the block {block.Hash} has another header");
        BlockHeader roots = (block.Block with { Header = header }).WithBodyRoots().Header;
        if (roots.TransactionsRoot != header.TransactionsRoot)
            Report($"block {header.Number}: the root of its transactions is {roots.TransactionsRoot}, the header says {header.TransactionsRoot}");
        if (roots.WithdrawalsRoot != header.WithdrawalsRoot)
            Report($"block {header.Number}: the root of its withdrawals is {roots.WithdrawalsRoot}, the header says {header.WithdrawalsRoot}");
        Hash32 receipts = ReceiptCodec.RootOf(block.Receipts);
        if (receipts != header.ReceiptsRoot)
            Report($"block {header.Number}: the root of its receipts is {receipts}, the header says {header.ReceiptsRoot}");
        CheckEntries(blocks, block);
    }

    private void CheckEntries(BlockDatabase blocks, ExecutedBlock block)
    {
        for (int i = 0; i < block.Block.Transactions.Count; i++)
        {
            Hash32 hash = block.Block.Transactions[i].Hash();
            if (!blocks.TryFind(hash, out TransactionPlace place) || place != new TransactionPlace(block.Number, i))
                Report($"block {block.Number}: the index does not lead to transaction {i}, {hash}");
        }
        _transactions += block.Block.Transactions.Count;
        (int entries, int missing) = LogIndex.Check(_store, block);
        _logs += entries;
        if (missing > 0)
            Report($"block {block.Number}: {missing} of {entries} entries are missing in the index of logs");
    }

    private void CheckMark(BlockDatabase blocks, string name, Hash32? mark, ulong newest)
    {
        BlockHeader? header = mark is { } hash ? Try(() => blocks.TryGetHeader(hash, out BlockHeader? found) ? found : null) : null;
        if (header is null || header.Number > newest || !blocks.TryGetHash(header.Number, out Hash32 kept) || kept != mark)
            Report($"the {name} block {mark} is not on the chain");
    }

    /// <summary>What the blocks do not have the indices must not have either.</summary>
    private void CheckIndices(ulong newest)
    {
        Compare("numbers", ChainColumns.Numbers, (long)newest + 1);
        if (_unread > 0)
            return; // nobody knows what should be there
        Compare("transactions", ChainColumns.Transactions, _transactions);
        Compare("logs", ChainColumns.Logs, _logs);
    }

    private void Compare(string name, Column column, long expected)
    {
        long count = 0;
        using IStoreCursor cursor = _store.Scan(column, KeyRange.All);
        while (cursor.MoveNext())
            count++;
        if (count != expected)
            Report($"the index of {name} has {count} entries, the blocks have {expected}");
    }

    private void CheckState(BlockDatabase blocks)
    {
        long accounts = StateCheck.CountAccounts(_store);
        if (StateCheck.Run(_store, Report, done => _progress?.Report(new CheckProgress("accounts", done, accounts))) is not { } state)
            return;
        if (state == StateBlock.BeforeGenesis)
            Report("there is no state");
        else if (!blocks.TryGetHash((ulong)state.Number, out Hash32 hash) || hash != state.Hash)
            Report($"the state on disk is that of block {state.Number} {state.Hash}, which is not on the chain");
        else if (Try(() => blocks.TryGetHeader(hash, out BlockHeader? header) ? header : null) is { } header && header.StateRoot != state.Root)
            Report($"the state on disk has the root {state.Root}, the header of block {state.Number} says {header.StateRoot}");
    }

    private T? Try<T>(Func<T?> read)
        where T : class
    {
        try
        {
            return read();
        }
        catch (StoreException damaged)
        {
            Report(damaged.Message);
            return null;
        }
    }

    private void Report(string finding)
    {
        if (_findings.Count < MostFindings)
            _findings.Add(finding);
        else
            _unsaid++;
    }
}
