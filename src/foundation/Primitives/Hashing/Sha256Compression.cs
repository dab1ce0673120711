using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Flashback.Primitives;

/// <summary>SHA-256's compression function, one block at a time. spec: FIPS 180-4 §6.2</summary>
/// <remarks>
/// .NET does not offer x86's SHA instructions, and its one-shot call costs ten times the hashing of a short message. OpenSSL, which .NET itself
/// needs on Linux, exports the bare functions: one for whole blocks, one for a single block. Where they are not found, plain C# does the same.
/// </remarks>
internal static unsafe class Sha256Compression
{
    /// <summary>SHA256_Update(SHA256_CTX*, const void*, size_t): with no bytes waiting in the context it compresses whole blocks where they lie.</summary>
    private static readonly delegate* unmanaged[SuppressGCTransition]<uint*, byte*, nuint, int> OpenSslUpdate =
        (delegate* unmanaged[SuppressGCTransition]<uint*, byte*, nuint, int>)FindOpenSsl("SHA256_Update");

    /// <summary>SHA256_Transform(SHA256_CTX*, const void*): compresses one block where it lies.</summary>
    private static readonly delegate* unmanaged[SuppressGCTransition]<uint*, byte*, void> OpenSslTransform =
        (delegate* unmanaged[SuppressGCTransition]<uint*, byte*, void>)FindOpenSsl("SHA256_Transform");

    /// <summary>SHA256_CTX in words: eight of state, two of length, sixteen of waiting bytes, how many wait, the digest's length.</summary>
    private const int ContextWords = 28;

    /// <summary>The first 32 bits of the fractional parts of the cube roots of the first 64 primes. spec: FIPS 180-4 §4.2.2</summary>
    internal static ReadOnlySpan<uint> RoundConstants =>
    [
        0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5,
        0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3, 0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174,
        0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da,
        0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7, 0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967,
        0x27b70a85, 0x2e1b2138, 0x4d2c6dfc, 0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85,
        0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070,
        0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f, 0x682e6ff3,
        0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2,
    ];

    /// <summary>The state before the first block. spec: FIPS 180-4 §5.3.3</summary>
    internal static ReadOnlySpan<uint> InitialState =>
        [0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a, 0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19];

    /// <summary>The block that pads a message of 64 bytes: a one bit, zeros, and the length of 512 bits.</summary>
    private static ReadOnlySpan<byte> PairPadding =>
    [
        0x80, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
        0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 2, 0,
    ];

    /// <summary>Hashes each 64 bytes to 32 bytes, which may lie where those began.</summary>
    /// <remarks>
    /// A pair is read where it lies, and its padding is the same bytes for all: nothing is copied, so the processor begins a pair while the one before
    /// is still under way (measured on Zen 3: 65 ns a pair, 88 where it has to wait for the one before, 95 through SHA256_Update).
    /// </remarks>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)] // states and pieces are hashed before the tiers get to it
    [SkipLocalsInit] // what the function reads of the context is written before
    public static void HashPairs(ReadOnlySpan<byte> pairs, Span<byte> parents)
    {
        uint* context = stackalloc uint[ContextWords];
        fixed (byte* first = pairs, digests = parents, padding = PairPadding)
        {
            Begin(new Span<uint>(context, ContextWords));
            for (int pair = 0; pair < pairs.Length / 64; pair++)
            {
                Vector128.Create(InitialState).Store(context);
                Vector128.Create(InitialState[4..]).Store(context + 4);
                CompressBlock(context, first + (64 * pair));
                CompressBlock(context, padding);
                BigEndian(context).Store(digests + (32 * pair));
                BigEndian(context + 4).Store(digests + (32 * pair) + 16);
            }
        }
    }

