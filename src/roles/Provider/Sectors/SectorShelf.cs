using System.Collections.Concurrent;
using System.Diagnostics;
using Flashback.Primitives;
using Flashback.Proofs;

namespace Flashback.Provider;

/// <summary>All sectors of a provider, on one disk or several: each in a folder of its own, which one step at a time works in while others may read. Safe to share between threads.</summary>
/// <remarks>A new sector goes to where most room is left, what others take while they are sealed set aside. A sector that is there is found on whichever disk it lies, also where somebody has moved it.</remarks>
/// <param name="disks">Where sectors are; one at least.</param>
/// <param name="kind">The registered proof.</param>
/// <param name="prover">Whose replicas they are.</param>
/// <param name="parents">Where tables of parents are kept.</param>
public sealed class SectorShelf(IReadOnlyList<SectorDisk> disks, SealKind kind, Hash32 prover, ParentFiles parents)
{
    private readonly ConcurrentDictionary<ulong, SemaphoreSlim> _turns = [];
    private readonly ConcurrentDictionary<ulong, TimeSpan> _latencies = [];
    private readonly ConcurrentDictionary<ulong, SectorDisk> _places = [];
    private readonly ConcurrentDictionary<ulong, SectorDisk> _sealing = [];

    /// <summary>The registered proof.</summary>
    public SealKind Kind => kind;

    /// <summary>Whose replicas they are.</summary>
    public Hash32 Prover => prover;

    /// <summary>Where sectors are.</summary>
    public IReadOnlyList<SectorDisk> Disks => disks;

    /// <summary>How long it took last to read the challenged leaves of each sector.</summary>
    public IReadOnlyDictionary<ulong, TimeSpan> Latencies => _latencies;

    /// <summary>The disk that a sector was seen on last; null where it was on none.</summary>
    public SectorDisk? DiskOf(ulong number) => _places.GetValueOrDefault(number);

    /// <summary>Looks at every disk for the first time, and makes its folder.</summary>
    public Task OpenAsync(TimeSpan patience, CancellationToken cancellation) => AskAllAsync(disk => disk.Open(), patience, cancellation);

    /// <summary>Looks at every disk again: what is on it, and how much room there is. One that does not answer in time is silent.</summary>
    public Task MeasureAsync(TimeSpan patience, CancellationToken cancellation) => AskAllAsync(disk => disk.List(), patience, cancellation);

    /// <summary>Works with a sector that is there, alone.</summary>
    /// <exception cref="SectorException">It is not there, or something about it keeps the work from being done.</exception>
    public Task<T> UseAsync<T>(ulong number, Func<Sector, T> work, CancellationToken cancellation) => InTurnAsync(
        number,
        () =>
        {
            using Sector sector = Sector.Open(Find(number).PathOf(number), parents, progress: null);
            return work(sector);
        },
        cancellation);

    /// <summary>Seals a sector with a ticket and pieces, or none; takes up what was begun with the same ticket and throws away what was begun with another.</summary>
    /// <param name="number">The sector's number.</param>
    /// <param name="ticket">The chain's randomness.</param>
    /// <param name="pieces">What goes in, in order.</param>
    /// <param name="open">Opens a piece.</param>
    /// <param name="cancellation">Gives up.</param>
    /// <exception cref="PieceLostException">The bytes are another piece's: the sector is begun anew next time.</exception>
    /// <exception cref="SectorException">Something else keeps the work from being done.</exception>
    public Task<(Hash32 CommD, Hash32 CommR)> SealAsync(ulong number, Hash32 ticket, IReadOnlyList<PackedPiece> pieces, Func<PackedPiece, Stream> open, CancellationToken cancellation) => InTurnAsync(
        number,
        () =>
        {
            using Sector sector = OpenFor(number, ticket);
            for (int i = sector.Record.Pieces.Count; sector.Record.Ticket is null && i < pieces.Count; i++)
                AddPiece(sector, pieces[i], open, cancellation);
            SealCommitments commitments = sector.Seal(ticket, cancellation);
            return (FixedBytes.Parse<Hash32>(sector.Record.CommD), commitments.CommR);
        },
        cancellation);

