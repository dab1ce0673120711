using System.Runtime.CompilerServices;
using Flashback.Cryptography.Fields;

namespace Flashback.Cryptography;

/// <summary>Where the limbs of a factor or addend come from.</summary>
internal unsafe interface ILimbSource
{
    /// <summary>A limb in each lane.</summary>
    static abstract TLanes Load<TLanes>(void* limbs, int index)
        where TLanes : unmanaged, ILanes<TLanes>;
}

/// <summary>An element of its own in each lane.</summary>
internal readonly unsafe struct OwnLimbs : ILimbSource
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)] // PoseidonBenchmarks.Row
    public static TLanes Load<TLanes>(void* limbs, int index)
        where TLanes : unmanaged, ILanes<TLanes> => ((TLanes*)limbs)[index];
}

/// <summary>One element for all lanes: a constant.</summary>
internal readonly unsafe struct SharedLimbs : ILimbSource
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)] // PoseidonBenchmarks.Row
    public static TLanes Load<TLanes>(void* limbs, int index)
        where TLanes : unmanaged, ILanes<TLanes> => TLanes.Same(((ulong*)limbs)[index]);
}

/// <summary>Zero.</summary>
internal readonly unsafe struct NoLimbs : ILimbSource
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)] // PoseidonBenchmarks.Row
    public static TLanes Load<TLanes>(void* limbs, int index)
        where TLanes : unmanaged, ILanes<TLanes> => default;
}
