using Flashback.Primitives;

namespace Flashback.Consensus;

/// <summary>What the deposit contract held, as voted by proposers. spec: cs/phase0/beacon-chain#eth1data</summary>
/// <param name="DepositRoot">The root of the list of deposits.</param>
/// <param name="DepositCount">Their number.</param>
/// <param name="BlockHash">The execution block of that moment.</param>
[SszContainer]
public readonly partial record struct Eth1Data(Hash32 DepositRoot, ulong DepositCount, Hash32 BlockHash);

/// <summary>An execution block as votes on deposits see it. spec: cs/phase0/validator#eth1block</summary>
/// <param name="Timestamp">Its time in seconds.</param>
/// <param name="DepositRoot">The root of the list of deposits.</param>
/// <param name="DepositCount">Their number.</param>
[SszContainer]
public readonly partial record struct Eth1Block(ulong Timestamp, Hash32 DepositRoot, ulong DepositCount);

/// <summary>What a depositor signs. spec: cs/phase0/beacon-chain#depositmessage</summary>
/// <param name="PublicKey">The validator's key.</param>
/// <param name="WithdrawalCredentials">Where its stake shall go.</param>
/// <param name="Amount">How much is deposited.</param>
[SszContainer]
public readonly partial record struct DepositMessage([property: SszName("pubkey")] Bytes48 PublicKey, Hash32 WithdrawalCredentials, Gwei Amount);

/// <summary>A deposit as the contract took it. spec: cs/phase0/beacon-chain#depositdata</summary>
/// <param name="PublicKey">The validator's key.</param>
/// <param name="WithdrawalCredentials">Where its stake shall go.</param>
/// <param name="Amount">How much is deposited.</param>
/// <param name="Signature">The signature of the <see cref="DepositMessage"/>; the contract did not check it.</param>
[SszContainer]
public readonly partial record struct DepositData([property: SszName("pubkey")] Bytes48 PublicKey, Hash32 WithdrawalCredentials, Gwei Amount, Bytes96 Signature);

/// <summary>A deposit with the proof that the contract took it. spec: cs/phase0/beacon-chain#deposit</summary>
/// <param name="Proof">The path to the contract's root: 32 layers and the list's length.</param>
/// <param name="Data">The deposit.</param>
[SszContainer]
public sealed partial record Deposit([property: SszVector(33)] Hash32[] Proof, DepositData Data);

/// <summary>A deposit that waits for its turn. spec: cs/electra/beacon-chain#pendingdeposit</summary>
/// <param name="PublicKey">The validator's key.</param>
/// <param name="WithdrawalCredentials">Where its stake shall go.</param>
/// <param name="Amount">How much is deposited.</param>
/// <param name="Signature">The depositor's signature; the point at infinity where none is needed.</param>
/// <param name="Slot">When the request came; slot 0 for what came otherwise.</param>
[SszContainer]
public readonly partial record struct PendingDeposit([property: SszName("pubkey")] Bytes48 PublicKey, Hash32 WithdrawalCredentials, Gwei Amount, Bytes96 Signature, Slot Slot);
