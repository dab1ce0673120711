using System.Buffers.Binary;
using System.Security.Cryptography;
using Flashback.Primitives;

namespace Flashback.Cryptography.R1cs;

/// <summary>A rank-1 constraint system: for each row, ⟨a, z⟩·⟨b, z⟩ = ⟨c, z⟩ over the inputs and auxiliary variables z. Does not change.</summary>
/// <remarks>Rows are kept as eight bytes a term, and blocks that repeat are kept once: circuits of 2^27 rows take as little room as one of their blocks.</remarks>
public sealed class ConstraintSystem
{
    private const int RowsAtOnce = 1 << 12;

    private readonly SparseRows[] _matrices;
    private readonly RowBlock[] _blocks;
    private readonly Fr[] _coefficients;

    internal ConstraintSystem(SparseRows[] matrices, RowBlock[] blocks, Fr[] coefficients, int inputCount, int auxiliaryCount)
    {
        _matrices = matrices;
        _blocks = blocks;
        _coefficients = coefficients;
        InputCount = inputCount;
        AuxiliaryCount = auxiliaryCount;
        foreach (RowBlock block in blocks)
            ConstraintCount += (long)block.Rows * block.Count;
    }

    /// <summary>How many rows there are.</summary>
    public long ConstraintCount { get; }

    /// <summary>How many inputs there are, the constant one included.</summary>
    public int InputCount { get; }

    /// <summary>How many auxiliary variables there are.</summary>
    public int AuxiliaryCount { get; }

    /// <summary>Terms that are kept, of all three matrices.</summary>
    public long StoredTerms
    {
        get
        {
            long terms = 0;
            foreach (SparseRows matrix in _matrices)
                terms += matrix.TermCount;
            return terms;
        }
    }

    /// <summary>The constraints of a circuit; its values do not matter.</summary>
    public static ConstraintSystem Of<TCircuit>(TCircuit circuit)
        where TCircuit : ICircuit
    {
        ShapeBuilder builder = new();
        circuit.Synthesize(new ShapeSystem(builder));
        return builder.Build();
    }

    /// <summary>The first row that the values break; −1 when they satisfy all.</summary>
    /// <exception cref="ArgumentException">There are other numbers of values than of variables.</exception>
    public long FindBroken(Assignment values)
    {
        Fr[] a = new Fr[ConstraintCount], b = new Fr[ConstraintCount], c = new Fr[ConstraintCount];
        Evaluate(Side.A, values, a);
        Evaluate(Side.B, values, b);
        Evaluate(Side.C, values, c);
        for (int row = 0; row < a.Length; row++)
        {
            if (!(a[row] * b[row]).Equals(c[row]))
                return row;
        }
        return -1;
    }

    /// <summary>⟨row, z⟩ of every row of one matrix, on all cores.</summary>
    /// <param name="side">Which matrix.</param>
    /// <param name="values">z.</param>
    /// <param name="results">Room for at least <see cref="ConstraintCount"/>; what is beyond is left alone.</param>
    /// <exception cref="ArgumentException">There are other numbers of values than of variables.</exception>
    public void Evaluate(Side side, Assignment values, Memory<Fr> results)
    {
        ArgumentNullException.ThrowIfNull(values);
        if (values.Inputs.Length != InputCount || values.Auxiliary.Length != AuxiliaryCount)
            throw new ArgumentException($"{values.Inputs.Length} inputs and {values.Auxiliary.Length} auxiliary values are not {InputCount} and {AuxiliaryCount}", nameof(values));
        SparseRows matrix = _matrices[(int)side];
        int at = 0;
        foreach (RowBlock block in _blocks)
        {
            int start = at, total = block.Rows * block.Count;
            Parallel.For(0, (total + RowsAtOnce - 1) / RowsAtOnce, AllCores.Options, chunk =>
            {
                Span<Fr> span = results.Span.Slice(start, total);
                for (int i = chunk * RowsAtOnce; i < Math.Min(total, (chunk + 1) * RowsAtOnce); i++)
                    span[i] = Evaluate(block, matrix[block.FirstRow + (i % block.Rows)], i / block.Rows, values);
            });
            at += total;
        }
    }

