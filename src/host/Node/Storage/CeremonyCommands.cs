using System.CommandLine;
using System.Diagnostics;
using System.Text;
using Flashback.Cryptography.Groth16;
using Flashback.Cryptography.R1cs;
using Flashback.Primitives;
using Flashback.Proofs;
using Flashback.Provider;

namespace Flashback.Node;

/// <summary><c>flashback params new | contribute | verify | finish</c>: a ceremony, whose keys nobody can forge with unless all contributors conspire.</summary>
/// <remarks>
/// First the powers of tau of the circuit's size: <c>new seal-8MiB powers</c>, then each contributor <c>contribute powers next</c> and hands the
/// next file on. Then the circuit: <c>new seal-8MiB key --powers next</c>, again contributions, and <c>finish seal-8MiB key --powers next</c>.
/// </remarks>
internal static class CeremonyCommands
{
    private static readonly Argument<string> Circuit = ParamsCommand.CircuitArgument();
    private static readonly Argument<FileInfo> File = new Argument<FileInfo>("FILE") { Description = "The ceremony's file." }.AcceptExistingOnly();
    private static readonly Argument<FileInfo> Output = new("OUT") { Description = "The file to be written; it must not be there yet." };
    private static readonly Option<FileInfo> Powers = new Option<FileInfo>("--powers") { Description = "The powers of tau that the circuit's file is begun from." }.AcceptExistingOnly();
    private static readonly Option<bool> Json = Answer.JsonOption();

    public static Command New()
    {
        Command command = new("new", "Begins a ceremony: powers of tau of the circuit's size, or with --powers the circuit's own phase.") { Circuit, Output, Powers, Json };
        command.SetAction(parsed => Answer.Run(() =>
        {
            long started = Stopwatch.GetTimestamp();
            ConstraintSystem system = ParamsCommand.CircuitOf(parsed, Circuit).CreateSystem();
            WriteNew(parsed, (file, progress) =>
            {
                if (parsed.GetValue(Powers) is not { } from)
                {
                    PowersOfTau.Begin(KeyGeneration.LogDomainSize(system), file, progress);
                    return;
                }
                using PowersOfTau powers = OpenPowers(from.FullName);
                Require(powers.Check());
                Require(CircuitCeremony.Begin(system, powers, file, progress));
            });
            Answer.Write(parsed.GetValue(Json), ("file", parsed.GetRequiredValue(Output).FullName), ("seconds", Seconds(started)));
        }));
        return command;
    }

    public static Command Contribute()
    {
        Option<string> words = new("--words") { Description = "Anything that others do not know, mixed with this machine's randomness.", DefaultValueFactory = _ => "" };
        Command command = new("contribute", "Adds a contribution, whose secret is drawn and forgotten, and writes the next file.") { File, Output, words, Json };
        command.SetAction(parsed => Answer.Run(() =>
        {
            long started = Stopwatch.GetTimestamp();
            byte[] secret = Encoding.UTF8.GetBytes(parsed.GetRequiredValue(words));
            Hash32 digest = default;
            WriteNew(parsed, (file, progress) =>
            {
                string path = parsed.GetRequiredValue(File).FullName;
                if (IsPowers(path))
                {
                    using PowersOfTau powers = OpenPowers(path);
                    digest = powers.Contribute(secret, file, progress);
                    return;
                }
                using CircuitCeremony ceremony = OpenCircuit(path);
                digest = ceremony.Contribute(secret, file, progress);
            });
            Answer.Write(parsed.GetValue(Json), ("contribution", digest), ("file", parsed.GetRequiredValue(Output).FullName), ("seconds", Seconds(started)));
        }));
        return command;
    }