    /// <summary>Puts pieces into a sector that was sealed without any; takes up what was begun with the same pieces and throws away what was begun with others. The old replica stays.</summary>
    /// <param name="number">The sector's number.</param>
    /// <param name="pieces">What goes in, in order.</param>
    /// <param name="open">Opens a piece.</param>
    /// <param name="cancellation">Gives up.</param>
    /// <exception cref="PieceLostException">The bytes are another piece's: the update is begun anew next time.</exception>
    /// <exception cref="SectorException">Something else keeps the work from being done.</exception>
    public Task<UpdateStatement> UpdateAsync(ulong number, IReadOnlyList<PackedPiece> pieces, Func<PackedPiece, Stream> open, CancellationToken cancellation) => UseAsync(
        number,
        sector =>
        {
            IReadOnlyList<PieceRecord> begun = sector.Record.Update?.Pieces ?? [];
            if (begun.Count == 0 || !begun.Select(piece => piece.CommP).SequenceEqual(pieces.Take(begun.Count).Select(piece => piece.CommP)))
                sector.DropUpdate();
            for (int i = sector.Record.Update?.Pieces.Count ?? 0; i < pieces.Count; i++)
            {
                using Stream payload = open(pieces[i]);
                Require(sector.AddUpdatePiece(payload, pieces[i].Length, cancellation), pieces[i]);
            }
            return sector.Update(cancellation);
        },
        cancellation);

    /// <summary>The vanilla proof of a sector at a challenge; how long its leaves took to read is kept.</summary>
    /// <param name="number">The sector's number.</param>
    /// <param name="commR">The replica that the chain knows: while a sector is updated there are two.</param>
    /// <param name="challenge">The challenge.</param>
    /// <param name="place">The sector's place among all that are proven together.</param>
    /// <param name="cancellation">Gives up.</param>
    /// <param name="patience">How long the sector's disk is waited for.</param>
    /// <exception cref="TimeoutException">It did not answer in time.</exception>
    public async Task<PostVanillaProof> ReadAsync(ulong number, Hash32 commR, Hash32 challenge, int place, TimeSpan patience, CancellationToken cancellation)
    {
        SectorDisk disk = DiskOf(number) ?? disks[0];
        return await disk.AskAsync(
            () =>
            {
                using Sector sector = Sector.OpenToRead(Find(number).PathOf(number), parents);
                long started = Stopwatch.GetTimestamp();
                PostVanillaProof proof = sector.ProveSpacetime(PostKind.Window, challenge, place, commR);
                _latencies[number] = Stopwatch.GetElapsedTime(started);
                return proof;
            },
            patience, cancellation).ConfigureAwait(false);
    }

    /// <summary>Reads a sector beside whoever works in it.</summary>
    public Task<T> LookAsync<T>(ulong number, Func<Sector, T> look, CancellationToken cancellation) => Task.Run(
        () =>
        {
            using Sector sector = Sector.OpenToRead(Find(number).PathOf(number), parents);
            return look(sector);
        },
        cancellation);

    /// <summary>Removes what a sector that is live does not need; the room that was set aside for its sealing is free again.</summary>
    public async Task FinishAsync(ulong number, CancellationToken cancellation)
    {
        await UseAsync(
            number,
            sector =>
            {
                sector.Finish();
                return true;
            },
            cancellation).ConfigureAwait(false);
        _sealing.TryRemove(number, out _);
    }

    /// <summary>Removes a sector's files; nothing where there are none.</summary>
    public Task RemoveAsync(ulong number, CancellationToken cancellation) => InTurnAsync(
        number,
        () =>
        {
            if (TryFind(number) is { } disk)
                RemoveFiles(disk.PathOf(number));
            _latencies.TryRemove(number, out _);
            _places.TryRemove(number, out _);
            _sealing.TryRemove(number, out _);
            return true;
        },
        cancellation);

