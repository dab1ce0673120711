using System.Text;
using Flashback.Cryptography.Groth16;
using Flashback.Proofs;

namespace Flashback.Foundation.Tests.Proofs;

/// <summary>The verifying keys that ship with the program are what they are said to be.</summary>
public sealed class DevnetKeyTests
{
    [Fact]
    [Trait("Speed", "Slow")]
    public void The_devnets_keys_are_made_again_from_their_words()
    {
        Assert.NotEmpty(DevnetKeys.All);
        foreach ((StorageCircuit circuit, VerifyingKey key) in DevnetKeys.All)
            Assert.Equal(KeyGeneration.Verifying(circuit.CreateSystem(), SetupSecret.FromSeed(Encoding.UTF8.GetBytes(DevnetKeys.Words))).Encode(), key.Encode());
    }

    [Theory]
    [InlineData("seal-2KiB")]
    [InlineData("seal-devnet")]
    [InlineData("window-2KiB")]
    [InlineData("winning-2KiB")]
    [InlineData("update-2KiB")]
    public void A_circuit_has_as_many_public_inputs_as_it_says(string name)
    {
        Assert.True(StorageCircuit.TryParse(name, out StorageCircuit? circuit));
        Assert.Equal(circuit.CreateSystem().InputCount, circuit.PublicInputCount + 1);
    }

    [Fact]
    public void A_verifying_key_made_alone_is_that_of_the_proving_key()
    {
        Assert.True(StorageCircuit.TryParse("window-2KiB", out StorageCircuit? circuit));
        SetupSecret secret = SetupSecret.Random();
        using MemoryStream file = new();
        Assert.Equal(KeyGeneration.Write(circuit.CreateSystem(), secret, file).Encode(), KeyGeneration.Verifying(circuit.CreateSystem(), secret).Encode());
    }
}
