using Flashback.Cryptography;
using Flashback.Primitives;

namespace Flashback.Client;

/// <summary>An account's secret key in a file: 64 hexadecimal digits, as <c>geth account import</c> takes it. Nobody but its owner may read it.</summary>
public static class AccountKeyFile
{
    private const int LongestFile = 256;

    /// <summary>Reads the key.</summary>
    /// <exception cref="IOException">The file cannot be read.</exception>
    /// <exception cref="InvalidDataException">It holds no key, or others may read or write it.</exception>
    public static Secp256k1SecretKey Read(string path)
    {
        string text = SecretFile.ReadText(path, LongestFile);
        Span<byte> bytes = stackalloc byte[Secp256k1SecretKey.Size];
        try
        {
            return Hex.TryDecode(text, bytes) && Secp256k1SecretKey.TryDecode(bytes, out Secp256k1SecretKey? key)
                ? key
                : throw new InvalidDataException($"{path} holds no key: 64 hexadecimal digits are expected");
        }
        finally
        {
            bytes.Clear();
        }
    }

    /// <summary>Draws a new key and writes it.</summary>
    /// <exception cref="IOException">The file is there already, or cannot be written.</exception>
    public static Address Create(string path)
    {
        using Secp256k1SecretKey key = Secp256k1SecretKey.Generate();
        Write(path, key);
        return key.PublicKey.ToAddress();
    }

    /// <summary>Writes a key.</summary>
    /// <exception cref="IOException">The file is there already, or cannot be written.</exception>
    public static void Write(string path, Secp256k1SecretKey key)
    {
        ArgumentNullException.ThrowIfNull(key);
        Span<byte> bytes = stackalloc byte[Secp256k1SecretKey.Size];
        key.Encode(bytes);
        SecretFile.WriteNew(path, System.Text.Encoding.ASCII.GetBytes(Convert.ToHexStringLower(bytes) + "\n"));
        bytes.Clear();
    }
}
