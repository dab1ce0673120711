namespace Flashback.State.Trie;

/// <summary>Why bytes are no node of a Merkle Patricia trie.</summary>
public enum TrieNodeFault
{
    /// <summary>Nothing is wrong.</summary>
    None,

    /// <summary>They are not canonical RLP, or have bytes or lists where the other belongs.</summary>
    NotRlp,

    /// <summary>The list has neither 2 nor 17 items.</summary>
    WrongItemCount,

    /// <summary>The path is not in the one form of hex-prefix encoding, is longer than any key, or is that of an extension and empty.</summary>
    BadPath,

    /// <summary>A leaf has an empty value: a key without a value is not in the trie.</summary>
    EmptyValue,

    /// <summary>A child is neither a hash nor a node of less than 32 bytes, or an extension's child is missing or no branch.</summary>
    BadChild,

    /// <summary>A branch leads to fewer than two places: another node has to stand there.</summary>
    NeedlessBranch,
}
