using Flashback.Execution;
using Flashback.Primitives;

namespace Flashback.Chain.Spacetime;

/// <summary>Our own contracts as accounts of a first state; those that the EIPs give as bytes are <see cref="SystemContracts"/>.</summary>
public static class GenesisContracts
{
    private static readonly Dictionary<string, UInt256> NoImmutables = [];

    /// <summary>Keeps the beacon chain's randomness by slot. The protocol calls it before a block's first transaction.</summary>
    public static Address Randomness { get; } = FixedBytes.Parse<Address>("0x00000000000000000000000000000000f1a50001");

    /// <summary>Knows the validators that have switched storage on.</summary>
    public static Address Providers { get; } = FixedBytes.Parse<Address>("0x00000000000000000000000000000000f1a50002");

    /// <summary>Knows what they store. The protocol calls it after a block's last transaction.</summary>
    public static Address Sectors { get; } = FixedBytes.Parse<Address>("0x00000000000000000000000000000000f1a50003");

    /// <summary>Makes deals, and stands between them and Sectors.</summary>
    public static Address Market { get; } = FixedBytes.Parse<Address>("0x00000000000000000000000000000000f1a50004");

    /// <summary>The code of every deal.</summary>
    public static Address QonOptimizer { get; } = FixedBytes.Parse<Address>("0x00000000000000000000000000000000f1a50005");

    /// <summary>The contract that takes stakes, without any so far.</summary>
    /// <param name="address">Where the network has it: <see cref="ChainConfig.DepositContract"/>.</param>
    public static GenesisAccount Deposit(in Address address) => Account(address, "DepositContract", NoImmutables);

    /// <summary>The contracts of a network with Spacetime, without any provider so far.</summary>
    public static IReadOnlyList<GenesisAccount> Spacetime(SpacetimeParameters parameters)
    {
        ArgumentNullException.ThrowIfNull(parameters);
        IReadOnlyDictionary<string, UInt256> immutables = parameters.Immutables;
        return
        [
            Account(Randomness, "Randomness", immutables), Account(Providers, "Providers", immutables), Account(Sectors, "Sectors", immutables), Account(Market, "Market", immutables),
            Account(QonOptimizer, "QonOptimizer", immutables),
        ];
    }

    private static GenesisAccount Account(in Address address, string name, IReadOnlyDictionary<string, UInt256> immutables) =>
        new(address, Nonce: 1, UInt256.Zero, ContractArtifact.Load(name).Link(immutables), []);
}
