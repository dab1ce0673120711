using System.Buffers.Binary;
using System.Text;
using Flashback.Cryptography.Bls12381;
using Flashback.Cryptography.Curves;
using Flashback.Cryptography.Pairings;
using Flashback.Primitives;

namespace Flashback.Cryptography.Groth16;

/// <summary>Who multiplied a ceremony's secrets by what: for each contribution where the secrets' points stand after it, and proofs that its maker knew the factors.</summary>
/// <remarks>
/// A factor x takes the point P to x·P; its proof is x·H with H hashed to G2 from all contributions before, P and x·P, and holds if
/// e(x·P, H) = e(P, x·H). The secrets are unknown to all as long as one maker forgot the factors; no beacon has to follow.
/// paper: eprint 2021/219 (Kohlweiss, Maller, Siim, Volkhov), §4
/// <code>
/// [ n: 4, big-endian ][ n times: for each secret, compressed, the point in G1 and the proof in G2 ]
/// </code>
/// </remarks>
internal sealed class ContributionChain
{
    private const int StepSize = G1.CompressedSize + G2.CompressedSize;
    private const int DigestSize = 32;
    private const int MostContributions = 1 << 20;

    private static readonly byte[] Tag = Encoding.ASCII.GetBytes("FLASHBACK-CEREMONY-V1-BLS12381G2_XMD:SHA-256_SSWU_RO_");

    private readonly List<byte[]> _records = [];
    private readonly List<Hash32> _digests = [];
    private readonly G1Affine[] _points;
    private Hash32 _digest;

    /// <summary>A chain without contributions.</summary>
    /// <param name="context">What it belongs to.</param>
    /// <param name="secrets">How many secrets there are: each is one, and stands at the generator.</param>
    public ContributionChain(Hash32 context, int secrets)
    {
        _digest = context;
        _points = new G1Affine[secrets];
        Array.Fill(_points, G1Affine.Generator);
    }

    /// <summary>Where the secrets stand.</summary>
    public ReadOnlySpan<G1Affine> Points => _points;

    /// <summary>A digest of everything up to each contribution: what its maker remembers.</summary>
    public IReadOnlyList<Hash32> Digests => _digests;

    /// <summary>Reads contributions and checks each; the offset moves behind them.</summary>
    public static Invalid<CeremonyRule>? TryRead(IKeyBytes bytes, ref long offset, Hash32 context, int secrets, out ContributionChain chain)
    {
        chain = new(context, secrets);
        Span<byte> number = stackalloc byte[sizeof(uint)];
        if (bytes.Length - offset < number.Length)
            return new(CeremonyRule.Encoding, "the file ends before its contributions");
        bytes.Read(offset, number);
        offset += number.Length;
        uint count = BinaryPrimitives.ReadUInt32BigEndian(number);
        if (count > MostContributions || count > (bytes.Length - offset) / (secrets * StepSize))
            return new(CeremonyRule.Encoding, $"there is no room for {count} contributions");
        for (uint i = 0; i < count; i++)
        {
            byte[] record = new byte[secrets * StepSize];
            bytes.Read(offset, record);
            offset += record.Length;
            if (chain.Follow(record) is { } broken)
                return broken with { Detail = $"contribution {i + 1}: {broken.Detail}" };
        }
        return null;
    }

    /// <summary>Adds a contribution.</summary>
    /// <param name="factors">One for each secret, not zero.</param>
    public void Contribute(ReadOnlySpan<Fr> factors)
    {
        byte[] record = new byte[factors.Length * StepSize];
        G1Affine[] after = new G1Affine[factors.Length];
        for (int i = 0; i < factors.Length; i++)
        {
            after[i] = G1.Multiply(_points[i].ToJacobian(), factors[i]).ToAffine();
            Span<byte> step = record.AsSpan(i * StepSize, StepSize);
            G1.EncodeCompressed(after[i], step);
            G2.EncodeCompressed(G2.Multiply(Challenge(i, after[i]), factors[i]).ToAffine(), step[G1.CompressedSize..]);
        }
        Accept(record, after);
    }

    /// <summary>The chain's bytes.</summary>
    public byte[] Encode()
    {
        byte[] bytes = new byte[sizeof(uint) + _records.Sum(record => record.Length)];
        BinaryPrimitives.WriteInt32BigEndian(bytes, _records.Count);
        int at = sizeof(uint);
        foreach (byte[] record in _records)
        {
            record.CopyTo(bytes, at);
            at += record.Length;
        }
        return bytes;
    }

    private Invalid<CeremonyRule>? Follow(byte[] record)
    {
        G1Affine[] after = new G1Affine[_points.Length];
        for (int i = 0; i < after.Length; i++)
        {
            ReadOnlySpan<byte> step = record.AsSpan(i * StepSize, StepSize);
            if (!G1.TryDecodeCompressed(step[..G1.CompressedSize], out after[i], out PointFault fault) || !G2.TryDecodeCompressed(step[G1.CompressedSize..], out G2Affine proof, out fault))
                return new(CeremonyRule.Encoding, $"secret {i + 1}: {fault}");
            if (after[i].IsInfinity || proof.IsInfinity)
                return new(CeremonyRule.Encoding, $"secret {i + 1}: {PointFault.Infinity}");
            if (!Pairing.IsProductOne([after[i], -_points[i]], [Challenge(i, after[i]).ToAffine(), proof]))
                return new(CeremonyRule.Knowledge, $"secret {i + 1}: the proof that its factor was known does not hold");
        }
        Accept(record, after);
        return null;
    }

    private void Accept(byte[] record, G1Affine[] after)
    {
        _digest = Sha256.Hash([.. _digest.AsSpan(), .. record]);
        _digests.Add(_digest);
        _records.Add(record);
        after.CopyTo(_points, 0);
    }

    private G2Point Challenge(int secret, in G1Affine after)
    {
        Span<byte> message = stackalloc byte[DigestSize + 1 + (2 * G1.CompressedSize)];
        _digest.AsSpan().CopyTo(message);
        message[DigestSize] = (byte)secret;
        G1.EncodeCompressed(_points[secret], message[(DigestSize + 1)..]);
        G1.EncodeCompressed(after, message[(DigestSize + 1 + G1.CompressedSize)..]);
        return HashToCurve.ToG2(message, Tag);
    }
}
