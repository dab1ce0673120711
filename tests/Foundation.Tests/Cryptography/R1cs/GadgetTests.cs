using System.Security.Cryptography;
using Flashback.Cryptography;
using Flashback.Cryptography.R1cs;

namespace Flashback.Foundation.Tests.Cryptography;

/// <summary>Gadgets against golden counts and digests of whole systems, and against the plain functions they stand for.</summary>
public sealed class GadgetTests
{
    [Theory]
    [InlineData(2, 311)]
    [InlineData(4, 377)]
    [InlineData(8, 505)]
    [InlineData(11, 598)]
    [InlineData(16, 761)]
    [InlineData(24, 1009)]
    [InlineData(36, 1385)]
    public void Poseidon_takes_the_golden_number_of_constraints_and_hashes(int arity, int constraints)
    {
        PoseidonCircuit circuit = new(arity);
        ConstraintSystem system = ConstraintSystem.Of(circuit);
        Assert.Equal(constraints, system.ConstraintCount);
        Assignment values = Assignment.Of(system, circuit);
        Assert.Equal(-1, system.FindBroken(values));
        Assert.Equal(Poseidon.OfArity(arity).Hash([.. Enumerable.Range(0, arity).Select(i => Fr.From((ulong)i))]), values.Auxiliary[^1]);
        if (arity <= 11)
            RequireFingerprint(system, $"poseidon arity {arity}, preimage 0..{arity - 1} allocated first");
    }

    [Fact]
    public void Sha256_is_the_golden_system_and_hashes()
    {
        Sha256Circuit circuit = new();
        ConstraintSystem system = ConstraintSystem.Of(circuit);
        RequireFingerprint(system, "sha256 of bytes 0..63 (512 allocated bits first)");
        Assert.Equal(-1, system.FindBroken(Assignment.Of(system, circuit)));
        byte[] digest = new byte[32];
        for (int i = 0; i < 256; i++)
            digest[i / 8] |= (byte)((circuit.Digest[i].Value ? 1 : 0) << (7 - (i % 8)));
        Assert.Equal(SHA256.HashData([.. Enumerable.Range(0, 64).Select(i => (byte)i)]), digest);
    }

    [Theory]
    [InlineData(2, 3)]
    [InlineData(4, 10)]
    [InlineData(8, 25)]
    public void Insertion_is_the_golden_system_at_every_place(int arity, int constraints)
    {
        for (int place = 0; place < arity; place++)
        {
            InsertCircuit circuit = new(arity, place);
            ConstraintSystem system = ConstraintSystem.Of(circuit);
            Assert.Equal(constraints, system.ConstraintCount);
            Assert.Equal(-1, system.FindBroken(Assignment.Of(system, circuit)));
            List<Fr> expected = [.. Enumerable.Range(1, arity - 1).Select(i => Fr.From((ulong)i))];
            expected.Insert(place, Fr.From(100));
            Assert.Equal(expected, circuit.Row.Select(number => number.Value));
            RequireFingerprint(system, $"insert {arity} (element 100, position {arity - 2}, siblings 1..)");
        }
    }

    [Fact]
    public void Repeated_blocks_are_the_same_system_as_blocks_written_one_by_one()
    {
        RepeatCircuit repeated = new(5, Repeats: true), plain = new(5, Repeats: false);
        ConstraintSystem system = ConstraintSystem.Of(repeated);
        Assert.Equal(ConstraintSystem.Of(plain).Fingerprint(), system.Fingerprint());
        Assignment values = Assignment.Of(system, repeated), expected = Assignment.Of(system, plain);
        Assert.Equal(expected.Auxiliary, values.Auxiliary);
        Assert.Equal(expected.Inputs, values.Inputs);
        Assert.Equal(-1, system.FindBroken(values));
    }

