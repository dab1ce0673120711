using System.Security.Cryptography;
using Flashback.Consensus;
using Flashback.Primitives;

namespace Flashback.Validator;

/// <summary>Whom a validator's stake belongs to. spec: cs/phase0/beacon-chain#withdrawal-prefixes; cs/electra/beacon-chain#withdrawal-prefixes</summary>
public static class WithdrawalCredentials
{
    private const int AddressOffset = 12;

    /// <summary>0x00: the owner of a BLS key, who can name an address later.</summary>
    public static Hash32 OfKey(Bytes48 withdrawalKey)
    {
        Span<byte> credentials = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(withdrawalKey.AsSpan(), credentials);
        credentials[0] = Predicates.BlsPrefix;
        return Hash32.Read(credentials);
    }

    /// <summary>0x01: an address, which gets all above the least stake.</summary>
    public static Hash32 OfAddress(Address address) => With(Predicates.AddressPrefix, address);

    /// <summary>0x02: an address; the stake grows with its rewards, up to the most that counts.</summary>
    public static Hash32 Compounding(Address address) => With(Predicates.CompoundingPrefix, address);

    private static Hash32 With(byte prefix, Address address)
    {
        Span<byte> credentials = stackalloc byte[SHA256.HashSizeInBytes];
        credentials.Clear();
        credentials[0] = prefix;
        address.AsSpan().CopyTo(credentials[AddressOffset..]);
        return Hash32.Read(credentials);
    }
}
