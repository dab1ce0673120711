using System.Buffers.Binary;
using Flashback.Cryptography;
using Flashback.Primitives;

namespace Flashback.Rules.Tests.Consensus;

/// <summary>Keys for tests: validator i has the secret i + 1, so the sum of many signatures is one signature by the sum of the secrets.</summary>
internal static class BeaconKeys
{
    private static readonly Lock Gate = new();
    private static readonly List<Bytes48> Known = [];

    public static Bytes48 PublicKey(int validator)
    {
        lock (Gate)
        {
            while (Known.Count <= validator)
            {
                using BlsSecretKey secret = Secret((ulong)Known.Count + 1);
                Known.Add(Bytes48.Read(secret.ToPublicKey().ToBytes()));
            }
            return Known[validator];
        }
    }

    public static Bytes96 Sign(int validator, Hash32 signingRoot) => SignTogether([validator], signingRoot);

    public static Bytes96 SignTogether(IEnumerable<int> validators, Hash32 signingRoot)
    {
        ulong sum = 0;
        foreach (int validator in validators)
            sum += (ulong)validator + 1;
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
