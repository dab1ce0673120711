using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Flashback.Proofs;

/// <summary>Numbers of 64 bits side by side, as wide as the machine takes them in one register: code over them is compiled once for each width.</summary>
/// <typeparam name="TSelf">The lanes.</typeparam>
internal interface IFeistelLanes<TSelf>
    where TSelf : struct, IFeistelLanes<TSelf>
{
    /// <summary>How many.</summary>
    static abstract int Count { get; }

    static abstract TSelf Same(ulong value);

    /// <summary>A number and those after it.</summary>
    static abstract TSelf From(ulong first);

    static abstract TSelf operator +(TSelf left, TSelf right);

    static abstract TSelf operator ^(TSelf left, TSelf right);

    static abstract TSelf operator &(TSelf left, TSelf right);

    static abstract TSelf operator |(TSelf left, TSelf right);

    static abstract TSelf operator <<(TSelf value, int count);

    static abstract TSelf operator >>>(TSelf value, int count);

    /// <summary>The bytes of each number from the last to the first.</summary>
    static abstract TSelf ReverseBytes(TSelf value);

    /// <summary>All bits of a number where it is not less than the other; none elsewhere.</summary>
    static abstract TSelf NotLess(TSelf left, TSelf right);

    /// <summary>The one's bits where the choice has them, the other's elsewhere.</summary>
    static abstract TSelf Choose(TSelf choice, TSelf one, TSelf other);

    static abstract bool IsZero(TSelf value);

    void CopyTo(Span<ulong> numbers);
}

/// <summary>Eight numbers.</summary>
/// <remarks>All is inlined by force: a hash has more operations than the compiler inlines of its own accord, and a call for each costs ten times the operation.</remarks>
internal readonly struct WideFeistelLanes(Vector512<ulong> value) : IFeistelLanes<WideFeistelLanes>
{
    private readonly Vector512<ulong> _value = value;

    public static int Count => Vector512<ulong>.Count;

    [MethodImpl(MethodImplOptions.AggressiveInlining)] // GraphBenchmarks.Parents
    public static WideFeistelLanes Same(ulong value) => new(Vector512.Create(value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)] // GraphBenchmarks.Parents
    public static WideFeistelLanes From(ulong first) => new(Vector512.Create(first) + Vector512<ulong>.Indices);

    [MethodImpl(MethodImplOptions.AggressiveInlining)] // GraphBenchmarks.Parents
    public static WideFeistelLanes operator +(WideFeistelLanes left, WideFeistelLanes right) => new(left._value + right._value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)] // GraphBenchmarks.Parents
    public static WideFeistelLanes operator ^(WideFeistelLanes left, WideFeistelLanes right) => new(left._value ^ right._value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)] // GraphBenchmarks.Parents
    public static WideFeistelLanes operator &(WideFeistelLanes left, WideFeistelLanes right) => new(left._value & right._value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)] // GraphBenchmarks.Parents
    public static WideFeistelLanes operator |(WideFeistelLanes left, WideFeistelLanes right) => new(left._value | right._value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)] // GraphBenchmarks.Parents
    public static WideFeistelLanes operator <<(WideFeistelLanes value, int count) => new(value._value << count);

    [MethodImpl(MethodImplOptions.AggressiveInlining)] // GraphBenchmarks.Parents
    public static WideFeistelLanes operator >>>(WideFeistelLanes value, int count) => new(value._value >>> count);

    [MethodImpl(MethodImplOptions.AggressiveInlining)] // GraphBenchmarks.Parents
    public static WideFeistelLanes ReverseBytes(WideFeistelLanes value) => new(Vector512.Shuffle(
        value._value.AsByte(),
        Vector512.Create(
            (byte)7, 6, 5, 4, 3, 2, 1, 0, 15, 14, 13, 12, 11, 10, 9, 8, 23, 22, 21, 20, 19, 18, 17, 16, 31, 30, 29, 28, 27, 26, 25, 24,
            39, 38, 37, 36, 35, 34, 33, 32, 47, 46, 45, 44, 43, 42, 41, 40, 55, 54, 53, 52, 51, 50, 49, 48, 63, 62, 61, 60, 59, 58, 57, 56)).AsUInt64());

    [MethodImpl(MethodImplOptions.AggressiveInlining)] // GraphBenchmarks.Parents
    public static WideFeistelLanes NotLess(WideFeistelLanes left, WideFeistelLanes right) => new(Vector512.GreaterThanOrEqual(left._value, right._value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)] // GraphBenchmarks.Parents
    public static WideFeistelLanes Choose(WideFeistelLanes choice, WideFeistelLanes one, WideFeistelLanes other) => new(Vector512.ConditionalSelect(choice._value, one._value, other._value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)] // GraphBenchmarks.Parents
    public static bool IsZero(WideFeistelLanes value) => value._value == Vector512<ulong>.Zero;

    [MethodImpl(MethodImplOptions.AggressiveInlining)] // GraphBenchmarks.Parents
    public void CopyTo(Span<ulong> numbers) => _value.CopyTo(numbers);
}

