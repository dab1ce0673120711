namespace Flashback.Conformance;

/// <summary>Every kind of vectors the program can run.</summary>
public static class SpecKinds
{
    /// <summary>All kinds, in the order of the help text.</summary>
    public static IReadOnlyList<ISpecKind> All { get; } =
    [
        new BeaconStatesKind(), new BlockchainKind(), new BlsKind(), new ConsensusKind(), new EngineKind(), new FilecoinKind(), new KzgKind(), new PrecompilesKind(), new RlpKind(), new SszKind(),
        new StateKind(), new TransactionKind(),
        new TrieKind(),
    ];

    /// <summary>The kind of that name, or null.</summary>
    public static ISpecKind? Named(string name) => All.FirstOrDefault(kind => kind.Name == name);
}
