using System.Globalization;
using System.Text;

namespace Flashback.Primitives;

/// <summary>Unicode's normalization form KD, which passwords and mnemonics are brought into before they are hashed. spec: Unicode UAX #15</summary>
/// <remarks>
/// The framework leaves the form out where it runs without ICU, as this program does. The tables are Unicode 15.1's: <c>decompositions.txt</c> has a
/// character and what it becomes on each line, <c>combining_classes.txt</c> a class above zero and the characters that are of it. Text in ASCII never needs them.
/// </remarks>
public static class CompatibilityDecomposition
{
    // Syllables of Hangul are taken apart by arithmetic. spec: Unicode core specification §3.12
    private const int FirstSyllable = 0xAC00, Syllables = 11_172, FirstLead = 0x1100, FirstVowel = 0x1161, BeforeFirstTail = 0x11A7, Vowels = 21, Tails = 28;

    private static readonly Lazy<Tables> Unicode = new(() => new Tables());

    /// <summary>The text in normalization form KD, in a pinned array that is its only copy: whoever holds a secret can wipe it.</summary>
    public static char[] Decompose(ReadOnlySpan<char> text)
    {
        if (Ascii.IsValid(text))
        {
            char[] same = GC.AllocateUninitializedArray<char>(text.Length, pinned: true);
            text.CopyTo(same);
            return same;
        }
        int length = 0;
        foreach (Rune rune in text.EnumerateRunes())
            length += LengthOf(rune);
        Rune[] runes = GC.AllocateArray<Rune>(length, pinned: true); // as many as there are UTF-16 units at most
        int count = 0;
        foreach (Rune rune in text.EnumerateRunes())
            Append(rune, runes, ref count);
        Order(runes.AsSpan(0, count));
        char[] decomposed = GC.AllocateArray<char>(length, pinned: true);
        int written = 0;
        foreach (Rune rune in runes.AsSpan(0, count))
            written += rune.EncodeToUtf16(decomposed.AsSpan(written));
        runes.AsSpan().Clear();
        return decomposed;
    }

    private static int LengthOf(Rune rune) => rune.Value - FirstSyllable is >= 0 and < Syllables and var syllable
        ? syllable % Tails == 0 ? 2 : 3
        : Unicode.Value.Decompositions.TryGetValue(rune.Value, out string? parts) ? parts.Length : rune.Utf16SequenceLength;

    private static void Append(Rune rune, Rune[] runes, ref int count)
    {
        if (rune.Value - FirstSyllable is >= 0 and < Syllables and var syllable)
        {
            runes[count++] = new Rune(FirstLead + (syllable / (Vowels * Tails)));
            runes[count++] = new Rune(FirstVowel + (syllable / Tails % Vowels));
            if (syllable % Tails > 0)
                runes[count++] = new Rune(BeforeFirstTail + (syllable % Tails));
        }
        else if (Unicode.Value.Decompositions.TryGetValue(rune.Value, out string? parts))
        {
            foreach (Rune part in parts.EnumerateRunes())
                runes[count++] = part;
        }
        else
        {
            runes[count++] = rune;
        }
    }

    /// <summary>Sorts each run of marks by their classes; marks of the same class keep their order. spec: Unicode core specification §3.11 D109</summary>
    private static void Order(Span<Rune> runes)
    {
        for (int i = 1; i < runes.Length; i++)
        {
            Rune mark = runes[i];
            int rank = ClassOf(mark), place = i;
            for (; rank > 0 && place > 0 && ClassOf(runes[place - 1]) > rank; place--)
                runes[place] = runes[place - 1];
            runes[place] = mark;
        }
    }

    private static int ClassOf(Rune rune) => Unicode.Value.Classes.GetValueOrDefault(rune.Value);

    private sealed class Tables
    {
        public Dictionary<int, string> Decompositions { get; } = [];

        public Dictionary<int, byte> Classes { get; } = [];

        public Tables()
        {
            foreach (string line in Lines("decompositions.txt"))
            {
                Rune whole = Rune.GetRuneAt(line, 0);
                Decompositions[whole.Value] = line[whole.Utf16SequenceLength..];
            }
            foreach (string line in Lines("combining_classes.txt"))
            {
                int space = line.IndexOf(' ', StringComparison.Ordinal);
                byte rank = byte.Parse(line.AsSpan(0, space), CultureInfo.InvariantCulture);
                foreach (Rune rune in line.AsSpan(space + 1).EnumerateRunes())
                    Classes[rune.Value] = rank;
            }
        }

        private static string[] Lines(string resource)
        {
            using Stream stream = typeof(CompatibilityDecomposition).Assembly.GetManifestResourceStream(resource)
                ?? throw new InvalidOperationException($"the assembly was built without {resource}");
            using StreamReader reader = new(stream, Encoding.UTF8);
            return reader.ReadToEnd().Split('\n', StringSplitOptions.RemoveEmptyEntries);
        }
    }
}
