using Flashback.Proofs;
using Microsoft.Win32.SafeHandles;

namespace Flashback.Provider;

/// <summary>The folder where tables of parents are kept: each is made once for all sectors of a kind and takes 56 bytes a node.</summary>
/// <param name="folder">The folder; it is made when a table is.</param>
public sealed class ParentFiles(string folder)
{
    /// <summary>The table of a graph, made if it is not there yet. Several processes may ask at once; each makes its own and the last one stays.</summary>
    /// <exception cref="SectorException">There is not enough room.</exception>
    /// <exception cref="InvalidDataException">The file has another length than the table.</exception>
    public MappedMemory Open(StackedGraph graph, IProgress<SealProgress>? progress, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(graph);
        string path = Path.Combine(folder, graph.CacheName);
        long length = ParentTable.Length(graph);
        if (!File.Exists(path))
            Make(path, graph, progress, cancellation);
        using SafeFileHandle handle = File.OpenHandle(path);
        SectorFolder.CheckLength(path, handle, length);
        return MappedMemory.Map(handle, writable: false);
    }

    private static void Make(string path, StackedGraph graph, IProgress<SealProgress>? progress, CancellationToken cancellation)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        string part = FormattableString.Invariant($"{path}.{Environment.ProcessId}.part");
        try
        {
            using (SafeFileHandle handle = SectorFolder.Reserve(part, FileMode.Create, ParentTable.Length(graph)))
            using (MappedMemory table = MappedMemory.Map(handle, writable: true))
            {
                IProgress<long>? counter = progress is null ? null : new Counter(progress, graph.Nodes);
                ParentTable.Fill(graph, table, counter, cancellation);
                table.Flush();
            }
            SectorFolder.Publish(part, path);
        }
        finally
        {
            File.Delete(part);
        }
    }

    private sealed class Counter(IProgress<SealProgress> progress, long nodes) : IProgress<long>
    {
        public void Report(long value) => progress.Report(new SealProgress("parents", nodes, value));
    }
}
