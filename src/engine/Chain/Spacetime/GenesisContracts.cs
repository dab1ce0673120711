using Flashback.Execution;
using Flashback.Primitives;

namespace Flashback.Chain.Spacetime;

/// <summary>Our own contracts as accounts of a first state; those that the EIPs give as bytes are <see cref="SystemContracts"/>.</summary>
public static class GenesisContracts
{
    private static readonly Dictionary<string, UInt256> NoImmutables = [];

    /// <summary>The contract that takes stakes, without any so far.</summary>
    /// <param name="address">Where the network has it: <see cref="ChainConfig.DepositContract"/>.</param>
    public static GenesisAccount Deposit(in Address address) => Account(address, "DepositContract", NoImmutables);

    private static GenesisAccount Account(in Address address, string name, IReadOnlyDictionary<string, UInt256> immutables) =>
        new(address, Nonce: 1, UInt256.Zero, ContractArtifact.Load(name).Link(immutables), []);
}
