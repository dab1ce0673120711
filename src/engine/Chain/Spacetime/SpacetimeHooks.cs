using System.Buffers.Binary;
using Flashback.Consensus;
using Flashback.Execution;
using Flashback.Primitives;

namespace Flashback.Chain.Spacetime;

/// <summary>What Spacetime does around a block's transactions: hands over randomness, gathers claims, closes deadlines. The default does nothing. spec: ours#2</summary>
/// <remarks>
/// 1. Before the first transaction the Randomness contract is told <c>prev_randao</c> and the slot.
/// 2. After each transaction the inputs of its claims are asked of Sectors, or of Market, in the state as it is there.
/// 3. After the last one Sectors closes the deadlines that have passed, and returns the penalties that are due: a request of type 0x50.
/// </remarks>
public readonly struct SpacetimeHooks : IBlockHooks
{
    private const int WordLength = 32;
    private const int PenaltyLength = 48 + 8 + 1; // StoragePenaltyRequest
    private const int MostPenalties = 16; // MAX_PENALTIES_PER_BLOCK
    private static readonly byte[] SealInputs = Abi.Selector("sealInputs(uint64,uint64)");
    private static readonly byte[] UpdateInputs = Abi.Selector("updateInputs(uint64,uint64)");
    private static readonly byte[] WindowInputs = Abi.Selector("windowInputs(uint64,uint64)");
    private static readonly byte[] HotInputs = Abi.Selector("hotInputs(uint64,uint64)");
    private static readonly byte[] ReceiptInputs = Abi.Selector("receiptInputs(uint64,uint64)");

    private readonly List<StatedClaim>? _claims; // null where the fork is off
    private readonly Hash32 _prevRandao;
    private readonly ulong _slot;

    internal SpacetimeHooks(SpacetimeParameters parameters, BlockHeader header)
    {
        _claims = [];
        _prevRandao = header.PrevRandao;
        _slot = parameters.SlotAt(header.Timestamp);
    }

    /// <summary>The claims of the transactions so far.</summary>
    public IReadOnlyList<StatedClaim> Claims => _claims ?? [];

    /// <inheritdoc/>
    public Invalid<BlockRule>? BeforeTransactions(in SystemCalls system)
    {
        if (_claims is null)
            return null;
        byte[] input = new byte[2 * WordLength];
        _prevRandao.AsSpan().CopyTo(input);
        BinaryPrimitives.WriteUInt64BigEndian(input.AsSpan(2 * WordLength - sizeof(ulong)), _slot);
        return Call(system, GenesisContracts.Randomness, input, out _);
    }

    /// <inheritdoc/>
    public void AfterTransaction(int index, Transaction transaction, Receipt receipt, in BlockState state)
    {
        if (_claims is null)
            return;
        foreach (StorageClaim claim in StorageClaim.Of(index, receipt))
        {
            (Address contract, byte[] selector) = claim.Kind switch
            {
                ClaimKind.Seal => (GenesisContracts.Sectors, SealInputs),
                ClaimKind.Update => (GenesisContracts.Sectors, UpdateInputs),
                ClaimKind.Window => (GenesisContracts.Sectors, WindowInputs),
                ClaimKind.Hot => (GenesisContracts.Market, HotInputs),
                _ => (GenesisContracts.Market, ReceiptInputs),
            };
            SystemCallOutcome? outcome = state.View(contract, new AbiTuple().Add(claim.Provider).Add(claim.Subject).EncodeCall(selector));
            _claims.Add(new StatedClaim(claim, outcome is { IsSuccess: true } ? outcome.Output : default));
        }
    }

    /// <inheritdoc/>
    public Invalid<BlockRule>? AfterTransactions(in SystemCalls system, RequestList requests)
    {
        if (_claims is null)
            return null;
        if (Call(system, GenesisContracts.Sectors, [], out ReadOnlyMemory<byte> penalties) is { } broken)
            return broken;
        if (penalties.Length % PenaltyLength != 0 || penalties.Length > MostPenalties * PenaltyLength)
            return new(BlockRule.SystemContractCallFailed, $"{GenesisContracts.Sectors} returned {penalties.Length} bytes, no list of penalties");
        requests.Add(StoragePenaltyRequest.RequestType, penalties);
        return null;
    }

    private static Invalid<BlockRule>? Call(in SystemCalls system, in Address contract, ReadOnlySpan<byte> input, out ReadOnlyMemory<byte> output)
    {
        output = default;
        if (system.Call(contract, input) is not { } outcome)
            return new(BlockRule.SystemContractEmpty, $"no code at {contract}");
        if (!outcome.IsSuccess)
            return new(BlockRule.SystemContractCallFailed, $"{contract} ended with {outcome.Halt}");
        output = outcome.Output;
        return null;
    }
}
