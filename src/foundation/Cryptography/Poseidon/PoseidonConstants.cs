namespace Flashback.Cryptography;

/// <summary>The constants of one instance of Poseidon over BLS12-381's scalar field: width t = arity + 1, S-box x^5, eight full rounds.</summary>
/// <remarks>
/// Plain form, a round: add t constants, S-box on all elements (full) or on the first (partial), multiply by a Cauchy matrix. The optimised form
/// computes the same with one constant and a sparse matrix for each partial round:
/// <list type="number">
/// <item>A full round's constants are taken back through the matrix before it and added right after that round's S-box.</item>
/// <item>A partial round's S-box leaves all elements but the first alone, so their constants move on towards the first full rounds.</item>
/// <item>The matrix of a partial round is a sparse one times one that commutes with the S-box of the round before, and so wanders to the
/// first full rounds too, where what remains is <see cref="PreSparse"/>.</item>
/// </list>
/// Sources: paper: eprint 2019/458 App. B; neptune, whose choice of the two factors is kept because circuits are written over it.
/// All matrices act on row vectors: out[j] = Σ state[i] · M[i][j].
/// </remarks>
public sealed class PoseidonConstants
{
    /// <summary>Rounds with an S-box on every element, half of them before the partial rounds and half after.</summary>
    public const int FullRounds = 8;

    private readonly Fr[] _round;
    private readonly Fr[] _keys;
    private readonly Fr[] _mixing;
    private readonly Fr[] _preSparse;
    private readonly Fr[] _sparse;

    /// <summary>Derives the constants, which takes milliseconds.</summary>
    /// <param name="arity">How many elements are hashed: one for which the number of partial rounds is known.</param>
    /// <param name="strength">The number of partial rounds.</param>
    /// <exception cref="ArgumentOutOfRangeException">No instance of that arity is in use.</exception>
    public PoseidonConstants(int arity, PoseidonStrength strength = PoseidonStrength.Standard)
    {
        Width = arity + 1;
        int rounds = StandardPartialRounds(Width);
        PartialRounds = strength == PoseidonStrength.Strengthened ? (5 * rounds + 3) / 4 : rounds;
        _round = new Fr[(FullRounds + PartialRounds) * Width];
        GrainGenerator grain = new(Width, FullRounds, PartialRounds);
        foreach (ref Fr constant in _round.AsSpan())
            constant = grain.Next();
        FrMatrix mixing = Cauchy(Width);
        _keys = CompressKeys(mixing.Inverse());
        (_sparse, FrMatrix preSparse) = Factor(mixing);
        _mixing = Columns(mixing);
        _preSparse = Columns(preSparse);
    }

    /// <summary>Elements of state: the domain tag, then the preimage.</summary>
    public int Width { get; }

    /// <summary>Rounds with an S-box on the first element only.</summary>
    public int PartialRounds { get; }

    /// <summary>The plain form's constants: <see cref="Width"/> for each round, in order.</summary>
    public ReadOnlySpan<Fr> RoundConstants => _round;

    /// <summary>
    /// The optimised form's constants, in the order they are added: t before the first S-box; 4 · t, each t after the S-boxes of a full round;
    /// one after the S-box of each partial round; 3 · t. The last round adds nothing.
    /// </summary>
    public ReadOnlySpan<Fr> Keys => _keys;

    /// <summary>Column j of the mixing matrix: what the new element j takes of the old ones.</summary>
    public ReadOnlySpan<Fr> MixingColumn(int j) => _mixing.AsSpan(j * Width, Width);

    /// <summary>Column j of the matrix that replaces the mixing matrix in the fourth full round.</summary>
    public ReadOnlySpan<Fr> PreSparse(int j) => _preSparse.AsSpan(j * Width, Width);

    /// <summary>What the new first element takes of the old ones in a partial round.</summary>
    public ReadOnlySpan<Fr> SparseColumn(int partialRound) => _sparse.AsSpan(partialRound * (2 * Width - 1), Width);

