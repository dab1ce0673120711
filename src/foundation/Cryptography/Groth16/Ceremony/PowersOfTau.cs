using System.Buffers.Binary;
using System.Text;
using Flashback.Cryptography.Bls12381;
using Flashback.Cryptography.Pairings;
using Flashback.Primitives;

namespace Flashback.Cryptography.Groth16;

/// <summary>A ceremony's first phase, which serves every circuit of a size: powers of a τ that nobody knows, alone and times α and β.</summary>
/// <remarks>
/// For a domain of m points. Like a proving key's file it holds vectors, each with its number of points.
/// <code>
/// [ "FBPOWERS" ][ log2 m: 4, big-endian ][ contributions ]
/// [ τ^i in G1, i &lt; 2m − 1 ][ α·τ^i, i &lt; m ][ β·τ^i, i &lt; m ][ τ^i in G2, i &lt; m ][ β in G2 ]
/// </code>
/// paper: eprint 2017/1050 (Bowe, Gabizon, Miers), §3 and §4
/// </remarks>
public sealed class PowersOfTau : IDisposable
{
    /// <summary>The largest domain, for circuits of 2^27 rows and as many inputs' rows as fit.</summary>
    public const int LargestLogSize = 28;

    private const int HeadSize = 12;

    private readonly IKeyBytes _bytes;
    private readonly ContributionChain _chain;

    private PowersOfTau(IKeyBytes bytes, int logSize, ContributionChain chain, PointVector[] vectors)
    {
        _bytes = bytes;
        LogSize = logSize;
        _chain = chain;
        (TauG1, AlphaG1, BetaG1, TauG2, BetaG2) = (vectors[0], vectors[1], vectors[2], vectors[3], vectors[4]);
    }

    /// <summary>What such a file begins with.</summary>
    public static ReadOnlySpan<byte> Mark => "FBPOWERS"u8;

    /// <summary>The domain has two to this power points.</summary>
    public int LogSize { get; }

    /// <summary>For each contribution the digest of everything up to it, which its maker remembers and looks for here.</summary>
    public IReadOnlyList<Hash32> Contributions => _chain.Digests;

    /// <summary>A digest of all contributions.</summary>
    internal Hash32 Digest => _chain.Digests[^1];

    internal PointVector TauG1 { get; }

    internal PointVector AlphaG1 { get; }

    internal PointVector BetaG1 { get; }

    internal PointVector TauG2 { get; }

    internal PointVector BetaG2 { get; }

    /// <summary>Writes a file to which nobody has contributed: all three secrets are one.</summary>
    /// <param name="logSize">The domain has two to this power points; from 1 to <see cref="LargestLogSize"/>.</param>
    /// <param name="file">Where the file goes.</param>
    /// <param name="progress">May be null.</param>
    public static void Begin(int logSize, Stream file, IProgress<Groth16Progress>? progress = null)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(logSize, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(logSize, LargestLogSize);
        ArgumentNullException.ThrowIfNull(file);
        Write(file, logSize, new(Context(logSize), secrets: 3), progress, vector => Same(vector.Count, G1Affine.Generator), vector => Same(vector.Count, G2Affine.Generator));
    }

