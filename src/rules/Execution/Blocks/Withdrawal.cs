using Flashback.Primitives;

namespace Flashback.Execution;

/// <summary>Coins that leave the stake for an account: credited at the end of a block, whatever the account is. spec: EIP-4895</summary>
/// <param name="Index">How many withdrawals the chain had before.</param>
/// <param name="ValidatorIndex">Whose stake it was.</param>
/// <param name="Address">Who gets it.</param>
/// <param name="Amount">In Gwei.</param>
public readonly record struct Withdrawal(ulong Index, ulong ValidatorIndex, Address Address, ulong Amount) : IRlpEncodable
{
    private const ulong WeiPerGwei = 1_000_000_000;

    /// <summary>The amount in wei.</summary>
    public UInt256 Wei => (UInt256)Amount * WeiPerGwei;

    /// <inheritdoc/>
    public void WriteTo(ref RlpWriter writer)
    {
        RlpListMark list = writer.BeginList();
        writer.Write(Index);
        writer.Write(ValidatorIndex);
        writer.WriteFixed(Address);
        writer.Write(Amount);
        writer.EndList(list);
    }

    internal static bool TryRead(ref RlpReader reader, out Withdrawal withdrawal)
    {
        withdrawal = default;
        if (!reader.TryReadList(out RlpReader fields))
            return false;
        if (!fields.TryReadUInt64(out ulong index) || !fields.TryReadUInt64(out ulong validator) || !fields.TryReadFixed(out Address address)
            || !fields.TryReadUInt64(out ulong amount) || !fields.TryEnd())
            return reader.Fail(fields.Fault);
        withdrawal = new Withdrawal(index, validator, address, amount);
        return true;
    }
}
