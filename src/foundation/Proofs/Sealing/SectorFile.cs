namespace Flashback.Proofs;

/// <summary>One of the files that a sector is made of, by the name it has in every Filecoin implementation's cache folder.</summary>
/// <param name="Name">The file's name.</param>
public readonly record struct SectorFile(string Name)
{
    /// <summary>The sector's data, padded, zeros where no piece is.</summary>
    public static SectorFile Unsealed => new("unsealed");

    /// <summary>The replica.</summary>
    public static SectorFile Sealed => new("sealed");

    /// <summary>All rows of tree-D.</summary>
    public static SectorFile DataTree => new("sc-02-data-tree-d.dat");

    /// <summary>CommC and CommRLast.</summary>
    public static SectorFile Commitments => new("p_aux");

    /// <summary>The data that an update puts in, padded.</summary>
    public static SectorFile UpdatedUnsealed => new("update-unsealed");

    /// <summary>The replica of an update.</summary>
    public static SectorFile UpdatedSealed => new("update");

    /// <summary>All rows of tree-D over an update's data.</summary>
    public static SectorFile UpdatedDataTree => new("update-cache-sc-02-data-tree-d.dat");

    /// <summary>CommC and the new CommRLast of an update.</summary>
    public static SectorFile UpdatedCommitments => new("update-cache-p_aux");

    /// <summary>The labels of a layer, 1 for the first.</summary>
    public static SectorFile Layer(int layer) => new(FormattableString.Invariant($"sc-02-data-layer-{layer}.dat"));

    /// <summary>All rows of an octal tree over columns.</summary>
    public static SectorFile TreeC(TreeShape shape, int tree) => Numbered("sc-02-data-tree-c", shape, tree);

    /// <summary>The upper rows of an octal tree over the replica.</summary>
    public static SectorFile TreeRLast(TreeShape shape, int tree) => Numbered("sc-02-data-tree-r-last", shape, tree);

    /// <summary>The upper rows of an octal tree over an update's replica.</summary>
    public static SectorFile UpdatedTreeRLast(TreeShape shape, int tree) => Numbered("update-cache-sc-02-data-tree-r-last", shape, tree);

    /// <summary>The file's name.</summary>
    public override string ToString() => Name;

    private static SectorFile Numbered(string stem, TreeShape shape, int tree) =>
        new(shape.BaseTrees == 1 ? $"{stem}.dat" : FormattableString.Invariant($"{stem}-{tree}.dat"));
}
