using Flashback.Primitives;
using Flashback.Proofs;

namespace Flashback.Provider;

/// <content>A replica update: data comes into a sector that was sealed without any. spec: FIP-0019</content>
public sealed partial class Sector
{
    /// <summary>Whether data was put in after sealing: proofs of spacetime are then of the new replica.</summary>
    public bool IsUpdated => Record.Update?.CommR is not null;

    /// <summary>The pieces that are in it: those of its update, where there is one.</summary>
    public IReadOnlyList<PieceRecord> Pieces => IsUpdated ? Record.Update!.Pieces : Record.Pieces;

    /// <summary>What its update states.</summary>
    /// <exception cref="SectorException">It is not updated.</exception>
    public UpdateStatement UpdateStatement() => IsUpdated
        ? new UpdateStatement(Kind.Size.NodeCount, Commitments().CommR, FixedBytes.Parse<Hash32>(Record.Update!.CommD), UpdatedCommitments().CommR)
        : throw new SectorException("the sector is not updated");

    /// <summary>Gives up an update: the sector is as it was sealed. Also where nothing was begun: what an attempt that was cut short left goes too.</summary>
    public void DropUpdate()
    {
        if (Record.Update is not null)
            Save(Record with { Update = new() }); // files that are going do not count any more
        foreach (SectorFile file in (SectorFile[])[SectorFile.UpdatedCommitments, .. TreesOf(SectorFile.UpdatedTreeRLast), SectorFile.UpdatedSealed, SectorFile.UpdatedDataTree, SectorFile.UpdatedUnsealed])
            _folder.Delete(file);
        if (Record.Update is not null)
            Save(Record with { Update = null });
    }

    /// <summary>Removes what can be made again from the new replica, and the old one with its tree. Only for a sector whose new replica is the one to be proven, for good.</summary>
    /// <exception cref="SectorException">The sector is not updated.</exception>
    public void FinishUpdate()
    {
        UpdateStatement();
        foreach (SectorFile file in (SectorFile[])[SectorFile.UpdatedUnsealed, SectorFile.UpdatedDataTree, SectorFile.Sealed, .. TreesOf(SectorFile.TreeRLast)])
            _folder.Delete(file);
    }

    /// <summary>Adds a piece for an update at the next place its size allows.</summary>
    /// <param name="payload">Its bytes, all of them from here to the end.</param>
    /// <param name="length">How many there are.</param>
    /// <param name="cancellation">Ends the work early.</param>
    /// <exception cref="SectorException">The sector is not sealed, holds data, or has no room, or the payload is not as long as it was said to be.</exception>
    public PieceRecord AddUpdatePiece(Stream payload, long length, CancellationToken cancellation)
    {
        Commitments();
        if (Record.Pieces.Count > 0)
            throw new SectorException("the sector was sealed with data: only an empty one can be updated");
        UpdateRecord update = Record.Update ?? new();
        if (update.CommD is not null)
            throw new SectorException("the update has been closed: no piece can be added");
        PieceRecord piece = Gather(SectorFile.UpdatedUnsealed, update.Pieces, payload, length, cancellation);
        Save(Record with { Update = update with { Pieces = [.. update.Pieces, piece] } });
        return piece;
    }

    /// <summary>Makes the new replica of the pieces that were added for an update, and tries a proof of it.</summary>
    /// <exception cref="SectorException">No piece was added, the data is not what was added, or what came out does not prove itself.</exception>
    public UpdateStatement Update(CancellationToken cancellation)
    {
        SealCommitments old = Commitments();
        if (Record.Update is not { Pieces.Count: > 0 } update)
            throw new SectorException("no piece has been added for an update");
        CloseData(SectorFile.UpdatedUnsealed, update.Pieces);
        UpdateSteps steps = new(_folder, Kind.Size, _progress);
        Hash32 commD = steps.CommitData(cancellation), declared = CommitmentTo(update.Pieces);
        if (commD != declared)
            throw new SectorException($"the data's commitment is {commD} and that of its pieces {declared}: the file of unsealed data has been altered");
        Save(Record with { Update = update with { CommD = commD.ToString() } });
        SealCommitments updated = steps.CommitReplica(commD, cancellation);
        UpdateStatement statement = new(Kind.Size.NodeCount, old.CommR, commD, updated.CommR);
        ProveUpdate(statement, partition: 0);
        Save(Record with { Update = Record.Update with { CommR = updated.CommR.ToString() } });
        return statement;
    }

    /// <summary>The vanilla proof of a partition of the update, checked.</summary>
    /// <exception cref="SectorException">The proof does not hold: a file has been altered.</exception>
    public UpdateVanillaProof ProveUpdate(UpdateStatement statement, int partition)
    {
        using SectorMemories files = new(_folder);
        UpdateVanillaProof proof = UpdateProofs.Prove(
            statement, partition, SealCommitments.Load(_folder, SectorFile.UpdatedCommitments).CommC, files.OpenTreeRLast(Kind.Size),
            files.OpenDataTree(Kind.Size, SectorFile.UpdatedDataTree), files.OpenUpdatedTreeRLast(Kind.Size));
        return UpdateProofs.Check(statement, Kind.Size.Tree, partition, proof) is { } broken
            ? throw new SectorException($"the update does not prove itself, so a file has been altered: {broken}")
            : proof;
    }

    /// <summary>The commitments of the new replica.</summary>
    private SealCommitments UpdatedCommitments()
    {
        SealCommitments updated = SealCommitments.Load(_folder, SectorFile.UpdatedCommitments);
        return updated.CommR.ToString() == Record.Update!.CommR
            ? updated
            : throw new SectorException($"{SectorFile.UpdatedCommitments} hashes to {updated.CommR}, not to {Record.Update.CommR}: it has been altered");
    }

    private IEnumerable<SectorFile> TreesOf(Func<TreeShape, int, SectorFile> file) => Enumerable.Range(0, Kind.Size.Tree.BaseTrees).Select(tree => file(Kind.Size.Tree, tree));

    private ReplicaUpdate CurrentUpdate() => new(Kind.Size.NodeCount, FixedBytes.Parse<Hash32>(Record.Update!.CommD), Commitments().CommR);
}
