using System.Runtime.InteropServices;

namespace Flashback.Cryptography.Fields;

/// <summary>Many inverses for the price of one inversion and three products each.</summary>
public static class BatchInversion
{
    /// <summary>As many that lanes are quicker, in spite of the inversion of what is in each.</summary>
    private const int FewestInLanes = 64;

    /// <summary>Replaces every element by its inverse; zeros stay zero. The time shows which elements are zero.</summary>
    /// <param name="elements">The elements.</param>
    /// <param name="scratch">Room for as many elements; its content is overwritten.</param>
    /// <exception cref="ArgumentException">The scratch space is shorter than the elements.</exception>
    public static void InvertInPlace<TField>(Span<TField> elements, Span<TField> scratch)
        where TField : struct, IField<TField>
    {
        if (scratch.Length < elements.Length)
            throw new ArgumentException("the scratch space is shorter than the elements", nameof(scratch));
        if (typeof(TField) == typeof(Fp) && NarrowLanes.IsSupported && elements.Length >= FewestInLanes)
        {
            Span<Fp> all = MemoryMarshal.Cast<TField, Fp>(elements);
            if (WideLanes.IsSupported)
                InversionLanes.InvertInPlace<WideLanes>(all);
            else
                InversionLanes.InvertInPlace<NarrowLanes>(all);
            return;
        }
        TField product = TField.One;
        for (int i = 0; i < elements.Length; i++)
        {
            scratch[i] = product;
            if (!elements[i].IsZero)
                product *= elements[i];
        }
        TField inverse = product.Inverse();
        for (int i = elements.Length - 1; i >= 0; i--)
        {
            if (elements[i].IsZero)
                continue;
            TField next = inverse * elements[i];
            elements[i] = inverse * scratch[i];
            inverse = next;
        }
    }
}
