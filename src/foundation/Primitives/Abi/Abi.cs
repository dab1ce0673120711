using System.Text;

namespace Flashback.Primitives;

/// <summary>Names of the contract interface: how functions, errors and events are told apart. spec: Solidity ABI 2.0</summary>
/// <remarks>What goes with them is written by <see cref="AbiTuple"/> and read by <see cref="AbiReader"/>.</remarks>
public static class Abi
{
    /// <summary>Bytes of a word: everything is made of them.</summary>
    public const int WordLength = 32;

    /// <summary>Bytes before a call's arguments, and before those of a custom error.</summary>
    public const int SelectorLength = 4;

    /// <summary>The first four bytes of a call: of the hash of a signature such as <c>transfer(address,uint256)</c>.</summary>
    public static byte[] Selector(string signature) => Topic(signature).AsSpan()[..SelectorLength].ToArray();

    /// <summary>What an event's log begins with: the hash of its signature.</summary>
    public static Hash32 Topic(string signature) => Keccak.Hash256(Encoding.ASCII.GetBytes(signature));
}
