using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace Flashback.Cryptography;

/// <summary>What is hashed to a challenge: a protocol's name, numbers and encodings, one after the other. spec: cs/deneb/polynomial-commitments#hash_to_bls_field.</summary>
internal sealed class KzgTranscript : IDisposable
{
    private readonly IncrementalHash _hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);

    public KzgTranscript(string protocol) => Append(Encoding.ASCII.GetBytes(protocol));

    /// <summary>Appends a number as eight big-endian bytes.</summary>
    public void Append(ulong number)
    {
        Span<byte> bytes = stackalloc byte[8];
        BinaryPrimitives.WriteUInt64BigEndian(bytes, number);
        Append(bytes);
    }

    /// <summary>Appends a field element as 32 big-endian bytes.</summary>
    public void Append(in Fr element)
    {
        Span<byte> bytes = stackalloc byte[Kzg.ElementSize];
        element.Encode(bytes);
        Append(bytes);
    }

    /// <summary>Appends bytes.</summary>
    public void Append(ReadOnlySpan<byte> bytes) => _hash.AppendData(bytes);

    /// <summary>The digest of everything, modulo the order of the group.</summary>
    public Fr Challenge()
    {
        Span<byte> digest = stackalloc byte[32];
        _hash.GetHashAndReset(digest);
        return Fr.Reduce(digest);
    }

    public void Dispose() => _hash.Dispose();

    /// <summary>1, x, x², …. spec: cs/deneb/polynomial-commitments#compute_powers.</summary>
    public static Fr[] Powers(in Fr x, int count)
    {
        Fr[] powers = new Fr[count];
        Fr power = Fr.One;
        for (int i = 0; i < count; i++, power *= x)
            powers[i] = power;
        return powers;
    }
}