    /// <summary>Hashes a node with its sibling, what comes out with the next sibling, and so on.</summary>
    /// <remarks>
    /// Nothing here can be done side by side: what counts is how soon a digest is read again. It stays in registers of half the width, because bytes just
    /// written in halves are slow to be read as a whole (measured on Zen 3: 87 ns a step, 101 through <see cref="HashPairs"/>).
    /// </remarks>
    /// <param name="node">32 bytes: the lowest node; afterwards the highest.</param>
    /// <param name="siblings">n × 32 bytes, from the lowest up.</param>
    /// <param name="index">Bit i is set where sibling i lies to the left.</param>
    /// <param name="parents">n × 32 bytes for what comes out at each step, or nothing.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)] // states are hashed before the tiers get to it
    [SkipLocalsInit] // what the function reads of the context and the message is written before
    public static void HashPath(Span<byte> node, ReadOnlySpan<byte> siblings, ulong index, Span<byte> parents)
    {
        uint* context = stackalloc uint[ContextWords];
        byte* message = stackalloc byte[128];
        PairPadding.CopyTo(new Span<byte>(message + 64, 64));
        fixed (byte* place = node, others = siblings, results = parents)
        {
            Begin(new Span<uint>(context, ContextWords));
            Vector128<byte> low = Vector128.Load(place), high = Vector128.Load(place + 16);
            for (int i = 0; i < siblings.Length / 32; i++)
            {
                nuint side = (nuint)(index >> i & 1) * 32;
                low.Store(message + side);
                high.Store(message + side + 16);
                Vector128.Load(others + (32 * i)).Store(message + (side ^ 32));
                Vector128.Load(others + (32 * i) + 16).Store(message + (side ^ 32) + 16);
                Vector128.Create(InitialState).Store(context);
                Vector128.Create(InitialState[4..]).Store(context + 4);
                CompressBlocks(context, message, 2);
                (low, high) = (BigEndian(context), BigEndian(context + 4));
                if (results == null)
                    continue;
                low.Store(results + (32 * i));
                high.Store(results + (32 * i) + 16);
            }
            low.Store(place);
            high.Store(place + 16);
        }
    }

    /// <summary>Four words of the state as bytes of a digest. Half a wide register, so that <see cref="Begin"/> need not be called again.</summary>
    private static Vector128<byte> BigEndian(uint* words) =>
        Vector128.Shuffle(Vector128.Load((byte*)words), Vector128.Create((byte)3, 2, 1, 0, 7, 6, 5, 4, 11, 10, 9, 8, 15, 14, 13, 12));

    /// <summary>Compresses blocks that lie one after the other, into a context of which <see cref="Begin"/> wrote what is not the state.</summary>
    private static void CompressBlocks(uint* context, byte* blocks, int count)
    {
        if (OpenSslUpdate != null)
            OpenSslUpdate(context, blocks, (nuint)(64 * count));
        else
            CompressPortably(new Span<uint>(context, 8), new ReadOnlySpan<byte>(blocks, 64 * count));
    }

    private static void CompressBlock(uint* state, byte* block)
    {
        if (OpenSslTransform != null)
            OpenSslTransform(state, block);
        else
            CompressPortably(new Span<uint>(state, 8), new ReadOnlySpan<byte>(block, 64));
    }

    /// <summary>The digest of a message.</summary>
    public static Hash32 Hash(ReadOnlySpan<byte> message)
    {
        int whole = message.Length & ~63;
        Span<byte> last = stackalloc byte[128];
        last.Clear();
        message[whole..].CopyTo(last);
        last[message.Length - whole] = 0x80;
        last = last[..(message.Length - whole < 56 ? 64 : 128)];
        BinaryPrimitives.WriteUInt64BigEndian(last[^8..], 8 * (ulong)message.Length);
        Unsafe.SkipInit(out Hash32 digest);
        Hash(message[..whole], last, MemoryMarshal.AsBytes(new Span<Hash32>(ref digest)));
        return digest;
    }

    /// <summary>The digest of a message that carries its padding: whole blocks, all in one call where the machine has one for that.</summary>
    public static void HashPadded(ReadOnlySpan<byte> blocks, Span<byte> digest) => Hash(default, blocks, digest);

    /// <summary>True where a pair alone goes through the processor's own SHA instructions, which then beat eight lanes of 256 bits (not sixteen of 512).</summary>
    public static bool IsHardwareAccelerated { get; } = OpenSslTransform != null && X86Base.IsSupported && (X86Base.CpuId(7, 0).Ebx & (1 << 29)) != 0;

