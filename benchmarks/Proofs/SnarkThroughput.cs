using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using Flashback.Benchmarks.Execution;
using Flashback.Conformance;
using Flashback.Cryptography.Groth16;
using Flashback.Cryptography.R1cs;
using Flashback.Primitives;
using Flashback.Proofs;
using Fr = Flashback.Cryptography.Fields.Montgomery256<Flashback.Cryptography.Bls12381.FrModulus>;

namespace Flashback.Benchmarks.Proofs;

/// <summary><c>./bench --snark</c>: a WindowPoSt of 2 KiB sectors proven and verified; and a chain of Poseidon hashes, of which such circuits are made, by us and by snarkjs.</summary>
internal static class SnarkThroughput
{
    private const int Runs = 3;
    private const int Batch = 64;

    private static readonly SectorSize Size = SectorSize.Of(2 << 10);

    public static async Task PrintAsync()
    {
        ConstraintSystem system = new StorageCircuit(StorageProof.Window, Size).CreateSystem();
        Assignment values = Assignment.Of(system, PostCircuit.Window(Size, Sectors()));
        using MemoryStream file = new();
        double made = Best(1, () => KeyGeneration.Write(system, SetupSecret.Random(), file)).Processor;
        if (!ProvingKey.TryOpen(new KeyMemory(file.ToArray()), out ProvingKey? key, out Groth16Fault fault))
            throw new InvalidOperationException(fault.ToString());
        Groth16Prover prover = new(system, key);
        Groth16Proof proof = default;
        (double wall, double processor) = Best(Runs, () => proof = prover.Prove(values));
        Groth16Statement statement = new(key.Verifying, values.Statement, proof);
        Groth16Statement[] batch = [.. Enumerable.Repeat(statement, Batch)];
        double single = Best(20, () => Require(Groth16Verifier.Verify(statement))).Wall, many = Best(5, () => Require(Groth16Verifier.VerifyAll(batch, out _))).Wall;
        Console.WriteLine(FormattableString.Invariant($"constraints                {system.ConstraintCount:N0}"));
        Console.WriteLine(FormattableString.Invariant($"make keys                  {made:F2} s of processor time"));
        Console.WriteLine(FormattableString.Invariant($"prove                      {wall:F2} s, {processor:F2} s of processor time: {system.ConstraintCount / wall:N0} constraints/s"));
        Console.WriteLine(FormattableString.Invariant($"verify                     {1e3 * single:F2} ms"));
        Console.WriteLine(FormattableString.Invariant($"verify, {Batch} at once        {1e3 * many / Batch:F2} ms a proof"));
        await PrintPeerAsync();
    }

