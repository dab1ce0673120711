namespace Flashback.Proofs;

/// <summary>Where a sector's files are kept. A file is there as a whole or not at all, however its writer ended.</summary>
public interface ISectorStore
{
    /// <summary>True when the file has been completed.</summary>
    bool Has(SectorFile file);

    /// <summary>A completed file as memory.</summary>
    /// <param name="file">The file.</param>
    /// <param name="length">The length it must have, in bytes.</param>
    /// <exception cref="InvalidDataException">It has another length: it has been cut off or is not this sector's.</exception>
    /// <exception cref="FileNotFoundException">It has not been completed.</exception>
    MappedMemory Open(SectorFile file, long length);

    /// <summary>Room for a file that is not there yet, all of it reserved; what an earlier writer left unfinished is overwritten.</summary>
    /// <exception cref="IOException">There is not enough room.</exception>
    MappedMemory Create(SectorFile file, long length);

    /// <summary>Makes a created file's bytes durable and the file one that is there.</summary>
    void Complete(SectorFile file, MappedMemory content);

    /// <summary>Removes a file that is not needed any more; nothing happens when it is not there.</summary>
    void Delete(SectorFile file);
}
