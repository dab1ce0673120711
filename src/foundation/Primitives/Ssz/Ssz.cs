using System.Diagnostics.CodeAnalysis;

namespace Flashback.Primitives;

/// <summary>Simple Serialize: the encoding, and the Merkle root, of whole values. spec: cs/ssz/simple-serialize</summary>
/// <remarks>Containers have the same as members of their own: <c>Checkpoint.TryDecode(bytes, out …)</c>, <c>checkpoint.HashTreeRoot()</c>.</remarks>
public static class Ssz
{
    /// <summary>Reads a value from all of the input; nothing but the canonical encoding is accepted, and no more is allocated than the input is long, up to a small factor.</summary>
    public static bool TryDecode<T, TCodec>(in TCodec codec, ReadOnlySpan<byte> input, [MaybeNullWhen(false)] out T value, out SszFault fault)
        where TCodec : struct, ISszCodec<T>
    {
        if (!codec.IsFixedSize)
            return codec.TryRead(input, out value, out fault);
        value = default;
        fault = SszPlain.HasLength(input, codec.FixedLength);
        return fault.Rule == SszRule.None && codec.TryRead(input, out value, out fault);
    }

    /// <summary>A value's encoding.</summary>
    /// <exception cref="ArgumentException">The value is none of its type: a collection is longer than its limit, or has another length than its vector.</exception>
    public static byte[] Encode<T, TCodec>(in TCodec codec, in T value)
        where TCodec : struct, ISszCodec<T>
    {
        byte[] output = GC.AllocateUninitializedArray<byte>(codec.LengthOf(in value));
        codec.Write(in value, output);
        return output;
    }
}
