using System.Text.Json;
using Flashback.Client;
using Flashback.Primitives;

namespace Flashback.Validator;

/// <summary>Keystores, their passwords and what is set for each key, as they lie on the disk.</summary>
/// <remarks>
/// validators/0x…/voting-keystore.json   the keystore, after which the key is there
/// validators/0x…/settings.json          fee recipient, gas limit and graffiti, where they are the key's own
/// secrets/0x…                           the keystore's password
/// Files and folders are their owner's alone; each file is there whole or not at all. Other clients lay them out in the same way.
/// </remarks>
public sealed class ValidatorFolder
{
    private const string KeystoreName = "voting-keystore.json", SettingsName = "settings.json";
    private const int MostKeystoreBytes = 1 << 20;

    private readonly string _validators, _secrets;

    /// <summary>Takes up a folder, which is made if it is not there.</summary>
    /// <exception cref="IOException">It cannot be made.</exception>
    public ValidatorFolder(string path)
    {
        Path = System.IO.Path.GetFullPath(path);
        _validators = System.IO.Path.Combine(Path, "validators");
        _secrets = System.IO.Path.Combine(Path, "secrets");
        foreach (string folder in (string[])[Path, _validators, _secrets])
            SecretFile.CreateFolder(folder);
    }

    /// <summary>The folder.</summary>
    public string Path { get; }

    /// <summary>Where the slashing protection's store belongs.</summary>
    public string Protection => System.IO.Path.Combine(Path, "protection");

    /// <summary>The keys that are there, in order.</summary>
    public IReadOnlyList<Bytes48> List() =>
    [
        .. from folder in Directory.GetDirectories(_validators).Order(StringComparer.Ordinal)
           where File.Exists(System.IO.Path.Combine(folder, KeystoreName)) && FixedBytes.TryParse(System.IO.Path.GetFileName(folder), out Bytes48 _)
           select FixedBytes.Parse<Bytes48>(System.IO.Path.GetFileName(folder)),
    ];

    /// <summary>Whether a key is there.</summary>
    public bool Has(Bytes48 key) => File.Exists(KeystoreOf(key));

    /// <summary>Puts a key's keystore and password there.</summary>
    public void Add(Bytes48 key, Keystore keystore, SecretBytes password)
    {
        SecretFile.CreateFolder(FolderOf(key));
        SecretFile.Write(SecretOf(key), password.Span);
        SecretFile.Write(KeystoreOf(key), keystore.ToJson());
    }

    /// <summary>Takes a key away, keystore first.</summary>
    public void Delete(Bytes48 key)
    {
        File.Delete(KeystoreOf(key));
        File.Delete(SecretOf(key));
        if (Directory.Exists(FolderOf(key)))
            Directory.Delete(FolderOf(key), recursive: true);
    }

    /// <summary>A key's keystore.</summary>
    /// <exception cref="InvalidDataException">It is none.</exception>
    /// <exception cref="IOException">It cannot be read.</exception>
    public Keystore ReadKeystore(Bytes48 key) => ReadKeystore(KeystoreOf(key));

    /// <summary>The keystore in a file.</summary>
    /// <exception cref="InvalidDataException">It is none.</exception>
    /// <exception cref="IOException">It cannot be read.</exception>
    public static Keystore ReadKeystore(string path)
    {
        if (new FileInfo(path).Length > MostKeystoreBytes)
            throw new InvalidDataException($"{path} is too long for a keystore");
        return Keystore.Parse(File.ReadAllBytes(path), out Keystore? keystore) is { } invalid ? throw new InvalidDataException($"{path}: {invalid}") : keystore!;
    }

    /// <summary>The password of a key's keystore.</summary>
    /// <exception cref="InvalidDataException">It is empty.</exception>
    /// <exception cref="IOException">It cannot be read.</exception>
    public SecretBytes ReadPassword(Bytes48 key) => Password.ReadFile(SecretOf(key));

    /// <summary>What is set for a key; nothing where nothing is.</summary>
    /// <exception cref="InvalidDataException">The file is damaged.</exception>
    public ValidatorSettings ReadSettings(Bytes48 key)
    {
        string path = SettingsOf(key);
        if (!File.Exists(path))
            return new ValidatorSettings();
        try
        {
            return JsonSerializer.Deserialize(File.ReadAllBytes(path), ValidatorSettingsContext.Default.ValidatorSettings) ?? new ValidatorSettings();
        }
        catch (JsonException e)
        {
            throw new InvalidDataException($"{path} is damaged: {e.Message}", e);
        }
    }

    /// <summary>Sets something for a key.</summary>
    public void WriteSettings(Bytes48 key, ValidatorSettings settings) =>
        SecretFile.Write(SettingsOf(key), JsonSerializer.SerializeToUtf8Bytes(settings, ValidatorSettingsContext.Default.ValidatorSettings));

    private string FolderOf(Bytes48 key) => System.IO.Path.Combine(_validators, Hex.Encode(key.AsSpan()));

    private string KeystoreOf(Bytes48 key) => System.IO.Path.Combine(FolderOf(key), KeystoreName);

    private string SettingsOf(Bytes48 key) => System.IO.Path.Combine(FolderOf(key), SettingsName);

    private string SecretOf(Bytes48 key) => System.IO.Path.Combine(_secrets, Hex.Encode(key.AsSpan()));
}
