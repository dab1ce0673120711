using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using Flashback.Primitives;

namespace Flashback.Chain;

/// <summary>The blocks that are being built for the consensus layer, the newest few. One thread at a time.</summary>
internal sealed class PayloadJobs(int capacity) : IDisposable
{
    private readonly OrderedDictionary<ulong, PayloadJob> _jobs = [];

    /// <summary>The name of a build: the same for the same parent and attributes.</summary>
    public static ulong IdOf(in Hash32 parent, PayloadAttributes attributes)
    {
        byte[] number = new byte[8];
        BinaryPrimitives.WriteUInt64BigEndian(number, attributes.Timestamp);
        ReadOnlySpan<byte> preimage =
        [
            .. parent.AsSpan(), .. number, .. attributes.PrevRandao.AsSpan(), .. attributes.SuggestedFeeRecipient.AsSpan(),
            .. attributes.Withdrawals.SelectMany(withdrawal => Rlp.Encode(withdrawal)), .. attributes.ParentBeaconBlockRoot.AsSpan(),
        ];
        return BinaryPrimitives.ReadUInt64BigEndian(Sha256.Hash(preimage).AsSpan());
    }

    public bool TryGet(ulong id, [NotNullWhen(true)] out PayloadJob? job) => _jobs.TryGetValue(id, out job);

    public void Put(ulong id, PayloadJob job)
    {
        _jobs.Add(id, job);
        if (_jobs.Count <= capacity)
            return;
        _jobs.GetAt(0).Value.Dispose();
        _jobs.RemoveAt(0);
    }

    public void Dispose()
    {
        foreach (PayloadJob job in _jobs.Values)
            job.Dispose();
    }
}
