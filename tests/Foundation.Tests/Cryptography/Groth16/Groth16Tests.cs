using System.Text.Json;
using Flashback.Cryptography.Curves;
using Flashback.Cryptography.Groth16;
using Flashback.Cryptography.R1cs;

namespace Flashback.Foundation.Tests.Cryptography;

/// <summary>Proofs made and verified, byte by byte where golden values exist, and everything that must be refused.</summary>
public sealed class Groth16Tests
{
    private static readonly SetupSecret Toxic = new(Fr.From(48577), Fr.From(22580), Fr.From(53332), Fr.From(5481), Fr.From(3673));

    [Fact]
    public void The_demonstration_has_the_golden_key_file_and_proof()
    {
        JsonElement golden = FilecoinVectors.Section("groth16_xor_demo").GetProperty("BLS12_381");
        byte[] file = Generate(new XorCircuit(true, false), out ConstraintSystem system);
        Assert.Equal(golden.GetProperty("params_file").GetString(), Convert.ToHexStringLower(file));
        using ProvingKey key = Open(file);
        Assert.Equal(golden.GetProperty("vk_file").GetString(), Convert.ToHexStringLower(key.Verifying.Encode()));
        Assignment values = Assignment.Of(system, new XorCircuit(true, false));
        Groth16Proof proof = new Groth16Prover(system, key).ProveWith(values, Fr.From(27134), Fr.From(17146));
        Assert.Equal(golden.GetProperty("proof").GetString(), Convert.ToHexStringLower(proof.Encode()));
    }

    [Theory]
    [InlineData("groth16_porep_2KiB")]
    [InlineData("groth16_window_post_2KiB")]
    public void Real_proofs_of_2_KiB_sectors_verify_and_altered_ones_do_not(string name)
    {
        Groth16Statement statement = Real(name);
        Assert.Null(Groth16Verifier.Verify(statement));
        Fr[] inputs = statement.Inputs.ToArray();
        for (int i = 0; i < inputs.Length; i += 7)
        {
            inputs[i] += Fr.One;
            Assert.Equal(Groth16Rule.Equation, Groth16Verifier.Verify(statement with { Inputs = inputs })?.Rule);
            inputs[i] -= Fr.One;
        }
        Assert.Equal(Groth16Rule.InputCount, Groth16Verifier.Verify(statement with { Inputs = inputs.AsMemory(1) })?.Rule);
    }

    [Fact]
    public void A_batch_of_mixed_keys_holds_exactly_when_every_proof_does()
    {
        Groth16Statement seal = Real("groth16_porep_2KiB"), post = Real("groth16_window_post_2KiB");
        Groth16Statement[] batch = [seal, post, seal, seal, post, post, seal, post, seal];
        Assert.Null(Groth16Verifier.VerifyAll(batch, out int index));
        Assert.Equal(-1, index);
        Assert.Null(Groth16Verifier.VerifyAll([], out _));
        Assert.True(Groth16Verifier.HoldAll(batch));
        Assert.True(Groth16Verifier.HoldAll([batch[0]]));
        Assert.True(Groth16Verifier.HoldAll([]));
        for (int bad = 0; bad < batch.Length; bad += 4)
        {
            Groth16Statement[] altered = [.. batch];
            altered[bad] = altered[bad] with { Proof = altered[bad].Proof with { C = (-altered[bad].Proof.C) } };
            Assert.Equal(Groth16Rule.Equation, Groth16Verifier.VerifyAll(altered, out index)?.Rule);
            Assert.False(Groth16Verifier.HoldAll(altered));
            Assert.False(Groth16Verifier.HoldAll([altered[index]]));
            Assert.Equal(bad, index);
        }
        batch[3] = batch[3] with { Key = post.Key };
        Assert.Equal(Groth16Rule.InputCount, Groth16Verifier.VerifyAll(batch, out index)?.Rule);
        Assert.Equal(3, index);
    }

    [Fact]
    public void Two_wrong_proofs_that_cancel_out_do_not_pass_together()
    {
        Groth16Statement real = Real("groth16_porep_2KiB");
        G1Affine up = (real.Proof.C.ToJacobian() + G1Affine.Generator).ToAffine(), down = (real.Proof.C.ToJacobian() - G1Affine.Generator).ToAffine();
        Groth16Statement[] batch = [real with { Proof = real.Proof with { C = up } }, real with { Proof = real.Proof with { C = down } }];
        Assert.Equal(Groth16Rule.Equation, Groth16Verifier.VerifyAll(batch, out int index)?.Rule);
        Assert.Equal(0, index);
    }

