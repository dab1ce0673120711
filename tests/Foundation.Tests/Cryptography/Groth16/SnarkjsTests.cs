using System.Text.Json;
using System.Text.Json.Nodes;
using Flashback.Cryptography.Groth16;
using Flashback.Cryptography.R1cs;
using Flashback.Testing;

namespace Flashback.Foundation.Tests.Cryptography;

/// <summary>Our proofs before snarkjs, and snarkjs's, by keys of its own ceremony, before us.</summary>
public sealed class SnarkjsTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("flashback-snarkjs-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task Snarkjs_accepts_our_proof_and_refuses_it_for_another_input()
    {
        HashCircuit circuit = new();
        ConstraintSystem system = ConstraintSystem.Of(circuit);
        using MemoryStream file = new();
        KeyGeneration.Write(system, SetupSecret.Random(), file);
        Assert.True(ProvingKey.TryOpen(new KeyMemory(file.ToArray()), out ProvingKey? key, out _));
        Assignment values = Assignment.Of(system, circuit);
        Groth16Proof proof = new Groth16Prover(system, key).Prove(values);
        Write("key.json", SnarkjsJson.Write(key.Verifying));
        Write("public.json", SnarkjsJson.Write(values.Statement.Span));
        Write("proof.json", SnarkjsJson.Write(proof));
        Write("other.json", SnarkjsJson.Write([values.Statement.Span[0] + Fr.One]));
        Write("swapped.json", SnarkjsJson.Write(proof with { A = proof.C }));
        Assert.Equal("true", await Run("verify", At("key.json"), At("public.json"), At("proof.json")));
        Assert.Equal("false", await Run("verify", At("key.json"), At("other.json"), At("proof.json")));
        Assert.Equal("false", await Run("verify", At("key.json"), At("public.json"), At("swapped.json")));
    }

    [Fact]
    public async Task We_accept_snarkjss_proof_for_our_constraints_by_its_key()
    {
        XorCircuit circuit = new(true, false);
        ConstraintSystem system = ConstraintSystem.Of(circuit);
        Assignment values = Assignment.Of(system, circuit);
        await using (FileStream constraints = File.Create(At("xor.r1cs")))
            R1csFile.Write(system, constraints);
        await using (FileStream witness = File.Create(At("xor.wtns")))
            R1csFile.WriteWitness(values, witness);
        await Run("setup-prove", At("xor.r1cs"), At("xor.wtns"), _folder);
        Assert.True(SnarkjsJson.TryReadKey(Read("key.json"), out VerifyingKey? key, out Groth16Fault fault), fault.ToString());
        Assert.True(SnarkjsJson.TryReadProof(Read("proof.json"), out Groth16Proof proof, out fault), fault.ToString());
        Assert.Equal(SnarkjsJson.Write(values.Statement.Span).ToJsonString(), Read("public.json").GetRawText());
        Assert.Null(Groth16Verifier.Verify(new(key, values.Statement, proof)));
        Assert.Equal(Groth16Rule.Equation, Groth16Verifier.Verify(new(key, new[] { Fr.Zero }, proof))?.Rule);
    }

    [Fact]
    public void Json_of_another_shape_is_refused_with_the_part()
    {
        JsonObject key = SnarkjsJson.Write(new VerifyingKey(
            new(G1Affine.Generator, G1Affine.Generator, G2Affine.Generator, G2Affine.Generator, G1Affine.Generator, G2Affine.Generator), [G1Affine.Generator]));
        Assert.True(SnarkjsJson.TryReadKey(Parse(key), out _, out _));
        foreach ((string name, Groth16Part part) in new[] { ("vk_alpha_1", Groth16Part.AlphaG1), ("vk_beta_2", Groth16Part.BetaG2), ("IC", Groth16Part.Inputs) })
        {
            JsonObject altered = (JsonObject)key.DeepClone();
            altered[name] = "1";
            Assert.False(SnarkjsJson.TryReadKey(Parse(altered), out _, out Groth16Fault fault));
            Assert.Equal(part, fault.Part);
        }
        JsonObject off = (JsonObject)key.DeepClone();
        off["vk_alpha_1"]![0] = "-1";
        Assert.False(SnarkjsJson.TryReadKey(Parse(off), out _, out _));
        off["vk_alpha_1"]![0] = new string('9', 200);
        Assert.False(SnarkjsJson.TryReadKey(Parse(off), out _, out _));
        Assert.False(SnarkjsJson.TryReadProof(Parse(new JsonObject()), out Groth16Proof _, out Groth16Fault empty));
        Assert.Equal(Groth16Part.A, empty.Part);
    }

    private static JsonElement Parse(JsonNode json) => JsonDocument.Parse(json.ToJsonString()).RootElement;

    private static async Task<string> Run(params string[] arguments)
    {
        try
        {
            return (await NodeTools.RunAsync("snarkjs.cjs", TestContext.Current.CancellationToken, arguments)).Trim();
        }
        catch (NodeToolsException absent)
        {
            Assert.Skip(absent.Message);
            throw;
        }
    }

    private void Write(string name, JsonNode json) => File.WriteAllText(At(name), json.ToJsonString());

    private JsonElement Read(string name) => JsonDocument.Parse(File.ReadAllText(At(name))).RootElement;

    private string At(string name) => Path.Combine(_folder, name);
}
