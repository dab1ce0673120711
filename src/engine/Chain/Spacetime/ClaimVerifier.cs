using Flashback.Cryptography;
using Flashback.Cryptography.Groth16;
using Flashback.Primitives;
using Flashback.Proofs;

namespace Flashback.Chain.Spacetime;

/// <summary>What a claim must keep.</summary>
public enum ClaimRule
{
    /// <summary>The blob that it names came along.</summary>
    Blob,

    /// <summary>The bytes that it names lie in the blob, packed as proofs are, and are as many as the statement's proof has.</summary>
    Bytes,

    /// <summary>The contract can tell what it states.</summary>
    Inputs,

    /// <summary>The bytes are a proof, and the inputs are those of a statement.</summary>
    Encoding,

    /// <summary>The proof holds: the circuit's, or hashes and signatures are what they should be.</summary>
    Proof,
}

/// <summary>Verifies claims, those that come together in one batch, and remembers those that hold. Safe to share between threads. spec: ours#4</summary>
public sealed class ClaimVerifier
{
    private readonly SealKind _kind;
    private readonly StackedGraph _graph;
    private readonly VerifyingKey _sealKey;
    private readonly VerifyingKey _updateKey;
    private readonly VerifyingKey _windowKey;
    private readonly ProvenClaims _proven = new();

    /// <summary>Verifies claims about sectors of one kind.</summary>
    /// <exception cref="ArgumentException">A circuit has no key.</exception>
    public ClaimVerifier(SealKind kind, IReadOnlyDictionary<StorageCircuit, VerifyingKey> keys)
    {
        ArgumentNullException.ThrowIfNull(kind);
        ArgumentNullException.ThrowIfNull(keys);
        VerifyingKey Find(StorageCircuit circuit) => keys.TryGetValue(circuit, out VerifyingKey? key) ? key : throw new ArgumentException($"there is no verifying key of {circuit}", nameof(keys));
        _kind = kind;
        _graph = kind.CreateGraph();
        _sealKey = Find(StorageCircuit.OfSeal(kind));
        _updateKey = Find(new StorageCircuit(StorageProof.Update, kind.Size));
        _windowKey = Find(new StorageCircuit(StorageProof.Window, kind.Size));
    }

    /// <summary>The circuits whose keys claims about sectors of a kind need.</summary>
    public static IReadOnlyList<StorageCircuit> CircuitsOf(SealKind kind)
    {
        ArgumentNullException.ThrowIfNull(kind);
        return [StorageCircuit.OfSeal(kind), new(StorageProof.Update, kind.Size), new(StorageProof.Window, kind.Size)];
    }

    /// <summary>Verifies claims; null when all hold, else a rule that one breaks. The work is bounded by their number, which the contract bounds, and is one batch whatever comes of it.</summary>
    /// <param name="claims">The claims.</param>
    /// <param name="blobs">The blobs that came with them, by versioned hash; their commitments were checked.</param>
    /// <param name="index">Which one is refused; −1 when none is, or when the batch of several does not tell.</param>
    public Invalid<ClaimRule>? Verify(IReadOnlyList<StatedClaim> claims, IReadOnlyDictionary<Hash32, ReadOnlyMemory<byte>> blobs, out int index)
    {
        ArgumentNullException.ThrowIfNull(claims);
        ArgumentNullException.ThrowIfNull(blobs);
        index = -1;
        List<(int Index, Hash32 Fingerprint)> fresh = [];
        for (int i = 0; i < claims.Count; i++)
        {
            Hash32 fingerprint = claims[i].Fingerprint();
            if (!_proven.Contains(fingerprint))
                fresh.Add((i, fingerprint));
        }
        if (fresh.Count == 0)
            return null;
        Invalid<ClaimRule>?[] broken = new Invalid<ClaimRule>?[fresh.Count];
        Groth16Statement[][] stated = new Groth16Statement[fresh.Count][];
        Parallel.For(0, fresh.Count, i => broken[i] = State(claims[fresh[i].Index], blobs, out stated[i]));
        if (Array.FindIndex(broken, rule => rule is not null) is var place and >= 0)
        {
            index = fresh[place].Index;
            return broken[place];
        }
        Groth16Statement[] all = [.. stated.SelectMany(statements => statements)];
        if (all.Length > 0 && !Groth16Verifier.HoldAll(all))
        {
            index = fresh.Count == 1 ? fresh[0].Index : -1;
            return new(ClaimRule.Proof, fresh.Count == 1 ? $"{claims[index].Claim}: the proof does not hold" : $"one of {fresh.Count} claims does not hold");
        }
        _proven.Add(fresh.Select(claim => claim.Fingerprint));
        return null;
    }

