namespace Flashback.Files.Content;

/// <summary>Numbers of seven bits a byte, the lowest first, as multiformats and protocol buffers write them. spec: multiformats/unsigned-varint</summary>
internal static class Varint
{
    /// <summary>The longest there is: 63 bits.</summary>
    public const int MostBytes = 9;

    /// <summary>Reads one from the start; false where it is cut short, longer than 63 bits, or longer than need be.</summary>
    public static bool TryRead(ReadOnlySpan<byte> bytes, out ulong value, out int length)
    {
        value = 0;
        for (length = 0; length < Math.Min(bytes.Length, MostBytes);)
        {
            byte next = bytes[length];
            value |= (ulong)(next & 0x7f) << (7 * length);
            length++;
            if (next < 0x80)
                return next != 0 || length == 1;
        }
        return false;
    }

    /// <summary>How many bytes a number takes.</summary>
    public static int Length(ulong value)
    {
        int length = 1;
        for (; value >= 0x80; value >>= 7)
            length++;
        return length;
    }

    /// <summary>Writes a number.</summary>
    /// <returns>How many bytes it took.</returns>
    public static int Write(Span<byte> destination, ulong value)
    {
        int length = 0;
        for (; value >= 0x80; value >>= 7)
            destination[length++] = (byte)(value | 0x80);
        destination[length++] = (byte)value;
        return length;
    }
}
