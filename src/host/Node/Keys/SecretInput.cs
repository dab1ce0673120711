using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;
using Flashback.Validator;

namespace Flashback.Node;

/// <summary>Secrets from a file or a prompt. Typed characters are not shown, and are wiped after use.</summary>
internal static class SecretInput
{
    private const int MostCharacters = 1024;

    /// <summary>A password that is known: of keystores that are there.</summary>
    public static SecretBytes Password(string? file) => file is null
        ? Ask("Password: ", text => Validator.Password.FromText(text))
        : Validator.Password.ReadFile(file);

    /// <summary>A password that is new: asked for twice.</summary>
    /// <exception cref="InvalidDataException">They differ, or it is too short.</exception>
    public static SecretBytes NewPassword(string? file)
    {
        SecretBytes password = Password(file);
        if (password.Length < 8)
            throw new InvalidDataException("the password is too short: keystores take eight characters at least");
        if (file is not null)
            return password;
        using SecretBytes again = Ask("The same again: ", text => Validator.Password.FromText(text));
        return CryptographicOperations.FixedTimeEquals(password.Span, again.Span) ? password : throw new InvalidDataException("the passwords differ");
    }

    /// <summary>A mnemonic.</summary>
    /// <exception cref="InvalidDataException">It is none.</exception>
    public static Mnemonic Mnemonic(string? file) => file is null ? Ask("Mnemonic: ", Parse) : WithText(file, Parse);

    /// <summary>The seed of a mnemonic, with the passphrase in a file if there is one.</summary>
    public static SecretBytes Seed(Mnemonic mnemonic, string? passphraseFile) => passphraseFile is null
        ? mnemonic.DeriveSeed("")
        : WithText(passphraseFile, text => mnemonic.DeriveSeed(text.IndexOfAny('\r', '\n') is var end and >= 0 ? text[..end] : text));

    private static Mnemonic Parse(ReadOnlySpan<char> text) => Validator.Mnemonic.Parse(text, out Mnemonic? mnemonic) is { } invalid
        ? throw new InvalidDataException($"this is no mnemonic: {invalid}")
        : mnemonic!;

    private static T WithText<T>(string path, Func<ReadOnlySpan<char>, T> use)
    {
        byte[] bytes = GC.AllocateArray<byte>(MostCharacters + 1, pinned: true);
        char[] text = GC.AllocateArray<char>(MostCharacters + 1, pinned: true);
        try
        {
            using FileStream file = new(path, FileMode.Open, FileAccess.Read, FileShare.Read, bufferSize: 0);
            int length = file.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false);
            return length <= MostCharacters
                ? use(text.AsSpan(0, Encoding.UTF8.GetChars(bytes.AsSpan(0, length), text)))
                : throw new InvalidDataException($"{path} has more than {MostCharacters} bytes");
        }
        finally
        {
            CryptographicOperations.ZeroMemory(bytes);
            CryptographicOperations.ZeroMemory(MemoryMarshal.AsBytes(text.AsSpan()));
        }
    }

    private static T Ask<T>(string prompt, Func<ReadOnlySpan<char>, T> use)
    {
        if (Console.IsInputRedirected)
            throw new InvalidDataException("there is no terminal to ask at: name the file that holds the secret");
        char[] text = GC.AllocateArray<char>(MostCharacters, pinned: true);
        try
        {
            Console.Error.Write(prompt);
            int length = 0;
            for (ConsoleKeyInfo key = Console.ReadKey(intercept: true); key.Key != ConsoleKey.Enter; key = Console.ReadKey(intercept: true))
            {
                if (key.Key == ConsoleKey.Backspace)
                    length = Math.Max(0, length - 1);
                else if (key.KeyChar != '\0' && length < text.Length)
                    text[length++] = key.KeyChar;
            }
            Console.Error.WriteLine();
            return use(text.AsSpan(0, length));
        }
        finally
        {
            CryptographicOperations.ZeroMemory(MemoryMarshal.AsBytes(text.AsSpan()));
        }
    }
}