    private Invalid<ClaimRule>? State(StatedClaim stated, IReadOnlyDictionary<Hash32, ReadOnlyMemory<byte>> blobs, out Groth16Statement[] statements)
    {
        statements = [];
        StorageClaim claim = stated.Claim;
        if (stated.Inputs.IsEmpty)
            return new(ClaimRule.Inputs, $"{claim}: the contract does not tell what it states");
        if (!blobs.TryGetValue(claim.BlobHash, out ReadOnlyMemory<byte> blob))
            return new(ClaimRule.Blob, $"{claim}: its blob is not here");
        if (claim.Kind is ClaimKind.Hot)
            return DealStatements.CheckHot(claim, new(stated.Inputs.Span), blob.Span);
        if (claim.Kind is ClaimKind.Receipt)
            return DealStatements.CheckReceipts(claim, new(stated.Inputs.Span), blob.Span);
        byte[] proof = new byte[PartitionsOf(claim.Kind) * Groth16Proof.Size];
        if (claim.Length != proof.Length || !BlobBytes.TryRead(blob.Span, claim.Offset, proof))
            return new(ClaimRule.Bytes, $"{claim}: there are no {proof.Length} bytes of a proof in the blob");
        AbiReader inputs = new(stated.Inputs.Span);
        Invalid<StorageProofRule>? broken = claim.Kind switch
        {
            ClaimKind.Seal => StateSeal(claim, inputs, proof, out statements),
            ClaimKind.Update => StateUpdate(inputs, proof, out statements),
            _ => StateWindow(inputs, proof, out statements),
        };
        return broken is null ? null : new(ClaimRule.Encoding, $"{claim}: {broken}");
    }

    private int PartitionsOf(ClaimKind kind) => kind switch
    {
        ClaimKind.Seal => _kind.Challenges.Partitions,
        ClaimKind.Update => UpdateParameters.Of(_kind.Size.NodeCount).Partitions,
        _ => 1,
    };

    /// <summary>proverId, ticket, seed, commD, commR</summary>
    private Invalid<StorageProofRule>? StateSeal(in StorageClaim claim, in AbiReader inputs, ReadOnlySpan<byte> proof, out Groth16Statement[] statements)
    {
        Hash32 replicaId = ReplicaId.Compute(inputs[0], claim.Subject, inputs[1], inputs[3], _kind.PorepId);
        return StorageProofs.StateSeal(_sealKey, new SealStatement(_kind, replicaId, inputs[3], inputs[4], inputs[2]), _graph, proof, out statements);
    }

    /// <summary>commROld, commRNew, commDNew</summary>
    private Invalid<StorageProofRule>? StateUpdate(in AbiReader inputs, ReadOnlySpan<byte> proof, out Groth16Statement[] statements) =>
        StorageProofs.StateUpdate(_updateKey, new UpdateStatement(_kind.Size.NodeCount, inputs[0], inputs[2], inputs[1]), proof, out statements);

    /// <summary>challenge, sectors, commRs</summary>
    private Invalid<StorageProofRule>? StateWindow(in AbiReader inputs, ReadOnlySpan<byte> proof, out Groth16Statement[] statements)
    {
        statements = [];
        if (!inputs.TryList(1, out int numbers, out int count) || !inputs.TryList(2, out int commitments, out int committed) || count != committed || count > _kind.Size.WindowSectors)
            return new(StorageProofRule.Shape, $"{count} sectors with commitments, a partition has {_kind.Size.WindowSectors}");
        PostSector[] sectors = new PostSector[count];
        for (int i = 0; i < count; i++)
            sectors[i] = new PostSector(inputs.Number(numbers + i), inputs[commitments + i]);
        return StorageProofs.StateWindow(_windowKey, PostKind.Window, _kind.Size, inputs[0], sectors, proof, out statements);
    }
}
