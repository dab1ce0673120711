using Flashback.Primitives;

namespace Flashback.Consensus;

/// <summary>A part of a stake that is on its way out. spec: cs/electra/beacon-chain#pendingpartialwithdrawal</summary>
/// <param name="ValidatorIndex">Whose stake.</param>
/// <param name="Amount">How much.</param>
/// <param name="WithdrawableEpoch">When it may be paid.</param>
[SszContainer]
public readonly partial record struct PendingPartialWithdrawal(ValidatorIndex ValidatorIndex, Gwei Amount, Epoch WithdrawableEpoch);

/// <summary>A stake that moves to another validator once its own may leave. spec: cs/electra/beacon-chain#pendingconsolidation</summary>
/// <param name="SourceIndex">Whose stake.</param>
/// <param name="TargetIndex">Who gets it.</param>
[SszContainer]
public readonly partial record struct PendingConsolidation(ValidatorIndex SourceIndex, ValidatorIndex TargetIndex);
