using System.Text.Json;
using Flashback.Primitives;
using Flashback.Proofs;

namespace Flashback.Provider;

/// <summary>A sector on disk and the steps of its life: pieces are added, it is sealed, proven, checked, and read back.</summary>
/// <remarks>
/// Every step may be cut short anywhere and called again: it takes up what was completed and does the rest. What a step has not completed does
/// not count: neither a file without its name nor a piece without its line in the record.
/// </remarks>
public sealed partial class Sector : IDisposable
{
    private static readonly SectorFile RecordFile = new("sector.json");

    private readonly SectorFolder _folder;
    private readonly ParentFiles _parents;
    private readonly IProgress<SealProgress>? _progress;

    private Sector(SectorFolder folder, ParentFiles parents, SectorRecord record, IProgress<SealProgress>? progress)
    {
        _folder = folder;
        _parents = parents;
        _progress = progress;
        Record = record;
    }

    /// <summary>What is known about the sector.</summary>
    public SectorRecord Record { get; private set; }

    /// <summary>Where the sector's work is reported, and other work on it may be; null when nobody looks.</summary>
    public IProgress<SealProgress>? Progress => _progress;

    /// <summary>The registered proof.</summary>
    public SealKind Kind => SealKind.Of(Record.Kind);

    /// <summary>Bytes, without padding, before which no new piece can begin.</summary>
    public long Written => EndOf(Record.Pieces);

    /// <summary>CommD of the pieces that were added, zeros where none is.</summary>
    public Hash32 DeclaredCommD => CommitmentTo(Record.Pieces);

    /// <summary>Opens the sector in a folder.</summary>
    /// <param name="path">The folder.</param>
    /// <param name="parents">Where tables of parents are kept.</param>
    /// <param name="progress">May be null.</param>
    /// <exception cref="SectorException">There is no sector, its record does not make sense, or another process holds the folder.</exception>
    public static Sector Open(string path, ParentFiles parents, IProgress<SealProgress>? progress) => Open(path, SectorFolder.Open, parents, progress);

    /// <summary>Opens the sector in a folder to read and prove what is whole, beside whoever works in it.</summary>
    /// <param name="path">The folder.</param>
    /// <param name="parents">Where tables of parents are kept.</param>
    /// <exception cref="SectorException">There is no sector, or its record does not make sense.</exception>
    public static Sector OpenToRead(string path, ParentFiles parents) => Open(path, SectorFolder.OpenToRead, parents, progress: null);

    private static Sector Open(string path, Func<string, SectorFolder> open, ParentFiles parents, IProgress<SealProgress>? progress)
    {
        if (!File.Exists(System.IO.Path.Combine(path, RecordFile.Name)))
            throw new SectorException($"there is no sector in {path}");
        SectorFolder folder = open(path);
        try
        {
            return new Sector(folder, parents, ReadRecord(folder), progress);
        }
        catch
        {
            folder.Dispose();
            throw;
        }
    }

    /// <summary>Begins a sector in a folder that has none.</summary>
    /// <param name="path">The folder.</param>
    /// <param name="kind">The registered proof.</param>
    /// <param name="prover">Whose replica it becomes: <see cref="ReplicaId.ProviderId(in Bytes48)"/>, or of Filecoin's providers <see cref="ReplicaId.ProviderId(ulong)"/>.</param>
    /// <param name="number">The sector's number.</param>
    /// <param name="parents">Where tables of parents are kept.</param>
    /// <param name="progress">May be null.</param>
    /// <exception cref="SectorException">There is a sector already, or another process holds the folder.</exception>
    public static Sector Create(string path, SealKind kind, Hash32 prover, ulong number, ParentFiles parents, IProgress<SealProgress>? progress)
    {
        ArgumentNullException.ThrowIfNull(kind);
        SectorFolder folder = SectorFolder.Open(path);
        if (folder.Has(RecordFile))
        {
            folder.Dispose();
            throw new SectorException($"there is a sector in {path} already");
        }
        Sector sector = new(folder, parents, new SectorRecord { Kind = kind.Number, Prover = prover.ToString(), Number = number }, progress);
        sector.Save(sector.Record);
        return sector;
    }

