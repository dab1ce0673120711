using Flashback.Primitives;

namespace Flashback.Consensus;

/// <summary>Finds a validator by its key: open addressing over the registry's column of keys, in pages that copies share.</summary>
/// <remarks>
/// Each state has its own, so branches that took in validators in another order do not meet. At most half of the places are taken; a look-up
/// costs a probe or two. Places depend on the process's hash seed, so nobody outside can make keys collide; results do not depend on it.
/// </remarks>
internal sealed class PublicKeyIndex
{
    private const int SmallestSize = 64;

    private PagedList<int> _places; // the validator's index and 1; 0 where free
    private int _count;

    public PublicKeyIndex() => _places = Empty(SmallestSize);

    private PublicKeyIndex(PublicKeyIndex source)
    {
        _places = source._places.Copy();
        _count = source._count;
    }

    public PublicKeyIndex Copy() => new(this);

    /// <summary>The index of the validator with that key, or −1.</summary>
    public int Find(PagedList<Bytes48> keys, in Bytes48 key)
    {
        for (int place = PlaceOf(in key); ; place = Next(place))
        {
            int index = _places[place] - 1;
            if (index < 0 || keys[index].Equals(key))
                return index;
        }
    }

    /// <summary>Takes in the last of the keys; of keys that are there more than once, the first is found.</summary>
    public void AddLast(PagedList<Bytes48> keys)
    {
        if (2 * (_count + 1) > _places.Count)
            Grow(keys);
        Insert(keys, keys.Count - 1);
    }

    private void Grow(PagedList<Bytes48> keys)
    {
        _places = Empty(_places.Count * 2);
        int known = keys.Count - 1;
        _count = 0;
        for (int i = 0; i < known; i++)
            Insert(keys, i);
    }

    private void Insert(PagedList<Bytes48> keys, int index)
    {
        Bytes48 key = keys[index];
        int place = PlaceOf(in key);
        for (; _places[place] != 0; place = Next(place))
        {
            if (keys[_places[place] - 1].Equals(key))
                return;
        }
        _places[place] = index + 1;
        _count++;
    }

    private static PagedList<int> Empty(int size)
    {
        PagedList<int> places = new();
        places.Resize(size);
        return places;
    }

    private int PlaceOf(in Bytes48 key) => key.GetHashCode() & (_places.Count - 1);

    private int Next(int place) => (place + 1) & (_places.Count - 1);
}