    private Fr Evaluate(in RowBlock block, ReadOnlySpan<PackedTerm> row, int repetition, Assignment values)
    {
        Fr sum = default;
        foreach (PackedTerm term in row)
        {
            Variable variable = block.Shift(term.Variable, repetition);
            ref readonly Fr value = ref (variable.IsAuxiliary ? values.Auxiliary : values.Inputs)[variable.Index];
            if (value.IsZero)
                continue;
            switch (term.Coefficient)
            {
                case CoefficientTable.One:
                    sum += value;
                    break;
                case CoefficientTable.MinusOne:
                    sum -= value;
                    break;
                default:
                    sum += value.Equals(Fr.One) ? _coefficients[term.Coefficient] : value * _coefficients[term.Coefficient];
                    break;
            }
        }
        return sum;
    }

    /// <summary>Adds up, for every variable, coefficient times weight over the rows of one matrix that it occurs in: its polynomial at a point.</summary>
    /// <param name="side">Which matrix.</param>
    /// <param name="weights">One a row.</param>
    /// <param name="inputs">Sums of the inputs; added to.</param>
    /// <param name="auxiliary">Sums of the auxiliary variables; added to.</param>
    public void AddColumns(Side side, ReadOnlySpan<Fr> weights, Span<Fr> inputs, Span<Fr> auxiliary)
    {
        ColumnAdder adder = new(weights, _coefficients, inputs, auxiliary);
        VisitTerms(side, ref adder);
    }

    /// <summary>Which variables occur in one matrix with a coefficient that is not zero: those that a key has a point for.</summary>
    public Occurrence Occurring(Side side)
    {
        OccurrenceMarker marker = new(new bool[InputCount], new bool[AuxiliaryCount]);
        VisitTerms(side, ref marker);
        return new Occurrence(marker.Inputs, marker.Auxiliary);
    }

    /// <summary>One matrix by columns: the inputs' first, then the auxiliary variables'.</summary>
    internal SparseColumns Columns(Side side)
    {
        SparseColumns.Counter counter = new(InputCount, new int[InputCount + AuxiliaryCount + 1]);
        VisitTerms(side, ref counter);
        SparseColumns.Filler filler = counter.ToFiller();
        VisitTerms(side, ref filler);
        return filler.ToColumns(_coefficients);
    }

    /// <summary>Shows every term of one matrix, row by row, repetitions written out.</summary>
    private void VisitTerms<TVisitor>(Side side, ref TVisitor visitor)
        where TVisitor : struct, ITermVisitor, allows ref struct
    {
        SparseRows matrix = _matrices[(int)side];
        int at = 0;
        foreach (RowBlock block in _blocks)
        {
            for (int repetition = 0; repetition < block.Count; repetition++)
            {
                for (int row = 0; row < block.Rows; row++, at++)
                {
                    foreach (PackedTerm term in matrix[block.FirstRow + row])
                        visitor.Visit(at, block.Shift(term.Variable, repetition), term.Coefficient);
                }
            }
        }
    }

    /// <summary>A digest of all constraints, coefficients and counts: two systems with the same have the same keys.</summary>
    /// <remarks>
    /// SHA-256(SHA-256(rows) ‖ constraints ‖ inputs ‖ auxiliary), numbers of four bytes, little-endian; rows are, for A, B and C of each constraint,
    /// the number of terms and then each one's kind (1 byte: 0 input, 1 auxiliary), index (4) and coefficient (32).
    /// </remarks>
    public Hash32 Fingerprint()
    {
        using IncrementalHash hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        byte[] buffer = [];
        ForEachRow((_, block, stored, repetition) =>
        {
            foreach (SparseRows matrix in _matrices)
            {
                ReadOnlySpan<PackedTerm> row = matrix[stored];
                int length = sizeof(uint) + (37 * row.Length);
                if (buffer.Length < length)
                    buffer = new byte[length];
                BinaryPrimitives.WriteInt32LittleEndian(buffer, row.Length);
                Span<byte> rest = buffer.AsSpan(sizeof(uint));
                foreach (PackedTerm term in row)
                {
                    Variable variable = block.Shift(term.Variable, repetition);
                    rest[0] = variable.IsAuxiliary ? (byte)1 : (byte)0;
                    BinaryPrimitives.WriteInt32LittleEndian(rest[1..], variable.Index);
                    _coefficients[term.Coefficient].EncodeLittleEndian(rest[5..]);
                    rest = rest[37..];
                }
                hash.AppendData(buffer, 0, length);
            }
        });
        Span<byte> last = stackalloc byte[32 + (3 * sizeof(uint))];
        hash.GetHashAndReset(last);
        BinaryPrimitives.WriteUInt32LittleEndian(last[32..], (uint)ConstraintCount);
        BinaryPrimitives.WriteInt32LittleEndian(last[36..], InputCount);
        BinaryPrimitives.WriteInt32LittleEndian(last[40..], AuxiliaryCount);
        return Sha256.Hash(last);
    }