    /// <summary>Adds a piece at the next place its size allows.</summary>
    /// <param name="payload">Its bytes, all of them from here to the end.</param>
    /// <param name="length">How many there are.</param>
    /// <param name="cancellation">Ends the work early.</param>
    /// <exception cref="SectorException">The sector is sealed or has no room, or the payload is not as long as it was said to be.</exception>
    public PieceRecord AddPiece(Stream payload, long length, CancellationToken cancellation)
    {
        if (Record.Ticket is not null || _folder.Has(SectorFile.Unsealed))
            throw new SectorException("the sector has been closed for sealing: no piece can be added");
        PieceRecord piece = Gather(SectorFile.Unsealed, Record.Pieces, payload, length, cancellation);
        Save(Record with { Pieces = [.. Record.Pieces, piece] });
        return piece;
    }

    /// <summary>Seals the sector: PreCommit1 and PreCommit2, and a trial of a few nodes that the graph itself judges.</summary>
    /// <param name="ticket">The chain's randomness.</param>
    /// <param name="cancellation">Ends the work early.</param>
    /// <exception cref="SectorException">The data is not what was added, or sealing was begun with another ticket, or what came out does not prove itself.</exception>
    public SealCommitments Seal(Hash32 ticket, CancellationToken cancellation)
    {
        if (Record.Ticket is { } begun && begun != ticket.ToString())
            throw new SectorException($"sealing was begun with the ticket {begun}");
        if (Record.CommR is not null && _folder.Has(SectorFile.Commitments))
            return Commitments();
        if (!_folder.Has(SectorFile.Commitments))
            CloseData(SectorFile.Unsealed, Record.Pieces);
        Save(Record with { Ticket = ticket.ToString() });
        using MappedMemory parents = _parents.Open(Kind.CreateGraph(), _progress, cancellation);
        SealingSteps steps = new(_folder, Input(), parents, _progress);
        Hash32 commD = steps.CommitData(cancellation);
        if (commD != DeclaredCommD)
            throw new SectorException($"the data's commitment is {commD} and that of its pieces {DeclaredCommD}: the file of unsealed data has been altered");
        Save(Record with { CommD = commD.ToString() });
        steps.LabelLayers(Input().ReplicaId(commD), cancellation);
        SealCommitments commitments = steps.CommitReplica(cancellation);
        Check(new SealStatement(Kind, Input().ReplicaId(commD), commD, commitments.CommR, commitments.CommR));
        Save(Record with { CommR = commitments.CommR.ToString() });
        return commitments;
    }

    /// <summary>Commit phase 1: writes the vanilla seal proof of every proof partition, after checking it.</summary>
    /// <exception cref="SectorException">The sector is not sealed, or a proof does not hold: a file has been altered.</exception>
    public SealStatement Prove(Hash32 seed, CancellationToken cancellation)
    {
        SealStatement statement = Statement(seed);
        using SectorMemories files = new(_folder);
        SealedSector sealedSector = files.OpenSealed(Input());
        for (int partition = 0; partition < Kind.Challenges.Partitions; partition++)
        {
            cancellation.ThrowIfCancellationRequested();
            SealVanillaProof[] proofs = SealProver.Prove(sealedSector, statement, partition);
            if (SealVerifier.Check(statement, sealedSector.Graph, partition, proofs) is { } broken)
                throw new SectorException($"the seal proof does not hold, so a file has been altered: {broken}");
            _folder.Write(ProofFile(partition), SealVanillaCodec.Encode(proofs, Kind.Size));
        }
        Save(Record with { Seed = seed.ToString() });
        return statement;
    }

    /// <summary>The vanilla seal proof of a proof partition, as <see cref="Prove"/> wrote it.</summary>
    /// <exception cref="SectorException">It cannot be read.</exception>
    public SealVanillaProof[] ReadProof(int partition) => SealVanillaCodec.TryDecode(_folder.Read(ProofFile(partition)), Kind.Size, out SealVanillaProof[]? proofs)
        ? proofs
        : throw new SectorException($"{ProofFile(partition)} is no seal proof: it has been cut off or altered");

