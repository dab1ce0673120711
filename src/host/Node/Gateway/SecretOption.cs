using System.CommandLine;
using System.Text;
using Flashback.Client;
using Flashback.Files;

namespace Flashback.Node;

/// <summary>The file with the secret that contents are encrypted with.</summary>
internal static class SecretOption
{
    private const int LongestFile = 256;

    public static Option<string?> Create(string description) => new("--secret-file") { Description = description };

    /// <summary>Reads the secret.</summary>
    /// <exception cref="InvalidDataException">The file holds none, or others may read it.</exception>
    public static ContentSecret Read(string path) =>
        ContentSecret.TryParse(SecretFile.ReadText(path, LongestFile), out ContentSecret? secret) ? secret : throw new InvalidDataException($"{path} holds no secret: 64 hexadecimal digits are expected");

    /// <summary>Reads the secret; where there is no file yet, draws one, and says what that means.</summary>
    public static async Task<ContentSecret> ReadOrCreateAsync(string path)
    {
        if (File.Exists(path))
            return Read(path);
        ContentSecret secret = ContentSecret.Generate();
        SecretFile.WriteNew(path, Encoding.ASCII.GetBytes(secret.Reveal() + "\n"));
        await Console.Error.WriteLineAsync($"secret     a new one lies in {path}: keep a copy of it. Without it nobody, we included, can ever read what is encrypted with it").ConfigureAwait(false);
        return secret;
    }
}
