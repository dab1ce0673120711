using Flashback.Cryptography;
using Flashback.Cryptography.Fields;
using Flashback.Primitives;

namespace Flashback.Proofs;

/// <summary>Puts new data into a sector that is sealed already: new replica = old replica + data · ρ, where ρ comes from the data and the old replica.</summary>
/// <remarks>Source: rust-fil-proofs, storage-proofs-update vanilla. spec: FIP-0019</remarks>
public sealed class ReplicaUpdate
{
    private const int NodesAtOnce = 1 << 13;

    private static readonly Fr Tag = PoseidonTag.Custom(1);

    private readonly UpdateParameters _parameters;
    private readonly Fr[] _rhos;
    private readonly Fr[] _inverses;

    /// <param name="nodes">Nodes of the sector.</param>
    /// <param name="commDNew">The commitment to the new data.</param>
    /// <param name="commROld">The commitment to the replica before.</param>
    /// <exception cref="InvalidDataException">A commitment is no field element.</exception>
    public ReplicaUpdate(long nodes, in Hash32 commDNew, in Hash32 commROld)
    {
        _parameters = UpdateParameters.Of(nodes);
        Fr phi = Hash(Nodes.ToElement(commDNew), Nodes.ToElement(commROld));
        Phi = Nodes.FromElement(phi);
        _rhos = new Fr[1 << _parameters.HighBits];
        for (int high = 0; high < _rhos.Length; high++)
            _rhos[high] = Hash(phi, Fr.From((ulong)high));
        _inverses = [.. _rhos];
        BatchInversion.InvertInPlace<Fr>(_inverses, new Fr[_inverses.Length]);
    }

    /// <summary>What all of a sector's ρ are made of.</summary>
    public Hash32 Phi { get; }

    /// <summary>What a node's data is multiplied by.</summary>
    public Fr Rho(long node) => _rhos[_parameters.High(node)];

    /// <summary>Poseidon of two elements under the tag that updates have for themselves.</summary>
    public static Fr Hash(in Fr left, in Fr right) => Poseidon.OfArity(2).Hash([left, right], Tag);

    /// <summary>new = old + data · ρ, on all cores.</summary>
    /// <exception cref="InvalidDataException">A node is no field element.</exception>
    public void Encode(MappedMemory old, MappedMemory data, MappedMemory updated, CancellationToken cancellation) =>
        ForEachNode(old, data, updated, static (old, data, factor) => old + data * factor, _rhos, cancellation);

    /// <summary>data = (new − old) / ρ.</summary>
    /// <exception cref="InvalidDataException">A node is no field element.</exception>
    public void Decode(MappedMemory old, MappedMemory updated, MappedMemory data, CancellationToken cancellation) =>
        ForEachNode(old, updated, data, static (old, updated, factor) => (updated - old) * factor, _inverses, cancellation);

    /// <summary>The same for the nodes from one on.</summary>
    /// <param name="old">The replica before.</param>
    /// <param name="updated">The replica after.</param>
    /// <param name="first">The first node's number.</param>
    /// <param name="data">Room for whole nodes.</param>
    /// <exception cref="InvalidDataException">A node is no field element.</exception>
    public void Decode(MappedMemory old, MappedMemory updated, long first, Span<byte> data)
    {
        int count = data.Length / DataTree.NodeLength;
        Fr[] before = new Fr[count], after = new Fr[count];
        Nodes.ToElements(old.NodeBytes(first, count), before);
        Nodes.ToElements(updated.NodeBytes(first, count), after);
        for (int i = 0; i < count; i++)
            after[i] = (after[i] - before[i]) * _inverses[_parameters.High(first + i)];
        Nodes.FromElements(after, data);
    }

    /// <summary>old = new − data · ρ.</summary>
    /// <exception cref="InvalidDataException">A node is no field element.</exception>
    public void Remove(MappedMemory updated, MappedMemory data, MappedMemory old, CancellationToken cancellation) =>
        ForEachNode(updated, data, old, static (updated, data, factor) => updated - data * factor, _rhos, cancellation);

    private void ForEachNode(MappedMemory first, MappedMemory second, MappedMemory result, Func<Fr, Fr, Fr, Fr> combine, Fr[] factors, CancellationToken cancellation)
    {
        long nodes = _parameters.Nodes;
        if (first.Nodes != nodes || second.Nodes != nodes || result.Nodes != nodes)
            throw new ArgumentException($"{first.Nodes}, {second.Nodes} and {result.Nodes} nodes are not the sector's {nodes}");
        ParallelRanges.For(nodes, NodesAtOnce, Range, cancellation);

        void Range(long begin, int count)
        {
            Fr[] a = new Fr[count], b = new Fr[count];
            Nodes.ToElements(first.NodeBytes(begin, count), a);
            Nodes.ToElements(second.NodeBytes(begin, count), b);
            for (int i = 0; i < count; i++)
                a[i] = combine(a[i], b[i], factors[_parameters.High(begin + i)]);
            Nodes.FromElements(a, result.NodeBytes(begin, count));
        }
    }
}