    /// <summary>A proof of spacetime over this sector, checked.</summary>
    /// <param name="kind">The proof.</param>
    /// <param name="randomness">The chain's.</param>
    /// <param name="place">The sector's place among all that are proven together, which its challenges depend on.</param>
    /// <param name="commR">Which replica, while there are two: that of before an update, or that of after it; null for the newest.</param>
    /// <exception cref="SectorException">The sector is not sealed, or has no such replica, or the proof does not hold: a file has been altered.</exception>
    public PostVanillaProof ProveSpacetime(PostKind kind, Hash32 randomness, int place = 0, Hash32? commR = null)
    {
        using SectorMemories files = new(_folder);
        bool isUpdated = IsUpdated && Record.CommR != commR?.ToString();
        SealCommitments commitments = isUpdated ? UpdatedCommitments() : Commitments();
        if (commR is { } asked && commitments.CommR != asked)
            throw new SectorException($"the sector's replica is {commitments.CommR}, not {asked}");
        PostSector sector = new(Record.Number, commitments.CommR);
        PoseidonTree<NodeLeaves> tree = isUpdated ? files.OpenUpdatedTreeRLast(Kind.Size) : files.OpenTreeRLast(Kind.Size);
        PostVanillaProof proof = FallbackPost.Prove(kind, Kind.Size, randomness, place, new PostReplica(sector, commitments.CommC, tree));
        return FallbackPost.Check(kind, Kind.Size, randomness, place, [sector], [proof]) is { } broken
            ? throw new SectorException($"the proof of spacetime does not hold, so a file has been altered: {broken}")
            : proof;
    }

    /// <summary>Checks the sector's files against its record, and its seal proof if there is one.</summary>
    /// <param name="wholeReplica">True to hash the whole replica again; else a few nodes are looked at.</param>
    /// <param name="cancellation">Ends the work early.</param>
    /// <exception cref="SectorException">Something does not hold.</exception>
    public void Verify(bool wholeReplica, CancellationToken cancellation)
    {
        SealCommitments commitments = IsUpdated ? UpdatedCommitments() : Commitments();
        Span<byte> random = stackalloc byte[32];
        System.Security.Cryptography.RandomNumberGenerator.Fill(random);
        random[^1] &= 0x3f;
        try
        {
            ProveSpacetime(PostKind.Winning, Hash32.Read(random));
            if (wholeReplica)
                RehashReplica(commitments, cancellation);
            if (Record.Seed is { } seed)
                CheckStoredProofs(Statement(FixedBytes.Parse<Hash32>(seed)));
        }
        catch (InvalidDataException fault) // a node that is not below the field's modulus
        {
            throw new SectorException(fault.Message, fault);
        }
    }

    /// <summary>Writes a range of the data, as its owner had it, to a stream.</summary>
    /// <exception cref="SectorException">The sector is not sealed, or the range is not in it.</exception>
    public void Unseal(long offset, long length, Stream output, CancellationToken cancellation)
    {
        long room = Kind.Size.Unpadded.Bytes;
        if (offset < 0 || length < 0 || offset > room - length)
            throw new SectorException($"bytes {offset} to {offset + length} are not among the sector's {room}");
        Commitments();
        Unsealing unsealing = new(_folder, Kind.Size);
        if (!(IsUpdated && _folder.Has(SectorFile.Sealed)) && !_folder.Has(SectorFile.Layer(Kind.Size.Layers)))
        {
            using MappedMemory parents = _parents.Open(Kind.CreateGraph(), _progress, cancellation);
            unsealing.RestoreLabels(Input().ReplicaId(FixedBytes.Parse<Hash32>(Record.CommD)), parents, _progress, cancellation);
        }
        if (IsUpdated)
            unsealing.ReadUpdated(CurrentUpdate(), offset, length, output);
        else
            unsealing.Read(offset, length, output);
    }

    /// <summary>Removes all that can be made again from the replica: unsealed data, layers, tree-D and tree-C. Only for a sector that is proven.</summary>
    /// <exception cref="SectorException">There is no seal proof yet, and making one needs these files.</exception>
    public void Finish()
    {
        if (Record.Seed is null)
            throw new SectorException("the sector has no seal proof yet, and making one needs its layers and trees");
        for (int layer = 1; layer <= Kind.Size.Layers; layer++)
            _folder.Delete(SectorFile.Layer(layer));
        for (int tree = 0; tree < Kind.Size.Tree.BaseTrees; tree++)
            _folder.Delete(SectorFile.TreeC(Kind.Size.Tree, tree));
        _folder.Delete(SectorFile.DataTree);
        _folder.Delete(SectorFile.Unsealed);
    }

