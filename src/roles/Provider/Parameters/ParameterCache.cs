using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using Flashback.Cryptography.Curves;
using Flashback.Cryptography.Groth16;
using Flashback.Cryptography.R1cs;
using Flashback.Proofs;

namespace Flashback.Provider;

/// <summary>Circuits' keys in a folder: <c>NAME.params</c>, <c>NAME.vk</c> and <c>NAME.meta</c> with checksums and where the key came from.</summary>
/// <remarks>
/// Names are Filecoin's, so that its files can be put here; the .meta file is ours. A file is written beside its name and renamed when it is
/// whole, so one that is there is whole, and two processes that make the same key do no harm.
/// </remarks>
/// <param name="folder">The folder; made when something is written.</param>
public sealed class ParameterCache(string folder)
{
    private const string TurnName = "TURN"; // a file that who proves holds open, and that the system gives free with the process
    private const string Forgotten = "one machine's secret, drawn and forgotten; for tests";

    /// <summary>Where keys are kept when nothing else is said.</summary>
    public static string DefaultFolder { get; } = Path.Combine(
        Environment.GetFolderPath(Environment.SpecialFolder.LocalApplicationData, Environment.SpecialFolderOption.DoNotVerify), "flashback", "parameters");

    /// <summary>What is known about a key in the folder; null when there is none.</summary>
    /// <exception cref="ParameterException">The description cannot be read.</exception>
    public ParameterRecord? Find(StorageCircuit circuit)
    {
        string path = PathOf(circuit, "meta");
        if (!File.Exists(path) || !File.Exists(PathOf(circuit, "params")))
            return null;
        try
        {
            return JsonSerializer.Deserialize(File.ReadAllBytes(path), ParameterJson.Default.ParameterRecord);
        }
        catch (JsonException e)
        {
            throw new ParameterException($"{path} cannot be read: {e.Message}", e);
        }
    }

    /// <summary>Whether the circuit's verifying key is in the folder.</summary>
    public bool HoldsVerifying(StorageCircuit circuit) => File.Exists(PathOf(circuit, "vk"));

    /// <summary>The circuit's verifying key.</summary>
    /// <exception cref="ParameterException">There is none, or it is damaged.</exception>
    public VerifyingKey OpenVerifying(StorageCircuit circuit)
    {
        string path = PathOf(circuit, "vk");
        if (!File.Exists(path))
            throw new ParameterException($"there is no key for {circuit} in {folder}; make one with: flashback params make {circuit}");
        return VerifyingKey.TryDecode(File.ReadAllBytes(path), out VerifyingKey? key, out Groth16Fault fault)
            ? key
            : throw new ParameterException($"{path} is no verifying key: {fault}");
    }

    /// <summary>The circuit's proving key.</summary>
    /// <exception cref="ParameterException">There is none, or it is damaged.</exception>
    public ProvingKey OpenProving(StorageCircuit circuit)
    {
        string path = PathOf(circuit, "params");
        if (!File.Exists(path))
            throw new ParameterException($"there is no key for {circuit} in {folder}; make one with: flashback params make {circuit}");
        KeyFile file = new(path);
        if (ProvingKey.TryOpen(file, out ProvingKey? key, out Groth16Fault fault))
            return key;
        file.Dispose();
        throw new ParameterException($"{path} is no proving key: {fault}");
    }

    /// <summary>Makes a key from a secret that this machine knew: for networks of tests, and the description says so.</summary>
    /// <param name="circuit">The circuit.</param>
    /// <param name="system">Its constraints.</param>
    /// <param name="words">What the secret is derived from; null draws one that is forgotten.</param>
    /// <param name="progress">May be null.</param>
    public ParameterRecord Make(StorageCircuit circuit, ConstraintSystem system, string? words, IProgress<Groth16Progress>? progress)
    {
        SetupSecret secret = words is null ? SetupSecret.Random() : SecretOf(words);
        return Put(circuit, words is null ? Forgotten : OriginOf(words), file => KeyGeneration.Write(system, secret, file, progress));
    }

