using Flashback.Execution;
using Flashback.Primitives;
using Microsoft.Extensions.Logging;

namespace Flashback.Chain;

/// <summary>The execution layer as a consensus layer drives it: takes payloads in, follows its choice of head, and builds blocks. Safe to share between threads.</summary>
/// <remarks>
/// Every payload goes through <see cref="ChainService.Import(Block)"/>, every choice through <see cref="ChainService.SetHead"/>; what is kept here besides is bounded:
/// payloads whose ancestors are missing, the names of invalid ones, and the blocks being built. spec: execution-apis engine
/// </remarks>
public sealed partial class ExecutionEngine : IDisposable
{
    private const int MostOrphans = 128;
    private const long MostOrphanBytes = 128 << 20;
    private const int MostInvalid = 512;
    private const int MostJobs = 8;

    private readonly ChainService _chain;
    private readonly BlockBuilder _builder;
    private readonly BuildingOptions _building;
    private readonly ILogger _log;
    private readonly IDisposable _claim;

    // guarded by _gate
    private readonly Lock _gate = new();
    private readonly OrphanShelf _orphans = new(MostOrphans, MostOrphanBytes);
    private readonly InvalidBlocks _invalid = new(MostInvalid);
    private readonly PayloadJobs _jobs = new(MostJobs);

    /// <summary>Opens a chain to a consensus layer; nobody else produces its blocks meanwhile.</summary>
    /// <exception cref="InvalidOperationException">Somebody else does.</exception>
    public ExecutionEngine(ChainService chain, BlockBuilder builder, BuildingOptions building, ILogger<ExecutionEngine> log)
    {
        (_chain, _builder, _building, _log) = (chain, builder, building, log);
        _claim = chain.ClaimProduction();
    }

    /// <summary>Executes a payload and keeps it; it is not the head until <see cref="Choose"/> says so. spec: engine_newPayloadV3, engine_newPayloadV4</summary>
    public PayloadStatus NewPayload(PayloadEnvelope envelope)
    {
        Hash32 hash = envelope.Payload.BlockHash;
        if (PayloadBlock.Assemble(envelope, out Block? block) is { } wrong)
            return Log(envelope.Payload, PayloadStatus.Invalid(wrong));
        lock (_gate)
        {
            PayloadStatus status = Import(block!, hash);
            if (status.Verdict == PayloadVerdict.Syncing)
                _orphans.Put(hash, block!, envelope.Payload.Transactions.Sum(transaction => (long)transaction.Length));
            else if (status.Verdict != PayloadVerdict.Accepted)
                ImportDescendants(hash);
            return Log(envelope.Payload, status);
        }
    }

    /// <summary>Makes a block the head, and begins to build the next one if there are attributes. spec: engine_forkchoiceUpdatedV3</summary>
    /// <param name="choice">The blocks that were chosen.</param>
    /// <param name="attributes">What the next block shall have; null when none is wanted.</param>
    public ForkchoiceOutcome Choose(in ForkchoiceState choice, PayloadAttributes? attributes)
    {
        lock (_gate)
        {
            if (Judge(choice.Head) is { } unfit)
                return new ForkchoiceOutcome(unfit);
            PayloadStatus valid = PayloadStatus.Valid(choice.Head);
            ChainSnapshot now = _chain.Snapshot;
            if (choice.Head != now.Head.Hash && IsOnChain(choice.Head))
                return new ForkchoiceOutcome(valid); // behind the head already: it stays, and nothing is built
            Hash32 finalized = choice.Finalized.IsZero ? now.Finalized.Hash() : choice.Finalized;
            Hash32 safe = choice.Safe.IsZero ? now.Safe.Hash() : choice.Safe;
            bool isSet = _chain.SetHead(choice.Head, safe, finalized)
                || (choice.Safe.IsZero && _chain.SetHead(choice.Head, finalized, finalized)); // the safe block was on the branch that is left
            if (!isSet)
                return new ForkchoiceOutcome(valid, Fault: ForkchoiceFault.InvalidState);
            return attributes is null ? new ForkchoiceOutcome(valid) : Begin(valid, attributes);
        }
    }

    /// <summary>Ends the building of a block and returns it; null when none of that name is being built. spec: engine_getPayloadV3 and later</summary>
    public async Task<BuiltBlock?> TakeAsync(ulong payloadId)
    {
        PayloadJob? job;
        lock (_gate)
            _ = _jobs.TryGet(payloadId, out job);
        return job is null ? null : await job.TakeAsync().ConfigureAwait(false);
    }

