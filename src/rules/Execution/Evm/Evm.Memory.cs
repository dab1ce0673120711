using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Flashback.Primitives;

namespace Flashback.Execution;

internal sealed unsafe partial class Evm
{
    /// <summary>
    /// Sees to it that the frame's memory reaches up to <c>offset + length</c>, charging for what is new; an offset with length 0 asks for nothing.
    /// False when the gas does not suffice. On return both numbers fit an int. spec: Ethereum Yellow Paper, equation 326
    /// </summary>
    private bool Expand(Frame frame, in UInt256 offset, in UInt256 length)
    {
        if (length.IsZero)
            return true;
        if (!offset.FitsUInt64 || !length.FitsUInt64 || offset.Low > MemoryLimit || length.Low > MemoryLimit)
            return false;
        long end = (long)offset.Low + (long)length.Low;
        return end <= frame.MemoryLength || Grow(frame, end);
    }

    [MethodImpl(MethodImplOptions.NoInlining)] // keeps the fast path of Expand and of the loop small
    private bool Grow(Frame frame, long end)
    {
        long words = (end + 31) / 32;
        long cost = MemoryCost(words) - MemoryCost(frame.MemoryLength / 32);
        if (frame.Gas < cost || frame.MemoryStart + 32 * words > MemoryLimit)
            return false;
        frame.Gas -= cost;
        int length = (int)(32 * words);
        Reserve(frame.MemoryStart + length);
        frame.Memory = MemoryAt(frame.MemoryStart);
        new Span<byte>(frame.Memory + frame.MemoryLength, length - frame.MemoryLength).Clear();
        frame.MemoryLength = length;
        return true;
    }

    private static long MemoryCost(long words) => 3 * words + words * words / 512;

    /// <summary>Makes the machine's memory at least so long; pointers of waiting frames are set anew when they resume.</summary>
    private void Reserve(int length)
    {
        if (length <= _memory.Length)
            return;
        byte[] larger = GC.AllocateUninitializedArray<byte>((int)Math.Min(Math.Max(length, 2L * _memory.Length), MemoryLimit), pinned: true);
        _memory.CopyTo(larger, 0);
        _memory = larger;
    }

    private byte* MemoryAt(int position) => (byte*)Unsafe.AsPointer(ref MemoryMarshal.GetArrayDataReference(_memory)) + position; // pinned

    private static Span<byte> Slice(Frame frame, in UInt256 offset, in UInt256 length) =>
        length.IsZero ? [] : new Span<byte>(frame.Memory + offset.Low, (int)length.Low); // Expand has seen to the bounds

    private static long WordsOf(in UInt256 length) => ((long)length.Low + 31) / 32;

    /// <summary>Takes gas; false when there is too little, and then none is left.</summary>
    private static bool Charge(Frame frame, long gas)
    {
        frame.Gas -= gas;
        return frame.Gas >= 0;
    }

    /// <summary>Copies a part of <paramref name="source"/> to memory, with zeros for what lies beyond its end.</summary>
    private Halt Copy(Frame frame, ReadOnlySpan<byte> source, in UInt256 to, in UInt256 from, in UInt256 length)
    {
        if (!Expand(frame, to, length) || !Charge(frame, 3 * WordsOf(length)))
            return Halt.OutOfGas;
        Span<byte> destination = Slice(frame, to, length);
        int available = from.FitsUInt64 && from.Low < (ulong)source.Length ? Math.Min(source.Length - (int)from.Low, destination.Length) : 0;
        if (available > 0)
            source.Slice((int)from.Low, available).CopyTo(destination);
        destination[available..].Clear();
        return Halt.None;
    }
}
