namespace Flashback.Primitives;

/// <summary>Simple Serialize of values whose type is no container: a codec is put together and asked. spec: cs/ssz/simple-serialize</summary>
/// <remarks>Containers have the same as members of their own: <c>Checkpoint.TryDecode(bytes, out …)</c>, <c>checkpoint.HashTreeRoot()</c>.</remarks>
public static class Ssz
{
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