    public static Command Verify()
    {
        Option<string?> name = new("--circuit") { Description = "The circuit that a circuit's file is of." };
        Command command = new("verify", "Checks every contribution and every point; a circuit's file against --circuit and --powers.") { File, name, Powers, Json };
        command.SetAction(parsed => Answer.Run(() =>
        {
            long started = Stopwatch.GetTimestamp();
            string path = parsed.GetRequiredValue(File).FullName;
            IReadOnlyList<Hash32> contributions;
            if (IsPowers(path))
            {
                using PowersOfTau powers = OpenPowers(path);
                Require(powers.Check());
                contributions = powers.Contributions;
            }
            else
            {
                if (!StorageCircuit.TryParse(parsed.GetValue(name), out StorageCircuit? circuit) || parsed.GetValue(Powers) is not { } powers)
                    throw new InvalidDataException("a circuit's file is verified with --circuit and --powers");
                using CircuitCeremony ceremony = OpenCircuit(path);
                RequireSound(ceremony, circuit, powers);
                contributions = ceremony.Contributions;
            }
            Answer.Write(parsed.GetValue(Json), ("valid", true), ("contributions", contributions.Count), ("digests", string.Join(' ', contributions)), ("seconds", Seconds(started)));
        }));
        return command;
    }

    public static Command Finish()
    {
        Option<string> cache = ParamsCommand.CacheOption();
        Command command = new("finish", "Verifies a circuit's file and puts its key where proofs are made and verified.") { Circuit, File, Powers, cache, Json };
        command.SetAction(parsed => Answer.Run(() =>
        {
            long started = Stopwatch.GetTimestamp();
            StorageCircuit circuit = ParamsCommand.CircuitOf(parsed, Circuit);
            if (parsed.GetValue(Powers) is not { } powers)
                throw new InvalidDataException("a ceremony is finished with --powers");
            using CircuitCeremony ceremony = OpenCircuit(parsed.GetRequiredValue(File).FullName);
            RequireSound(ceremony, circuit, powers);
            string origin = $"a ceremony of {ceremony.Contributions.Count} contributions, the last {ceremony.Contributions[^1]}";
            ParamsCommand.Write(parsed.GetValue(Json), new ParameterCache(parsed.GetRequiredValue(cache)).Put(circuit, origin, ceremony.Finish), started);
        }));
        return command;
    }

    /// <summary>Begins the circuit's phase again from powers that are checked, and compares.</summary>
    private static void RequireSound(CircuitCeremony ceremony, StorageCircuit circuit, FileInfo powersFile)
    {
        using PowersOfTau powers = OpenPowers(powersFile.FullName);
        Require(powers.Check());
        string begun = Path.Combine(Path.GetTempPath(), $"flashback-{Guid.NewGuid():N}");
        try
        {
            KeyProgressDisplay.Run(progress =>
            {
                using FileStream file = new(begun, FileMode.CreateNew, FileAccess.Write);
                Require(CircuitCeremony.Begin(circuit.CreateSystem(), powers, file, progress));
                return true;
            });
            using CircuitCeremony first = OpenCircuit(begun);
            Require(ceremony.Check(first));
        }
        finally
        {
            System.IO.File.Delete(begun);
        }
    }

    private static void WriteNew(ParseResult parsed, Action<Stream, IProgress<Groth16Progress>?> write)
    {
        FileInfo output = parsed.GetRequiredValue(Output);
        if (output.Exists)
            throw new InvalidDataException($"{output.FullName} is there already");
        KeyProgressDisplay.Run(progress =>
        {
            WholeFile.Write(output.FullName, file => write(file, progress));
            return true;
        });
    }

    private static bool IsPowers(string path)
    {
        using KeyFile file = new(path);
        byte[] mark = new byte[Math.Min(file.Length, PowersOfTau.Mark.Length)];
        file.Read(0, mark);
        return mark.AsSpan().SequenceEqual(PowersOfTau.Mark);
    }

    private static PowersOfTau OpenPowers(string path)
    {
        KeyFile file = new(path);
        Invalid<CeremonyRule>? broken = PowersOfTau.TryOpen(file, out PowersOfTau? powers);
        if (powers is null)
            file.Dispose();
        Require(broken);
        return powers!;
    }

    private static CircuitCeremony OpenCircuit(string path)
    {
        KeyFile file = new(path);
        Invalid<CeremonyRule>? broken = CircuitCeremony.TryOpen(file, out CircuitCeremony? ceremony);
        if (ceremony is null)
            file.Dispose();
        Require(broken);
        return ceremony!;
    }

    private static void Require(Invalid<CeremonyRule>? broken)
    {
        if (broken is not null)
            throw new InvalidDataException(broken.ToString());
    }

    private static double Seconds(long started) => Math.Round(Stopwatch.GetElapsedTime(started).TotalSeconds, 3);
}
