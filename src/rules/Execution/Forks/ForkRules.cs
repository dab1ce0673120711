using Flashback.Primitives;

namespace Flashback.Execution;

/// <summary>What differs between forks, as data. Each fork is the one before it with a few cells changed.</summary>
public sealed record ForkRules
{
    private ForkRules() { }

    /// <summary>Which fork these are the rules of.</summary>
    public required Fork Fork { get; init; }

    /// <summary>Blobs per block and their price.</summary>
    public required BlobSchedule Blobs { get; init; }

    /// <summary>Most blobs that one transaction may carry. spec: EIP-7594</summary>
    public required int MaxBlobsPerTransaction { get; init; }

    /// <summary>Most gas that one transaction may ask for. spec: EIP-7825</summary>
    public ulong MaxTransactionGas { get; init; } = ulong.MaxValue;

    /// <summary>Least gas per token of a transaction's data, whatever it executes; 0 where there is no such floor. spec: EIP-7623</summary>
    public int FloorGasPerToken { get; init; }

    /// <summary>True when accounts may delegate to code. spec: EIP-7702</summary>
    public bool AllowsDelegation { get; init; }

    /// <summary>Most bytes of a block. spec: EIP-7934 MAX_RLP_BLOCK_SIZE</summary>
    public long MaxBlockLength { get; init; } = long.MaxValue;

    /// <summary>Execution gas that a blob's gas costs at least, as far as the excess is concerned; 0 where there is no such reserve. spec: EIP-7918 BLOB_BASE_COST</summary>
    public ulong BlobBaseCost { get; init; }

    /// <summary>True when blocks hand requests to the consensus layer. spec: EIP-7685</summary>
    public bool HasRequests { get; init; }

    /// <summary>What the protocol calls before the first transaction, in this order.</summary>
    public IReadOnlyList<OpeningCall> OpeningCalls { get; init; } = [];

    /// <summary>What the protocol calls after the last transaction, in this order.</summary>
    public IReadOnlyList<ClosingCall> ClosingCalls { get; init; } = [];

    /// <summary>The instructions that code may use.</summary>
    internal OpcodeSet Opcodes { get; private init; }

    /// <summary>The precompiled contracts.</summary>
    internal PrecompileTable Precompiles { get; private init; } = PrecompileTable.Empty;

    /// <summary>Where the precompiled contracts are.</summary>
    public IReadOnlyList<Address> PrecompileAddresses => Precompiles.Addresses;

    /// <summary>The rules with precompiled contracts taken away, or put elsewhere: for questions about what would be.</summary>
    /// <param name="moves">From where, and to where; null takes it away.</param>
    public ForkRules WithPrecompilesMoved(IEnumerable<KeyValuePair<Address, Address?>> moves) => this with { Precompiles = Precompiles.Move(moves) };

    /// <summary>Dencun, March 2024. spec: EIP-7569</summary>
    public static ForkRules Cancun { get; } = new()
    {
        Fork = Fork.Cancun,
        Blobs = new BlobSchedule(Target: 3, Max: 6, BaseFeeUpdateFraction: 3_338_477),
        MaxBlobsPerTransaction = 6,
        OpeningCalls = [OpeningCall.BeaconRoots], // EIP-4788
        Opcodes = OpcodeSet.Cancun,
        Precompiles = PrecompileTable.Cancun,
    };

    /// <summary>Pectra, May 2025. spec: EIP-7600</summary>
    public static ForkRules Prague { get; } = Cancun with
    {
        Fork = Fork.Prague,
        Blobs = new BlobSchedule(Target: 6, Max: 9, BaseFeeUpdateFraction: 5_007_716), // EIP-7691
        MaxBlobsPerTransaction = 9,
        FloorGasPerToken = 10, // EIP-7623
        AllowsDelegation = true, // EIP-7702
        HasRequests = true, // EIP-7685
        OpeningCalls = [OpeningCall.BeaconRoots, OpeningCall.HistoryStorage], // EIP-2935
        ClosingCalls = [ClosingCall.WithdrawalRequests, ClosingCall.ConsolidationRequests], // EIP-7002, EIP-7251
        Precompiles = PrecompileTable.Prague, // EIP-2537
    };

    /// <summary>Fusaka, December 2025. spec: EIP-7607</summary>
    public static ForkRules Osaka { get; } = Prague with
    {
        Fork = Fork.Osaka,
        MaxBlobsPerTransaction = 6, // EIP-7594
        MaxTransactionGas = 16_777_216, // 2**24, EIP-7825
        MaxBlockLength = 8_388_608, // 2**23, EIP-7934
        BlobBaseCost = 8192, // 2**13, EIP-7918
        Opcodes = OpcodeSet.Cancun.With(Opcode.Clz), // EIP-7939
        Precompiles = PrecompileTable.Osaka, // EIP-7823, EIP-7883, EIP-7951
    };

    /// <summary>The rules of a fork.</summary>
    public static ForkRules Of(Fork fork) => fork switch
    {
        Fork.Cancun => Cancun,
        Fork.Prague => Prague,
        Fork.Osaka => Osaka,
        _ => throw new ArgumentOutOfRangeException(nameof(fork), fork, "no such fork"),
    };
}
