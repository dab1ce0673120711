using Flashback.Primitives;
using Flashback.Proofs;

namespace Flashback.Benchmarks.Spacetime;

/// <summary>Calls and answers of the contracts as words of 32 bytes. spec: Solidity ABI 2.0</summary>
internal static class AbiWords
{
    public static Hash32 Number(ulong number) => new UInt256(number).ToHash32();

    public static byte[] Encode(IReadOnlyList<Hash32> words) => [.. words.SelectMany(word => word.AsSpan().ToArray())];

    public static byte[] Call(string signature, params Hash32[] words) => [.. Keccak.Hash256(System.Text.Encoding.ASCII.GetBytes(signature)).AsSpan()[..4], .. Encode(words)];

    /// <summary>What comes after the challenge in the answer of windowInputs: two lists, of numbers and of commitments.</summary>
    public static IEnumerable<Hash32> Lists(PostSector[] sectors) =>
    [
        Number(96), Number((ulong)(128 + (32 * sectors.Length))), Number((ulong)sectors.Length), .. sectors.Select(sector => Number(sector.Number)),
        Number((ulong)sectors.Length), .. sectors.Select(sector => sector.CommR),
    ];
}
