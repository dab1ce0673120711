using Flashback.Cryptography.Groth16;

namespace Flashback.Proofs;

/// <summary>The verifying keys that the devnet is made with. Their secret is derived from words that stand here, so anyone can forge proofs for them: for tests only.</summary>
/// <remarks>Each resource is the file that <c>flashback params verifying-key NAME --seed "flashback devnet"</c> prints, in bytes; a test makes them again.</remarks>
public static class DevnetKeys
{
    /// <summary>The words that the secret is derived from.</summary>
    public const string Words = "flashback devnet";

    private static readonly string[] Names = ["seal-devnet", "window-8MiB", "update-8MiB"];

    private static readonly Lazy<Dictionary<StorageCircuit, VerifyingKey>> Loaded = new(() => Names.ToDictionary(CircuitOf, Load));

    /// <summary>The keys by circuit.</summary>
    public static IReadOnlyDictionary<StorageCircuit, VerifyingKey> All => Loaded.Value;

    private static StorageCircuit CircuitOf(string name) =>
        StorageCircuit.TryParse(name, out StorageCircuit? circuit) ? circuit : throw new InvalidOperationException("the names stand here");

    private static VerifyingKey Load(string name)
    {
        using Stream stream = typeof(DevnetKeys).Assembly.GetManifestResourceStream($"{name}.vk") ?? throw new InvalidDataException($"the program was built without {name}.vk");
        byte[] bytes = new byte[VerifyingKey.FileSize(CircuitOf(name).PublicInputCount)];
        stream.ReadExactly(bytes);
        return VerifyingKey.TryDecode(bytes, out VerifyingKey? key, out Groth16Fault fault) ? key : throw new InvalidDataException($"{name}.vk is damaged: {fault}");
    }
}
