namespace Flashback.Cryptography.R1cs;

/// <summary>The distinct coefficients of a system: few, so a term keeps a number for its own.</summary>
internal sealed class CoefficientTable
{
    public const int One = 0;
    public const int MinusOne = 1;

    private readonly Dictionary<Fr, int> _numbers = [];
    private readonly List<Fr> _values = [];

    public CoefficientTable()
    {
        NumberOf(Fr.One);
        NumberOf(-Fr.One);
    }

    public int NumberOf(in Fr value)
    {
        if (_numbers.TryGetValue(value, out int number))
            return number;
        number = _values.Count;
        _values.Add(value);
        _numbers.Add(value, number);
        return number;
    }

    public Fr this[int number] => _values[number];

    public Fr[] ToArray() => [.. _values];
}
