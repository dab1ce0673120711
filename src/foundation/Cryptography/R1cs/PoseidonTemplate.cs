namespace Flashback.Cryptography.R1cs;

/// <summary>The constraints of one Poseidon instance, written once and then copied: variable i below the arity is the preimage, those from there on are new.</summary>
/// <remarks>
/// Linear layers cost nothing: elements of state are combinations that grow until an S-box makes a variable of them. Source: neptune's circuit
/// over the optimised form; a hash takes 3·arity + 28·width + 4·(partial rounds) + 1 constraints and as many variables.
/// </remarks>
internal sealed class PoseidonTemplate
{
    private static readonly Fr MinusOne = -Fr.One;

    private readonly List<(Term[] A, Term[] B, Term[] C)> _rows = [];
    private readonly PoseidonConstants _constants;
    private readonly int _arity;
    private int _variables;

    public PoseidonTemplate(PoseidonConstants constants, in Fr tag)
    {
        _constants = constants;
        _arity = _variables = constants.Width - 1;
        Write(tag);
    }

    /// <summary>How many variables are new.</summary>
    public int NewVariables => _variables - _arity;

    public IReadOnlyList<(Term[] A, Term[] B, Term[] C)> Rows => _rows;

    private void Write(in Fr tag)
    {
        ReadOnlySpan<Fr> keys = _constants.Keys;
        int width = _constants.Width;
        Dictionary<Variable, Fr>[] state = FirstRound(tag, keys[..width], keys.Slice(width, width));
        keys = keys[(2 * width)..];
        for (int round = 1; round < PoseidonConstants.FullRounds / 2; round++, keys = keys[width..])
            state = FullRound(state, keys[..width], preSparse: round == (PoseidonConstants.FullRounds / 2) - 1);
        for (int round = 0; round < _constants.PartialRounds; round++)
            PartialRound(state, keys[round], round);
        keys = keys[_constants.PartialRounds..];
        for (int round = 1; round < PoseidonConstants.FullRounds / 2; round++, keys = keys[width..])
            state = FullRound(state, keys[..width], preSparse: false);
        state = FullRound(state, new Fr[width], preSparse: false);
        NewFor(state[1]);
    }

    /// <summary>The tag is a constant, the preimage are variables already.</summary>
    private Dictionary<Variable, Fr>[] FirstRound(in Fr tag, ReadOnlySpan<Fr> before, ReadOnlySpan<Fr> after)
    {
        Dictionary<Variable, Fr>[] state = new Dictionary<Variable, Fr>[_constants.Width];
        Fr first = tag + before[0], square = first.Square();
        state[0] = new() { [Variable.One] = (square.Square() * first) + after[0] };
        for (int i = 0; i < _arity; i++)
            state[i + 1] = FifthPower([new(Variable.One, before[i + 1]), new(Variable.Auxiliary(i))], after[i + 1]);
        return Mix(state, preSparse: false);
    }

    private Dictionary<Variable, Fr>[] FullRound(Dictionary<Variable, Fr>[] state, ReadOnlySpan<Fr> keys, bool preSparse)
    {
        Dictionary<Variable, Fr>[] next = new Dictionary<Variable, Fr>[state.Length];
        for (int i = 0; i < state.Length; i++)
            next[i] = FifthPower([new(NewFor(state[i]))], keys[i]);
        return Mix(next, preSparse);
    }

    private void PartialRound(Dictionary<Variable, Fr>[] state, in Fr key, int round)
    {
        state[0] = FifthPower([new(NewFor(state[0]))], key);
        Dictionary<Variable, Fr> next = Combine(state, _constants.SparseColumn(round));
        ReadOnlySpan<Fr> row = _constants.SparseRow(round);
        for (int i = 1; i < state.Length; i++)
            Accumulate(state[i], state[0], row[i - 1]);
        state[0] = next;
    }

    /// <summary>A new variable for a combination: it · 1 = variable.</summary>
    private Variable NewFor(Dictionary<Variable, Fr> combination)
    {
        Variable variable = Variable.Auxiliary(_variables++);
        _rows.Add(([.. combination.Select(term => new Term(term.Key, term.Value)).OrderBy(term => term.Variable)], [Term.One], [new(variable)]));
        return variable;
    }

    /// <summary>x² , x⁴ and x⁵ + key as new variables; the last as a combination.</summary>
    private Dictionary<Variable, Fr> FifthPower(Term[] x, in Fr key)
    {
        Variable second = Variable.Auxiliary(_variables++), fourth = Variable.Auxiliary(_variables++), fifth = Variable.Auxiliary(_variables++);
        _rows.Add((x, x, [new(second)]));
        _rows.Add(([new(second)], [new(second)], [new(fourth)]));
        _rows.Add((x, [new(fourth)], [new(Variable.One, MinusOne * key), new(fifth)]));
        return new() { [fifth] = Fr.One };
    }

    private Dictionary<Variable, Fr>[] Mix(Dictionary<Variable, Fr>[] state, bool preSparse)
    {
        Dictionary<Variable, Fr>[] next = new Dictionary<Variable, Fr>[state.Length];
        for (int j = 0; j < state.Length; j++)
            next[j] = Combine(state, preSparse ? _constants.PreSparse(j) : _constants.MixingColumn(j));
        return next;
    }

    private static Dictionary<Variable, Fr> Combine(Dictionary<Variable, Fr>[] state, ReadOnlySpan<Fr> factors)
    {
        Dictionary<Variable, Fr> sum = [];
        for (int i = 0; i < state.Length; i++)
            Accumulate(sum, state[i], factors[i]);
        return sum;
    }

    private static void Accumulate(Dictionary<Variable, Fr> sum, Dictionary<Variable, Fr> summand, in Fr factor)
    {
        foreach ((Variable variable, Fr coefficient) in summand)
            sum[variable] = sum.GetValueOrDefault(variable) + (coefficient * factor);
    }
}
