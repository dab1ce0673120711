using Flashback.Primitives;

namespace Flashback.Chain;

/// <summary>What came of a transaction that was brought to the pool.</summary>
public abstract record PoolOutcome
{
    private PoolOutcome() { }

    /// <summary>It is in the pool.</summary>
    public sealed record Accepted(PooledTransaction Transaction) : PoolOutcome;

    /// <summary>It is not.</summary>
    public sealed record Refused(Invalid<PoolRule> Reason) : PoolOutcome
    {
        /// <summary>The reason in the words that Ethereum's tools look for.</summary>
        public string Message => $"{PoolRules.MessageOf(Reason.Rule)}: {Reason.Detail}";
    }
}
