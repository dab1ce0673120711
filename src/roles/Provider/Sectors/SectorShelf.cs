using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using Flashback.Primitives;
using Flashback.Proofs;

namespace Flashback.Provider;

/// <summary>All sectors of a provider, each in a folder of its own, which one step at a time works in. Safe to share between threads.</summary>
/// <param name="folder">The folder with a folder for each sector.</param>
/// <param name="kind">The registered proof.</param>
/// <param name="prover">Whose replicas they are.</param>
/// <param name="parents">Where tables of parents are kept.</param>
public sealed class SectorShelf(string folder, SealKind kind, Hash32 prover, ParentFiles parents)
{
    private readonly ConcurrentDictionary<ulong, SemaphoreSlim> _turns = [];
    private readonly ConcurrentDictionary<ulong, TimeSpan> _latencies = [];

    /// <summary>The registered proof.</summary>
    public SealKind Kind => kind;

    /// <summary>Whose replicas they are.</summary>
    public Hash32 Prover => prover;

    /// <summary>How long it took last to read the challenged leaves of each sector.</summary>
    public IReadOnlyDictionary<ulong, TimeSpan> Latencies => _latencies;

    /// <summary>Sectors that are on the disk.</summary>
    public IReadOnlyList<ulong> Numbers => !Directory.Exists(folder) ? [] :
    [
        .. Directory.GetDirectories(folder).Select(Path.GetFileName).Where(name => ulong.TryParse(name, NumberStyles.None, CultureInfo.InvariantCulture, out _))
            .Select(name => ulong.Parse(name!, CultureInfo.InvariantCulture)).Order(),
    ];

    /// <summary>Works with a sector that is there, alone.</summary>
    /// <exception cref="SectorException">It is not there, or something about it keeps the work from being done.</exception>
    public Task<T> UseAsync<T>(ulong number, Func<Sector, T> work, CancellationToken cancellation) => InTurnAsync(
        number,
        () =>
        {
            using Sector sector = Sector.Open(PathOf(number), parents, progress: null);
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
    public Task<PostVanillaProof> ReadAsync(ulong number, Hash32 commR, Hash32 challenge, int place, CancellationToken cancellation) => UseAsync(
        number,
        sector =>
        {
            long started = Stopwatch.GetTimestamp();
            PostVanillaProof proof = sector.ProveSpacetime(PostKind.Window, challenge, place, commR);
            _latencies[number] = Stopwatch.GetElapsedTime(started);
            return proof;
        },
        cancellation);

    /// <summary>Removes a sector's files; nothing where there are none.</summary>
    public Task RemoveAsync(ulong number, CancellationToken cancellation) => InTurnAsync(
        number,
        () =>
        {
            RemoveFiles(number);
            return true;
        },
        cancellation);

    /// <summary>Whether what came of working with a sector says that its files are lost or altered, not that the work could not be done now.</summary>
    public static bool IsLoss(Exception failure) => failure is SectorException { IsInUse: false } or InvalidDataException or IOException or UnauthorizedAccessException or TimeoutException;

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
        string path = PathOf(number);
        if (File.Exists(Path.Combine(path, "sector.json")))
        {
            Sector begun = Sector.Open(path, parents, progress: null);
            if (begun.Record.Ticket is null || begun.Record.Ticket == ticket.ToString())
                return begun;
            begun.Dispose();
        }
        RemoveFiles(number);
        return Sector.Create(path, kind, prover, number, parents, progress: null);
    }

    private void RemoveFiles(ulong number)
    {
        _latencies.TryRemove(number, out _);
        if (Directory.Exists(PathOf(number)))
            Directory.Delete(PathOf(number), recursive: true);
    }

    private string PathOf(ulong number) => Path.Combine(folder, number.ToString(CultureInfo.InvariantCulture));

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
