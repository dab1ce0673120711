using System.Buffers.Binary;
using System.Runtime.InteropServices;

namespace Flashback.Primitives;

/// <summary>Keccak-256 and Keccak-512 with the original padding, as Ethereum uses them (SHA-3 as standardised pads differently).</summary>
/// <remarks>spec: The Keccak reference, version 3.0, section 1.</remarks>
public static class Keccak
{
    private const int Rate256 = 136; // 200 − 2 × 32 bytes
    private const int Rate512 = 72; // 200 − 2 × 64 bytes

    /// <summary>Keccak-256 of no bytes: the code hash of an account without code.</summary>
    public static Hash32 OfNothing { get; } = Hash256([]);

    /// <summary>The 32-byte digest of a message.</summary>
    public static Hash32 Hash256(ReadOnlySpan<byte> message)
    {
        Hash32 digest = default;
        Absorb(message, Rate256, MemoryMarshal.AsBytes(new Span<Hash32>(ref digest)));
        return digest;
    }

    /// <summary>The 64-byte digest of a message.</summary>
    /// <exception cref="ArgumentException">The destination is not 64 bytes.</exception>
    public static void Hash512(ReadOnlySpan<byte> message, Span<byte> digest)
    {
        if (digest.Length != 64)
            throw new ArgumentException($"a Keccak-512 digest has 64 bytes, not {digest.Length}", nameof(digest));
        Absorb(message, Rate512, digest);
    }

    private static void Absorb(ReadOnlySpan<byte> message, int rate, Span<byte> digest)
    {
        KeccakState state = default;
        while (message.Length >= rate)
        {
            Mix(ref state, message[..rate]);
            KeccakPermutation.Permute(ref state);
            message = message[rate..];
        }
        Span<byte> last = stackalloc byte[Rate256];
        last = last[..rate];
        message.CopyTo(last);
        last[message.Length..].Clear();
        last[message.Length] = 0x01;
        last[^1] |= 0x80;
        Mix(ref state, last);
        KeccakPermutation.Permute(ref state);
        for (int i = 0; i < digest.Length / 8; i++)
            BinaryPrimitives.WriteUInt64LittleEndian(digest[(8 * i)..], state[i]);
    }

    private static void Mix(ref KeccakState state, ReadOnlySpan<byte> block)
    {
        if (BitConverter.IsLittleEndian)
        {
            ReadOnlySpan<ulong> words = MemoryMarshal.Cast<byte, ulong>(block);
            Span<ulong> lanes = ((Span<ulong>)state)[..words.Length];
            for (int i = 0; i < words.Length; i++)
                lanes[i] ^= words[i];
            return;
        }
        for (int i = 0; i < block.Length / 8; i++)
            state[i] ^= BinaryPrimitives.ReadUInt64LittleEndian(block[(8 * i)..]);
    }
}