    [Theory]
    [InlineData(false, false)]
    [InlineData(false, true)]
    [InlineData(true, true)]
    public void Our_proofs_verify_for_their_inputs_only(bool a, bool b)
    {
        XorCircuit circuit = new(a, b);
        byte[] file = Generate(circuit, out ConstraintSystem system, SetupSecret.Random());
        using ProvingKey key = Open(file);
        Assert.Equal(PointFault.None, key.Check().Reason);
        Assignment values = Assignment.Of(system, circuit);
        Groth16Prover prover = new(system, key);
        Groth16Proof proof = prover.Prove(values), again = prover.Prove(values);
        Assert.NotEqual(proof, again);
        Assert.Null(Groth16Verifier.Verify(new(key.Verifying, values.Statement, proof)));
        Assert.Equal(Groth16Rule.Equation, Groth16Verifier.Verify(new(key.Verifying, new[] { a ^ b ? Fr.Zero : Fr.One }, proof))?.Rule);
        for (int i = 0; i < values.Auxiliary.Length; i++)
        {
            values.Auxiliary[i] += Fr.One;
            Assert.NotNull(Groth16Verifier.Verify(new(key.Verifying, values.Statement, prover.Prove(values))));
            values.Auxiliary[i] -= Fr.One;
        }
    }

    [Fact]
    public void Any_changed_bit_of_a_proof_makes_it_fail()
    {
        Groth16Statement statement = Real("groth16_window_post_2KiB");
        byte[] bytes = statement.Proof.Encode();
        for (int bit = 0; bit < 8 * bytes.Length; bit += 5)
        {
            bytes[bit / 8] ^= (byte)(1 << (bit % 8));
            Assert.False(Groth16Proof.TryDecode(bytes, out Groth16Proof proof, out Groth16Fault fault) && Groth16Verifier.Verify(statement with { Proof = proof }) is null);
            Assert.True(fault.Reason != PointFault.None || proof != default);
            bytes[bit / 8] ^= (byte)(1 << (bit % 8));
        }
        Assert.True(Groth16Proof.TryDecode(bytes, out Groth16Proof same, out _));
        Assert.Equal(statement.Proof, same);
    }

    [Fact]
    public void Malformed_proofs_are_refused_with_the_reason()
    {
        byte[] good = Real("groth16_window_post_2KiB").Proof.Encode();
        Refuse(good[1..], Groth16Part.Whole, PointFault.Length);
        Refuse([.. good, 0], Groth16Part.Whole, PointFault.Length);
        Refuse(With(good, 0, [0xc0, .. new byte[47]]), Groth16Part.A, PointFault.Infinity);
        Refuse(With(good, 48, [0xc0, .. new byte[95]]), Groth16Part.B, PointFault.Infinity);
        Refuse(With(good, 144, [0xc0, .. new byte[47]]), Groth16Part.C, PointFault.Infinity);
        Refuse(With(good, 144, [(byte)(good[144] & 0x7f)]), Groth16Part.C, PointFault.Flags);
        Refuse(With(good, 0, [0x9f, .. Enumerable.Repeat((byte)0xff, 47)]), Groth16Part.A, PointFault.CoordinateNotReduced);
        // x = 0 is on the curve, for B = 4 is a square, and not in the subgroup; x = 1 is on no point, for 5 is no square
        Refuse(With(good, 0, [0x80, .. new byte[47]]), Groth16Part.A, PointFault.NotInSubgroup);
        Refuse(With(good, 0, [0x80, .. new byte[46], 1]), Groth16Part.A, PointFault.NotOnCurve);
    }

