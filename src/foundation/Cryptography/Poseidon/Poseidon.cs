using System.Runtime.CompilerServices;
using Flashback.Cryptography.Fields;

namespace Flashback.Cryptography;

/// <summary>Poseidon over BLS12-381's scalar field, in the form that storage proofs use: the digest is the second element of the state.</summary>
/// <remarks>Instances hold constants only and may be shared by threads. Source: neptune; paper: eprint 2019/458.</remarks>
public sealed class Poseidon
{
    private const int LargestWidth = 65;
    private const int HalfOfFullRounds = PoseidonConstants.FullRounds / 2;

    private static readonly Poseidon?[] Instances = new Poseidon?[LargestWidth];

    private readonly Fr _merkleTag;
    private readonly PoseidonLanes? _lanes;

    /// <summary>An instance with its own constants; <see cref="OfArity"/> has those in common use.</summary>
    public Poseidon(PoseidonConstants constants)
    {
        ArgumentNullException.ThrowIfNull(constants);
        Constants = constants;
        _merkleTag = PoseidonTag.MerkleTree(Arity);
        _lanes = NarrowLanes.IsSupported && constants.PartialRounds <= PoseidonLanes.MostPartialRounds ? new PoseidonLanes(constants, _merkleTag) : null;
    }

    /// <summary>The constants, rounds and matrices: what a circuit of this hash is written from.</summary>
    public PoseidonConstants Constants { get; }

    /// <summary>How many elements are hashed.</summary>
    public int Arity => Constants.Width - 1;

    /// <summary>The instance of standard strength for an arity; its constants are derived at the first call.</summary>
    /// <param name="arity">2, 4, 8 and 11 are in use, others up to 64 exist.</param>
    /// <exception cref="ArgumentOutOfRangeException">No instance of that arity is in use.</exception>
    public static Poseidon OfArity(int arity)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(arity);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(arity, LargestWidth);
        ref Poseidon? instance = ref Instances[arity];
        // Two threads may derive the same constants; either result serves.
        return Volatile.Read(ref instance) ?? (instance = new Poseidon(new PoseidonConstants(arity)));
    }

    /// <summary>The hash of a tree node's children, or of a column.</summary>
    /// <exception cref="ArgumentException">There are not <see cref="Arity"/> of them.</exception>
    public Fr Hash(ReadOnlySpan<Fr> children) => children.Length == Arity
        ? Hash(children, _merkleTag)
        : throw new ArgumentException($"a node of arity {Arity} has not {children.Length} children", nameof(children));

    /// <summary>The hash under another domain tag; a shorter preimage is filled with zeros.</summary>
    /// <exception cref="ArgumentException">The preimage is longer than <see cref="Arity"/>.</exception>
    [SkipLocalsInit] // both halves of the state are written before they are read
    public Fr Hash(ReadOnlySpan<Fr> preimage, in Fr tag)
    {
        if (preimage.Length > Arity)
            throw new ArgumentException($"{preimage.Length} elements do not fit arity {Arity}", nameof(preimage));
        Span<Fr> state = stackalloc Fr[Constants.Width];
        Span<Fr> scratch = stackalloc Fr[Constants.Width];
        state[0] = tag;
        preimage.CopyTo(state[1..]);
        state[(1 + preimage.Length)..].Clear();
        Permute(state, scratch);
        return state[1];
    }

    /// <summary>The nodes over a row of children: each <see cref="Arity"/> children to one node, eight or four side by side where the machine can.</summary>
    /// <exception cref="ArgumentException">The lengths do not fit each other.</exception>
    public void HashRow(ReadOnlySpan<Fr> children, Span<Fr> nodes)
    {
        if (children.Length != nodes.Length * Arity)
            throw new ArgumentException($"{children.Length} children are not those of {nodes.Length} nodes of arity {Arity}");
        int done = 0;
        if (_lanes is not null)
        {
            if (WideLanes.IsSupported)
                done = _lanes.HashRow<WideLanes>(children, nodes);
            done += _lanes.HashRow<NarrowLanes>(children[(done * Arity)..], nodes[done..]);
        }
        for (int i = done; i < nodes.Length; i++)
            nodes[i] = Hash(children.Slice(i * Arity, Arity), _merkleTag);
    }

    /// <summary>The permutation by itself: the domain tag and the preimage in, the digest out in the second place.</summary>
    /// <exception cref="ArgumentException">The state has not the instance's width.</exception>
    public void Permute(Span<Fr> state)
    {
        if (state.Length != Constants.Width)
            throw new ArgumentException($"a state of {state.Length} elements is none of width {Constants.Width}", nameof(state));
        Permute(state, stackalloc Fr[state.Length]);
    }

    private void Permute(Span<Fr> state, Span<Fr> scratch)
    {
        PoseidonConstants constants = Constants;
        ReadOnlySpan<Fr> keys = constants.Keys;
        int width = state.Length;
        for (int i = 0; i < width; i++)
            state[i] += keys[i];
        keys = keys[width..];
        for (int round = 0; round < HalfOfFullRounds; round++, keys = keys[width..])
        {
            for (int i = 0; i < width; i++)
                state[i] = FifthPower(state[i]) + keys[i];
            Mix(state, scratch, round == HalfOfFullRounds - 1);
        }
        for (int round = 0; round < constants.PartialRounds; round++)
        {
            Fr first = FifthPower(state[0]) + keys[round];
            state[0] = first;
            ReadOnlySpan<Fr> row = constants.SparseRow(round);
            Fr next = Fr.DotProduct(state, constants.SparseColumn(round));
            for (int i = 1; i < width; i++)
                state[i] += first * row[i - 1];
            state[0] = next;
        }
        keys = keys[constants.PartialRounds..];
        for (int round = 1; round < HalfOfFullRounds; round++, keys = keys[width..])
        {
            for (int i = 0; i < width; i++)
                state[i] = FifthPower(state[i]) + keys[i];
            Mix(state, scratch, preSparse: false);
        }
        for (int i = 0; i < width; i++)
            state[i] = FifthPower(state[i]);
        Mix(state, scratch, preSparse: false);
    }

    private void Mix(Span<Fr> state, Span<Fr> scratch, bool preSparse)
    {
        for (int j = 0; j < state.Length; j++)
            scratch[j] = Fr.DotProduct(state, preSparse ? Constants.PreSparse(j) : Constants.MixingColumn(j));
        scratch.CopyTo(state);
    }

    private static Fr FifthPower(in Fr x)
    {
        Fr square = Fr.Square(x);
        return Fr.Square(square) * x;
    }
}
