namespace Flashback.Testing;

/// <summary>What holds for every canonical codec, written once.</summary>
public static class CodecLaws
{
    /// <summary>A decoder, made one for tests: null where the input is refused.</summary>
    public delegate T? Decoder<T>(ReadOnlySpan<byte> input)
        where T : class;

    /// <summary>Decoding gives back a value with the same encoding; a shorter or longer input is refused, or is another value's canonical encoding.</summary>
    /// <param name="encoding">The encoding of a value.</param>
    /// <param name="decode">The decoder.</param>
    /// <param name="encode">The encoder.</param>
    /// <param name="fixedSize">True where all encodings have one length: then every other length is refused.</param>
    public static void Check<T>(byte[] encoding, Decoder<T> decode, Func<T, byte[]> encode, bool fixedSize)
        where T : class
    {
        T? value = decode(encoding);
        Assert.NotNull(value);
        Assert.Equal(encoding, encode(value));
        for (int length = 0; length < encoding.Length; length++)
            IsRefusedOrCanonical(encoding[..length], decode, encode, fixedSize);
        IsRefusedOrCanonical([.. encoding, 0], decode, encode, fixedSize);
        IsRefusedOrCanonical([.. encoding, 1], decode, encode, fixedSize);
    }

    /// <summary>Whatever the input, a decoder refuses it or it is the encoding of what comes out. Returns whether it was accepted.</summary>
    public static bool IsRefusedOrCanonical<T>(byte[] input, Decoder<T> decode, Func<T, byte[]> encode, bool refusedAtAnyRate = false)
        where T : class
    {
        if (decode(input) is not { } value)
            return false;
        Assert.False(refusedAtAnyRate, $"{Convert.ToHexString(input)} is accepted");
        if (!input.AsSpan().SequenceEqual(encode(value)))
            Assert.Fail($"{Convert.ToHexString(input)} is accepted and is no canonical encoding");
        return true;
    }
}
