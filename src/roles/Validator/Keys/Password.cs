using System.Text;
using Flashback.Primitives;

namespace Flashback.Validator;

/// <summary>Passwords as keystores hash them: normalization form KD, without control characters, in UTF-8. spec: EIP-2335, password requirements</summary>
public static class Password
{
    private const int MostBytes = 4096;

    /// <summary>The bytes of a password.</summary>
    public static SecretBytes FromText(ReadOnlySpan<char> text)
    {
        char[] normal = CompatibilityDecomposition.Decompose(text);
        int kept = 0;
        foreach (char c in normal)
        {
            if (!char.IsControl(c)) // C0, C1 and Delete
                normal[kept++] = c;
        }
        SecretBytes password = new(Encoding.UTF8.GetByteCount(normal.AsSpan(0, kept)));
        Encoding.UTF8.GetBytes(normal.AsSpan(0, kept), password.Span);
        normal.AsSpan().Clear();
        return password;
    }

    /// <summary>The password that is a file's first line.</summary>
    /// <exception cref="InvalidDataException">It is empty, or the file is too long to hold a password.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public static SecretBytes ReadFile(string path)
    {
        byte[] bytes = GC.AllocateArray<byte>(MostBytes + 1, pinned: true);
        char[] text = GC.AllocateArray<char>(MostBytes + 1, pinned: true);
        try
        {
            using FileStream file = new(path, FileMode.Open, FileAccess.Read, FileShare.Read, bufferSize: 0);
            int length = file.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false);
            if (length > MostBytes)
                throw new InvalidDataException($"{path} has more than {MostBytes} bytes: it holds no password");
            ReadOnlySpan<char> line = text.AsSpan(0, Encoding.UTF8.GetChars(bytes.AsSpan(0, length), text));
            int end = line.IndexOfAny('\r', '\n');
            if (end == 0 || line.Length == 0)
                throw new InvalidDataException($"the password in {path} is empty");
            return FromText(end < 0 ? line : line[..end]);
        }
        finally
        {
            bytes.AsSpan().Clear();
            text.AsSpan().Clear();
        }
    }
}
