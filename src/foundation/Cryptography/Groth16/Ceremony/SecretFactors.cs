using System.Security.Cryptography;

namespace Flashback.Cryptography.Groth16;

/// <summary>The factors that a contributor draws, uses once and forgets.</summary>
internal static class SecretFactors
{
    private const int DrawBytes = 64;

    /// <summary>Field elements that are not zero, from the machine's randomness and the contributor's words: as secret as the better of the two.</summary>
    public static Fr[] Draw(ReadOnlySpan<byte> words, int count)
    {
        Fr[] factors = new Fr[count];
        Span<byte> seed = stackalloc byte[DrawBytes];
        RandomNumberGenerator.Fill(seed);
        Span<byte> digest = stackalloc byte[DrawBytes];
        for (int i = 0; i < factors.Length; i++)
        {
            do
            {
                using IncrementalHash hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA512);
                hash.AppendData(seed);
                hash.AppendData([(byte)i]);
                hash.AppendData(words);
                hash.GetHashAndReset(digest);
                RandomNumberGenerator.Fill(seed[(DrawBytes / 2)..]);
                factors[i] = Fr.Reduce(digest);
            }
            while (factors[i].IsZero);
        }
        CryptographicOperations.ZeroMemory(seed);
        CryptographicOperations.ZeroMemory(digest);
        return factors;
    }
}
