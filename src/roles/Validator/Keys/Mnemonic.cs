using System.Diagnostics.CodeAnalysis;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;
using Flashback.Primitives;

namespace Flashback.Validator;

/// <summary>What words can break that are to be a mnemonic.</summary>
public enum MnemonicRule
{
    /// <summary>There are 12, 15, 18, 21 or 24 words. spec: BIP-39</summary>
    WordCount,

    /// <summary>Every word is one of the list. spec: BIP-39</summary>
    UnknownWord,

    /// <summary>The last bits are the hash of the others: a word is wrong, or not in its place. spec: BIP-39</summary>
    Checksum,
}

/// <summary>Words that a person can write down, from which all keys come. Wiped on disposal, never printed by itself. spec: BIP-39</summary>
/// <remarks>Eleven bits a word: entropy, then as many bits of its SHA-256 as it has groups of 32.</remarks>
public sealed class Mnemonic : IDisposable
{
    private const int BitsPerWord = 11;
    private const int FewestWords = 12, MostWords = 24, WordStep = 3;
    private const int SeedRounds = 2048; // BIP-39
    private const int LongestWord = 8;
    private const int EntropySize = 32; // 24 words

    private readonly char[] _words;

    private Mnemonic(ReadOnlySpan<int> indexes)
    {
        int length = indexes.Length - 1;
        foreach (int index in indexes)
            length += EnglishWords.All[index].Length;
        _words = GC.AllocateArray<char>(length, pinned: true);
        int written = 0;
        foreach (int index in indexes)
        {
            if (written > 0)
                _words[written++] = ' ';
            EnglishWords.All[index].CopyTo(_words.AsSpan(written));
            written += EnglishWords.All[index].Length;
        }
    }

    /// <summary>The words with a space between them, where they lie: for the one person who shall see them.</summary>
    public ReadOnlySpan<char> Words => _words;

    /// <summary>How many words there are.</summary>
    public int WordCount => _words.AsSpan().Count(' ') + 1;

    /// <summary>Twenty-four fresh words from the operating system's generator.</summary>
    public static Mnemonic Create()
    {
        Span<byte> entropy = stackalloc byte[EntropySize];
        RandomNumberGenerator.Fill(entropy);
        Mnemonic mnemonic = FromEntropy(entropy);
        CryptographicOperations.ZeroMemory(entropy);
        return mnemonic;
    }

    /// <summary>Reads words, of either case, with any white space between them.</summary>
    public static Invalid<MnemonicRule>? Parse(ReadOnlySpan<char> text, out Mnemonic? mnemonic)
    {
        mnemonic = null;
        char[] normal = CompatibilityDecomposition.Decompose(text);
        Span<int> indexes = stackalloc int[MostWords];
        try
        {
            int count = 0, start = 0;
            while (NextWord(normal, ref start, out ReadOnlySpan<char> word))
            {
                if (count == MostWords)
                    return new(MnemonicRule.WordCount, $"more than {MostWords} words");
                indexes[count] = IndexOf(word);
                if (indexes[count++] < 0)
                    return new(MnemonicRule.UnknownWord, $"word {count} is not in the list");
            }
            if (count < FewestWords || count % WordStep != 0)
                return new(MnemonicRule.WordCount, $"{count} words; there are 12, 15, 18, 21 or 24");
            if (!HasChecksum(indexes[..count]))
                return new(MnemonicRule.Checksum, "the words do not fit together: one is wrong, or not in its place");
            mnemonic = new Mnemonic(indexes[..count]);
            return null;
        }
        finally
        {
            normal.AsSpan().Clear();
            indexes.Clear();
        }
    }

    /// <summary>The seed of the tree of keys, 64 bytes.</summary>
    /// <param name="passphrase">What else the seed depends on; empty for nothing.</param>
    public SecretBytes DeriveSeed(ReadOnlySpan<char> passphrase)
    {
        char[] normal = CompatibilityDecomposition.Decompose(passphrase);
        using SecretBytes salt = new("mnemonic"u8.Length + Encoding.UTF8.GetByteCount(normal));
        "mnemonic"u8.CopyTo(salt.Span);
        Encoding.UTF8.GetBytes(normal, salt.Span["mnemonic"u8.Length..]);
        using SecretBytes password = new(_words.Length);
        Encoding.ASCII.GetBytes(_words, password.Span);
        SecretBytes seed = new(64);
        Rfc2898DeriveBytes.Pbkdf2(password.Span, salt.Span, seed.Span, SeedRounds, HashAlgorithmName.SHA512);
        normal.AsSpan().Clear();
        return seed;
    }

    /// <summary>Wipes the words.</summary>
    public void Dispose() => CryptographicOperations.ZeroMemory(MemoryMarshal.AsBytes(_words.AsSpan()));

    /// <summary>A text without the words.</summary>
    public override string ToString() => "mnemonic";

    internal static Mnemonic FromEntropy(ReadOnlySpan<byte> entropy)
    {
        Span<byte> bits = stackalloc byte[EntropySize + SHA256.HashSizeInBytes];
        entropy.CopyTo(bits);
        SHA256.HashData(entropy, bits[entropy.Length..]);
        Span<int> indexes = stackalloc int[MostWords];
        int count = entropy.Length * 3 / 4; // 33 bits in three words for each 32 of entropy
        for (int i = 0; i < count * BitsPerWord; i++)
            indexes[i / BitsPerWord] = (indexes[i / BitsPerWord] << 1) | ((bits[i / 8] >> (7 - (i % 8))) & 1);
        Mnemonic mnemonic = new(indexes[..count]);
        CryptographicOperations.ZeroMemory(bits);
        indexes.Clear();
        return mnemonic;
    }

    private static bool NextWord(ReadOnlySpan<char> text, ref int start, [UnscopedRef] out ReadOnlySpan<char> word)
    {
        while (start < text.Length && char.IsWhiteSpace(text[start]))
            start++;
        int end = start;
        while (end < text.Length && !char.IsWhiteSpace(text[end]))
            end++;
        word = text[start..end];
        start = end;
        return word.Length > 0;
    }

    private static int IndexOf(ReadOnlySpan<char> word)
    {
        Span<char> lower = stackalloc char[LongestWord];
        int length = word.Length > LongestWord ? -1 : word.ToLowerInvariant(lower);
        int index = length < 0 ? -1 : EnglishWords.IndexOf(lower[..length]);
        lower.Clear();
        return index;
    }

    private static bool HasChecksum(ReadOnlySpan<int> indexes)
    {
        int total = indexes.Length * BitsPerWord, checksum = total / 33;
        Span<byte> bits = stackalloc byte[EntropySize + 1], hash = stackalloc byte[SHA256.HashSizeInBytes];
        bits.Clear();
        for (int i = 0; i < total; i++)
            bits[i / 8] |= (byte)(((indexes[i / BitsPerWord] >> (BitsPerWord - 1 - (i % BitsPerWord))) & 1) << (7 - (i % 8)));
        int entropy = (total - checksum) / 8;
        SHA256.HashData(bits[..entropy], hash);
        bool fits = bits[entropy] == (byte)(hash[0] & (0xff << (8 - checksum)));
        CryptographicOperations.ZeroMemory(bits);
        return fits;
    }
}