    /// <summary>What the other elements 1 … t−1 gain of the old first one in a partial round; they keep themselves.</summary>
    public ReadOnlySpan<Fr> SparseRow(int partialRound) => _sparse.AsSpan(partialRound * (2 * Width - 1) + Width, Width - 1);

    /// <summary>spec: the Filecoin specification, Poseidon: rounds for 128 bits with a margin, by width.</summary>
    private static int StandardPartialRounds(int width) => width switch
    {
        2 or 3 => 55,
        >= 4 and <= 7 => 56,
        >= 8 and <= 15 => 57,
        16 or 17 or 25 => 59,
        37 => 60,
        65 => 61,
        _ => throw new ArgumentOutOfRangeException(nameof(width), width, "no Poseidon of this width is in use"),
    };

    /// <summary>1 / (x_i + y_j) with x_i = i and y_j = t + j: every minor of it can be inverted.</summary>
    private static FrMatrix Cauchy(int width)
    {
        FrMatrix matrix = new(width);
        for (int i = 0; i < width; i++)
        {
            for (int j = 0; j < width; j++)
                matrix[i, j] = Fr.From((ulong)(i + j + width)).Inverse();
        }
        return matrix;
    }

    private Fr[] CompressKeys(FrMatrix unmix)
    {
        const int Half = FullRounds / 2;
        int width = Width;
        Fr[] keys = new Fr[FullRounds * width + PartialRounds];
        ReadOnlySpan<Fr> round = _round;
        round[..width].CopyTo(keys);
        for (int i = 1; i < Half; i++)
            unmix.TimesRow(round.Slice(i * width, width)).CopyTo(keys, i * width);
        int firstPartialKey = (Half + 1) * width;
        Fr[] pending = round.Slice((Half + PartialRounds) * width, width).ToArray();
        for (int p = PartialRounds - 1; p >= 0; p--)
        {
            pending = unmix.TimesRow(pending);
            keys[firstPartialKey + p] = pending[0];
            pending[0] = Fr.Zero;
            for (int j = 0; j < width; j++)
                pending[j] += round[(Half + p) * width + j];
        }
        unmix.TimesRow(pending).CopyTo(keys, Half * width);
        for (int i = 1; i < Half; i++)
            unmix.TimesRow(round.Slice((Half + PartialRounds + i) * width, width)).CopyTo(keys, firstPartialKey + PartialRounds + (i - 1) * width);
        return keys;
    }

    private (Fr[] Sparse, FrMatrix PreSparse) Factor(FrMatrix mixing)
    {
        int stride = 2 * Width - 1;
        Fr[] sparse = new Fr[PartialRounds * stride];
        FrMatrix current = mixing;
        for (int p = PartialRounds - 1; p >= 0; p--)
        {
            FrMatrix minor = current.Minor();
            Fr[] below = new Fr[Width - 1];
            for (int i = 1; i < Width; i++)
            {
                below[i - 1] = current[i, 0];
                sparse[p * stride + Width + i - 1] = current[0, i];
            }
            sparse[p * stride] = current[0, 0];
            minor.Inverse().TimesColumn(below).CopyTo(sparse, p * stride + 1);
            FrMatrix wandering = FrMatrix.Identity(Width);
            for (int i = 1; i < Width; i++)
            {
                for (int j = 1; j < Width; j++)
                    wandering[i, j] = minor[i - 1, j - 1];
            }
            current = mixing.Times(wandering);
        }
        return (sparse, current);
    }

    private static Fr[] Columns(FrMatrix matrix)
    {
        Fr[] columns = new Fr[matrix.Size * matrix.Size];
        for (int i = 0; i < matrix.Size; i++)
        {
            for (int j = 0; j < matrix.Size; j++)
                columns[j * matrix.Size + i] = matrix[i, j];
        }
        return columns;
    }
}
