using System.Security.Cryptography;
using System.Text;
using Flashback.Client;

namespace Flashback.Gateway.S3;

/// <summary>A pair of access key and secret. The secret is written into nothing.</summary>
/// <param name="accessKey">Names it.</param>
/// <param name="secret">Signs.</param>
public sealed class S3Credentials(string accessKey, string secret)
{
    private const int SecretBytes = 30;

    private readonly byte[] _secret = Encoding.UTF8.GetBytes("AWS4" + secret);

    /// <summary>Names the pair.</summary>
    public string AccessKey { get; } = accessKey;

    /// <summary>Reads the pair in a file of two lines; where there is none, makes one that its owner alone can read.</summary>
    /// <exception cref="InvalidDataException">The file holds no pair.</exception>
    /// <exception cref="IOException">It cannot be read or written.</exception>
    public static S3Credentials ReadOrCreate(string path)
    {
        if (!File.Exists(path))
        {
            string pair = $"FB{Convert.ToHexString(RandomNumberGenerator.GetBytes(9))}\n{Convert.ToBase64String(RandomNumberGenerator.GetBytes(SecretBytes))}\n";
            SecretFile.WriteNew(path, Encoding.ASCII.GetBytes(pair));
        }
        return File.ReadAllLines(path) is [{ Length: > 0 } accessKey, { Length: >= 8 } secret, ..]
            ? new S3Credentials(accessKey.Trim(), secret.Trim())
            : throw new InvalidDataException($"{path} does not hold an access key and a secret, each on a line");
    }

    /// <summary>The key that signs for a day, region and service.</summary>
    internal byte[] SigningKey(string date, string region)
    {
        byte[] key = HMACSHA256.HashData(_secret, Encoding.UTF8.GetBytes(date));
        key = HMACSHA256.HashData(key, Encoding.UTF8.GetBytes(region));
        key = HMACSHA256.HashData(key, "s3"u8);
        return HMACSHA256.HashData(key, "aws4_request"u8);
    }
}
