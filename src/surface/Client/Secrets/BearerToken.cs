using System.Security.Cryptography;
using System.Text;

namespace Flashback.Client;

/// <summary>What whoever asks must show: a token that lies in a file of its owner's alone. spec: RFC 6750; ethereum/keymanager-APIs, authentication</summary>
public sealed class BearerToken
{
    private const string Scheme = "Bearer ";
    private const int TokenBytes = 32;

    private readonly byte[] _token;

    private BearerToken(string token) => _token = Encoding.UTF8.GetBytes(token);

    /// <summary>Reads the token in a file; where there is none, makes one.</summary>
    /// <exception cref="InvalidDataException">The file is empty.</exception>
    /// <exception cref="IOException">It cannot be read or written.</exception>
    public static BearerToken ReadOrCreate(string path)
    {
        if (!File.Exists(path))
            SecretFile.Write(path, Encoding.ASCII.GetBytes(Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(TokenBytes))));
        string token = File.ReadAllText(path).Trim();
        return token.Length > 0 ? new BearerToken(token) : throw new InvalidDataException($"{path} holds no token");
    }

    /// <summary>Whether an Authorization header shows the token. How long it takes does not tell how much of it is right.</summary>
    public bool IsShownIn(string? authorization) =>
        authorization is not null && authorization.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase)
        && CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(authorization[Scheme.Length..].Trim()), _token);
}
