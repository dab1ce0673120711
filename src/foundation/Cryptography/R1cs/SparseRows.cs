using System.Runtime.InteropServices;

namespace Flashback.Cryptography.R1cs;

/// <summary>A variable and the number of its coefficient: eight bytes.</summary>
internal readonly record struct PackedTerm(uint Variable, int Coefficient);

/// <summary>One of a system's three matrices, row by row, as it grows.</summary>
internal sealed class SparseRows
{
    private readonly List<PackedTerm> _terms = [];
    private readonly List<int> _ends = [0];

    public int Count => _ends.Count - 1;

    public long TermCount => _terms.Count;

    public ReadOnlySpan<PackedTerm> this[int row] => CollectionsMarshal.AsSpan(_terms)[_ends[row].._ends[row + 1]];

    /// <summary>The terms of some rows.</summary>
    public ReadOnlySpan<PackedTerm> Rows(int first, int count) => CollectionsMarshal.AsSpan(_terms)[_ends[first].._ends[first + count]];

    /// <summary>Adds a row: equal variables merged, zeros left out, sorted by variable.</summary>
    public void Add(ReadOnlySpan<Term> combination, CoefficientTable coefficients)
    {
        if (combination.Length == 1)
        {
            AddTerm(combination[0].Variable, combination[0].Coefficient, coefficients);
        }
        else if (!combination.IsEmpty)
        {
            Term[]? rented = combination.Length <= 4 ? null : System.Buffers.ArrayPool<Term>.Shared.Rent(combination.Length);
            Span<Term> sorted = rented is null ? stackalloc Term[combination.Length] : rented.AsSpan(0, combination.Length);
            combination.CopyTo(sorted);
            if (!IsAscending(sorted))
                sorted.Sort(static (x, y) => x.Variable.CompareTo(y.Variable));
            for (int i = 0; i < sorted.Length;)
            {
                Variable variable = sorted[i].Variable;
                Fr sum = sorted[i++].Coefficient;
                for (; i < sorted.Length && sorted[i].Variable == variable; i++)
                    sum += sorted[i].Coefficient;
                AddTerm(variable, sum, coefficients);
            }
            if (rented is not null)
                System.Buffers.ArrayPool<Term>.Shared.Return(rented);
        }
        _ends.Add(_terms.Count);
    }

    private static bool IsAscending(ReadOnlySpan<Term> terms)
    {
        for (int i = 1; i < terms.Length; i++)
        {
            if (terms[i].Variable <= terms[i - 1].Variable)
                return false;
        }
        return true;
    }

    private void AddTerm(Variable variable, in Fr coefficient, CoefficientTable coefficients)
    {
        if (!coefficient.IsZero)
            _terms.Add(new(variable.Code, coefficients.NumberOf(coefficient)));
    }
}