    [Fact]
    public void Keys_cut_short_or_altered_are_refused_with_the_part()
    {
        byte[] file = Generate(new XorCircuit(true, true), out ConstraintSystem system);
        for (int length = 0; length < file.Length; length += 13)
            Assert.False(ProvingKey.TryOpen(new KeyMemory(file.AsMemory(0, length)), out _, out Groth16Fault fault) || fault.Reason != PointFault.Length);
        Assert.False(ProvingKey.TryOpen(new KeyMemory((byte[])[.. file, 0]), out _, out _));
        byte[] verifying = file[..(int)VerifyingKey.FileSize(1)];
        Assert.True(VerifyingKey.TryDecode(verifying, out VerifyingKey? key, out _));
        Assert.True(VerifyingKey.TryDecodeCompressed(key.EncodeCompressed(), out VerifyingKey? compressed, out _));
        Assert.Equal(verifying, compressed.Encode());
        Assert.False(VerifyingKey.TryDecode([.. verifying, 0], out _, out Groth16Fault trailing));
        Assert.Equal(new Groth16Fault(Groth16Part.Whole, 0, PointFault.Length), trailing);
        byte[] infinite = With(verifying, 192, [0x40, .. new byte[191]]);
        Assert.False(VerifyingKey.TryDecode(infinite, out _, out Groth16Fault infinity));
        Assert.Equal(new Groth16Fault(Groth16Part.BetaG2, 0, PointFault.Infinity), infinity);
        byte[] altered = [.. file];
        altered[^1] ^= 1;
        using ProvingKey opened = Open(altered);
        Assert.Equal((Groth16Part.RightG2, PointFault.NotOnCurve), (opened.Check().Part, opened.Check().Reason));
        Assert.Throws<InvalidDataException>(() => new Groth16Prover(system, opened).Prove(Assignment.Of(system, new XorCircuit(true, true))));
        Assert.Throws<ArgumentException>(() => new Groth16Prover(ConstraintSystem.Of(new ProductCircuit()), opened));
    }

    [Fact]
    public void A_variable_in_no_constraint_and_a_secret_in_the_domain_make_no_key()
    {
        Assert.Throws<ArgumentException>(() => Generate(new IdleCircuit(), out _));
        Assert.Throws<ArgumentException>(() => Generate(new XorCircuit(true, true), out _, Toxic with { Tau = Fr.One }));
    }

    [Fact]
    public void A_key_of_one_product_has_the_length_of_bellpersons()
    {
        Assert.Equal(2136, Generate(new ProductCircuit(), out _).Length);
    }

    private static void Refuse(byte[] bytes, Groth16Part part, PointFault reason)
    {
        Assert.False(Groth16Proof.TryDecode(bytes, out _, out Groth16Fault fault));
        Assert.Equal(new Groth16Fault(part, 0, reason), fault);
    }

    private static byte[] With(byte[] bytes, int at, byte[] put)
    {
        byte[] changed = [.. bytes];
        put.CopyTo(changed, at);
        return changed;
    }

    private static byte[] Generate<TCircuit>(TCircuit circuit, out ConstraintSystem system, SetupSecret? secret = null)
        where TCircuit : ICircuit
    {
        system = ConstraintSystem.Of(circuit);
        using MemoryStream file = new();
        KeyGeneration.Write(system, secret ?? Toxic, file);
        return file.ToArray();
    }

    private static ProvingKey Open(byte[] file)
    {
        Assert.True(ProvingKey.TryOpen(new KeyMemory(file), out ProvingKey? key, out Groth16Fault fault), fault.ToString());
        return key;
    }

    private static Groth16Statement Real(string name)
    {
        JsonElement section = FilecoinVectors.Section(name);
        byte[] Bytes(string property) => Convert.FromHexString(section.GetProperty(property).GetString()!);
        Assert.True(VerifyingKey.TryDecodeCompressed(Bytes("vk"), out VerifyingKey? key, out Groth16Fault fault), fault.ToString());
        Assert.True(Groth16Proof.TryDecode(Bytes("proof"), out Groth16Proof proof, out fault), fault.ToString());
        return new(key, section.GetProperty("public_inputs").EnumerateArray().Select(FilecoinVectors.Element).ToArray(), proof);
    }

    private sealed class ProductCircuit : ICircuit
    {
        public void Synthesize<TSystem>(TSystem system)
            where TSystem : struct, IConstraintSystem<TSystem>
        {
            Number a = system.AllocateNumber(Fr.From(3)), b = system.AllocateNumber(Fr.From(4));
            Variable c = system.AllocateInput(Fr.From(12));
            if (TSystem.WritesConstraints)
                system.Enforce([new(a.Variable)], [new(b.Variable)], [new(c)]);
        }
    }

    private sealed class IdleCircuit : ICircuit
    {
        public void Synthesize<TSystem>(TSystem system)
            where TSystem : struct, IConstraintSystem<TSystem> => system.AllocateNumber(Fr.One);
    }
}
