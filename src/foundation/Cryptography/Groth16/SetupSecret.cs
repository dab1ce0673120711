using System.Security.Cryptography;

namespace Flashback.Cryptography.Groth16;

/// <summary>The secret that a key is made from. Who knows it can prove anything: keys made so are for tests; others come from a ceremony.</summary>
/// <param name="Alpha">α.</param>
/// <param name="Beta">β.</param>
/// <param name="Gamma">γ.</param>
/// <param name="Delta">δ.</param>
/// <param name="Tau">τ, where the polynomials are evaluated.</param>
public sealed record SetupSecret(Fr Alpha, Fr Beta, Fr Gamma, Fr Delta, Fr Tau)
{
    private const int DrawBytes = 64;

    /// <summary>A secret that nobody is told.</summary>
    public static SetupSecret Random() => new(RandomElement(), RandomElement(), RandomElement(), RandomElement(), RandomElement());

    /// <summary>A secret that anyone can derive from some words: for networks that say so.</summary>
    public static SetupSecret FromSeed(ReadOnlySpan<byte> seed)
    {
        Fr[] elements = new Fr[5];
        Span<byte> digest = stackalloc byte[DrawBytes];
        for (int i = 0; i < elements.Length; i++)
        {
            SHA512.HashData([(byte)i, .. seed], digest);
            elements[i] = Fr.Reduce(digest);
        }
        return new(elements[0], elements[1], elements[2], elements[3], elements[4]);
    }

    /// <summary>Says nothing of the secret.</summary>
    public override string ToString() => nameof(SetupSecret);

    /// <summary>A field element, not zero, from the machine's source of randomness.</summary>
    internal static Fr RandomElement()
    {
        Span<byte> bytes = stackalloc byte[DrawBytes];
        while (true)
        {
            RandomNumberGenerator.Fill(bytes);
            Fr element = Fr.Reduce(bytes);
            if (!element.IsZero)
                return element;
        }
    }
}
