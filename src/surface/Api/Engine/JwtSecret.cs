using System.Buffers.Text;
using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Flashback.Primitives;

namespace Flashback.Api.Engine;

/// <summary>What node and consensus client share, and the tokens by which one knows the other. spec: execution-apis engine, authentication</summary>
public sealed class JwtSecret
{
    private const string Scheme = "Bearer ";
    private const int Length = 32;
    private const int MostTokenLength = 4096;

    private static readonly TimeSpan Tolerance = TimeSpan.FromSeconds(60);

    private readonly byte[] _key;

    private JwtSecret(byte[] key) => _key = key;

    /// <summary>Reads a secret: 64 hexadecimal digits, with or without "0x".</summary>
    public static bool TryParse(string text, [NotNullWhen(true)] out JwtSecret? secret)
    {
        ReadOnlySpan<char> digits = text.AsSpan().Trim();
        if (digits.StartsWith("0x", StringComparison.OrdinalIgnoreCase))
            digits = digits[2..];
        byte[] key = new byte[Length];
        secret = digits.Length == 2 * Length && Hex.TryDecode(digits, key) ? new JwtSecret(key) : null;
        return secret is not null;
    }

    /// <summary>Reads the secret in a file; where there is none, makes one that only the owner can read.</summary>
    /// <exception cref="IOException">The file cannot be read or written, or holds something else.</exception>
    public static JwtSecret ReadOrCreate(string path)
    {
        if (!File.Exists(path))
            Create(path);
        return TryParse(File.ReadAllText(path), out JwtSecret? secret) ? secret : throw new IOException($"{path} does not hold {2 * Length} hexadecimal digits");
    }

    /// <summary>A token for a moment.</summary>
    public string Sign(DateTimeOffset issuedAt)
    {
        string head = Base64Url.EncodeToString("{\"alg\":\"HS256\",\"typ\":\"JWT\"}"u8);
        string signed = $"{head}.{Base64Url.EncodeToString(Encoding.ASCII.GetBytes($"{{\"iat\":{issuedAt.ToUnixTimeSeconds()}}}"))}";
        return $"{signed}.{Base64Url.EncodeToString(HMACSHA256.HashData(_key, Encoding.ASCII.GetBytes(signed)))}";
    }

    /// <summary>What is wrong with a request's Authorization header; null when whoever sent it knows the secret and sent it just now.</summary>
    public string? Check(string? authorization, DateTimeOffset now)
    {
        if (authorization is null || !authorization.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase))
            return "missing token";
        string token = authorization[Scheme.Length..];
        string[] parts = token.Length > MostTokenLength ? [] : token.Split('.');
        if (parts.Length != 3 || !TryDecode(parts[0], out byte[] head) || !TryDecode(parts[1], out byte[] claims) || !TryDecode(parts[2], out byte[] signature))
            return "malformed token";
        if (!CryptographicOperations.FixedTimeEquals(HMACSHA256.HashData(_key, Encoding.ASCII.GetBytes($"{parts[0]}.{parts[1]}")), signature))
            return "invalid signature";
        try
        {
            using JsonDocument header = JsonDocument.Parse(head);
            using JsonDocument body = JsonDocument.Parse(claims);
            return CheckClaims(header.RootElement, body.RootElement, now);
        }
        catch (Exception broken) when (broken is JsonException or InvalidOperationException)
        {
            return "malformed token";
        }
    }

    private static string? CheckClaims(JsonElement header, JsonElement claims, DateTimeOffset now)
    {
        if (!header.TryGetProperty("alg", out JsonElement algorithm) || algorithm.GetString() != "HS256")
            return "signing method is not HS256";
        if (!claims.TryGetProperty("iat", out JsonElement issued) || !issued.TryGetDouble(out double seconds))
            return "missing issued-at";
        double present = now.ToUnixTimeMilliseconds() / 1000.0;
        return seconds < present - Tolerance.TotalSeconds ? "stale token"
            : seconds > present + Tolerance.TotalSeconds ? "future token"
            : claims.TryGetProperty("exp", out JsonElement expires) && !(expires.TryGetDouble(out double until) && until > present) ? "token is expired"
            : null;
    }

    private static bool TryDecode(string text, out byte[] bytes)
    {
        bytes = [];
        if (!Base64Url.IsValid(text)) // what decodes throws where it is not
            return false;
        bytes = Base64Url.DecodeFromChars(text);
        return true;
    }

    private static void Create(string path)
    {
        if (Path.GetDirectoryName(Path.GetFullPath(path)) is { } folder)
            Directory.CreateDirectory(folder);
        FileStreamOptions options = new() { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        using StreamWriter writer = new(path, options);
        writer.WriteLine(Hex.Encode(RandomNumberGenerator.GetBytes(Length)));
    }
}