    [Fact]
    public void Any_changed_value_breaks_a_constraint()
    {
        RepeatCircuit circuit = new(3, Repeats: true);
        ConstraintSystem system = ConstraintSystem.Of(circuit);
        Assignment values = Assignment.Of(system, circuit);
        foreach (Fr[] kind in new[] { values.Inputs, values.Auxiliary })
        {
            for (int i = 0; i < kind.Length; i++)
            {
                kind[i] += Fr.One;
                Assert.NotEqual(-1, system.FindBroken(values));
                kind[i] -= Fr.One;
            }
        }
        Assert.Equal(-1, system.FindBroken(values));
    }

    [Fact]
    public void Refuses_an_assignment_of_other_size()
    {
        ConstraintSystem system = ConstraintSystem.Of(new PoseidonCircuit(2));
        Assert.Throws<ArgumentException>(() => system.FindBroken(new Assignment([Fr.One], [])));
        Assert.ThrowsAny<Exception>(() => Assignment.Of(system, new InsertCircuit(2, 0)));
    }

    private static void RequireFingerprint(ConstraintSystem system, string name)
    {
        System.Text.Json.JsonElement golden = FilecoinVectors.Section("r1cs_fingerprints").GetProperty("values").GetProperty(name);
        Assert.Equal(golden.GetProperty("constraints").GetInt64(), system.ConstraintCount);
        Assert.Equal(golden.GetProperty("aux").GetInt32(), system.AuxiliaryCount);
        Assert.Equal(golden.GetProperty("inputs_incl_one").GetInt32(), system.InputCount);
        Assert.Equal("0x" + golden.GetProperty("fingerprint").GetString(), system.Fingerprint().ToString());
    }

    private sealed record PoseidonCircuit(int Arity) : ICircuit
    {
        public void Synthesize<TSystem>(TSystem system)
            where TSystem : struct, IConstraintSystem<TSystem>
        {
            Fr[] preimage = [.. Enumerable.Range(0, Arity).Select(i => Fr.From((ulong)i))];
            system.Poseidon(system.AllocateNumbers(preimage));
        }
    }

    private sealed class Sha256Circuit : ICircuit
    {
        public Bit[] Digest { get; private set; } = [];

        public void Synthesize<TSystem>(TSystem system)
            where TSystem : struct, IConstraintSystem<TSystem>
        {
            Bit[] message = new Bit[512];
            for (int i = 0; i < message.Length; i++)
                message[i] = system.AllocateBit((i / 8 >> (7 - (i % 8)) & 1) != 0);
            Digest = system.Sha256(message);
        }
    }

    private sealed record InsertCircuit(int Arity, int Place) : ICircuit
    {
        public Number[] Row { get; private set; } = [];

        public void Synthesize<TSystem>(TSystem system)
            where TSystem : struct, IConstraintSystem<TSystem>
        {
            Number number = system.AllocateNumber(Fr.From(100));
            Bit[] place = system.AllocateBits((ulong)Place, System.Numerics.BitOperations.Log2((uint)Arity));
            Row = system.Insert(number, place, system.AllocateNumbers([.. Enumerable.Range(1, Arity - 1).Select(i => Fr.From((ulong)i))]));
        }
    }

    private sealed record RepeatCircuit(int Count, bool Repeats) : ICircuit
    {
        public void Synthesize<TSystem>(TSystem system)
            where TSystem : struct, IConstraintSystem<TSystem>
        {
            Number shared = system.AllocatePublished(Fr.From(7));
            Number[] own = system.AllocateNumbers([.. Enumerable.Range(0, Count).Select(i => Fr.From((ulong)i + 9))]);
            Action<TSystem, int> block = (part, i) =>
            {
                part.Publish(own[i]);
                Number fresh = part.AllocatePublished(Fr.From((ulong)i + 2));
                Number product = part.Multiply(fresh, shared);
                part.PublishPacked(part.ToBits(product));
                part.Publish(part.Pick(part.AllocateBit(i % 2 == 0), fresh, product));
            };
            if (Repeats)
            {
                system.Repeat(Count, new RepeatWindow(1, [.. own.Select(number => number.Variable)]), block);
            }
            else
            {
                for (int i = 0; i < Count; i++)
                    block(system, i);
            }
            system.Publish(system.Add(shared, shared));
        }
    }
}
