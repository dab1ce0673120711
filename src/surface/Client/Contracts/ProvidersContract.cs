using System.Numerics;
using Flashback.Consensus;
using Flashback.Primitives;

namespace Flashback.Client;

/// <summary>What a provider offers. spec: contracts/src/Providers.sol</summary>
/// <param name="FeePerGibDay">Wei for a GiB and day.</param>
/// <param name="SmallestPiece">Bytes, padded.</param>
/// <param name="LargestPiece">Bytes, padded.</param>
/// <param name="LongestDuration">Slots.</param>
/// <param name="Region">ISO 3166-1 numeric, or 0.</param>
/// <param name="Endpoint">URL at which the provider answers.</param>
public sealed record ProviderAsk(UInt256 FeePerGibDay, ulong SmallestPiece, ulong LargestPiece, ulong LongestDuration, ulong Region, string Endpoint)
{
    private const ulong SecondsPerDay = 86_400;

    /// <summary>Wei for a piece over a time, rounded up.</summary>
    /// <param name="feePerGibDay">Wei for a GiB and day.</param>
    /// <param name="paddedBytes">Of the piece.</param>
    /// <param name="slots">How long it is kept.</param>
    /// <param name="secondsPerSlot">Seconds of a slot.</param>
    public static UInt256 FeeOf(in UInt256 feePerGibDay, ulong paddedBytes, ulong slots, ulong secondsPerSlot)
    {
        BigInteger whole = (BigInteger)SecondsPerDay << 30;
        return (UInt256)((((BigInteger)feePerGibDay * paddedBytes * slots * secondsPerSlot) + whole - 1) / whole);
    }

    internal AbiTuple ToAbi() => new AbiTuple().Add(FeePerGibDay).Add(SmallestPiece).Add(LargestPiece).Add(LongestDuration).Add(Region).AddText(Endpoint);
}

/// <summary>A validator's record, and the way from it to the root of a recent beacon block. spec: contracts/src/Providers.sol</summary>
/// <param name="Index">Its place in the registry.</param>
/// <param name="Timestamp">Of an execution block: its parent's beacon root is the one proven for. spec: EIP-4788</param>
/// <param name="Validator">The record.</param>
/// <param name="Branch">The siblings on the way up.</param>
public sealed record ValidatorProof(ulong Index, ulong Timestamp, Validator Validator, IReadOnlyList<Hash32> Branch)
{
    internal AbiTuple ToAbi() => new AbiTuple().Add(Index).Add(Timestamp).Add(
        new AbiTuple().AddBytes(Validator.PublicKey.AsSpan()).Add(Validator.WithdrawalCredentials).Add(Validator.EffectiveBalance.Value).Add(Validator.Slashed)
            .Add(Validator.ActivationEligibilityEpoch.Value).Add(Validator.ActivationEpoch.Value).Add(Validator.ExitEpoch.Value).Add(Validator.WithdrawableEpoch.Value))
        .AddList(Branch);
}

/// <summary>Calls of Providers: validators that have switched storage on. spec: ours#3</summary>
public static class ProvidersContract
{
    private const string ProofType = "(uint64,uint64,(bytes,bytes32,uint64,bool,uint64,uint64,uint64,uint64),bytes32[])";
    private const string AskType = "(uint128,uint64,uint64,uint64,uint16,string)";

    private static readonly byte[] RegisterSelector = Abi.Selector($"register({ProofType},address,{AskType})");
    private static readonly byte[] RefreshStakeSelector = Abi.Selector($"refreshStake({ProofType})");
    private static readonly byte[] SetOperatorSelector = Abi.Selector("setOperator(uint64,address)");
    private static readonly byte[] SetAskSelector = Abi.Selector($"setAsk(uint64,{AskType})");

    /// <summary>The custom errors of the contract, by which a refusal is told to people.</summary>
    public static IReadOnlyList<string> Errors { get; } =
    [
        "AlreadyRegistered(uint64)", "InvalidAsk()", "InvalidIndex(uint64)", "InvalidLength(uint256,uint256)", "InvalidOperator()", "InvalidProof(bytes32,bytes32)",
        "NotActive(uint64,uint64,bool)", "NotOwner(uint64,address)", "NotRegistered(uint64)", "NotWithdrawalAddress(bytes32,address)", "ProofNotNewer(uint64,uint64)",
        "ProofTooOld(uint64)", "UnknownBeaconRoot(uint64)",
    ];

    /// <summary>Makes a validator a provider: sent from the address in its withdrawal credentials.</summary>
    public static TransactionDraft Register(ValidatorProof proof, Address @operator, ProviderAsk ask) =>
        Draft("register", RegisterSelector, new AbiTuple().Add(proof.ToAbi()).Add(@operator).Add(ask.ToAbi()));

    /// <summary>Brings a newer proof of a provider's stake; anybody may.</summary>
    public static TransactionDraft RefreshStake(ValidatorProof proof) => Draft("refresh stake", RefreshStakeSelector, new AbiTuple().Add(proof.ToAbi()));

    /// <summary>Hands the hot key's work to another one: sent by the owner.</summary>
    public static TransactionDraft SetOperator(ulong provider, Address @operator) => Draft("set operator", SetOperatorSelector, new AbiTuple().Add(provider).Add(@operator));

    /// <summary>Changes what a provider offers, and where: sent by the owner.</summary>
    public static TransactionDraft SetAsk(ulong provider, ProviderAsk ask) => Draft("set ask", SetAskSelector, new AbiTuple().Add(provider).Add(ask.ToAbi()));

    private static TransactionDraft Draft(string purpose, byte[] selector, AbiTuple arguments) => new(purpose, StorageContracts.Providers, arguments.EncodeCall(selector));
}
