using Flashback.Conformance;
using Flashback.Testing;

namespace Flashback.Spec.Tests;

/// <summary>A kind of vectors over a part of an archive.</summary>
/// <param name="Kind">The kind's name on the command line.</param>
/// <param name="Archive">The archive's name without ".tar.gz", or the name of a file of golden values, with ".json".</param>
/// <param name="Below">The folder inside it, or empty for the whole.</param>
/// <param name="OneIn">How many cases ./test takes one of; ./test --all runs every case.</param>
public sealed record Suite(string Kind, string Archive, string Below = "", int OneIn = 1)
{
    /// <summary>Every suite there is. A kind that is added gets its line here.</summary>
    public static IReadOnlyList<Suite> All { get; } =
    [
        new("beacon-states", "beacon-states-electra"),
        new("bls", "consensus", "tests/general"),
        new("consensus", "consensus", "tests/mainnet"),
        new("consensus", "consensus", "tests/minimal"),
        new("engine", "eest-benchmark", "blockchain_tests_engine", OneIn: 20),
        new("filecoin", "filecoin-proofs-vectors.json"),
        new("kzg", "kzg", "tests"),
        new("precompiles", "precompiles"),
        new("rlp", "ethereum-basic-tests", "RLPTests"),
        new("ssz", "consensus", "tests/general"),
        new("trie", "ethereum-basic-tests", "TrieTests"),
        new("transaction", "ethereum-basic-tests", "TransactionTests"),
        new("state", "eest-state-tests", OneIn: 10),
        new("blockchain", "eest-blockchain-tests", OneIn: 10),
        new("blockchain", "eest-benchmark", "blockchain_tests", OneIn: 10),
    ];

    /// <summary>True for a single file, which is opened where it lies.</summary>
    public bool IsFile => Archive.EndsWith(".json", StringComparison.Ordinal);

    /// <summary>Where the vectors are; skips the calling test when they are not.</summary>
    public string Path => IsFile ? Vectors.Golden(Archive) : Vectors.Folder(Archive, Below);

    /// <summary>Runs every case, or a sample of them without those that take minutes.</summary>
    public SpecSummary Run(bool everyCase, TextWriter failures) => SpecRunner.Run(SpecKinds.Named(Kind)!, Path, failures, everyCase ? 1 : OneIn, everyCase);

    public override string ToString() => $"{Kind} over {Archive}/{Below}";
}