    /// <summary>The chain is short because snarkjs takes minutes to set 2^12 constraints up, and an hour for 2^15.</summary>
    private static async Task PrintPeerAsync()
    {
        if (EvmWorkload.PeersFolder is not { } peers)
        {
            Console.Error.WriteLine("bench: snarkjs is not measured; ../shared/peers is not there");
            return;
        }
        HashChain circuit = new(Length: 12);
        ConstraintSystem system = ConstraintSystem.Of(circuit);
        Assignment values = Assignment.Of(system, circuit);
        using MemoryStream file = new();
        KeyGeneration.Write(system, SetupSecret.Random(), file);
        if (!ProvingKey.TryOpen(new KeyMemory(file.ToArray()), out ProvingKey? key, out Groth16Fault fault))
            throw new InvalidOperationException(fault.ToString());
        Groth16Prover prover = new(system, key);
        (double wall, double processor) = Best(Runs, () => prover.Prove(values));
        Console.WriteLine(FormattableString.Invariant($"chain of hashes            {system.ConstraintCount:N0} constraints: {wall:F2} s, {processor:F2} s of processor time"));
        string folder = Directory.CreateTempSubdirectory("flashback-snarkjs-").FullName;
        string At(string name) => Path.Combine(folder, name);
        try
        {
            await using (FileStream constraints = File.Create(At("circuit.r1cs")))
                R1csFile.Write(system, constraints);
            await using (FileStream witness = File.Create(At("witness.wtns")))
                R1csFile.WriteWitness(values, witness);
            await RunAsync(Environment.CurrentDirectory, Path.Combine("benchmarks", "peers", "snarkjs-setup.mjs"), At("circuit.r1cs"), At("key.zkey"));
            string answer = await RunAsync(peers, "groth16-prove.mjs", "--zkey", At("key.zkey"), "--wtns", At("witness.wtns"), "--runs", Runs.ToString(CultureInfo.InvariantCulture));
            using JsonDocument figures = JsonDocument.Parse(answer);
            double peerWall = figures.RootElement.GetProperty("prove_wall_s").GetDouble(), peerProcessor = figures.RootElement.GetProperty("prove_cpu_s").GetDouble();
            Console.WriteLine(FormattableString.Invariant($"snarkjs proves in          {peerWall:F2} s, {peerProcessor:F2} s of processor time: {peerWall / wall:F1} and {peerProcessor / processor:F1} times ours"));
            Console.WriteLine(FormattableString.Invariant($"snarkjs verifies in        {1e3 * figures.RootElement.GetProperty("verify_s").GetDouble():F0} ms"));
        }
        catch (Exception absent) when (absent is System.ComponentModel.Win32Exception or InvalidOperationException)
        {
            Console.Error.WriteLine($"bench: snarkjs is not measured ({absent.Message}); ../shared/peers/setup.sh snark installs it");
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static async Task<string> RunAsync(string folder, params string[] arguments)
    {
        using Process process = Process.Start(new ProcessStartInfo("node", arguments) { WorkingDirectory = folder, RedirectStandardOutput = true })!;
        string output = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        return process.ExitCode == 0 ? output : throw new InvalidOperationException($"{arguments[0]} ended with {process.ExitCode}");
    }

    /// <summary>Two sectors of zeros, proven for the same randomness.</summary>
    private static List<PostVanillaProof> Sectors()
    {
        List<PostVanillaProof> proofs = [];
        Hash32 randomness = default;
        for (int number = 0; number < 2; number++)
        {
            using SampleSeal seal = new(Size.Tree, Size.Layers, porepNumber: 5, GraphRules.Current, Hash32.Read([.. Enumerable.Repeat((byte)number, 32)]));
            PoseidonTree<NodeLeaves> replica = seal.BuildTreeRLast();
            SealCommitments commitments = SealCommitments.Of(seal.BuildTreeC().Root, replica.Root);
            proofs.Add(FallbackPost.Prove(PostKind.Window, Size, randomness, number, new PostReplica(new((ulong)number, commitments.CommR), commitments.CommC, replica)));
        }
        return proofs;
    }

    private static void Require(object? broken)
    {
        if (broken is not null)
            throw new InvalidOperationException($"{broken}");
    }

    private static (double Wall, double Processor) Best(int runs, Action action)
    {
        (double wall, double processor) = (double.MaxValue, double.MaxValue);
        for (int run = 0; run < runs; run++)
        {
            TimeSpan before = Environment.CpuUsage.TotalTime;
            long started = Stopwatch.GetTimestamp();
            action();
            wall = Math.Min(wall, Stopwatch.GetElapsedTime(started).TotalSeconds);
            processor = Math.Min(processor, (Environment.CpuUsage.TotalTime - before).TotalSeconds);
        }
        return (wall, processor);
    }

    /// <summary>Poseidon of two numbers, again and again; the last hash is public.</summary>
    private sealed record HashChain(int Length) : ICircuit
    {
        public void Synthesize<TSystem>(TSystem system)
            where TSystem : struct, IConstraintSystem<TSystem>
        {
            Number hash = system.AllocateNumber(Fr.From(7)), other = system.AllocateNumber(Fr.From(11));
            for (int i = 0; i < Length; i++)
                hash = system.Poseidon([hash, other]);
            Variable output = system.AllocateInput(TSystem.WritesValues ? hash.Value : default);
            if (TSystem.WritesConstraints)
                system.Enforce([new(hash.Variable)], [new(Variable.One)], [new(output)]);
        }
    }
}
