using System.Diagnostics.CodeAnalysis;
using Flashback.Execution;
using Flashback.Primitives;

namespace Flashback.Chain;

/// <summary>The blobs of transactions that are on the chain, the newest of them, should their blocks be abandoned. One thread at a time.</summary>
internal sealed class SidecarShelf(long capacity)
{
    private readonly Dictionary<Hash32, BlobSidecar> _sidecars = [];
    private readonly Queue<Hash32> _oldestFirst = [];
    private long _bytes;

    public void Put(in Hash32 transaction, BlobSidecar sidecar)
    {
        if (!_sidecars.TryAdd(transaction, sidecar))
            return;
        _oldestFirst.Enqueue(transaction);
        _bytes += sidecar.ByteLength;
        while (_bytes > capacity)
        {
            _sidecars.Remove(_oldestFirst.Dequeue(), out BlobSidecar? oldest);
            _bytes -= oldest!.ByteLength;
        }
    }

    public bool TryGet(in Hash32 transaction, [NotNullWhen(true)] out BlobSidecar? sidecar) => _sidecars.TryGetValue(transaction, out sidecar);
}
