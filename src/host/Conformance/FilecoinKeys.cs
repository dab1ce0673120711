using System.Text.Json;
using Flashback.Cryptography.Groth16;
using Flashback.Cryptography.R1cs;

namespace Flashback.Conformance;

/// <summary>Keys and proofs of toy circuits, byte by byte.</summary>
internal static class FilecoinKeys
{
    public static IEnumerable<SpecCase> Files(JsonElement section)
    {
        yield return new("one product", () => SpecOutcome.Equal(
            section.GetProperty("my_silly_circuit_params_bytes").ToString(), $"{Generate(ConstraintSystem.Of(new ProductSample()), SetupSecret.Random()).Length}"));
    }

    public static IEnumerable<SpecCase> Demonstration(JsonElement section)
    {
        JsonElement toxic = section.GetProperty("toxic"), golden = section.GetProperty("BLS12_381");
        Fr Secret(string name) => Fr.From(toxic.GetProperty(name).GetUInt64());
        SetupSecret secret = new(Secret("alpha"), Secret("beta"), Secret("gamma"), Secret("delta"), Secret("tau"));
        ConstraintSystem system = ConstraintSystem.Of(new XorSample());
        yield return new("key file", () => SpecOutcome.Equal(golden.GetProperty("params_file").GetString()!, Convert.ToHexStringLower(Generate(system, secret))));
        yield return new("proof", () =>
        {
            using ProvingKey key = ProvingKey.TryOpen(new KeyMemory(Generate(system, secret)), out ProvingKey? opened, out Groth16Fault fault)
                ? opened
                : throw new InvalidDataException(fault.ToString());
            Assignment values = Assignment.Of(system, new XorSample());
            Groth16Proof proof = new Groth16Prover(system, key).ProveWith(values, Fr.From(section.GetProperty("r").GetUInt64()), Fr.From(section.GetProperty("s").GetUInt64()));
            return SpecOutcome.Equal(golden.GetProperty("proof").GetString()!, Convert.ToHexStringLower(proof.Encode()));
        });
    }

    private static byte[] Generate(ConstraintSystem system, SetupSecret secret)
    {
        using MemoryStream file = new();
        KeyGeneration.Write(system, secret, file);
        return file.ToArray();
    }

    /// <summary>Two bits 1 and 0 and their public exclusive or.</summary>
    private sealed class XorSample : ICircuit
    {
        public void Synthesize<TSystem>(TSystem system)
            where TSystem : struct, IConstraintSystem<TSystem>
        {
            Bit a = system.AllocateBit(true), b = system.AllocateBit(false);
            Variable c = system.AllocateInput(Fr.One);
            if (TSystem.WritesConstraints)
                system.Enforce([new(a.Variable), new(a.Variable)], [new(b.Variable)], [new(a.Variable), new(b.Variable), new(c, -Fr.One)]);
        }
    }

    /// <summary>Two numbers and their public product.</summary>
    private sealed class ProductSample : ICircuit
    {
        public void Synthesize<TSystem>(TSystem system)
            where TSystem : struct, IConstraintSystem<TSystem>
        {
            Variable a = system.Allocate(default), b = system.Allocate(default), c = system.AllocateInput(default);
            if (TSystem.WritesConstraints)
                system.Enforce([new(a)], [new(b)], [new(c)]);
        }
    }
}
