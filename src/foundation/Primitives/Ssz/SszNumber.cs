using System.Runtime.CompilerServices;
using System.Text.Json;

namespace Flashback.Primitives;

/// <summary>uintN: an unsigned number of 8 to 256 bits, the least significant byte first. spec: cs/ssz/simple-serialize#uintn</summary>
/// <typeparam name="T">byte, ushort, uint, ulong, UInt128, <see cref="UInt256"/>, or a struct marked <see cref="ISszNumber"/>.</typeparam>
public readonly struct SszNumber<T> : ISszCodec<T>
    where T : unmanaged
{
    /// <inheritdoc/>
    public static bool IsBasic => true;

    /// <inheritdoc/>
    public static bool IsPlain => true;

    /// <inheritdoc/>
    public bool IsFixedSize => true;

    /// <inheritdoc/>
    public int FixedLength => Unsafe.SizeOf<T>();

    /// <inheritdoc/>
    public SszShape Shape => new SszShape.Basic(Unsafe.SizeOf<T>());

    /// <inheritdoc/>
    public int LengthOf(in T value) => Unsafe.SizeOf<T>();

    /// <inheritdoc/>
    public int Write(in T value, Span<byte> output) => SszPlain.Write(in value, output);

    /// <inheritdoc/>
    public bool TryDecode(ReadOnlySpan<byte> input, out T value, out SszFault fault) => SszPlain.TryRead(input, out value, out fault);

    /// <inheritdoc/>
    public Hash32 RootOf(in T value)
    {
        Hash32 chunk = default;
        Unsafe.As<Hash32, T>(ref chunk) = value; // a number has 32 bytes at most
        return chunk;
    }

    /// <inheritdoc/>
    public void WriteRoots(ReadOnlySpan<T> values, Span<byte> roots) => SszPlain.WriteRootsOneByOne(this, values, roots);

    /// <inheritdoc/>
    public Hash32 NodeAt(in T value, ulong index) => SszPlain.NodeAt(SszPlain.BytesOf(in value), 0, index);

    /// <inheritdoc/>
    public void WriteJson(in T value, Utf8JsonWriter writer) => SszJson.WriteNumber(in value, writer);

    /// <inheritdoc/>
    public bool TryReadJson(ref Utf8JsonReader reader, out T value, out SszFault fault) => SszJson.TryReadNumber(ref reader, out value, out fault);
}
