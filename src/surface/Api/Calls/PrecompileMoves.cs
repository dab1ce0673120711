using Flashback.Api.JsonRpc;
using Flashback.Api.Simulation;
using Flashback.Api.Wire;
using Flashback.Execution;
using Flashback.Primitives;

namespace Flashback.Api.Calls;

/// <summary>Precompiled contracts that overrides replace, or put elsewhere. spec: execution-apis, eth_simulateV1 movePrecompileToAddress</summary>
internal static class PrecompileMoves
{
    /// <summary>The rules in which the overrides stand where precompiled contracts were.</summary>
    /// <exception cref="RpcException">The overrides contradict each other, or move what is no precompiled contract.</exception>
    public static ForkRules Apply(IReadOnlyDictionary<Address, WireAccountOverride>? accounts, ForkRules rules)
    {
        if (accounts is null or { Count: 0 })
            return rules;
        List<KeyValuePair<Address, Address?>> moves = [];
        HashSet<Address> targets = [];
        foreach ((Address address, WireAccountOverride account) in accounts)
        {
            bool isPrecompile = rules.PrecompileAddresses.Contains(address);
            if (account?.MovePrecompileToAddress is { } to)
                Check(address, to, isPrecompile, accounts, targets);
            if (isPrecompile)
                moves.Add(new(address, account?.MovePrecompileToAddress));
        }
        return moves.Count == 0 ? rules : rules.WithPrecompilesMoved(moves);
    }

    private static void Check(in Address from, in Address to, bool isPrecompile, IReadOnlyDictionary<Address, WireAccountOverride> accounts, HashSet<Address> targets)
    {
        if (from == to)
            throw new RpcException(SimulationCode.MovedToItself, $"account {from} moves its precompile to itself");
        if (!targets.Add(to))
            throw new RpcException(SimulationCode.MovedTogether, $"two precompiles move to account {to}");
        if (!isPrecompile)
            throw RpcException.Refused($"account {from} is not a precompile");
        if (accounts.ContainsKey(to))
            throw RpcException.Refused($"account {to} is already overridden");
    }
}