/// <summary>Four numbers.</summary>
internal readonly struct NarrowFeistelLanes(Vector256<ulong> value) : IFeistelLanes<NarrowFeistelLanes>
{
    private readonly Vector256<ulong> _value = value;

    public static int Count => Vector256<ulong>.Count;

    [MethodImpl(MethodImplOptions.AggressiveInlining)] // GraphBenchmarks.Parents
    public static NarrowFeistelLanes Same(ulong value) => new(Vector256.Create(value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)] // GraphBenchmarks.Parents
    public static NarrowFeistelLanes From(ulong first) => new(Vector256.Create(first) + Vector256<ulong>.Indices);

    [MethodImpl(MethodImplOptions.AggressiveInlining)] // GraphBenchmarks.Parents
    public static NarrowFeistelLanes operator +(NarrowFeistelLanes left, NarrowFeistelLanes right) => new(left._value + right._value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)] // GraphBenchmarks.Parents
    public static NarrowFeistelLanes operator ^(NarrowFeistelLanes left, NarrowFeistelLanes right) => new(left._value ^ right._value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)] // GraphBenchmarks.Parents
    public static NarrowFeistelLanes operator &(NarrowFeistelLanes left, NarrowFeistelLanes right) => new(left._value & right._value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)] // GraphBenchmarks.Parents
    public static NarrowFeistelLanes operator |(NarrowFeistelLanes left, NarrowFeistelLanes right) => new(left._value | right._value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)] // GraphBenchmarks.Parents
    public static NarrowFeistelLanes operator <<(NarrowFeistelLanes value, int count) => new(value._value << count);

    [MethodImpl(MethodImplOptions.AggressiveInlining)] // GraphBenchmarks.Parents
    public static NarrowFeistelLanes operator >>>(NarrowFeistelLanes value, int count) => new(value._value >>> count);

    [MethodImpl(MethodImplOptions.AggressiveInlining)] // GraphBenchmarks.Parents
    public static NarrowFeistelLanes ReverseBytes(NarrowFeistelLanes value) => new(Vector256.Shuffle(
        value._value.AsByte(),
        Vector256.Create((byte)7, 6, 5, 4, 3, 2, 1, 0, 15, 14, 13, 12, 11, 10, 9, 8, 23, 22, 21, 20, 19, 18, 17, 16, 31, 30, 29, 28, 27, 26, 25, 24)).AsUInt64());

    [MethodImpl(MethodImplOptions.AggressiveInlining)] // GraphBenchmarks.Parents
    public static NarrowFeistelLanes NotLess(NarrowFeistelLanes left, NarrowFeistelLanes right) => new(Vector256.GreaterThanOrEqual(left._value, right._value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)] // GraphBenchmarks.Parents
    public static NarrowFeistelLanes Choose(NarrowFeistelLanes choice, NarrowFeistelLanes one, NarrowFeistelLanes other) => new(Vector256.ConditionalSelect(choice._value, one._value, other._value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)] // GraphBenchmarks.Parents
    public static bool IsZero(NarrowFeistelLanes value) => value._value == Vector256<ulong>.Zero;

    [MethodImpl(MethodImplOptions.AggressiveInlining)] // GraphBenchmarks.Parents
    public void CopyTo(Span<ulong> numbers) => _value.CopyTo(numbers);
}
