using Flashback.State.Store;

namespace Flashback.Provider;

/// <summary>What a provider has on its disks.</summary>
/// <param name="Store">Opened with <see cref="Columns"/>; whoever opened it closes it.</param>
/// <param name="Queue">The work, in the store.</param>
/// <param name="Sectors">The sectors.</param>
/// <param name="Pieces">Readable copies of pieces.</param>
public sealed record ProviderDisk(IStore Store, WorkQueue Queue, SectorShelf Sectors, PieceShelf Pieces)
{
    /// <summary>The columns that the store is opened with.</summary>
    public static IReadOnlyList<Column> Columns { get; } = [.. WorkQueue.Columns, DealWatch.Column, DeliveryBook.Column];
}
