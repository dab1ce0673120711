using Flashback.Cryptography.Bls12381;
using Flashback.Cryptography.Curves;
using Flashback.Cryptography.Fields;
using Flashback.Cryptography.Pairings;
using Flashback.Cryptography.R1cs;
using Flashback.Primitives;

namespace Flashback.Cryptography.Groth16;

/// <summary>A ceremony's second phase: a circuit's proving key, of which contributions multiply δ. What comes out proves as a key of one secret does.</summary>
/// <remarks>
/// γ is one. The tail is a whole proving key of bellperson's format.
/// <code>
/// [ "FBKEYSET" ][ the circuit's fingerprint: 32 ][ digest of the powers: 32 ][ contributions ][ proving key ]
/// </code>
/// paper: eprint 2017/1050 (Bowe, Gabizon, Miers), §5 and §6
/// </remarks>
public sealed class CircuitCeremony : IDisposable
{
    private const int DigestSize = 32;
    private const int CopyBytes = 1 << 20;

    private readonly byte[] _head;
    private readonly ContributionChain _chain;
    private readonly KeyTail _tail;
    private readonly ProvingKey _key;

    private CircuitCeremony(byte[] head, ContributionChain chain, KeyTail tail, ProvingKey key)
    {
        _head = head;
        _chain = chain;
        _tail = tail;
        _key = key;
    }

    /// <summary>What such a file begins with.</summary>
    public static ReadOnlySpan<byte> Mark => "FBKEYSET"u8;

    /// <summary>For each contribution the digest of everything up to it, which its maker remembers and looks for here.</summary>
    public IReadOnlyList<Hash32> Contributions => _chain.Digests;

    private static int HeadSize => Mark.Length + (2 * DigestSize);

    /// <summary>Writes the file to which nobody has contributed: δ is one.</summary>
    /// <param name="system">The circuit's constraints.</param>
    /// <param name="powers">Powers that <see cref="PowersOfTau.Check"/> finds nothing wrong with.</param>
    /// <param name="file">Where the file goes.</param>
    /// <param name="progress">May be null.</param>
    /// <returns>What stands in the way; null when the file is written.</returns>
    public static Invalid<CeremonyRule>? Begin(ConstraintSystem system, PowersOfTau powers, Stream file, IProgress<Groth16Progress>? progress = null)
    {
        ArgumentNullException.ThrowIfNull(system);
        ArgumentNullException.ThrowIfNull(powers);
        ArgumentNullException.ThrowIfNull(file);
        QuadraticProgram program = new(system);
        if (powers.Contributions.Count == 0)
            return new(CeremonyRule.Contributed, "nobody has contributed to the powers");
        if (program.Domain.Size != 1 << powers.LogSize)
            return new(CeremonyRule.Size, $"the powers are for a domain of {1 << powers.LogSize} points, the circuit's has {program.Domain.Size}");
        byte[] head = [.. Mark, .. system.Fingerprint().AsSpan(), .. powers.Digest.AsSpan()];
        ContributionChain chain = new(Sha256.Hash(head), secrets: 1);
        CircuitPoints points = new(program, powers);
        if (points.FindIdle() is { } idle)
            return new(CeremonyRule.Circuit, $"auxiliary variable {idle} is in no constraint");
        file.Write(head);
        file.Write(chain.Encode());
        points.Write(file, progress);
        return null;
    }

    /// <summary>Opens a file and checks its contributions' proofs; null when they hold. On success the object owns the bytes.</summary>
    public static Invalid<CeremonyRule>? TryOpen(IKeyBytes bytes, out CircuitCeremony? ceremony)
    {
        ArgumentNullException.ThrowIfNull(bytes);
        ceremony = null;
        byte[] head = new byte[HeadSize];
        if (bytes.Length < head.Length)
            return new(CeremonyRule.Encoding, $"{bytes.Length} bytes are no circuit's ceremony");
        bytes.Read(0, head);
        if (!head.AsSpan().StartsWith(Mark))
            return new(CeremonyRule.Encoding, "the file does not begin as a circuit's ceremony does");
        long offset = head.Length;
        if (ContributionChain.TryRead(bytes, ref offset, Sha256.Hash(head), 1, out ContributionChain chain) is { } broken)
            return broken;
        KeyTail tail = new(bytes, offset);
        if (!ProvingKey.TryOpen(tail, out ProvingKey? key, out Groth16Fault fault))
            return new(CeremonyRule.Encoding, fault.ToString());
        ceremony = new(head, chain, tail, key);
        return null;
    }

    /// <summary>Multiplies δ by a factor that is drawn and forgotten, and writes the new file.</summary>
    /// <param name="words">Anything that others do not know: mixed with the machine's randomness.</param>
    /// <param name="file">Where the new file goes.</param>
    /// <param name="progress">May be null.</param>
    /// <returns>The contribution's digest.</returns>
    /// <exception cref="InvalidDataException">A point is none of the group.</exception>
    public Hash32 Contribute(ReadOnlySpan<byte> words, Stream file, IProgress<Groth16Progress>? progress = null)
    {
        ArgumentNullException.ThrowIfNull(file);
        return Contribute(SecretFactors.Draw(words, 1)[0], file, progress);
    }

