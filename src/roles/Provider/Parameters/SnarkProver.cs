using Flashback.Cryptography.Groth16;
using Flashback.Cryptography.R1cs;
using Flashback.Primitives;
using Flashback.Proofs;

namespace Flashback.Provider;

/// <summary>Compresses vanilla proofs with the keys of a folder; a key that is not there is made on first use, the devnet's from the words that its verifying keys come from.</summary>
/// <param name="cache">The folder.</param>
/// <param name="progress">May be null.</param>
public sealed class SnarkProver(ParameterCache cache, IProgress<Groth16Progress>? progress) : IStorageProver
{
    /// <summary>Makes the keys for seals and windows of such sectors, those that are not there.</summary>
    public void Prepare(SealKind kind)
    {
        ArgumentNullException.ThrowIfNull(kind);
        foreach (StorageCircuit circuit in (StorageCircuit[])[new(StorageProof.Window, kind.Size), StorageCircuit.OfSeal(kind)])
        {
            if (cache.Find(circuit) is null)
                MakeKey(circuit, circuit.CreateSystem());
        }
    }

    /// <summary>Whether there is a key for updates of such sectors, or the devnet's can be made: anyone else's comes from a ceremony.</summary>
    public bool CanUpdate(SealKind kind)
    {
        ArgumentNullException.ThrowIfNull(kind);
        StorageCircuit circuit = new(StorageProof.Update, kind.Size);
        return cache.Find(circuit) is not null || DevnetKeys.All.ContainsKey(circuit);
    }

    /// <inheritdoc/>
    public IDisposable? TryTakeTurn() => cache.TryTakeTurn();

    /// <summary>Commit phase 2: the proofs of all proof partitions, checked.</summary>
    /// <exception cref="ParameterException">The key is damaged.</exception>
    /// <exception cref="SectorException">The sector has no vanilla seal proof.</exception>
    public byte[] ProveSeal(Sector sector, SealStatement statement)
    {
        ArgumentNullException.ThrowIfNull(sector);
        ArgumentNullException.ThrowIfNull(statement);
        byte[] proof = Prove(StorageCircuit.OfSeal(sector.Kind), sector.Kind.Challenges.Partitions, partition => new SealCircuit(statement, sector.ReadProof(partition)), out VerifyingKey key);
        return Checked(proof, StorageProofs.VerifySeal(key, statement, sector.Kind.CreateGraph(), proof));
    }

    /// <summary>A WindowPoSt over vanilla proofs in order, checked.</summary>
    /// <exception cref="ParameterException">The key is damaged.</exception>
    public byte[] ProveWindow(SectorSize size, Hash32 randomness, IReadOnlyList<PostVanillaProof> vanilla)
    {
        ArgumentNullException.ThrowIfNull(size);
        int each = size.WindowSectors;
        byte[] proof = Prove(
            new(StorageProof.Window, size), (vanilla.Count + each - 1) / each,
            partition => PostCircuit.Window(size, [.. vanilla.Skip(partition * each).Take(each)]), out VerifyingKey key);
        return Checked(proof, StorageProofs.VerifyWindow(key, PostKind.Window, size, randomness, [.. vanilla.Select(one => one.Sector)], proof));
    }

    /// <summary>A WinningPoSt, checked.</summary>
    /// <exception cref="ParameterException">The key is damaged.</exception>
    public byte[] ProveWinning(SectorSize size, Hash32 randomness, PostVanillaProof vanilla)
    {
        ArgumentNullException.ThrowIfNull(vanilla);
        byte[] proof = Prove(new(StorageProof.Winning, size), 1, _ => PostCircuit.Winning(vanilla), out VerifyingKey key);
        return Checked(proof, StorageProofs.VerifyWinning(key, size, randomness, vanilla.Sector, proof));
    }

    /// <summary>The proofs of all partitions of a replica update, checked.</summary>
    /// <exception cref="ParameterException">The key is damaged.</exception>
    /// <exception cref="SectorException">The update does not prove itself.</exception>
    public byte[] ProveUpdate(Sector sector, UpdateStatement statement)
    {
        ArgumentNullException.ThrowIfNull(sector);
        ArgumentNullException.ThrowIfNull(statement);
        byte[] proof = Prove(
            new(StorageProof.Update, sector.Kind.Size), UpdateParameters.Of(statement.Nodes).Partitions,
            partition => new UpdateCircuit(statement, partition, sector.ProveUpdate(statement, partition)), out VerifyingKey key);
        return Checked(proof, StorageProofs.VerifyUpdate(key, statement, proof));
    }

    private byte[] Prove<TCircuit>(StorageCircuit circuit, int partitions, Func<int, TCircuit> partition, out VerifyingKey verifying)
        where TCircuit : ICircuit
    {
        ConstraintSystem system = circuit.CreateSystem();
        if (cache.Find(circuit) is null)
            MakeKey(circuit, system);
        using ProvingKey key = cache.OpenProving(circuit);
        Groth16Prover prover = new(system, key);
        byte[] proofs = new byte[partitions * Groth16Proof.Size];
        for (int i = 0; i < partitions; i++)
            prover.Prove(Assignment.Of(system, partition(i)), progress).Encode().CopyTo(proofs, i * Groth16Proof.Size);
        verifying = key.Verifying;
        return proofs;
    }

    private void MakeKey(StorageCircuit circuit, ConstraintSystem system) => cache.Make(circuit, system, DevnetKeys.All.ContainsKey(circuit) ? DevnetKeys.Words : null, progress);

    private static byte[] Checked(byte[] proof, Invalid<StorageProofRule>? broken) => broken is null
        ? proof
        : throw new ParameterException($"the proof made does not hold, so the key or the vanilla proof has been altered: {broken}");
}
