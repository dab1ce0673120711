using Flashback.Chain.Beacon;
using Flashback.Consensus;
using Flashback.Primitives;

namespace Flashback.Api.Beacon.Http;

/// <summary>What the network has decided: <c>/eth/v1/config/…</c>. spec: beacon-APIs, Config</summary>
internal sealed class ConfigEndpoints(BeaconChain chain, Execution.ChainConfig execution)
{
    private const string Path = "/eth/v1/config/";

    public void AddTo(BeaconTable table)
    {
        var rows = SpecTable.Of(chain.Config, chain.GenesisTime, execution.ChainId, execution.DepositContract);
        table.Get(Path + "spec", _ => BeaconAnswer.Of(JsonValues.Object(writer =>
        {
            foreach ((string name, string value) in rows)
                writer.WriteString(name, value);
        })));
        table.Get(Path + "fork_schedule", _ => BeaconAnswer.OfList<Fork>(chain.Preset, Schedule()));
        table.Get(Path + "deposit_contract", _ => BeaconAnswer.Of(JsonValues.Object(writer =>
        {
            writer.WriteDecimal("chain_id", execution.ChainId);
            writer.WriteHex("address", execution.DepositContract.AsSpan());
        })));
    }

    /// <summary>The forks that hold, each with the version before it.</summary>
    private List<Fork> Schedule()
    {
        List<Fork> forks = [];
        Bytes4 previous = chain.Config.GenesisForkVersion;
        foreach (SpecTable.ForkEntry fork in SpecTable.Forks(chain.Config).Where(fork => fork.Epoch != Epoch.FarFuture))
        {
            forks.Add(new Fork(previous, fork.Version, fork.Epoch));
            previous = fork.Version;
        }
        return forks;
    }
}
