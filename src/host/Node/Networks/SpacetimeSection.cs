using System.Globalization;
using System.Text.Json.Nodes;
using Flashback.Chain.Spacetime;
using Flashback.Consensus;
using Flashback.Execution;
using Flashback.Primitives;
using Flashback.Proofs;

namespace Flashback.Node;

/// <summary>The part of a network file that switches the Spacetime fork on, with what the network decides about storage duties. spec: ours#1, ours#3</summary>
/// <remarks>
/// <code>
/// "spacetime": { "PROVING_PERIOD": "120", "DEADLINES": "6", "CHALLENGE_LOOKBACK": "4", "PRECOMMIT_DELAY": "4", "FAULT_MAX_AGE": "5",
///                "SEAL_PROOF": "1006", "COLLATERAL_PER_TIB": "50000000000", "FAULT_FEE": "500000", "MIN_LIFETIME": "240" }
/// </code>
/// Values are those of the contracts' immutables, by their names. With the genesis the contracts come into the accounts of the execution layer, linked with them:
/// a network that was written once does not change with the program.
/// </remarks>
internal static class SpacetimeSection
{
    private const string Section = "spacetime";
    private const ulong MostFaultAge = 63; // six bits in the contract

    /// <summary>Whether the file has the fork.</summary>
    public static bool IsIn(JsonObject file) => file.ContainsKey(Section);

    /// <summary>Switches the fork on in a file without genesis, with the devnet's parameters and keys.</summary>
    public static void AddDevnet(JsonObject file)
    {
        Add(file, SpacetimeParameters.Devnet(genesisTime: 0));
        VerifyingKeySection.AddDevnet(file);
    }

    /// <summary>Writes parameters; those that follow from the rest of the file are not among them.</summary>
    public static void Add(JsonObject file, SpacetimeParameters parameters)
    {
        static string Text(ulong number) => number.ToString(CultureInfo.InvariantCulture);
        file[Section] = new JsonObject
        {
            ["PROVING_PERIOD"] = Text(parameters.ProvingPeriod),
            ["DEADLINES"] = Text(parameters.Deadlines),
            ["CHALLENGE_LOOKBACK"] = Text(parameters.ChallengeLookback),
            ["PRECOMMIT_DELAY"] = Text(parameters.PrecommitDelay),
            ["FAULT_MAX_AGE"] = Text(parameters.FaultMaxAge),
            ["SEAL_PROOF"] = Text((ulong)parameters.Seal.Number),
            ["COLLATERAL_PER_TIB"] = Text(parameters.CollateralPerTib),
            ["FAULT_FEE"] = Text(parameters.FaultFee),
            ["MIN_LIFETIME"] = Text(parameters.MinLifetimePeriods * parameters.ProvingPeriod),
        };
    }

    /// <summary>Gives the execution layer of a file with a genesis its storage contracts; nothing where the fork is off.</summary>
    /// <exception cref="InvalidDataException">The parameters are none.</exception>
    public static void AddContracts(JsonObject file, ulong genesisTime)
    {
        if (Read(file, NetworkFile.ReadConfig(file), genesisTime) is not { } parameters)
            return;
        JsonObject alloc = file["execution"]?["alloc"] as JsonObject ?? throw new InvalidDataException("execution: alloc is missing, or no object");
        foreach (GenesisAccount contract in GenesisContracts.Spacetime(parameters))
            alloc[contract.Address.ToString()] = new JsonObject { ["nonce"] = "0x1", ["balance"] = "0x0", ["code"] = Hex.Encode(contract.Code.Span) };
    }

    /// <summary>Reads the parameters; null where the fork is off.</summary>
    /// <exception cref="InvalidDataException">They are none; the message says which.</exception>
    public static SpacetimeParameters? Read(JsonObject file, ConsensusConfig config, ulong genesisTime)
    {
        if (!IsIn(file))
            return null;
        JsonObject section = file[Section] as JsonObject ?? throw new InvalidDataException($"{Section} is no object");
        ulong period = Number(section, "PROVING_PERIOD", 1, 1 << 30);
        ulong deadlines = Number(section, "DEADLINES", 1, period);
        ulong lifetime = Number(section, "MIN_LIFETIME", period, ulong.MaxValue);
        ulong number = Number(section, "SEAL_PROOF", 0, int.MaxValue);
        if (period % deadlines != 0)
            throw new InvalidDataException($"{Section}: DEADLINES must divide PROVING_PERIOD");
        if (lifetime % period != 0)
            throw new InvalidDataException($"{Section}: MIN_LIFETIME must be whole proving periods");
        if (!SealKind.TryOf((int)number, out SealKind? seal) || seal.Feature != SealFeature.Interactive)
            throw new InvalidDataException($"{Section}: SEAL_PROOF {number} is no interactive registered proof");
        return new SpacetimeParameters
        {
            GenesisTime = genesisTime,
            SecondsPerSlot = config.SecondsPerSlot,
            SlotsPerEpoch = config.Preset.SlotsPerEpoch,
            ProvingPeriod = period,
            Deadlines = deadlines,
            ChallengeLookback = Number(section, "CHALLENGE_LOOKBACK", 1, period / deadlines),
            PrecommitDelay = Number(section, "PRECOMMIT_DELAY", 1, 1 << 20),
            FaultMaxAge = Number(section, "FAULT_MAX_AGE", 1, MostFaultAge),
            Seal = seal,
            CollateralPerTib = Number(section, "COLLATERAL_PER_TIB", 0, ulong.MaxValue),
            FaultFee = Number(section, "FAULT_FEE", 0, ulong.MaxValue),
            MinLifetimePeriods = lifetime / period,
        };
    }

    private static ulong Number(JsonObject section, string key, ulong least, ulong most) =>
        ulong.TryParse(section[key]?.ToString(), NumberStyles.None, CultureInfo.InvariantCulture, out ulong number) && number >= least && number <= most
            ? number
            : throw new InvalidDataException($"{Section}: {key} must be a number from {least} to {most}");
}
