using System.Text;
using System.Text.RegularExpressions;

namespace Flashback.Gateway.Objects;

/// <summary>What buckets and objects may be called. spec: Amazon S3, bucket naming rules and object key names</summary>
internal static partial class ObjectNames
{
    private const int MostKeyBytes = 1024;

    private static readonly UTF8Encoding Strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <exception cref="ObjectException">No bucket can be called that.</exception>
    public static void CheckBucket(string name)
    {
        if (!BucketName().IsMatch(name) || name.Contains("..", StringComparison.Ordinal) || System.Net.IPAddress.TryParse(name, out _) || name.StartsWith("xn--", StringComparison.Ordinal))
            throw new ObjectException(ObjectFault.InvalidBucketName, "a bucket's name is 3 to 63 lower-case letters, digits, dots and hyphens, begins and ends with a letter or digit, and is no address");
    }

    /// <exception cref="ObjectException">No object can be called that.</exception>
    public static void CheckKey(string key)
    {
        try
        {
            if (key.Length == 0 || key.Contains('\0'))
                throw new ObjectException(ObjectFault.InvalidArgument, "a key is not empty and has no zero in it");
            if (Strict.GetByteCount(key) > MostKeyBytes)
                throw new ObjectException(ObjectFault.KeyTooLongError, $"a key is at most {MostKeyBytes} bytes long");
        }
        catch (EncoderFallbackException)
        {
            throw new ObjectException(ObjectFault.InvalidArgument, "a key is text in UTF-8");
        }
    }

    [GeneratedRegex("^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$")]
    private static partial Regex BucketName();
}