    /// <summary>Lets go of the folder.</summary>
    public void Dispose() => _folder.Dispose();

    private SealInput Input() => new(Kind, FixedBytes.Parse<Hash32>(Record.Prover), Record.Number, FixedBytes.Parse<Hash32>(Record.Ticket));

    private SealCommitments Commitments()
    {
        if (Record.CommR is null || !_folder.Has(SectorFile.Commitments))
            throw new SectorException("the sector is not sealed yet");
        SealCommitments commitments = SealCommitments.Load(_folder, SectorFile.Commitments);
        return commitments.CommR.ToString() == Record.CommR
            ? commitments
            : throw new SectorException($"{SectorFile.Commitments} hashes to {commitments.CommR}, not to {Record.CommR}: it has been altered");
    }

    /// <summary>What a seal proof of the sector states with a seed.</summary>
    /// <exception cref="SectorException">The sector is not sealed.</exception>
    public SealStatement Statement(Hash32 seed)
    {
        SealCommitments commitments = Commitments();
        Hash32 commD = FixedBytes.Parse<Hash32>(Record.CommD);
        return new SealStatement(Kind, Input().ReplicaId(commD), commD, commitments.CommR, seed);
    }

    private static long EndOf(IReadOnlyList<PieceRecord> pieces) =>
        pieces is [.., var last] ? last.Offset + PaddedSize.Of(last.PaddedSize).Unpadded.Bytes : 0;

    private Hash32 CommitmentTo(IReadOnlyList<PieceRecord> records)
    {
        List<Piece> pieces = [];
        foreach (PieceRecord piece in records)
            pieces.Add(new Piece(FixedBytes.Parse<Hash32>(piece.CommP), PaddedSize.Of(piece.PaddedSize)));
        if (pieces.Count == 0)
            return DataTree.ZeroCommitment(Kind.Size.Padded);
        Piece joined = SectorData.Aggregate([.. pieces]);
        while (joined.Size.CompareTo(Kind.Size.Padded) < 0)
            joined = new Piece(DataTree.Parent(joined.Commitment, DataTree.ZeroCommitment(joined.Size)), joined.Size.Doubled());
        return joined.Commitment;
    }

