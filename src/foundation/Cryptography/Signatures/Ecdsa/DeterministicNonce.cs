using System.Security.Cryptography;
using Flashback.Cryptography.Fields;

namespace Flashback.Cryptography;

/// <summary>The nonces of a signature, worked out from key and digest so that no random generator can spoil one. spec: RFC 6979 §3.2, with SHA-256.</summary>
/// <remarks>Both numbers and the digest have 32 bytes, so one round of the generator gives a candidate.</remarks>
internal ref struct DeterministicNonce
{
    private const int Size = 32;

    private readonly Span<byte> _key;
    private readonly Span<byte> _value;
    private bool _used;

    /// <summary>Steps a to g.</summary>
    /// <param name="state">64 bytes that live as long as this does, and that the caller clears.</param>
    /// <param name="secret">The secret key, big-endian.</param>
    /// <param name="digest">The digest modulo the order, big-endian.</param>
    public DeterministicNonce(Span<byte> state, ReadOnlySpan<byte> secret, ReadOnlySpan<byte> digest)
    {
        _key = state[..Size];
        _value = state[Size..];
        _key.Clear();
        _value.Fill(1);
        Absorb(0, secret, digest);
        Absorb(1, secret, digest);
    }

    /// <summary>Step h: the next number that is neither zero nor beyond the order.</summary>
    public TScalar Next<TScalar>()
        where TScalar : struct, IPrimeField<TScalar>
    {
        TScalar nonce;
        do
        {
            if (_used)
                Absorb(0, [], []);
            _used = true;
            HMACSHA256.HashData(_key, _value, _value);
        }
        while (!TScalar.TryDecode(_value, out nonce) || nonce.IsZero);
        return nonce;
    }

    /// <summary>K = HMAC(K, V ‖ tag ‖ secret ‖ digest), V = HMAC(K, V).</summary>
    private readonly void Absorb(byte tag, ReadOnlySpan<byte> secret, ReadOnlySpan<byte> digest)
    {
        Span<byte> message = stackalloc byte[3 * Size + 1];
        _value.CopyTo(message);
        message[Size] = tag;
        secret.CopyTo(message[(Size + 1)..]);
        digest.CopyTo(message[(2 * Size + 1)..]);
        int length = Size + 1 + secret.Length + digest.Length;
        HMACSHA256.HashData(_key, message[..length], _key);
        HMACSHA256.HashData(_key, _value, _value);
        CryptographicOperations.ZeroMemory(message);
    }
}
