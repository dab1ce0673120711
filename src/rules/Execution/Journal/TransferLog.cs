using Flashback.Primitives;

namespace Flashback.Execution;

/// <summary>A transfer of wei, told as a token's log is: for simulations. spec: execution-apis, eth_simulateV1 traceTransfers; EIP-7528</summary>
public static class TransferLog
{
    /// <summary>Who seems to have logged it.</summary>
    public static Address Address { get; } = FixedBytes.Parse<Address>("0xeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeee");

    private static readonly Hash32 Transfer = Keccak.Hash256("Transfer(address,address,uint256)"u8);

    /// <summary>True when a log tells of a transfer of wei.</summary>
    public static bool Is(Log log) => log.Address == Address && log.Topics is [var first, _, _] && first == Transfer;

    internal static Log Of(in Address from, in Address to, in UInt256 value) =>
        new(Address, [Transfer, UInt256.ReadBigEndian(from.AsSpan()).ToHash32(), UInt256.ReadBigEndian(to.AsSpan()).ToHash32()], value.ToHash32().AsSpan().ToArray());
}
