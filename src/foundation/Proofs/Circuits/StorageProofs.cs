using Flashback.Cryptography.Groth16;
using Flashback.Primitives;

namespace Flashback.Proofs;

/// <summary>What the bytes of a storage proof must keep.</summary>
public enum StorageProofRule
{
    /// <summary>Commitments and randomness are field elements.</summary>
    Element,

    /// <summary>There are as many proofs as partitions, each the encoding of points of their groups, none at infinity.</summary>
    Encoding,

    /// <summary>The sectors fill at least one partition, and the key is for as many public inputs as the statement has.</summary>
    Shape,

    /// <summary>Every partition's proof holds for the statement.</summary>
    Proof,
}

/// <summary>Verifies storage proofs as chains keep them: 192 bytes a partition, all partitions in one batch.</summary>
/// <remarks>Who has many proofs takes what they state (<c>State…</c>) and verifies it together: <see cref="Groth16Verifier.VerifyAll"/>.</remarks>
public static class StorageProofs
{
    /// <summary>Checks a seal's proof; null when it holds.</summary>
    /// <param name="key">The key of <see cref="StorageProof.Seal"/> for the sector's size.</param>
    /// <param name="statement">What it claims.</param>
    /// <param name="graph">The graph of the statement's kind.</param>
    /// <param name="proof">The proof partitions' proofs, the first one first.</param>
    public static Invalid<StorageProofRule>? VerifySeal(VerifyingKey key, SealStatement statement, StackedGraph graph, ReadOnlySpan<byte> proof) =>
        StateSeal(key, statement, graph, proof, out Groth16Statement[] statements) ?? Check(statements);

    /// <summary>What a seal's proof states; null when it can be verified at all.</summary>
    /// <inheritdoc cref="VerifySeal"/>
    public static Invalid<StorageProofRule>? StateSeal(VerifyingKey key, SealStatement statement, StackedGraph graph, ReadOnlySpan<byte> proof, out Groth16Statement[] statements)
    {
        ArgumentNullException.ThrowIfNull(statement);
        statements = [];
        if ((NotElement(statement.ReplicaId) ?? NotElement(statement.CommD) ?? NotElement(statement.CommR)) is { } broken)
            return broken;
        return State(key, statement.Kind.Challenges.Partitions, partition => SealCircuit.PublicInputs(statement, graph, partition), proof, out statements);
    }

    /// <summary>Checks a WindowPoSt; null when it holds.</summary>
    /// <param name="key">The key of <see cref="StorageProof.Window"/> for the sectors' size.</param>
    /// <param name="kind">The generation of the proof.</param>
    /// <param name="size">The sectors' size.</param>
    /// <param name="randomness">The chain's randomness.</param>
    /// <param name="sectors">All sectors in order; every partition but the last is full.</param>
    /// <param name="proof">The partitions' proofs, the first one first.</param>
    public static Invalid<StorageProofRule>? VerifyWindow(
        VerifyingKey key, PostKind kind, SectorSize size, Hash32 randomness, IReadOnlyList<PostSector> sectors, ReadOnlySpan<byte> proof) =>
        StateWindow(key, kind, size, randomness, sectors, proof, out Groth16Statement[] statements) ?? Check(statements);

    /// <summary>What a WindowPoSt states; null when it can be verified at all.</summary>
    /// <inheritdoc cref="VerifyWindow"/>
    public static Invalid<StorageProofRule>? StateWindow(
        VerifyingKey key, PostKind kind, SectorSize size, Hash32 randomness, IReadOnlyList<PostSector> sectors, ReadOnlySpan<byte> proof, out Groth16Statement[] statements)
    {
        ArgumentNullException.ThrowIfNull(size);
        ArgumentNullException.ThrowIfNull(sectors);
        statements = [];
        if (sectors.Count == 0)
            return new(StorageProofRule.Shape, "no sector is proven");
        if (NotElement(randomness) is { } wrong)
            return wrong;
        foreach (PostSector sector in sectors)
        {
            if (NotElement(sector.CommR) is { } broken)
                return broken;
        }
        int each = size.WindowSectors;
        return State(key, (sectors.Count + each - 1) / each, partition =>
        {
            int first = partition * each;
            return PostCircuit.WindowInputs(kind, size, randomness, first, [.. sectors.Skip(first).Take(each)]);
        }, proof, out statements);
    }

    /// <summary>Checks a WinningPoSt; null when it holds.</summary>
    public static Invalid<StorageProofRule>? VerifyWinning(VerifyingKey key, SectorSize size, Hash32 randomness, PostSector sector, ReadOnlySpan<byte> proof) =>
        NotElement(randomness) ?? NotElement(sector.CommR)
        ?? State(key, 1, _ => PostCircuit.WinningInputs(size, randomness, sector), proof, out Groth16Statement[] statements) ?? Check(statements);

    /// <summary>Checks a replica update's proof; null when it holds.</summary>
    public static Invalid<StorageProofRule>? VerifyUpdate(VerifyingKey key, UpdateStatement statement, ReadOnlySpan<byte> proof) =>
        StateUpdate(key, statement, proof, out Groth16Statement[] statements) ?? Check(statements);

    /// <summary>What a replica update's proof states; null when it can be verified at all.</summary>
    public static Invalid<StorageProofRule>? StateUpdate(VerifyingKey key, UpdateStatement statement, ReadOnlySpan<byte> proof, out Groth16Statement[] statements)
    {
        ArgumentNullException.ThrowIfNull(statement);
        statements = [];
        return NotElement(statement.CommROld) ?? NotElement(statement.CommDNew) ?? NotElement(statement.CommRNew)
            ?? State(key, UpdateParameters.Of(statement.Nodes).Partitions, partition => UpdateCircuit.PublicInputs(statement, partition), proof, out statements);
    }

    private static Invalid<StorageProofRule>? NotElement(Hash32 node) =>
        Nodes.IsElement(node) ? null : new(StorageProofRule.Element, $"{node} is not below the field's modulus");

    private static Invalid<StorageProofRule>? State(VerifyingKey key, int partitions, Func<int, Fr[]> inputs, ReadOnlySpan<byte> proof, out Groth16Statement[] statements)
    {
        ArgumentNullException.ThrowIfNull(key);
        statements = [];
        if (!Groth16Proof.TryDecodeAll(proof, partitions, out Groth16Proof[] proofs, out Groth16Fault fault))
            return new(StorageProofRule.Encoding, $"{proof.Length} bytes are no proof of {partitions} partitions: {fault}");
        statements = new Groth16Statement[partitions];
        for (int partition = 0; partition < partitions; partition++)
            statements[partition] = new(key, inputs(partition), proofs[partition]);
        return null;
    }

    private static Invalid<StorageProofRule>? Check(Groth16Statement[] statements) => Groth16Verifier.VerifyAll(statements, out int index) is { } broken
        ? new(broken.Rule == Groth16Rule.InputCount ? StorageProofRule.Shape : StorageProofRule.Proof, $"partition {index}: {broken.Detail}")
        : null;
}