    /// <summary>Puts a piece behind others into a file of unsealed data that is being gathered.</summary>
    private PieceRecord Gather(SectorFile file, IReadOnlyList<PieceRecord> pieces, Stream payload, long length, CancellationToken cancellation)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(length);
        PaddedSize size = PaddedSize.Holding(length);
        long written = EndOf(pieces);
        (long left, _) = SectorData.Alignment(written, length);
        long offset = written + left, room = Kind.Size.Unpadded.Bytes;
        if (size.Unpadded.Bytes > room || offset > room - size.Unpadded.Bytes)
            throw new SectorException($"the piece takes {size} bytes from {offset} on, and the sector has room for {room} before padding");
        using MappedMemory data = OpenGathered(file, pieces);
        SectorWriter.Clear(data, Fr32.PaddedLength(written), Fr32.PaddedLength(offset) + size.Bytes);
        SectorWriter.Pad(payload, length, data, Fr32.PaddedLength(offset), _progress, cancellation);
        Hash32 commitment = PieceCommitment.OfNodes(data, Fr32.PaddedLength(offset), size, cancellation);
        data.Flush();
        return new PieceRecord(commitment.ToString(), size.Bytes, offset, length);
    }

    /// <summary>No piece comes any more: the file of unsealed data gets its name.</summary>
    private void CloseData(SectorFile file, IReadOnlyList<PieceRecord> pieces)
    {
        if (_folder.Has(file))
            return;
        using MappedMemory data = OpenGathered(file, pieces);
        SectorWriter.Clear(data, Fr32.PaddedLength(EndOf(pieces)), data.Length);
        _folder.Complete(file, data);
    }

    /// <summary>The data that is being gathered; a new file only as long as nothing has been added.</summary>
    private MappedMemory OpenGathered(SectorFile file, IReadOnlyList<PieceRecord> pieces) =>
        pieces.Count > 0 ? _folder.Continue(file, Kind.Size.Bytes) : _folder.Create(file, Kind.Size.Bytes);

    private void Check(SealStatement statement)
    {
        if (_folder.Has(SectorFile.DataTree) && _folder.Has(SectorFile.TreeC(Kind.Size.Tree, 0)))
        {
            using SectorMemories files = new(_folder);
            SealedSector sealedSector = files.OpenSealed(Input());
            if (SealVerifier.Check(statement, sealedSector.Graph, 0, SealProver.Prove(sealedSector, statement, 0)) is { } broken)
                throw new SectorException($"the sealed sector does not prove itself, so a file or the table of parents has been altered: {broken}");
        }
    }

    private void RehashReplica(SealCommitments commitments, CancellationToken cancellation)
    {
        TreeShape shape = Kind.Size.Tree;
        int firstRow = shape.DiscardedRows + 1;
        using SectorMemories files = new(_folder);
        MappedMemory replica = files.Open(IsUpdated ? SectorFile.UpdatedSealed : SectorFile.Sealed, Kind.Size.Bytes);
        MappedMemory[] rows = [.. Enumerable.Range(0, shape.BaseTrees).Select(_ => MappedMemory.Allocate(shape.StoredNodes(firstRow) * DataTree.NodeLength))];
        PoseidonTree<NodeLeaves> tree = new(shape, firstRow, rows, new NodeLeaves(replica));
        tree.Build(_progress is null ? null : new NodeCounter(_progress, Kind.Size.NodeCount), cancellation);
        Hash32 root = tree.Root;
        Array.ForEach(rows, memory => memory.Dispose());
        if (root != commitments.CommRLast)
            throw new SectorException($"the replica hashes to {root}, not to {commitments.CommRLast}: it has been altered");
    }

    private void CheckStoredProofs(SealStatement statement)
    {
        StackedGraph graph = Kind.CreateGraph();
        for (int partition = 0; partition < Kind.Challenges.Partitions; partition++)
        {
            if (SealVerifier.Check(statement, graph, partition, ReadProof(partition)) is { } broken)
                throw new SectorException($"{ProofFile(partition)} does not hold: {broken}");
        }
    }

    private static SectorFile ProofFile(int partition) => new(FormattableString.Invariant($"porep-vanilla-{partition}.bin"));

    private void Save(SectorRecord record)
    {
        _folder.Write(RecordFile, JsonSerializer.SerializeToUtf8Bytes(record, SectorJson.Default.SectorRecord));
        Record = record;
    }

    private static SectorRecord ReadRecord(SectorFolder folder)
    {
        SectorRecord? record;
        try
        {
            record = JsonSerializer.Deserialize(folder.Read(RecordFile), SectorJson.Default.SectorRecord);
        }
        catch (JsonException e)
        {
            throw new SectorException($"{RecordFile} cannot be read: {e.Message}", e);
        }
        bool makesSense = record is not null && SealKind.TryOf(record.Kind, out _) && record.Prover is not null && IsNode(record.Prover)
            && IsNode(record.Ticket) && IsNode(record.CommD) && IsNode(record.CommR) && IsNode(record.Seed)
            && IsNode(record.Update?.CommD) && IsNode(record.Update?.CommR) && (record.Update is null || record.CommR is not null)
            && record.Pieces.Concat(record.Update?.Pieces ?? []).All(
                piece => piece.CommP is not null && IsNode(piece.CommP) && PaddedSize.TryCreate(piece.PaddedSize, out _) && piece.Offset >= 0);
        return makesSense ? record! : throw new SectorException($"{RecordFile} does not describe a sector: it has been altered");
    }

    private static bool IsNode(string? text) => text is null || FixedBytes.TryParse(text, out Hash32 _);

    private sealed class NodeCounter(IProgress<SealProgress> progress, long nodes) : IProgress<long>
    {
        public void Report(long value) => progress.Report(new SealProgress("tree R last", nodes, value));
    }
}
