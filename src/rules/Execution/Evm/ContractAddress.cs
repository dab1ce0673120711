using Flashback.Primitives;

namespace Flashback.Execution;

/// <summary>Where new contracts go.</summary>
public static class ContractAddress
{
    /// <summary>The place of a contract made by CREATE or a transaction: <c>keccak(rlp([creator, nonce]))[12:]</c>. spec: Ethereum Yellow Paper, equation 86</summary>
    public static Address Of(in Address creator, ulong nonce)
    {
        Span<byte> encoded = stackalloc byte[32];
        int content = Rlp.LengthOf(creator.AsSpan()) + Rlp.LengthOf(nonce);
        int at = Rlp.WriteListHeader(encoded, content);
        at += Rlp.Write(encoded[at..], creator.AsSpan());
        at += Rlp.Write(encoded[at..], nonce);
        return Address.Read(Keccak.Hash256(encoded[..at]).AsSpan()[12..]);
    }

    /// <summary>The place of a contract made by CREATE2: <c>keccak(ff ‖ creator ‖ salt ‖ keccak(initcode))[12:]</c>. spec: EIP-1014</summary>
    public static Address Of(in Address creator, in Hash32 salt, ReadOnlySpan<byte> initcode)
    {
        Span<byte> message = stackalloc byte[1 + 20 + 32 + 32];
        message[0] = 0xff;
        creator.AsSpan().CopyTo(message[1..]);
        salt.AsSpan().CopyTo(message[21..]);
        Keccak.Hash256(initcode).AsSpan().CopyTo(message[53..]);
        return Address.Read(Keccak.Hash256(message).AsSpan()[12..]);
    }
}