    /// <summary>Checks the file against what the circuit and the powers begin with; null when it is that with δ multiplied by the contributions.</summary>
    /// <param name="begun">What <see cref="Begin"/> wrote for the circuit and the powers, by someone whom the caller trusts: the caller.</param>
    /// <exception cref="InvalidDataException">A point is none of the group.</exception>
    public Invalid<CeremonyRule>? Check(CircuitCeremony begun)
    {
        ArgumentNullException.ThrowIfNull(begun);
        if (_chain.Digests.Count == 0)
            return new(CeremonyRule.Contributed, "nobody has contributed");
        if (!_head.AsSpan().SequenceEqual(begun._head))
            return new(CeremonyRule.Circuit, "the file is another circuit's, or was begun from other powers");
        SetupPoints setup = _key.Verifying.Setup;
        if (!setup.DeltaG1.Equals(_chain.Points[0]) || !Pairing.IsProductOne([setup.DeltaG1, -G1Affine.Generator], [G2Affine.Generator, setup.DeltaG2]))
            return new(CeremonyRule.Delta, "δ is not where the contributions lead to");
        if (DiffersFrom(begun) is { } part)
            return new(CeremonyRule.Circuit, $"{part} is not what it was in the beginning");
        foreach ((PointVector mine, PointVector first) in new[] { (_key.Quotient, begun._key.Quotient), (_key.Auxiliary, begun._key.Auxiliary) })
        {
            if (mine.Count != first.Count)
                return new(CeremonyRule.Circuit, $"{mine.Part} has {mine.Count} points, not {first.Count}");
            (G1Affine divided, G1Affine whole) = PointScaling<Fp, G1Curve, G1Format>.SumBoth(mine, first);
            if (!Pairing.IsProductOne([divided, -whole], [setup.DeltaG2, G2Affine.Generator]))
                return new(CeremonyRule.Delta, $"{mine.Part} is not what it was in the beginning divided by δ");
        }
        return null;
    }

    /// <summary>Writes the proving key alone: what remains of the ceremony.</summary>
    public VerifyingKey Finish(Stream file)
    {
        ArgumentNullException.ThrowIfNull(file);
        byte[] buffer = new byte[CopyBytes];
        for (long done = 0; done < _tail.Length;)
        {
            int part = (int)Math.Min(buffer.Length, _tail.Length - done);
            _tail.Read(done, buffer.AsSpan(0, part));
            file.Write(buffer, 0, part);
            done += part;
        }
        return _key.Verifying;
    }

    /// <inheritdoc/>
    public void Dispose() => _key.Dispose();

    /// <summary>A contribution of a known factor.</summary>
    internal Hash32 Contribute(in Fr factor, Stream file, IProgress<Groth16Progress>? progress)
    {
        _chain.Contribute([factor]);
        file.Write(_head);
        file.Write(_chain.Encode());
        SetupPoints setup = _key.Verifying.Setup;
        G1Affine delta = G1.Multiply(setup.DeltaG1.ToJacobian(), factor).ToAffine();
        VerifyingKey verifying = new(setup with { DeltaG1 = delta, DeltaG2 = G2.Multiply(setup.DeltaG2.ToJacobian(), factor).ToAffine() }, _key.Verifying.Inputs);
        Fr inverse = factor.Inverse();
        new KeyWriter(file, progress).WriteKey(
            verifying,
            PointScaling<Fp, G1Curve, G1Format>.Multiplied(_key.Quotient, inverse, Fr.One),
            PointScaling<Fp, G1Curve, G1Format>.Multiplied(_key.Auxiliary, inverse, Fr.One),
            Unchanged<Fp, G1Curve, G1Format>(_key.Left),
            Unchanged<Fp, G1Curve, G1Format>(_key.RightG1),
            Unchanged<Fp2, G2Curve, G2Format>(_key.RightG2));
        return _chain.Digests[^1];
    }

    private static VectorSource<TField, TCurve> Unchanged<TField, TCurve, TFormat>(PointVector vector)
        where TField : struct, IField<TField>
        where TCurve : struct, IShortWeierstrass<TField>
        where TFormat : struct, IPointFormat<TField, TCurve> =>
        new(vector.Count, (first, points) => vector.ReadFew<TField, TCurve, TFormat>(first, points, checkSubgroup: false));

    /// <summary>Which part that contributions leave alone is not as it was; null when all are.</summary>
    private Groth16Part? DiffersFrom(CircuitCeremony begun)
    {
        SetupPoints setup = _key.Verifying.Setup, first = begun._key.Verifying.Setup;
        if (setup with { DeltaG1 = first.DeltaG1, DeltaG2 = first.DeltaG2 } != first)
            return Groth16Part.AlphaG1;
        if (!_key.Verifying.Inputs.SequenceEqual(begun._key.Verifying.Inputs))
            return Groth16Part.Inputs;
        foreach ((PointVector mine, PointVector other) in new[] { (_key.Left, begun._key.Left), (_key.RightG1, begun._key.RightG1), (_key.RightG2, begun._key.RightG2) })
        {
            if (!mine.HasSameBytes(other))
                return mine.Part;
        }
        return null;
    }
}