    /// <summary>Whether what came of working with a sector says that its files are lost or altered, not that the work could not be done now.</summary>
    public static bool IsLoss(Exception failure) => failure is SectorException { IsInUse: false } or InvalidDataException or IOException or UnauthorizedAccessException or TimeoutException;

    private Task AskAllAsync(Func<SectorDisk, IReadOnlyList<ulong>> ask, TimeSpan patience, CancellationToken cancellation) => Task.WhenAll(disks.Select(async disk =>
    {
        try
        {
            foreach (ulong number in await disk.AskAsync(() => ask(disk), patience, cancellation).ConfigureAwait(false))
                _places[number] = disk;
        }
        catch (Exception failure) when (IsLoss(failure))
        {
            // Its sectors are lost as long as it is; it is looked at again.
        }
    }));

    private static void AddPiece(Sector sector, PackedPiece piece, Func<PackedPiece, Stream> open, CancellationToken cancellation)
    {
        using Stream payload = open(piece);
        Require(sector.AddPiece(payload, piece.Length, cancellation), piece);
    }

    private static void Require(PieceRecord added, PackedPiece piece)
    {
        if (added.CommP != piece.CommP || added.PaddedSize != piece.PaddedSize)
            throw new PieceLostException(FixedBytes.Parse<Hash32>(piece.CommP), $"the readable copy of piece {piece.CommP} has become another piece, {added.CommP}");
    }

    private Sector OpenFor(ulong number, Hash32 ticket)
    {
        SectorDisk disk = TryFind(number) ?? RoomiestFor(number);
        _sealing[number] = disk;
        string path = disk.PathOf(number);
        if (File.Exists(Path.Combine(path, "sector.json")))
        {
            Sector begun = Sector.Open(path, parents, progress: null);
            if (begun.Record.Ticket is null || begun.Record.Ticket == ticket.ToString())
                return begun;
            begun.Dispose();
        }
        RemoveFiles(path);
        _places[number] = disk;
        return Sector.Create(path, kind, prover, number, parents, progress: null);
    }

    private static void RemoveFiles(string path)
    {
        if (Directory.Exists(path))
            Directory.Delete(path, recursive: true);
    }

    /// <summary>The disk that a sector is on: where it was seen last, else wherever it is.</summary>
    private SectorDisk Find(ulong number) => TryFind(number) ?? throw new SectorException($"sector {number} is on no disk");

    private SectorDisk? TryFind(ulong number)
    {
        if (_places.TryGetValue(number, out SectorDisk? last) && (last.IsSilent || Directory.Exists(last.PathOf(number))))
            return last;
        SectorDisk? found = disks.FirstOrDefault(disk => disk != last && !disk.IsSilent && Directory.Exists(disk.PathOf(number)));
        if (found is not null)
            _places[number] = found;
        return found;
    }

    private SectorDisk RoomiestFor(ulong number)
    {
        long need = WorkCost.Of(WorkStep.Seal, kind.Size, cores: 1).ScratchBytes;
        ILookup<SectorDisk, ulong> sealing = _sealing.Where(one => one.Key != number).ToLookup(one => one.Value, one => one.Key);
        return disks.Where(disk => disk.IsUsable).MaxBy(disk => disk.Room - (sealing[disk].Count() * need)) ?? throw new SectorException("no disk for sectors answers");
    }

    private async Task<T> InTurnAsync<T>(ulong number, Func<T> work, CancellationToken cancellation)
    {
        SemaphoreSlim turn = _turns.GetOrAdd(number, _ => new SemaphoreSlim(1));
        await turn.WaitAsync(cancellation).ConfigureAwait(false);
        try
        {
            return await Task.Run(work, cancellation).ConfigureAwait(false);
        }
        finally
        {
            turn.Release();
        }
    }
}
