using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Flashback.Primitives;

/// <summary>A byte string whose length belongs to its type: a hash, an address, a public key.</summary>
/// <typeparam name="TSelf">The type itself: <see cref="Size"/> bytes in the order they are written, nothing else.</typeparam>
public interface IFixedBytes<TSelf> : IEquatable<TSelf>, IComparable<TSelf>
    where TSelf : unmanaged, IFixedBytes<TSelf>
{
    /// <summary>The length in bytes.</summary>
    static virtual int Size => Unsafe.SizeOf<TSelf>();

    /// <summary>The bytes where the value lies, without a copy.</summary>
    [UnscopedRef]
    ReadOnlySpan<byte> AsSpan();
}

/// <summary>What all fixed-length byte strings can do, written once.</summary>
public static class FixedBytes
{
    /// <summary>The bytes of <paramref name="value"/> where it lies, without a copy.</summary>
    internal static ReadOnlySpan<byte> AsSpan<T>(in T value)
        where T : unmanaged, IFixedBytes<T> =>
        MemoryMarshal.AsBytes(new ReadOnlySpan<T>(in value));

    /// <summary>The value with these bytes.</summary>
    /// <exception cref="ArgumentException">The length is not the type's: lengths of outside bytes are checked before.</exception>
    public static T Read<T>(ReadOnlySpan<byte> bytes)
        where T : unmanaged, IFixedBytes<T> =>
        bytes.Length == Unsafe.SizeOf<T>()
            ? MemoryMarshal.Read<T>(bytes)
            : throw new ArgumentException($"{typeof(T).Name} has {Unsafe.SizeOf<T>()} bytes, not {bytes.Length}", nameof(bytes));

    /// <summary>Reads hexadecimal text of exactly the type's length, with or without the prefix "0x".</summary>
    public static bool TryParse<T>(ReadOnlySpan<char> text, out T value)
        where T : unmanaged, IFixedBytes<T>
    {
        value = default;
        return Hex.TryDecode(text, MemoryMarshal.AsBytes(new Span<T>(ref value)));
    }

    /// <summary>The value of a text known to be hexadecimal of the right length: constants in code.</summary>
    /// <exception cref="FormatException">It is not.</exception>
    public static T Parse<T>(ReadOnlySpan<char> text)
        where T : unmanaged, IFixedBytes<T> =>
        TryParse(text, out T value) ? value : throw new FormatException($"not the hexadecimal text of a {typeof(T).Name}");

    internal static int HashOf<T>(in T value)
        where T : unmanaged, IFixedBytes<T>
    {
        HashCode hash = default;
        hash.AddBytes(value.AsSpan());
        return hash.ToHashCode();
    }
}
