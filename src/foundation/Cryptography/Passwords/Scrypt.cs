using System.Numerics;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Security.Cryptography;

namespace Flashback.Cryptography;

/// <summary>The key derivation that makes guessing passwords cost memory. spec: RFC 7914</summary>
/// <remarks>
/// Takes 128·n·r bytes beside the managed heap, wiped and given back at the end. Which part of them is read when depends on the password, as the
/// design has it. A block's sixteen words lie in the order of Salsa20's diagonals, so that a round is four additions of whole vectors.
/// </remarks>
public static class Scrypt
{
    private const int BlockVectors = 4; // 64 bytes
    private const int BlockBytes = 64;

    /// <summary>The memory that parameters ask for, in bytes.</summary>
    public static UInt128 MemoryOf(ulong n, ulong r) => (UInt128)128 * n * r;

    /// <summary>Derives a key.</summary>
    /// <param name="password">The secret.</param>
    /// <param name="salt">Makes equal passwords give different keys.</param>
    /// <param name="n">The cost: a power of two above one.</param>
    /// <param name="r">The size of a block, in pairs of 64 bytes.</param>
    /// <param name="p">How often the work is done with other blocks.</param>
    /// <param name="key">Where the key goes.</param>
    /// <exception cref="ArgumentOutOfRangeException">The parameters are none, or ask for more than 2^31 vectors of memory: bound them before.</exception>
    public static unsafe void DeriveKey(ReadOnlySpan<byte> password, ReadOnlySpan<byte> salt, int n, int r, int p, Span<byte> key)
    {
        if (n < 2 || !BitOperations.IsPow2(n))
            throw new ArgumentOutOfRangeException(nameof(n), n, "n is a power of two above one");
        ArgumentOutOfRangeException.ThrowIfLessThan(r, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(p, 1);
        if (MemoryOf((ulong)n, (ulong)r) / 16 > int.MaxValue || (UInt128)128 * (ulong)r * (ulong)p > int.MaxValue)
            throw new ArgumentOutOfRangeException(nameof(n), n, $"n = {n}, r = {r}, p = {p} ask for too much memory");
        int width = 2 * r * BlockVectors; // of one mix, in vectors
        byte[] mixes = Rfc2898DeriveBytes.Pbkdf2(password, salt, 1, HashAlgorithmName.SHA256, p * width * 16);
        nuint length = (nuint)n * (nuint)width * 16;
        void* memory = NativeMemory.AlignedAlloc(length, BlockBytes);
        try
        {
            Span<Vector128<uint>> table = new(memory, n * width); // the allocation above, which outlives the span
            foreach (Range mix in Parts(p, width * 16))
                MixRows(mixes.AsSpan(mix), n, table);
            Rfc2898DeriveBytes.Pbkdf2(password, mixes, key, 1, HashAlgorithmName.SHA256);
        }
        finally
        {
            NativeMemory.Clear(memory, length);
            NativeMemory.AlignedFree(memory);
            CryptographicOperations.ZeroMemory(mixes);
        }
    }

    private static IEnumerable<Range> Parts(int count, int length) => Enumerable.Range(0, count).Select(i => (i * length)..((i + 1) * length));

    /// <summary>Fills the table with the mix's successive states, then walks through it as the states say. spec: RFC 7914 §5 scryptROMix</summary>
    private static void MixRows(Span<byte> mix, int n, Span<Vector128<uint>> table)
    {
        int width = mix.Length / 16;
        Vector128<uint>[] x = GC.AllocateArray<Vector128<uint>>(width, pinned: true), y = GC.AllocateArray<Vector128<uint>>(width, pinned: true);
        Load(mix, x);
        for (int i = 0; i < n; i++)
        {
            x.CopyTo(table[(i * width)..]);
            MixBlocks(x, y);
            (x, y) = (y, x);
        }
        for (int i = 0; i < n; i++)
        {
            // The first word of the last block: the diagonals leave it in its place.
            int row = (int)(x[width - BlockVectors][0] & (uint)(n - 1));
            ReadOnlySpan<Vector128<uint>> stored = table.Slice(row * width, width);
            for (int k = 0; k < stored.Length; k++)
                x[k] ^= stored[k];
            MixBlocks(x, y);
            (x, y) = (y, x);
        }
        Store(x, mix);
        x.AsSpan().Clear();
        y.AsSpan().Clear();
    }

    /// <summary>Each block is added to the one before and hashed; those at even places come first. spec: RFC 7914 §4 scryptBlockMix</summary>
    private static void MixBlocks(ReadOnlySpan<Vector128<uint>> x, Span<Vector128<uint>> y)
    {
        int half = x.Length / 2;
        Vector128<uint> a = x[^4], b = x[^3], c = x[^2], d = x[^1];
        for (int i = 0; i < x.Length; i += BlockVectors)
        {
            ReadOnlySpan<Vector128<uint>> block = x.Slice(i, BlockVectors);
            a ^= block[0];
            b ^= block[1];
            c ^= block[2];
            d ^= block[3];
            Salsa(ref a, ref b, ref c, ref d);
            int place = i / (2 * BlockVectors) * BlockVectors + (i % (2 * BlockVectors) == 0 ? 0 : half);
            Span<Vector128<uint>> to = y.Slice(place, BlockVectors);
            to[0] = a;
            to[1] = b;
            to[2] = c;
            to[3] = d;
        }
    }

    /// <summary>Eight rounds of Salsa20, and the sum with what went in. spec: RFC 7914 §3</summary>
    private static void Salsa(ref Vector128<uint> a, ref Vector128<uint> b, ref Vector128<uint> c, ref Vector128<uint> d)
    {
        Vector128<uint> w = a, x = b, y = c, z = d;
        for (int i = 0; i < 4; i++)
        {
            x ^= Rotate(w + z, 7);
            y ^= Rotate(x + w, 9);
            z ^= Rotate(y + x, 13);
            w ^= Rotate(z + y, 18);
            (x, y, z) = (Vector128.Shuffle(x, Vector128.Create(3u, 0, 1, 2)), Vector128.Shuffle(y, Vector128.Create(2u, 3, 0, 1)), Vector128.Shuffle(z, Vector128.Create(1u, 2, 3, 0)));
            z ^= Rotate(w + x, 7);
            y ^= Rotate(z + w, 9);
            x ^= Rotate(y + z, 13);
            w ^= Rotate(x + y, 18);
            (x, y, z) = (Vector128.Shuffle(x, Vector128.Create(1u, 2, 3, 0)), Vector128.Shuffle(y, Vector128.Create(2u, 3, 0, 1)), Vector128.Shuffle(z, Vector128.Create(3u, 0, 1, 2)));
        }
        a += w;
        b += x;
        c += y;
        d += z;
    }

    private static Vector128<uint> Rotate(Vector128<uint> words, int bits) => (words << bits) | (words >>> (32 - bits));

    /// <summary>Reads blocks of little-endian words into diagonals: word 5i mod 16 comes i-th.</summary>
    private static void Load(ReadOnlySpan<byte> bytes, Span<Vector128<uint>> vectors)
    {
        Span<uint> words = MemoryMarshal.Cast<Vector128<uint>, uint>(vectors);
        for (int i = 0; i < words.Length; i++)
            words[i] = System.Buffers.Binary.BinaryPrimitives.ReadUInt32LittleEndian(bytes[(4 * PlaceOf(i))..]);
    }

    private static void Store(ReadOnlySpan<Vector128<uint>> vectors, Span<byte> bytes)
    {
        ReadOnlySpan<uint> words = MemoryMarshal.Cast<Vector128<uint>, uint>(vectors);
        for (int i = 0; i < words.Length; i++)
            System.Buffers.Binary.BinaryPrimitives.WriteUInt32LittleEndian(bytes[(4 * PlaceOf(i))..], words[i]);
    }

    private static int PlaceOf(int i) => (i & ~15) | (i * 5 & 15);
}