    /// <summary>A context before its first block.</summary>
    /// <remarks>
    /// A method of its own, called last before the native function: its wide store has the compiler end it with VZEROUPPER. OpenSSL's SHA code is of the
    /// time before AVX, and runs at half its speed while the upper halves of the registers hold anything (measured on Zen 3: 215 ns a pair against 95).
    /// </remarks>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void Begin(Span<uint> context)
    {
        Vector256.Create(InitialState).CopyTo(context);
        context[8] = context[9] = context[26] = 0; // the length so far, and how many bytes wait; those themselves are not looked at
    }

    /// <summary>The digest of whole blocks that lie in two places, padding among them.</summary>
    [SkipLocalsInit] // what the function reads of the context, Begin writes
    private static void Hash(ReadOnlySpan<byte> blocks, ReadOnlySpan<byte> last, Span<byte> digest)
    {
        Span<uint> context = stackalloc uint[ContextWords];
        // The function reads the blocks and writes the context, all of them here; a few dozen blocks are done before the collector could mind.
        fixed (uint* words = context)
        fixed (byte* first = blocks, second = last)
        {
            Begin(context);
            if (blocks.Length > 0)
                CompressBlocks(words, first, blocks.Length / 64);
            CompressBlocks(words, second, last.Length / 64);
        }
        for (int i = 0; i < 8; i++)
            BinaryPrimitives.WriteUInt32BigEndian(digest[(4 * i)..], context[i]);
    }

    /// <summary>Mixes blocks of 64 bytes into the state of 8 words, without OpenSSL.</summary>
    internal static void CompressPortably(Span<uint> state, ReadOnlySpan<byte> blocks)
    {
        for (; blocks.Length > 0; blocks = blocks[64..])
            CompressBlockPortably(state, blocks);
    }

    private static void CompressBlockPortably(Span<uint> state, ReadOnlySpan<byte> block)
    {
        Span<uint> w = stackalloc uint[64];
        for (int t = 0; t < 16; t++)
            w[t] = BinaryPrimitives.ReadUInt32BigEndian(block[(4 * t)..]);
        for (int t = 16; t < 64; t++)
        {
            uint x = w[t - 15], y = w[t - 2];
            uint sigma0 = uint.RotateRight(x, 7) ^ uint.RotateRight(x, 18) ^ (x >> 3);
            uint sigma1 = uint.RotateRight(y, 17) ^ uint.RotateRight(y, 19) ^ (y >> 10);
            w[t] = sigma1 + w[t - 7] + sigma0 + w[t - 16];
        }
        uint a = state[0], b = state[1], c = state[2], d = state[3], e = state[4], f = state[5], g = state[6], h = state[7];
        for (int t = 0; t < 64; t++)
        {
            uint sum1 = uint.RotateRight(e, 6) ^ uint.RotateRight(e, 11) ^ uint.RotateRight(e, 25);
            uint t1 = h + sum1 + ((e & f) ^ (~e & g)) + RoundConstants[t] + w[t];
            uint sum0 = uint.RotateRight(a, 2) ^ uint.RotateRight(a, 13) ^ uint.RotateRight(a, 22);
            uint t2 = sum0 + ((a & b) ^ (a & c) ^ (b & c));
            (h, g, f, e, d, c, b, a) = (g, f, e, d + t1, c, b, a, t1 + t2);
        }
        state[0] += a;
        state[1] += b;
        state[2] += c;
        state[3] += d;
        state[4] += e;
        state[5] += f;
        state[6] += g;
        state[7] += h;
    }

    [SuppressMessage("Interoperability", "CA1416", Justification = "a library that is not there is not used")]
    private static nint FindOpenSsl(string function)
    {
        foreach (string name in (ReadOnlySpan<string>)["libcrypto.so.3", "libcrypto.so.1.1"])
        {
            if (NativeLibrary.TryLoad(name, out nint library) && NativeLibrary.TryGetExport(library, function, out nint address))
                return address;
        }
        return 0;
    }
}
