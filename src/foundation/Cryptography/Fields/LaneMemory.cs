namespace Flashback.Cryptography.Fields;

/// <summary>Where vectors lie.</summary>
internal static unsafe class LaneMemory
{
    /// <summary>The first place at which no vector lies across two cache lines: less than a vector further on.</summary>
    public static TLanes* Align<TLanes>(byte* memory)
        where TLanes : unmanaged, ILanes<TLanes>
    {
        nuint size = (nuint)sizeof(TLanes);
        return (TLanes*)(((nuint)memory + size - 1) / size * size);
    }
}
