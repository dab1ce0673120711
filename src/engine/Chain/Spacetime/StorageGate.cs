using Flashback.Chain.Beacon;
using Flashback.Consensus;
using Flashback.Primitives;
using Microsoft.Extensions.Logging;

namespace Flashback.Chain.Spacetime;

/// <summary>The gate before the fork choice: a block's blobs must be at hand, and every storage proof that they carry must hold. One thread at a time. spec: ours#4</summary>
/// <remarks>
/// 1. Blobs are looked for first (<see cref="BlobShelf"/>); blocks from before they are kept are taken on the word of what is final.
/// 2. Once the block's transition holds, its payload was executed, and its claims are known with their inputs.
/// 3. All of them are verified in one batch. What the pool or the builder has verified before costs nothing.
/// The same block with the same blobs proves no more the second time, so it is refused again without work.
/// </remarks>
internal sealed partial class StorageGate(BlobShelf shelf, ChainService execution, Func<Slot> oldest, ILogger log) : IDataAvailability
{
    private const int MostRefused = 256;
    private readonly ILogger _log = log;
    private readonly OrderedDictionary<Hash32, bool> _refused = [];

    /// <inheritdoc/>
    public bool IsAvailable(in Hash32 root, BeaconBlock block) => shelf.IsAvailable(root, block);

    /// <inheritdoc/>
    public bool IsProven(in Hash32 root, BeaconBlock block)
    {
        // Without blobs there is no claim: the contract asks for the hash of one.
        if (execution.Spacetime is not { } fork || block.Body.BlobKzgCommitments.Length == 0 || block.Slot < oldest())
            return true;
        if (_refused.ContainsKey(root))
            return false;
        if (execution.ClaimsOf(block.Body.ExecutionPayload.BlockHash) is not { } claims)
        {
            LogUntold(block.Slot.Value, root);
            return false;
        }
        if (claims.Count == 0 || fork.Verifier.Verify(claims, shelf.BlobsOf(root), out _) is not { } broken)
            return true;
        if (_refused.Count == MostRefused)
            _refused.RemoveAt(0);
        _refused.Add(root, true);
        LogUnproven(block.Slot.Value, root, block.ProposerIndex.Value, broken.ToString());
        return false;
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "Slot {Slot}: block {Root} of proposer {Proposer} is kept out, a claim is not proven: {Reason}")]
    private partial void LogUnproven(ulong slot, Hash32 root, ulong proposer, string reason);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Slot {Slot}: block {Root} is kept out, its claims cannot be told: the state before it is not kept")]
    private partial void LogUntold(ulong slot, Hash32 root);
}
