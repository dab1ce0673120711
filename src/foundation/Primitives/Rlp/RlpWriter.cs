using System.Diagnostics;

namespace Flashback.Primitives;

/// <summary>Takes the items of an object in order, on a first pass to measure them and on a second to write them where they belong.</summary>
/// <remarks>
/// A list's prefix holds the length of what follows, so something must be known before it is written. Measuring first costs a second walk over
/// the object and saves every intermediate buffer; the lengths of inner lists are remembered from the first pass.
/// </remarks>
public ref struct RlpWriter
{
    private readonly RlpListLengths _lengths;
    private readonly Span<byte> _destination;
    private readonly bool _writes;
    private int _list;

    internal RlpWriter(RlpListLengths lengths)
    {
        _lengths = lengths;
    }

    internal RlpWriter(RlpListLengths measured, Span<byte> destination)
    {
        _lengths = measured;
        _destination = destination;
        _writes = true;
    }

    /// <summary>How many bytes the items so far take.</summary>
    public int Length { get; private set; }

    /// <summary>A byte string.</summary>
    public void Write(scoped ReadOnlySpan<byte> bytes) => Length += _writes ? Rlp.Write(_destination[Length..], bytes) : Rlp.LengthOf(bytes);

    /// <summary>A number, big-endian without leading zeros.</summary>
    public void Write(ulong value) => Length += _writes ? Rlp.Write(_destination[Length..], value) : Rlp.LengthOf(value);

    /// <summary>A number, big-endian without leading zeros.</summary>
    public void Write(in UInt256 value) => Length += _writes ? Rlp.Write(_destination[Length..], value) : Rlp.LengthOf(value);

    /// <summary>A byte string of a fixed length.</summary>
    public void WriteFixed<T>(in T value)
        where T : unmanaged, IFixedBytes<T> => Write(FixedBytes.AsSpan(in value));

    /// <summary>One or more items that are encoded already.</summary>
    public void WriteRaw(scoped ReadOnlySpan<byte> encoded)
    {
        if (_writes)
            encoded.CopyTo(_destination[Length..]);
        Length += encoded.Length;
    }

    /// <summary>Opens a list: what is written until the matching <see cref="EndList"/> is in it.</summary>
    /// <returns>What <see cref="EndList"/> asks for.</returns>
    public RlpListMark BeginList()
    {
        int list = _list++;
        if (_writes)
            Length += Rlp.WriteListHeader(_destination[Length..], _lengths[list]);
        else
            _lengths.Add();
        return new RlpListMark(list, Length);
    }

    /// <summary>Closes the list that <see cref="BeginList"/> opened.</summary>
    public void EndList(RlpListMark mark)
    {
        int content = Length - mark.Start;
        if (_writes)
        {
            if (content != _lengths[mark.List])
                throw new InvalidOperationException($"a list measured {_lengths[mark.List]} bytes but writes {content}: the object changed meanwhile");
            return;
        }
        _lengths[mark.List] = content;
        Length += Rlp.LengthOfList(content) - content;
    }

    internal readonly void RequireFilled()
    {
        if (Length != _destination.Length)
            throw new InvalidOperationException($"the object measured {_destination.Length} bytes but wrote {Length}: it changed meanwhile");
    }
}

/// <summary>Where a list began, from <see cref="RlpWriter.BeginList"/> to <see cref="RlpWriter.EndList"/>.</summary>
public readonly record struct RlpListMark
{
    internal RlpListMark(int list, int start) => (List, Start) = (list, start);

    internal int List { get; }

    internal int Start { get; }
}

/// <summary>The content length of each list of one object, in the order the lists open. Pooled per thread.</summary>
internal sealed class RlpListLengths : IDisposable
{
    [ThreadStatic]
    private static RlpListLengths? _spare;

    private int[] _lengths = new int[64];
    private int _count;

    public static RlpListLengths Rent()
    {
        RlpListLengths lengths = _spare ?? new RlpListLengths();
        _spare = null;
        lengths._count = 0;
        return lengths;
    }

    public int this[int list]
    {
        get => _lengths[list];
        set
        {
            Debug.Assert(list < _count, "a list closes that never opened");
            _lengths[list] = value;
        }
    }

    public void Add()
    {
        if (_count == _lengths.Length)
            Array.Resize(ref _lengths, 2 * _count);
        _lengths[_count++] = 0;
    }

    public void Dispose() => _spare = this;
}