    /// <summary>Opens a file and checks its contributions' proofs; null when they hold. On success the object owns the bytes.</summary>
    public static Invalid<CeremonyRule>? TryOpen(IKeyBytes bytes, out PowersOfTau? powers)
    {
        ArgumentNullException.ThrowIfNull(bytes);
        powers = null;
        if (bytes.Length < HeadSize)
            return new(CeremonyRule.Encoding, $"{bytes.Length} bytes are no powers of tau");
        byte[] head = new byte[HeadSize];
        bytes.Read(0, head);
        uint logSize = BinaryPrimitives.ReadUInt32BigEndian(head.AsSpan(Mark.Length));
        if (!head.AsSpan().StartsWith(Mark) || logSize is < 1 or > LargestLogSize)
            return new(CeremonyRule.Encoding, "the file does not begin as powers of tau do");
        long offset = HeadSize;
        if (ContributionChain.TryRead(bytes, ref offset, Context((int)logSize), 3, out ContributionChain chain) is { } broken)
            return broken;
        PointVector[] vectors = Shape(bytes, (int)logSize);
        for (int i = 0; i < vectors.Length; i++)
        {
            int expected = vectors[i].Count;
            if (!PointVector.TryFind(bytes, vectors[i].Part, vectors[i].PointSize, ref offset, out vectors[i], out Groth16Fault fault))
                return new(CeremonyRule.Encoding, fault.ToString());
            if (vectors[i].Count != expected)
                return new(CeremonyRule.Encoding, $"{vectors[i].Part} has {vectors[i].Count} points, not {expected}");
        }
        if (offset != bytes.Length)
            return new(CeremonyRule.Encoding, $"{bytes.Length - offset} bytes too many");
        powers = new(bytes, (int)logSize, chain, vectors);
        return null;
    }

    /// <summary>Multiplies the secrets by factors that are drawn and forgotten, and writes the new file.</summary>
    /// <param name="words">Anything that others do not know: mixed with the machine's randomness.</param>
    /// <param name="file">Where the new file goes.</param>
    /// <param name="progress">May be null.</param>
    /// <returns>The contribution's digest.</returns>
    /// <exception cref="InvalidDataException">A point is none of the group.</exception>
    public Hash32 Contribute(ReadOnlySpan<byte> words, Stream file, IProgress<Groth16Progress>? progress = null)
    {
        ArgumentNullException.ThrowIfNull(file);
        return Contribute(SecretFactors.Draw(words, 3), file, progress);
    }

    /// <summary>Checks every point; null when all are what the contributions lead to. The time is that of some sums over all points.</summary>
    /// <exception cref="InvalidDataException">A point is none of the group.</exception>
    public Invalid<CeremonyRule>? Check()
    {
        if (_chain.Digests.Count == 0)
            return new(CeremonyRule.Contributed, "nobody has contributed");
        G1Affine tauG1 = PointScaling<Fp, G1Curve, G1Format>.ReadOne(TauG1, 1);
        G2Affine tauG2 = PointScaling<Fp2, G2Curve, G2Format>.ReadOne(TauG2, 1);
        G1Affine betaG1 = PointScaling<Fp, G1Curve, G1Format>.ReadOne(BetaG1, 0);
        if (!tauG1.Equals(_chain.Points[0]) || !PointScaling<Fp, G1Curve, G1Format>.ReadOne(AlphaG1, 0).Equals(_chain.Points[1]) || !betaG1.Equals(_chain.Points[2]))
            return new(CeremonyRule.Powers, "τ, α or β is not where the contributions lead to");
        if (!PointScaling<Fp, G1Curve, G1Format>.ReadOne(TauG1, 0).Equals(G1Affine.Generator) || !PointScaling<Fp2, G2Curve, G2Format>.ReadOne(TauG2, 0).Equals(G2Affine.Generator))
            return new(CeremonyRule.Powers, "the powers do not begin at the generators");
        G2Affine betaG2 = PointScaling<Fp2, G2Curve, G2Format>.ReadOne(BetaG2, 0);
        if (!AreSame(tauG1, tauG2) || !AreSame(betaG1, betaG2))
            return new(CeremonyRule.Powers, "τ or β differs between the groups");
        foreach (PointVector vector in new[] { TauG1, AlphaG1, BetaG1 })
        {
            (G1Affine lower, G1Affine upper) = PointScaling<Fp, G1Curve, G1Format>.SumNeighbours(vector);
            if (!Pairing.IsProductOne([lower, -upper], [tauG2, G2Affine.Generator]))
                return new(CeremonyRule.Powers, $"{vector.Part} is not a row of powers");
        }
        (G2Affine lowerG2, G2Affine upperG2) = PointScaling<Fp2, G2Curve, G2Format>.SumNeighbours(TauG2);
        return Pairing.IsProductOne([tauG1, -G1Affine.Generator], [lowerG2, upperG2]) ? null : new(CeremonyRule.Powers, $"{TauG2.Part} is not a row of powers");
    }

