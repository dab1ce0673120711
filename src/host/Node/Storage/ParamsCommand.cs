using System.CommandLine;
using System.Diagnostics;
using Flashback.Cryptography.Groth16;
using Flashback.Primitives;
using Flashback.Proofs;
using Flashback.Provider;

namespace Flashback.Node;

/// <summary><c>flashback params …</c>: the keys of storage proofs' circuits.</summary>
internal static class ParamsCommand
{
    private static readonly Argument<string> Circuit = CircuitArgument();
    private static readonly Option<bool> Json = Answer.JsonOption();

    public static Option<string> CacheOption() => new("--cache")
    {
        Description = "Where keys are kept.",
        DefaultValueFactory = _ => ParameterCache.DefaultFolder,
    };

    private static readonly Option<string> Cache = CacheOption();

    public static Command Create() => new("params", "Makes and checks the keys that storage proofs are made and verified with.")
    {
        Make(), PrintVerifying(), Check(), CeremonyCommands.New(), CeremonyCommands.Contribute(), CeremonyCommands.Verify(), CeremonyCommands.Finish(),
    };

    private static Command Make()
    {
        Option<string?> seed = new("--seed") { Description = "Words that the secret is derived from: anyone who knows them can forge proofs. Without it the secret is drawn and forgotten." };
        Command command = new("make", "Makes a key on this machine alone: for networks of tests.") { Circuit, seed, Cache, Json };
        command.SetAction(parsed => Answer.Run(() =>
        {
            StorageCircuit circuit = CircuitOf(parsed);
            long started = Stopwatch.GetTimestamp();
            ParameterRecord record = KeyProgressDisplay.Run(
                progress => new ParameterCache(parsed.GetRequiredValue(Cache)).Make(circuit, circuit.CreateSystem(), parsed.GetValue(seed), progress));
            Write(parsed, record, started);
        }));
        return command;
    }

    private static Command PrintVerifying()
    {
        Option<string?> seed = new("--seed") { Description = "Words to make the key from, without its proving key. Without it the key is read from the cache." };
        Command command = new("verifying-key", "Prints a verifying key as a network file holds it.") { Circuit, seed, Cache, Json };
        command.SetAction(parsed => Answer.Run(() =>
        {
            StorageCircuit circuit = CircuitOf(parsed);
            ParameterCache cache = new(parsed.GetRequiredValue(Cache));
            string? words = parsed.GetValue(seed);
            VerifyingKey key = words is null ? cache.OpenVerifying(circuit) : KeyGeneration.Verifying(circuit.CreateSystem(), ParameterCache.SecretOf(words));
            string? origin = words is null ? cache.Find(circuit)?.Origin : ParameterCache.OriginOf(words);
            Answer.Write(parsed.GetValue(Json), ("circuit", circuit), ("origin", origin), ("verifyingKey", Hex.Encode(key.Encode())));
        }));
        return command;
    }

    private static Command Check()
    {
        Command command = new("check", "Compares a key with its checksum and checks each of its points.") { Circuit, Cache, Json };
        command.SetAction(parsed => Answer.Run(() =>
        {
            long started = Stopwatch.GetTimestamp();
            Write(parsed, new ParameterCache(parsed.GetRequiredValue(Cache)).Verify(CircuitOf(parsed)), started);
        }));
        return command;
    }

    private static void Write(ParseResult parsed, ParameterRecord record, long started) => Write(parsed.GetValue(Json), record, started);

    public static void Write(bool json, ParameterRecord record, long started) => Answer.Write(
        json, ("circuit", record.Circuit), ("origin", record.Origin), ("bytes", record.Bytes), ("provingSha256", record.ProvingSha256),
        ("verifyingSha256", record.VerifyingSha256), ("seconds", Math.Round(Stopwatch.GetElapsedTime(started).TotalSeconds, 3)));

    private static StorageCircuit CircuitOf(ParseResult parsed) => CircuitOf(parsed, Circuit);

    public static StorageCircuit CircuitOf(ParseResult parsed, Argument<string> argument) =>
        StorageCircuit.TryParse(parsed.GetRequiredValue(argument), out StorageCircuit? circuit) ? circuit : throw new UnreachableException();

    public static Argument<string> CircuitArgument()
    {
        Argument<string> argument = new("CIRCUIT") { Description = "seal, window, winning or update, and a sector size: seal-8MiB; or seal-devnet." };
        argument.Validators.Add(result =>
        {
            if (!StorageCircuit.TryParse(result.GetValueOrDefault<string>(), out _))
                result.AddError("CIRCUIT is seal, window, winning or update, and a sector size: seal-8MiB; or seal-devnet.");
        });
        return argument;
    }
}
