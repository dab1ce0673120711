using System.Buffers;

namespace Flashback.Cryptography.Fields;

/// <summary>Many inverses in BLS12-381's base field: each lane has a chain of products of its own, and the ends of the chains are inverted together.</summary>
internal static unsafe class InversionLanes
{
    /// <summary>What so many leave behind on the way fits a core's own cache.</summary>
    private const int ElementsAtOnce = 1 << 10;

    /// <summary>Replaces every element by its inverse; zeros stay zero.</summary>
    /// <remarks>Only where the lanes are supported.</remarks>
    public static void InvertInPlace<TLanes>(Span<Fp> elements)
        where TLanes : unmanaged, ILanes<TLanes>
    {
        int groups = (Math.Min(elements.Length, ElementsAtOnce) + TLanes.Count - 1) / TLanes.Count;
        int vectors = FpLanes.ScratchLength + FpLanes.Words + (2 * groups + 3) * FpLanes.Limbs;
        byte[] room = ArrayPool<byte>.Shared.Rent((vectors + 1) * sizeof(TLanes));
        fixed (byte* start = room)
        {
            TLanes* scratch = LaneMemory.Align<TLanes>(start);
            FpLanes.Prepare(scratch);
            for (; !elements.IsEmpty; elements = elements[Math.Min(elements.Length, ElementsAtOnce)..])
                Invert(elements[..Math.Min(elements.Length, ElementsAtOnce)], scratch);
        }
        ArrayPool<byte>.Shared.Return(room);
    }

    private static void Invert<TLanes>(Span<Fp> elements, TLanes* scratch)
        where TLanes : unmanaged, ILanes<TLanes>
    {
        TLanes* words = scratch + FpLanes.ScratchLength, running = words + FpLanes.Words, inverse = running + FpLanes.Limbs;
        TLanes* factors = inverse + FpLanes.Limbs; // by turns the product of all elements before, and the element
        int groups = (elements.Length + TLanes.Count - 1) / TLanes.Count;
        for (int lane = 0; lane < TLanes.Count; lane++)
            FpLanes.Put(Fp.One, words, lane);
        FpLanes.Read(words, factors);
        for (int group = 0; group < groups; group++, factors += 2 * FpLanes.Limbs)
        {
            for (int lane = 0; lane < TLanes.Count; lane++)
            {
                int i = group * TLanes.Count + lane;
                FpLanes.Put(i < elements.Length && !elements[i].IsZero ? elements[i] : Fp.One, words, lane);
            }
            FpLanes.Read(words, factors + FpLanes.Limbs);
            FpLanes.Multiply(factors, factors + FpLanes.Limbs, null, factors + 2 * FpLanes.Limbs, scratch);
        }
        InvertEnds(factors, words, running, scratch);
        for (int group = groups - 1; group >= 0; group--)
        {
            factors -= 2 * FpLanes.Limbs;
            FpLanes.Multiply(running, factors, null, inverse, scratch);
            FpLanes.Multiply(running, factors + FpLanes.Limbs, null, running, scratch);
            FpLanes.Settle(inverse, scratch);
            FpLanes.Write(inverse, words);
            Span<Fp> part = elements[(group * TLanes.Count)..];
            for (int lane = 0; lane < Math.Min(TLanes.Count, part.Length); lane++)
            {
                if (!part[lane].IsZero)
                    FpLanes.Take(words, lane, out part[lane]);
            }
        }
    }

    /// <summary>The inverse of each lane's product.</summary>
    private static void InvertEnds<TLanes>(TLanes* products, TLanes* words, TLanes* inverses, TLanes* scratch)
        where TLanes : unmanaged, ILanes<TLanes>
    {
        Span<Fp> ends = stackalloc Fp[TLanes.Count], room = stackalloc Fp[TLanes.Count];
        FpLanes.Settle(products, scratch);
        FpLanes.Write(products, words);
        for (int lane = 0; lane < TLanes.Count; lane++)
            FpLanes.Take(words, lane, out ends[lane]);
        BatchInversion.InvertInPlace(ends, room);
        for (int lane = 0; lane < TLanes.Count; lane++)
            FpLanes.Put(ends[lane], words, lane);
        FpLanes.Read(words, inverses);
    }
}
