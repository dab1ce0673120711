namespace Flashback.Primitives;

/// <summary>How many elements a collection holds: exactly the length of a vector, at most the limit of a list.</summary>
public readonly record struct SszBound
{
    private SszBound(ulong length, bool isVector)
    {
        ArgumentOutOfRangeException.ThrowIfZero(length);
        Length = length;
        IsVector = isVector;
    }

    /// <summary>The length of a vector, the limit of a list; in elements, or in bits.</summary>
    public ulong Length { get; }

    /// <summary>True when the length is fixed.</summary>
    public bool IsVector { get; }

    /// <summary>Exactly that many: Vector[T, N], Bitvector[N].</summary>
    /// <exception cref="ArgumentOutOfRangeException">None at all: there is no such type.</exception>
    public static SszBound Vector(ulong length) => new(length, true);

    /// <summary>Up to that many: List[T, N], Bitlist[N].</summary>
    /// <exception cref="ArgumentOutOfRangeException">None at all: a list that can only be empty is a mistake in a preset.</exception>
    public static SszBound List(ulong limit) => new(limit, false);

    /// <summary>The bound as an element count.</summary>
    /// <exception cref="OverflowException">A vector is too long to be held in an array.</exception>
    internal int VectorLength => checked((int)Length);

    /// <summary>Whether a collection of that many elements fits.</summary>
    public bool Allows(long count) => IsVector ? (ulong)count == Length : (ulong)count <= Length;

    /// <summary>Refuses to go on with a collection that its type does not allow: the program made it, not the outside.</summary>
    /// <exception cref="ArgumentException">The count does not fit.</exception>
    internal void Demand(long count)
    {
        if (!Allows(count))
            throw new ArgumentException($"a collection of {count} elements is no {this}");
    }

    /// <inheritdoc/>
    public override string ToString() => IsVector ? $"vector of {Length}" : $"list of at most {Length}";
}
