namespace Flashback.Execution;

/// <summary>What a transaction costs before any code runs.</summary>
/// <param name="Execution">Taken from the gas limit before execution.</param>
/// <param name="Floor">The least it pays in all. spec: EIP-7623</param>
public readonly record struct IntrinsicGas(long Execution, long Floor)
{
    /// <summary>The least that any transaction costs.</summary>
    internal const long Transaction = 21_000; // TX_BASE_COST

    private const long Creation = 32_000; // TX_CREATE_COST
    private const long Token = 4; // STANDARD_TOKEN_COST
    private const long TokensPerNonzeroByte = 4; // 16 / 4, EIP-2028
    private const long AccessedAddress = 2400; // EIP-2930
    private const long AccessedSlot = 1900; // EIP-2930
    private const long InitcodeWord = 2; // EIP-3860

    /// <summary>What an authorization costs; half of it comes back when the account exists already. spec: EIP-7702 PER_EMPTY_ACCOUNT_COST</summary>
    internal const long PerAuthorization = 25_000;

    /// <summary>spec: EIP-7702 PER_AUTH_BASE_COST</summary>
    internal const long AuthorizationBase = 12_500;

    /// <summary>The costs of a transaction under a fork's rules.</summary>
    public static IntrinsicGas Of(Transaction transaction, ForkRules rules)
    {
        ReadOnlySpan<byte> input = transaction.Input.Span;
        long zeros = input.Count((byte)0);
        long tokens = zeros + TokensPerNonzeroByte * (input.Length - zeros);
        long gas = Transaction + Token * tokens + PerAuthorization * transaction.Authorizations.Count;
        if (transaction.To is null)
            gas += Creation + InitcodeWord * ((input.Length + 31L) / 32);
        foreach (AccessListEntry entry in transaction.AccessList)
            gas += AccessedAddress + AccessedSlot * entry.Slots.Count;
        return new IntrinsicGas(gas, rules.FloorGasPerToken == 0 ? 0 : Transaction + rules.FloorGasPerToken * tokens);
    }
}
