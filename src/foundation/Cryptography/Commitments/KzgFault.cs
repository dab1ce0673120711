namespace Flashback.Cryptography;

/// <summary>Why a KZG function refuses its input, or a proof.</summary>
public enum KzgFault
{
    /// <summary>Nothing is wrong.</summary>
    None,

    /// <summary>A blob has not 131,072 bytes.</summary>
    BlobLength,

    /// <summary>A cell has not 2,048 bytes.</summary>
    CellLength,

    /// <summary>A field element is not below the order of the group.</summary>
    ElementNotReduced,

    /// <summary>A commitment is not the encoding of a point of the group.</summary>
    Commitment,

    /// <summary>A proof is not the encoding of a point of the group.</summary>
    Proof,

    /// <summary>Lists that belong together have different lengths.</summary>
    Counts,

    /// <summary>A cell's index is not below 128, or the indices do not strictly ascend where they must.</summary>
    CellIndex,

    /// <summary>Fewer than half of a blob's cells are there.</summary>
    TooFewCells,

    /// <summary>Everything is well formed, but the proof does not hold.</summary>
    DoesNotHold,
}
