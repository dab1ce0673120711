using System.Security.Cryptography;
using System.Text;

namespace Flashback.Gateway.Http;

/// <summary>What whoever puts and gets over plain HTTP must show: a bearer token that lies in a file of its owner's alone.</summary>
public sealed class GatewayToken
{
    private const string Scheme = "Bearer ";
    private const int TokenBytes = 32;

    private readonly byte[] _token;

    private GatewayToken(string token) => _token = Encoding.UTF8.GetBytes(token);

    /// <summary>Reads the token in a file; where there is none, makes one.</summary>
    /// <exception cref="InvalidDataException">The file is empty.</exception>
    /// <exception cref="IOException">It cannot be read or written.</exception>
    public static GatewayToken ReadOrCreate(string path)
    {
        if (!File.Exists(path))
        {
            FileStreamOptions options = new() { Mode = FileMode.CreateNew, Access = FileAccess.Write };
            if (!OperatingSystem.IsWindows())
                options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
            using FileStream file = new(path, options);
            file.Write(Encoding.ASCII.GetBytes(Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(TokenBytes))));
        }
        string token = File.ReadAllText(path).Trim();
        return token.Length > 0 ? new GatewayToken(token) : throw new InvalidDataException($"{path} holds no token");
    }

    /// <summary>Whether an Authorization header shows the token. How long it takes does not tell how much of it is right.</summary>
    public bool IsShownIn(string? authorization) =>
        authorization is not null && authorization.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase)
        && CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(authorization[Scheme.Length..].Trim()), _token);
}
