namespace Flashback.Cryptography;

/// <summary>A small square matrix, for deriving constants.</summary>
internal sealed class FrMatrix(int size)
{
    private readonly Fr[] _rows = new Fr[size * size];

    public int Size => size;

    public Fr this[int row, int column]
    {
        get => _rows[row * size + column];
        set => _rows[row * size + column] = value;
    }

    public static FrMatrix Identity(int size)
    {
        FrMatrix identity = new(size);
        for (int i = 0; i < size; i++)
            identity[i, i] = Fr.One;
        return identity;
    }

    /// <summary>The product of this and another.</summary>
    public FrMatrix Times(FrMatrix other)
    {
        FrMatrix product = new(size);
        for (int i = 0; i < size; i++)
        {
            for (int j = 0; j < size; j++)
            {
                for (int k = 0; k < size; k++)
                    product[i, j] += this[i, k] * other[k, j];
            }
        }
        return product;
    }

    /// <summary>A row vector times this matrix.</summary>
    public Fr[] TimesRow(ReadOnlySpan<Fr> row)
    {
        Fr[] product = new Fr[size];
        for (int j = 0; j < size; j++)
        {
            for (int i = 0; i < size; i++)
                product[j] += row[i] * this[i, j];
        }
        return product;
    }

    /// <summary>This matrix times a column vector.</summary>
    public Fr[] TimesColumn(ReadOnlySpan<Fr> column)
    {
        Fr[] product = new Fr[size];
        for (int i = 0; i < size; i++)
        {
            for (int j = 0; j < size; j++)
                product[i] += this[i, j] * column[j];
        }
        return product;
    }

    /// <summary>The matrix without its first row and column.</summary>
    public FrMatrix Minor()
    {
        FrMatrix minor = new(size - 1);
        for (int i = 1; i < size; i++)
        {
            for (int j = 1; j < size; j++)
                minor[i - 1, j - 1] = this[i, j];
        }
        return minor;
    }

    /// <summary>The inverse, by Gauss and Jordan.</summary>
    /// <exception cref="InvalidOperationException">There is none.</exception>
    public FrMatrix Inverse()
    {
        FrMatrix left = new(size), right = Identity(size);
        _rows.CopyTo(left._rows, 0);
        for (int pivot = 0; pivot < size; pivot++)
        {
            int row = pivot;
            while (row < size && left[row, pivot].IsZero)
                row++;
            if (row == size)
                throw new InvalidOperationException("the matrix has no inverse");
            left.Swap(row, pivot);
            right.Swap(row, pivot);
            Fr scale = left[pivot, pivot].Inverse();
            left.Scale(pivot, scale);
            right.Scale(pivot, scale);
            for (int other = 0; other < size; other++)
            {
                if (other == pivot || left[other, pivot].IsZero)
                    continue;
                Fr factor = left[other, pivot];
                left.SubtractRow(other, pivot, factor);
                right.SubtractRow(other, pivot, factor);
            }
        }
        return right;
    }

    private void Swap(int a, int b)
    {
        for (int j = 0; j < size; j++)
            (this[a, j], this[b, j]) = (this[b, j], this[a, j]);
    }

    private void Scale(int row, in Fr factor)
    {
        for (int j = 0; j < size; j++)
            this[row, j] *= factor;
    }

    private void SubtractRow(int row, int other, in Fr factor)
    {
        for (int j = 0; j < size; j++)
            this[row, j] -= this[other, j] * factor;
    }
}
