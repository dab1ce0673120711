using System.Collections.Concurrent;

namespace Flashback.Cryptography.R1cs;

/// <summary>Poseidon over field elements. Order and form of the constraints are neptune's (the older of its two circuits).</summary>
public static class PoseidonGadget
{
    private const int HalfOfFullRounds = PoseidonConstants.FullRounds / 2;

    private static readonly ConcurrentDictionary<(PoseidonConstants Constants, Fr Tag), PoseidonTemplate> Templates = [];

    /// <summary>The hash of a tree node's children, or of a column.</summary>
    public static Number Poseidon<TSystem>(this TSystem system, ReadOnlySpan<Number> children)
        where TSystem : struct, IConstraintSystem<TSystem> => system.Poseidon(children, PoseidonTag.MerkleTree(children.Length));

    /// <summary>The hash under another domain tag, which is part of the circuit.</summary>
    public static Number Poseidon<TSystem>(this TSystem system, ReadOnlySpan<Number> preimage, in Fr tag)
        where TSystem : struct, IConstraintSystem<TSystem>
    {
        PoseidonConstants constants = Cryptography.Poseidon.OfArity(preimage.Length).Constants;
        return system.Poseidon(constants, preimage, tag);
    }

    /// <summary>The hash of any instance, for those of other strength.</summary>
    /// <exception cref="ArgumentException">The preimage has not the instance's arity.</exception>
    public static Number Poseidon<TSystem>(this TSystem system, PoseidonConstants constants, ReadOnlySpan<Number> preimage, in Fr tag)
        where TSystem : struct, IConstraintSystem<TSystem>
    {
        ArgumentNullException.ThrowIfNull(constants);
        if (preimage.Length != constants.Width - 1)
            throw new ArgumentException($"an instance of width {constants.Width} does not hash {preimage.Length} elements", nameof(preimage));
        return TSystem.WritesValues ? WriteValues(system, constants, preimage, tag) : WriteConstraints(system, constants, preimage, tag);
    }

    private static Number WriteConstraints<TSystem>(TSystem system, PoseidonConstants constants, ReadOnlySpan<Number> preimage, Fr tag)
        where TSystem : struct, IConstraintSystem<TSystem>
    {
        PoseidonTemplate template = Templates.GetOrAdd((constants, tag), _ => new PoseidonTemplate(constants, tag));
        Variable[] variables = new Variable[preimage.Length + template.NewVariables];
        for (int i = 0; i < preimage.Length; i++)
            variables[i] = preimage[i].Variable;
        for (int i = preimage.Length; i < variables.Length; i++)
            variables[i] = system.Allocate(default);
        Combination a = new(), b = new(), c = new();
        foreach ((Term[] rowA, Term[] rowB, Term[] rowC) in template.Rows)
        {
            Copy(rowA, variables, a);
            Copy(rowB, variables, b);
            Copy(rowC, variables, c);
            system.Enforce(a.Terms, b.Terms, c.Terms);
        }
        return new(variables[^1], default);
    }

    private static void Copy(Term[] row, Variable[] variables, Combination combination)
    {
        combination.Clear();
        foreach (Term term in row)
            combination.Add(term.Variable.IsAuxiliary ? variables[term.Variable.Index] : term.Variable, term.Coefficient);
    }

    /// <summary>The permutation, with every variable of the template written down as it comes up.</summary>
    private static Number WriteValues<TSystem>(TSystem system, PoseidonConstants constants, ReadOnlySpan<Number> preimage, in Fr tag)
        where TSystem : struct, IConstraintSystem<TSystem>
    {
        int width = constants.Width;
        ReadOnlySpan<Fr> keys = constants.Keys;
        Span<Fr> state = new Fr[2 * width], scratch = state[width..];
        state = state[..width];
        Fr first = tag + keys[0], square = first.Square();
        state[0] = (square.Square() * first) + keys[width];
        for (int i = 1; i < width; i++)
            state[i] = FifthPower(system, preimage[i - 1].Value + keys[i], keys[width + i]);
        Mix(constants, state, scratch, preSparse: false);
        keys = keys[(2 * width)..];
        for (int round = 1; round < HalfOfFullRounds; round++, keys = keys[width..])
            FullRound(system, constants, state, scratch, keys, preSparse: round == HalfOfFullRounds - 1);
        for (int round = 0; round < constants.PartialRounds; round++)
            PartialRound(system, constants, state, keys[round], round);
        keys = keys[constants.PartialRounds..];
        for (int round = 1; round < HalfOfFullRounds; round++, keys = keys[width..])
            FullRound(system, constants, state, scratch, keys, preSparse: false);
        FullRound(system, constants, state, scratch, new Fr[width], preSparse: false);
        return system.AllocateNumber(state[1]);
    }

    private static void FullRound<TSystem>(
        TSystem system, PoseidonConstants constants, Span<Fr> state, Span<Fr> scratch, ReadOnlySpan<Fr> keys, bool preSparse)
        where TSystem : struct, IConstraintSystem<TSystem>
    {
        for (int i = 0; i < state.Length; i++)
        {
            system.Allocate(state[i]);
            state[i] = FifthPower(system, state[i], keys[i]);
        }
        Mix(constants, state, scratch, preSparse);
    }

    private static void PartialRound<TSystem>(TSystem system, PoseidonConstants constants, Span<Fr> state, in Fr key, int round)
        where TSystem : struct, IConstraintSystem<TSystem>
    {
        system.Allocate(state[0]);
        Fr first = FifthPower(system, state[0], key);
        state[0] = first;
        ReadOnlySpan<Fr> row = constants.SparseRow(round);
        Fr next = Fr.DotProduct(state, constants.SparseColumn(round));
        for (int i = 1; i < state.Length; i++)
            state[i] += first * row[i - 1];
        state[0] = next;
    }

    private static Fr FifthPower<TSystem>(TSystem system, in Fr x, in Fr key)
        where TSystem : struct, IConstraintSystem<TSystem>
    {
        Fr second = x.Square(), fourth = second.Square(), fifth = (fourth * x) + key;
        system.Allocate(second);
        system.Allocate(fourth);
        system.Allocate(fifth);
        return fifth;
    }

    private static void Mix(PoseidonConstants constants, Span<Fr> state, Span<Fr> scratch, bool preSparse)
    {
        for (int j = 0; j < state.Length; j++)
            scratch[j] = Fr.DotProduct(state, preSparse ? constants.PreSparse(j) : constants.MixingColumn(j));
        scratch.CopyTo(state);
    }
}
