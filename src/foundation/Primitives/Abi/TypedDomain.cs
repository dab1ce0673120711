using System.Text;

namespace Flashback.Primitives;

/// <summary>Whom signed structures are for: one contract on one chain. spec: EIP-712</summary>
/// <param name="Name">The contract's name for itself.</param>
/// <param name="Version">The version of what is signed.</param>
/// <param name="ChainId">The chain.</param>
/// <param name="Contract">Where the contract is.</param>
public sealed record TypedDomain(string Name, string Version, ulong ChainId, Address Contract)
{
    private static readonly Hash32 DomainType = Abi.Topic("EIP712Domain(string name,string version,uint256 chainId,address verifyingContract)");

    /// <summary>The hash that keeps one domain's signatures from counting in another.</summary>
    public Hash32 Separator { get; } = HashOf(
        DomainType, new AbiTuple().Add(Keccak.Hash256(Encoding.UTF8.GetBytes(Name))).Add(Keccak.Hash256(Encoding.UTF8.GetBytes(Version))).Add(ChainId).Add(Contract));

    /// <summary>The hash of a structure: of its type, and of its members as static words, of which dynamic ones are hashes.</summary>
    /// <param name="type">The hash of the type's text: <see cref="Abi.Topic"/> of it.</param>
    /// <param name="members">The members in order.</param>
    public static Hash32 HashOf(in Hash32 type, AbiTuple members)
    {
        ArgumentNullException.ThrowIfNull(members);
        return Keccak.Hash256(members.EncodeCall(type.AsSpan()));
    }

    /// <summary>What is signed: the structure with this hash, in this domain.</summary>
    public Hash32 Digest(in Hash32 structure) => Keccak.Hash256([0x19, 0x01, .. Separator.AsSpan(), .. structure.AsSpan()]);
}
