using Flashback.Primitives;

namespace Flashback.Client;

/// <summary>Where the contracts of storage stand on every network that has them. spec: ours#3</summary>
public static class StorageContracts
{
    /// <summary>Keeps the beacon chain's randomness by slot.</summary>
    public static Address Randomness { get; } = FixedBytes.Parse<Address>("0x00000000000000000000000000000000f1a50001");

    /// <summary>Knows the validators that have switched storage on.</summary>
    public static Address Providers { get; } = FixedBytes.Parse<Address>("0x00000000000000000000000000000000f1a50002");

    /// <summary>Knows what they store, and when they prove it.</summary>
    public static Address Sectors { get; } = FixedBytes.Parse<Address>("0x00000000000000000000000000000000f1a50003");

    /// <summary>Makes deals, and is what they have in common.</summary>
    public static Address Market { get; } = FixedBytes.Parse<Address>("0x00000000000000000000000000000000f1a50004");
}
