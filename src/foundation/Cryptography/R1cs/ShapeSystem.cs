namespace Flashback.Cryptography.R1cs;

/// <summary>Keeps the constraints and no values.</summary>
internal readonly struct ShapeSystem(ShapeBuilder builder) : IConstraintSystem<ShapeSystem>
{
    public static bool WritesConstraints => true;

    public static bool WritesValues => false;

    public Variable Allocate(in Fr value) => Variable.Auxiliary(builder.AuxiliaryCount++);

    public Variable AllocateInput(in Fr value) => Variable.Input(builder.InputCount++);

    public void Enforce(ReadOnlySpan<Term> a, ReadOnlySpan<Term> b, ReadOnlySpan<Term> c) => builder.Enforce(a, b, c);

    public void Repeat(int count, RepeatWindow window, Action<ShapeSystem, int> block)
    {
        ShapeSystem system = this;
        builder.Repeat(count, window, () => block(system, 0));
    }
}

/// <summary>A constraint system in the making.</summary>
internal sealed class ShapeBuilder
{
    private readonly List<RowBlock> _blocks = [];
    private bool _isRepeating;
    private int _firstPlainRow;

    public CoefficientTable Coefficients { get; } = new();

    public SparseRows A { get; } = new();

    public SparseRows B { get; } = new();

    public SparseRows C { get; } = new();

    public int InputCount { get; set; } = 1;

    public int AuxiliaryCount { get; set; }

    public void Enforce(ReadOnlySpan<Term> a, ReadOnlySpan<Term> b, ReadOnlySpan<Term> c)
    {
        A.Add(a, Coefficients);
        B.Add(b, Coefficients);
        C.Add(c, Coefficients);
    }

    public void Repeat(int count, RepeatWindow window, Action writeFirst)
    {
        if (count <= 0)
            return;
        if (_isRepeating)
            throw new InvalidOperationException("blocks that repeat cannot be nested");
        EndPlainRows();
        _isRepeating = true;
        int inputs = InputCount, auxiliary = AuxiliaryCount, row = A.Count;
        writeFirst();
        RowBlock block = new(row, A.Count - row, count, inputs, InputCount - inputs, auxiliary, AuxiliaryCount - auxiliary, window);
        InputCount = checked(inputs + (count * block.InputStride));
        AuxiliaryCount = checked(auxiliary + (count * block.AuxiliaryStride));
        _blocks.Add(block);
        _firstPlainRow = A.Count;
        _isRepeating = false;
    }

    public ConstraintSystem Build()
    {
        EndPlainRows();
        return new ConstraintSystem([A, B, C], [.. _blocks], Coefficients.ToArray(), InputCount, AuxiliaryCount);
    }

    private void EndPlainRows()
    {
        if (A.Count > _firstPlainRow)
            _blocks.Add(new(_firstPlainRow, A.Count - _firstPlainRow, 1, int.MaxValue, 0, int.MaxValue, 0, default));
        _firstPlainRow = A.Count;
    }
}
