namespace Flashback.Cryptography.R1cs;

/// <summary>One of a system's matrices by columns, repetitions written out: eight bytes a term.</summary>
/// <param name="starts">Where each column's terms begin; one more at the end.</param>
/// <param name="rows">Each term's row.</param>
/// <param name="numbers">Each term's coefficient's number.</param>
/// <param name="coefficients">The coefficients.</param>
internal sealed class SparseColumns(int[] starts, int[] rows, int[] numbers, Fr[] coefficients)
{
    /// <summary>The rows of a column's terms.</summary>
    public ReadOnlySpan<int> Rows(int column) => rows.AsSpan(starts[column]..starts[column + 1]);

    /// <summary>The numbers of their coefficients.</summary>
    public ReadOnlySpan<int> Numbers(int column) => numbers.AsSpan(starts[column]..starts[column + 1]);

    /// <summary>The coefficient of a number.</summary>
    public ref readonly Fr this[int number] => ref coefficients[number];

    /// <summary>The first pass: how many terms each column has, each count one place further on.</summary>
    internal readonly record struct Counter(int InputCount, int[] Counts) : ITermVisitor
    {
        public void Visit(int row, Variable variable, int coefficient) => Counts[Column(InputCount, variable) + 1]++;

        /// <summary>The second pass.</summary>
        public Filler ToFiller()
        {
            int[] starts = [.. Counts];
            for (int i = 1; i < starts.Length; i++)
                starts[i] += starts[i - 1];
            return new(InputCount, starts, [.. starts], new int[starts[^1]], new int[starts[^1]]);
        }
    }

    /// <summary>The second pass: each term to its column.</summary>
    internal readonly record struct Filler(int InputCount, int[] Starts, int[] Next, int[] Rows, int[] Numbers) : ITermVisitor
    {
        public void Visit(int row, Variable variable, int coefficient)
        {
            int place = Next[Column(InputCount, variable)]++;
            Rows[place] = row;
            Numbers[place] = coefficient;
        }

        public SparseColumns ToColumns(Fr[] coefficients) => new(Starts, Rows, Numbers, coefficients);
    }

    private static int Column(int inputCount, Variable variable) => variable.IsAuxiliary ? inputCount + variable.Index : variable.Index;
}