    public void Dispose()
    {
        lock (_gate)
            _jobs.Dispose();
        _claim.Dispose();
    }

    /// <summary>What is wrong with a head, or missing of it; null when it may be set.</summary>
    private PayloadStatus? Judge(in Hash32 head)
    {
        if (head.IsZero)
            return PayloadStatus.Invalid("the head's hash is zero");
        if (_invalid.TryGet(head, out PayloadStatus? known))
            return known;
        return _chain.Blocks.TryGetHeader(head, out _) && (IsOnChain(head) || _chain.TryRevive(head)) ? null : PayloadStatus.Syncing;
    }

    private PayloadStatus Import(Block block, in Hash32 hash)
    {
        if (_invalid.TryGet(hash, out PayloadStatus? known))
            return known;
        if (_invalid.TryGet(block.Header.ParentHash, out PayloadStatus? parent))
        {
            _invalid.Put(hash, parent);
            return parent;
        }
        switch (_chain.Import(block))
        {
            case ImportOutcome.Imported:
                return PayloadStatus.Valid(hash);
            case ImportOutcome.Rejected rejected:
                PayloadStatus invalid = PayloadStatus.Invalid(rejected.Reason.Reason.ToString(), block.Header.ParentHash);
                _invalid.Put(hash, invalid);
                return invalid;
            default:
                return IsOnChain(hash) ? PayloadStatus.Valid(hash)
                    : _chain.Blocks.TryGetHeader(block.Header.ParentHash, out _) ? new PayloadStatus(PayloadVerdict.Accepted)
                    : PayloadStatus.Syncing;
        }
    }

    /// <summary>Looks again at what waited for a block.</summary>
    private void ImportDescendants(in Hash32 hash)
    {
        Queue<Hash32> settled = new([hash]);
        while (settled.TryDequeue(out Hash32 parent))
        {
            foreach ((Hash32 child, Block block) in _orphans.TakeChildrenOf(parent))
            {
                _ = Import(block, child);
                settled.Enqueue(child);
            }
        }
    }

    private bool IsOnChain(in Hash32 hash) =>
        _chain.Blocks.TryGetHeader(hash, out BlockHeader? header) && _chain.Blocks.TryGetHash(header.Number, out Hash32 kept) && kept == hash;

    private ForkchoiceOutcome Begin(PayloadStatus status, PayloadAttributes attributes)
    {
        ChainSnapshot parent = _chain.Snapshot;
        BlockHeader header = parent.Head.Header;
        if (attributes.Timestamp <= header.Timestamp)
            return new ForkchoiceOutcome(status, Fault: ForkchoiceFault.InvalidAttributes);
        ulong id = PayloadJobs.IdOf(parent.Head.Hash, attributes);
        if (!_jobs.TryGet(id, out _))
        {
            BlockAttributes block = new(
                attributes.Timestamp, attributes.SuggestedFeeRecipient, FeeMarket.GasLimitToward(_building.GasLimit, header), attributes.PrevRandao,
                attributes.ParentBeaconBlockRoot, _building.ExtraData);
            _jobs.Put(id, _builder.Start(parent, block, attributes.Withdrawals, _building.Budget));
            LogBuilding(header.Number + 1, parent.Head.Hash);
        }
        return new ForkchoiceOutcome(status, id);
    }

    private PayloadStatus Log(ExecutionPayload payload, PayloadStatus status)
    {
        if (status.Verdict == PayloadVerdict.Invalid)
            LogInvalid(payload.BlockNumber, payload.BlockHash, status.Error!);
        else
            LogPayload(payload.BlockNumber, payload.BlockHash, payload.Transactions.Count, payload.GasUsed, status.Verdict);
        return status;
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "Payload {Number} {Hash}: {Transactions} transactions, {Gas} gas, {Verdict}")]
    private partial void LogPayload(ulong number, Hash32 hash, int transactions, ulong gas, PayloadVerdict verdict);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Payload {Number} {Hash} is invalid: {Reason}")]
    private partial void LogInvalid(ulong number, Hash32 hash, string reason);

    [LoggerMessage(Level = LogLevel.Information, Message = "Building block {Number} on {Parent}")]
    private partial void LogBuilding(ulong number, Hash32 parent);
}