    /// <inheritdoc/>
    public void Dispose() => _bytes.Dispose();

    /// <summary>A contribution of known factors for τ, α and β.</summary>
    internal Hash32 Contribute(ReadOnlySpan<Fr> factors, Stream file, IProgress<Groth16Progress>? progress)
    {
        _chain.Contribute(factors);
        Fr tau = factors[0], alpha = factors[1], beta = factors[2];
        Write(
            file, LogSize, _chain, progress,
            vector => PointScaling<Fp, G1Curve, G1Format>.Multiplied(Find(vector.Part), vector.Part == Groth16Part.AlphaG1 ? alpha : vector.Part == Groth16Part.BetaG1 ? beta : Fr.One, tau),
            vector => PointScaling<Fp2, G2Curve, G2Format>.Multiplied(Find(vector.Part), vector.Part == Groth16Part.BetaG2 ? beta : Fr.One, tau));
        return _chain.Digests[^1];
    }

    private PointVector Find(Groth16Part part) => Array.Find([TauG1, AlphaG1, BetaG1, TauG2, BetaG2], vector => vector.Part == part);

    private static void Write(
        Stream file, int logSize, ContributionChain chain, IProgress<Groth16Progress>? progress,
        Func<PointVector, VectorSource<Fp, G1Curve>> inG1, Func<PointVector, VectorSource<Fp2, G2Curve>> inG2)
    {
        byte[] head = new byte[HeadSize];
        Mark.CopyTo(head);
        BinaryPrimitives.WriteInt32BigEndian(head.AsSpan(Mark.Length), logSize);
        file.Write(head);
        file.Write(chain.Encode());
        KeyWriter writer = new(file, progress);
        foreach (PointVector vector in Shape(new KeyMemory(default), logSize))
        {
            if (vector.PointSize == G2.UncompressedSize)
                writer.WriteVector<Fp2, G2Curve, G2Format>(vector.Part.ToString(), inG2(vector));
            else
                writer.WriteVector<Fp, G1Curve, G1Format>(vector.Part.ToString(), inG1(vector));
        }
        file.Flush();
    }

    /// <summary>The vectors by what they are and their numbers of points, not yet by where they stand.</summary>
    private static PointVector[] Shape(IKeyBytes bytes, int logSize)
    {
        int size = 1 << logSize;
        return
        [
            new(bytes, Groth16Part.TauG1, 0, (2 * size) - 1, G1.UncompressedSize),
            new(bytes, Groth16Part.AlphaG1, 0, size, G1.UncompressedSize),
            new(bytes, Groth16Part.BetaG1, 0, size, G1.UncompressedSize),
            new(bytes, Groth16Part.TauG2, 0, size, G2.UncompressedSize),
            new(bytes, Groth16Part.BetaG2, 0, 1, G2.UncompressedSize),
        ];
    }

    private static VectorSource<TField, TCurve> Same<TField, TCurve>(int count, Curves.AffinePoint<TField, TCurve> point)
        where TField : struct, Fields.IField<TField>
        where TCurve : struct, Curves.IShortWeierstrass<TField> => new(count, (_, points) => points.Fill(point));

    private static bool AreSame(G1Affine inG1, G2Affine inG2) => Pairing.IsProductOne([inG1, -G1Affine.Generator], [G2Affine.Generator, inG2]);

    private static Hash32 Context(int logSize) => Sha256.Hash(Encoding.ASCII.GetBytes(FormattableString.Invariant($"FBPOWERS {logSize}")));
}
