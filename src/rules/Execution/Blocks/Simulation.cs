using Flashback.Primitives;

namespace Flashback.Execution;

/// <summary>What may be otherwise in a block that is only a question. spec: execution-apis, eth_simulateV1</summary>
/// <param name="Rules">The rules.</param>
/// <param name="BlobBaseFee">Wei per blob gas; null for what follows from the header.</param>
/// <param name="LogsTransfers">Whether each transfer of wei is told as a log: see <see cref="TransferLog"/>.</param>
public readonly record struct Simulation(ForkRules Rules, UInt256? BlobBaseFee, bool LogsTransfers);

/// <summary>Which rules a message must keep that nobody signed.</summary>
public enum SimulatedValidity
{
    /// <summary>Those without which it cannot run: it can pay what it offers, and for its intrinsic gas.</summary>
    OfQuestions,

    /// <summary>Those of a transaction in its block: nonce, price and gas limits too.</summary>
    OfTransactions,
}