    /// <summary>The secret that anyone can derive from words.</summary>
    public static SetupSecret SecretOf(string words) => SetupSecret.FromSeed(Encoding.UTF8.GetBytes(words));

    /// <summary>Where a key came from that was made from words, told to people.</summary>
    public static string OriginOf(string words) => $"a secret that anyone can derive from the words \"{words}\"; for tests";

    /// <summary>Puts a key here that is written by the caller.</summary>
    /// <param name="circuit">The circuit.</param>
    /// <param name="origin">Where the key came from, in words.</param>
    /// <param name="write">Writes the proving key's file.</param>
    public ParameterRecord Put(StorageCircuit circuit, string origin, Func<Stream, VerifyingKey> write)
    {
        ArgumentNullException.ThrowIfNull(circuit);
        ArgumentNullException.ThrowIfNull(write);
        Directory.CreateDirectory(folder);
        string proving = PathOf(circuit, "params"), verifying = PathOf(circuit, "vk");
        VerifyingKey key = null!;
        WholeFile.Write(proving, file => key = write(file));
        byte[] encoded = key.Encode();
        WholeFile.Write(verifying, file => file.Write(encoded));
        ParameterRecord record = new(circuit.ToString(), circuit.Identifier, origin, Digest(proving), Digest(verifying), new FileInfo(proving).Length);
        WholeFile.Write(PathOf(circuit, "meta"), file => JsonSerializer.Serialize(file, record, ParameterJson.Default.ParameterRecord));
        return record;
    }

    /// <summary>Compares the files with their checksums and checks every point.</summary>
    /// <exception cref="ParameterException">Something does not hold.</exception>
    public ParameterRecord Verify(StorageCircuit circuit)
    {
        ParameterRecord record = Find(circuit) ?? throw new ParameterException($"there is no key for {circuit} in {folder}");
        if (Digest(PathOf(circuit, "params")) != record.ProvingSha256 || Digest(PathOf(circuit, "vk")) != record.VerifyingSha256)
            throw new ParameterException($"the files of {circuit} are not those that were written: their checksums differ");
        using ProvingKey key = OpenProving(circuit);
        Groth16Fault fault = key.Check();
        return fault.Reason == PointFault.None ? record : throw new ParameterException($"the key of {circuit} holds a bad point: {fault}");
    }

    /// <summary>Takes the turn of all programs that use the folder to make a large proof, until it is given back; null while another has it.</summary>
    /// <exception cref="UnauthorizedAccessException">The folder cannot be written.</exception>
    public IDisposable? TryTakeTurn()
    {
        Directory.CreateDirectory(folder);
        try
        {
            return new FileStream(Path.Combine(folder, TurnName), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (IOException)
        {
            return null;
        }
    }

    private string PathOf(StorageCircuit circuit, string ending) => Path.Combine(folder, $"{circuit.FileName}.{ending}");

    private static string Digest(string path)
    {
        using FileStream file = File.OpenRead(path);
        return Convert.ToHexStringLower(SHA256.HashData(file));
    }
}

/// <summary>What is known about a key.</summary>
/// <param name="Circuit">The circuit's name.</param>
/// <param name="Identifier">Its parameters in words.</param>
/// <param name="Origin">Where the key came from: a ceremony, or a secret that someone knew.</param>
/// <param name="ProvingSha256">SHA-256 of the proving key's file.</param>
/// <param name="VerifyingSha256">SHA-256 of the verifying key's file.</param>
/// <param name="Bytes">Length of the proving key's file.</param>
public sealed record ParameterRecord(string Circuit, string Identifier, string Origin, string ProvingSha256, string VerifyingSha256, long Bytes);

/// <summary>A key is missing or damaged; the message says what to do, for people.</summary>
public sealed class ParameterException(string message, Exception? inner = null) : Exception(message, inner);

[JsonSourceGenerationOptions(WriteIndented = true, PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(ParameterRecord))]
internal sealed partial class ParameterJson : JsonSerializerContext;
