using Flashback.Proofs;

namespace Flashback.Foundation.Tests.Proofs;

/// <summary>A sector's files as arrays; a file that was created and not completed is not there.</summary>
internal sealed class MemorySectorStore : ISectorStore
{
    private readonly Dictionary<SectorFile, byte[]> _files = [];

    public IReadOnlyCollection<SectorFile> Files => _files.Keys;

    public byte[] this[SectorFile file]
    {
        get => _files[file];
        set => _files[file] = value;
    }

    public bool Has(SectorFile file) => _files.ContainsKey(file);

    public MappedMemory Open(SectorFile file, long length)
    {
        byte[] bytes = _files.TryGetValue(file, out byte[]? found) ? found : throw new FileNotFoundException(file.Name);
        if (bytes.Length != length)
            throw new InvalidDataException($"{file} has {bytes.Length} bytes, not {length}");
        MappedMemory memory = MappedMemory.Allocate(length);
        bytes.CopyTo(memory.Bytes(0, bytes.Length));
        return memory;
    }

    public MappedMemory Create(SectorFile file, long length) => MappedMemory.Allocate(length);

    public void Complete(SectorFile file, MappedMemory content) => _files[file] = content.Bytes(0, (int)content.Length).ToArray();

    public void Delete(SectorFile file) => _files.Remove(file);
}
