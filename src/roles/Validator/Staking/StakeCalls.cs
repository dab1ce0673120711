using System.Buffers.Binary;
using Flashback.Consensus;
using Flashback.Primitives;

namespace Flashback.Validator;

/// <summary>What the owner of a stake sends the contracts that take requests: the input of a transaction from the address in the credentials.</summary>
/// <remarks>The value sent along pays the contract's fee, in Wei; a call with no input gives it. It rises while others ask too.</remarks>
public static class StakeCalls
{
    /// <summary>Asks for a part of the stake. spec: EIP-7002, add withdrawal request</summary>
    public static byte[] Withdraw(Bytes48 validator, Gwei amount)
    {
        byte[] input = [.. validator.AsSpan(), .. new byte[sizeof(ulong)]];
        BinaryPrimitives.WriteUInt64BigEndian(input.AsSpan()[^sizeof(ulong)..], amount.Value);
        return input;
    }

    /// <summary>Asks for everything, and so to leave. spec: EIP-7002, full exit</summary>
    public static byte[] Exit(Bytes48 validator) => Withdraw(validator, Gwei.Zero);

    /// <summary>Moves a stake to another validator. spec: EIP-7251, add consolidation request</summary>
    public static byte[] Consolidate(Bytes48 source, Bytes48 target) => [.. source.AsSpan(), .. target.AsSpan()];

    /// <summary>Changes credentials 0x01 to 0x02: a move of a stake to itself. spec: EIP-7251, switch to compounding</summary>
    public static byte[] Compound(Bytes48 validator) => Consolidate(validator, validator);
}
