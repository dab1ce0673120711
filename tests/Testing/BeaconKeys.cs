using System.Buffers.Binary;
using Flashback.Cryptography;
using Flashback.Primitives;

namespace Flashback.Testing;

/// <summary>Keys for tests: key i has the secret i + 1, so the sum of many signatures is one signature by the sum of the secrets.</summary>
public static class BeaconKeys
{
    private static readonly Lock Gate = new();
    private static readonly List<Bytes48> Known = [];
    private static readonly Dictionary<Bytes48, int> Numbers = [];

    public static Bytes48 PublicKey(int key)
    {
        lock (Gate)
        {
            while (Known.Count <= key)
            {
                using BlsSecretKey secret = Secret((ulong)Known.Count + 1);
                Known.Add(Bytes48.Read(secret.ToPublicKey().ToBytes()));
                Numbers.Add(Known[^1], Numbers.Count);
            }
            return Known[key];
        }
    }

    /// <summary>Which of the keys it is; all that were ever asked for are known.</summary>
    public static int NumberOf(Bytes48 publicKey)
    {
        lock (Gate)
            return Numbers[publicKey];
    }

    public static Bytes96 Sign(int key, Hash32 signingRoot) => SignTogether([key], signingRoot);

    public static Bytes96 SignTogether(IEnumerable<int> keys, Hash32 signingRoot)
    {
        ulong sum = 0;
        foreach (int key in keys)
            sum += (ulong)key + 1;
        if (sum == 0)
            return Bytes96.Read(BlsSignature.Infinity.ToBytes());
        using BlsSecretKey secret = Secret(sum);
        return Bytes96.Read(secret.Sign(signingRoot.AsSpan()).ToBytes());
    }

    private static BlsSecretKey Secret(ulong scalar)
    {
        byte[] bytes = new byte[BlsSecretKey.Size];
        BinaryPrimitives.WriteUInt64BigEndian(bytes.AsSpan(24), scalar);
        Assert.True(BlsSecretKey.TryDecode(bytes, out BlsSecretKey? key, out _));
        return key;
    }
}
