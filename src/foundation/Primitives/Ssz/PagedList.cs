using System.Numerics;
using System.Runtime.CompilerServices;

namespace Flashback.Primitives;

/// <summary>A list in pages that copies share until one of them writes: copying costs a reference for each page, not the content.</summary>
/// <remarks>
/// One thread writes a list (copying counts as writing); a list nobody writes any more may be read by all. Invariant: a page this list does not
/// own may be seen by others and is never written.
/// </remarks>
/// <typeparam name="T">What is held; treated as immutable.</typeparam>
public sealed class PagedList<T>
{
    private const int PageBytes = 4096;

    /// <summary>An element of so many bytes is a page by itself.</summary>
    private const int WholePageBytes = 1024;

    private static readonly int PageShift = Unsafe.SizeOf<T>() >= WholePageBytes ? 0 : BitOperations.Log2((uint)(PageBytes / Unsafe.SizeOf<T>()));

    private T[][] _pages;
    private bool[] _owned;

    /// <summary>An empty list.</summary>
    public PagedList()
    {
        _pages = [];
        _owned = [];
    }

    private PagedList(PagedList<T> source)
    {
        Array.Clear(source._owned);
        Count = source.Count;
        _pages = source._pages.AsSpan(0, source.PageCount).ToArray();
        _owned = new bool[_pages.Length];
    }

    /// <summary>The number of elements in a page: a power of two.</summary>
    public static int PageLength => 1 << PageShift;

    /// <summary>The number of elements.</summary>
    public int Count { get; private set; }

    /// <summary>The number of pages.</summary>
    public int PageCount => (Count + PageLength - 1) >> PageShift;

    /// <summary>An element, from 0.</summary>
    /// <exception cref="ArgumentOutOfRangeException">There is no such element.</exception>
    public T this[int index]
    {
        get
        {
            ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)index, (uint)Count, nameof(index));
            return _pages[index >> PageShift][index & (PageLength - 1)];
        }

        set
        {
            ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)index, (uint)Count, nameof(index));
            Own(index >> PageShift)[index & (PageLength - 1)] = value;
        }
    }

    /// <summary>The elements of a page.</summary>
    public ReadOnlySpan<T> Page(int page) => _pages[page].AsSpan(0, LengthOf(page));

    /// <summary>The elements of a page, to be written.</summary>
    public Span<T> WritePage(int page) => Own(page).AsSpan(0, LengthOf(page));

    /// <summary>A copy; both lists may be written from now on without the other noticing.</summary>
    public PagedList<T> Copy() => new(this);

    /// <summary>Makes the list this long: what is new is the default, what is beyond is dropped.</summary>
    public void Resize(int count)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        if (count == Count)
            return;
        int before = Count;
        int pages = (int)(((long)count + PageLength - 1) >> PageShift);
        if (pages > _pages.Length)
        {
            int capacity = Math.Max(pages, _pages.Length + (_pages.Length >> 1));
            Array.Resize(ref _pages, capacity);
            Array.Resize(ref _owned, capacity);
        }
        for (int page = PageCount; page < pages; page++)
        {
            // A list that fits a part of one page stays small; all other pages are whole.
            _pages[page] = new T[page == 0 ? Math.Min(PageLength, (int)BitOperations.RoundUpToPowerOf2((uint)count)) : PageLength];
            _owned[page] = true;
        }
        for (int page = pages; page < PageCount; page++)
        {
            _pages[page] = null!;
            _owned[page] = false;
        }
        Count = count;
        GrowFirstPage();
        ClearStale(Math.Min(before, count));
    }

    /// <summary>Appends an element.</summary>
    public void Add(T value)
    {
        Resize(Count + 1);
        this[Count - 1] = value;
    }

    /// <summary>Appends elements.</summary>
    public void AddRange(ReadOnlySpan<T> values)
    {
        int at = Count;
        Resize(checked(at + values.Length));
        while (!values.IsEmpty)
        {
            Span<T> free = WritePage(at >> PageShift)[(at & (PageLength - 1))..];
            int length = Math.Min(free.Length, values.Length);
            values[..length].CopyTo(free);
            values = values[length..];
            at += length;
        }
    }

    /// <summary>Copies elements from <paramref name="first"/> on, as many as fill the output.</summary>
    public void CopyTo(int first, Span<T> output)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(first, Count - output.Length);
        while (!output.IsEmpty)
        {
            ReadOnlySpan<T> rest = Page(first >> PageShift)[(first & (PageLength - 1))..];
            int length = Math.Min(rest.Length, output.Length);
            rest[..length].CopyTo(output);
            output = output[length..];
            first += length;
        }
    }

    private int LengthOf(int page) => Math.Min(PageLength, Count - (page << PageShift));

    private T[] Own(int page)
    {
        if (!_owned[page])
        {
            _pages[page] = [.. _pages[page]];
            _owned[page] = true;
        }
        return _pages[page];
    }

    private void GrowFirstPage()
    {
        int needed = Math.Min(Count, PageLength);
        if (needed == 0 || _pages[0].Length >= needed)
            return;
        T[] larger = new T[(int)BitOperations.RoundUpToPowerOf2((uint)needed)];
        _pages[0].CopyTo(larger, 0);
        _pages[0] = larger;
        _owned[0] = true;
    }

    /// <summary>Clears what lies behind the first <paramref name="kept"/> elements on their page: it may hold elements dropped before.</summary>
    private void ClearStale(int kept)
    {
        int within = kept & (PageLength - 1);
        int page = kept >> PageShift;
        if (within == 0 || kept == Count || page >= PageCount)
            return;
        WritePage(page)[within..].Clear();
    }
}