    /// <summary>Writes the rows as an .r1cs file holds them: for A, B and C of each the number of terms, then each one's wire (4 bytes) and coefficient (32).</summary>
    internal void WriteRows(Stream file)
    {
        byte[] buffer = [];
        ForEachRow((_, block, stored, repetition) =>
        {
            foreach (SparseRows matrix in _matrices)
            {
                ReadOnlySpan<PackedTerm> row = matrix[stored];
                int length = sizeof(uint) + (36 * row.Length);
                if (buffer.Length < length)
                    buffer = new byte[length];
                BinaryPrimitives.WriteInt32LittleEndian(buffer, row.Length);
                Span<byte> rest = buffer.AsSpan(sizeof(uint));
                foreach (PackedTerm term in row)
                {
                    Variable variable = block.Shift(term.Variable, repetition);
                    BinaryPrimitives.WriteInt32LittleEndian(rest, variable.IsAuxiliary ? InputCount + variable.Index : variable.Index);
                    _coefficients[term.Coefficient].EncodeLittleEndian(rest[sizeof(uint)..]);
                    rest = rest[36..];
                }
                file.Write(buffer, 0, length);
            }
        });
    }

    private void ForEachRow(Action<long, RowBlock, int, int> visit)
    {
        long at = 0;
        foreach (RowBlock block in _blocks)
        {
            for (int repetition = 0; repetition < block.Count; repetition++)
            {
                for (int row = 0; row < block.Rows; row++)
                    visit(at++, block, block.FirstRow + row, repetition);
            }
        }
    }
}

/// <summary>Sees a matrix's terms one after the other.</summary>
internal interface ITermVisitor
{
    /// <param name="row">The term's row.</param>
    /// <param name="variable">Its variable.</param>
    /// <param name="coefficient">Its coefficient's number.</param>
    void Visit(int row, Variable variable, int coefficient);
}

/// <summary>Adds up every variable's polynomial at a point.</summary>
internal readonly ref struct ColumnAdder(ReadOnlySpan<Fr> weights, ReadOnlySpan<Fr> coefficients, Span<Fr> inputs, Span<Fr> auxiliary) : ITermVisitor
{
    private readonly ReadOnlySpan<Fr> _weights = weights;
    private readonly ReadOnlySpan<Fr> _coefficients = coefficients;
    private readonly Span<Fr> _inputs = inputs;
    private readonly Span<Fr> _auxiliary = auxiliary;

    public void Visit(int row, Variable variable, int coefficient)
    {
        ref Fr sum = ref (variable.IsAuxiliary ? _auxiliary : _inputs)[variable.Index];
        sum += coefficient == CoefficientTable.One ? _weights[row] : _weights[row] * _coefficients[coefficient];
    }
}

/// <summary>Marks the variables that occur.</summary>
internal readonly record struct OccurrenceMarker(bool[] Inputs, bool[] Auxiliary) : ITermVisitor
{
    public void Visit(int row, Variable variable, int coefficient) => (variable.IsAuxiliary ? Auxiliary : Inputs)[variable.Index] = true;
}

/// <summary>Which variables occur in a matrix.</summary>
/// <param name="Inputs">For each input, whether it does.</param>
/// <param name="Auxiliary">For each auxiliary variable, whether it does.</param>
public sealed record Occurrence(bool[] Inputs, bool[] Auxiliary);

/// <summary>Which of a system's three matrices.</summary>
public enum Side
{
    /// <summary>The left factors.</summary>
    A,

    /// <summary>The right factors.</summary>
    B,

    /// <summary>The products.</summary>
    C,
}
