using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Flashback.Cryptography.Fields;

/// <summary>Numbers of 64 bits side by side, the limbs of as many elements: code over them is compiled once for each width of registers.</summary>
/// <typeparam name="TSelf">The lanes.</typeparam>
internal interface ILanes<TSelf>
    where TSelf : unmanaged, ILanes<TSelf>
{
    /// <summary>Whether this machine has the registers.</summary>
    static abstract bool IsSupported { get; }

    /// <summary>How many.</summary>
    static abstract int Count { get; }

    static abstract TSelf Same(ulong value);

    /// <summary>The product of the lower 32 bits of each; the upper ones are not looked at.</summary>
    static abstract TSelf Product(TSelf left, TSelf right);

    /// <summary>Such a product, one factor of which is in memory, and an addend: a call for both, as the compiler inlines some two hundred in a method and no more.</summary>
    static abstract unsafe TSelf MultiplyAdd(TSelf* left, TSelf right, TSelf addend);

    static abstract TSelf operator +(TSelf left, TSelf right);

    static abstract TSelf operator -(TSelf left, TSelf right);

    static abstract TSelf operator &(TSelf left, TSelf right);

    static abstract TSelf operator |(TSelf left, TSelf right);

    static abstract TSelf operator <<(TSelf value, int count);

    static abstract TSelf operator >>>(TSelf value, int count);
}

/// <summary>Eight numbers.</summary>
/// <remarks>All is inlined by force: a call for each operation costs many times the operation.</remarks>
internal readonly struct WideLanes(Vector512<ulong> value) : ILanes<WideLanes>
{
    private readonly Vector512<ulong> _value = value;

    public static bool IsSupported => Avx512F.IsSupported;

    public static int Count => Vector512<ulong>.Count;

    [MethodImpl(MethodImplOptions.AggressiveInlining)] // PoseidonBenchmarks.Row
    public static WideLanes Same(ulong value) => new(Vector512.Create(value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)] // PoseidonBenchmarks.Row
    public static WideLanes Product(WideLanes left, WideLanes right) => new(Avx512F.Multiply(left._value.AsUInt32(), right._value.AsUInt32()));

    [MethodImpl(MethodImplOptions.AggressiveInlining)] // PoseidonBenchmarks.Row
    public static unsafe WideLanes MultiplyAdd(WideLanes* left, WideLanes right, WideLanes addend) =>
        new(addend._value + Avx512F.Multiply(right._value.AsUInt32(), Vector512.Load((uint*)left)));

    [MethodImpl(MethodImplOptions.AggressiveInlining)] // PoseidonBenchmarks.Row
    public static WideLanes operator +(WideLanes left, WideLanes right) => new(left._value + right._value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)] // PoseidonBenchmarks.Row
    public static WideLanes operator &(WideLanes left, WideLanes right) => new(left._value & right._value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)] // MultiScalarBenchmarks.InG1
    public static WideLanes operator -(WideLanes left, WideLanes right) => new(left._value - right._value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)] // MultiScalarBenchmarks.InG1
    public static WideLanes operator |(WideLanes left, WideLanes right) => new(left._value | right._value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)] // MultiScalarBenchmarks.InG1
    public static WideLanes operator <<(WideLanes value, int count) => new(value._value << count);

    [MethodImpl(MethodImplOptions.AggressiveInlining)] // PoseidonBenchmarks.Row
    public static WideLanes operator >>>(WideLanes value, int count) => new(value._value >>> count);
}

/// <summary>Four numbers.</summary>
internal readonly struct NarrowLanes(Vector256<ulong> value) : ILanes<NarrowLanes>
{
    private readonly Vector256<ulong> _value = value;

    public static bool IsSupported => Avx2.IsSupported;

    public static int Count => Vector256<ulong>.Count;

    [MethodImpl(MethodImplOptions.AggressiveInlining)] // PoseidonBenchmarks.Row
    public static NarrowLanes Same(ulong value) => new(Vector256.Create(value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)] // PoseidonBenchmarks.Row
    public static NarrowLanes Product(NarrowLanes left, NarrowLanes right) => new(Avx2.Multiply(left._value.AsUInt32(), right._value.AsUInt32()));

    [MethodImpl(MethodImplOptions.AggressiveInlining)] // PoseidonBenchmarks.Row
    public static unsafe NarrowLanes MultiplyAdd(NarrowLanes* left, NarrowLanes right, NarrowLanes addend) =>
        new(addend._value + Avx2.Multiply(right._value.AsUInt32(), Vector256.Load((uint*)left)));

    [MethodImpl(MethodImplOptions.AggressiveInlining)] // PoseidonBenchmarks.Row
    public static NarrowLanes operator +(NarrowLanes left, NarrowLanes right) => new(left._value + right._value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)] // PoseidonBenchmarks.Row
    public static NarrowLanes operator &(NarrowLanes left, NarrowLanes right) => new(left._value & right._value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)] // MultiScalarBenchmarks.InG1
    public static NarrowLanes operator -(NarrowLanes left, NarrowLanes right) => new(left._value - right._value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)] // MultiScalarBenchmarks.InG1
    public static NarrowLanes operator |(NarrowLanes left, NarrowLanes right) => new(left._value | right._value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)] // MultiScalarBenchmarks.InG1
    public static NarrowLanes operator <<(NarrowLanes value, int count) => new(value._value << count);

    [MethodImpl(MethodImplOptions.AggressiveInlining)] // PoseidonBenchmarks.Row
    public static NarrowLanes operator >>>(NarrowLanes value, int count) => new(value._value >>> count);
}
