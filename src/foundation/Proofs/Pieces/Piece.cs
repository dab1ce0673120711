using Flashback.Primitives;

namespace Flashback.Proofs;

/// <summary>A piece by what commits to it: the root of its data tree (CommP) and its size in a sector.</summary>
public readonly record struct Piece(Hash32 Commitment, PaddedSize Size)
{
    /// <summary>A piece of zeros.</summary>
    public static Piece OfZeros(PaddedSize size) => new(DataTree.ZeroCommitment(size), size);
}
