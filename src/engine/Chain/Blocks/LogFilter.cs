using Flashback.Execution;
using Flashback.Primitives;

namespace Flashback.Chain;

/// <summary>Which logs somebody wants: those of one of the addresses, with one of the topics in each position. An empty list wants all.</summary>
/// <param name="Addresses">Whose logs.</param>
/// <param name="Topics">For each position, which topics.</param>
public sealed record LogFilter(IReadOnlyList<Address> Addresses, IReadOnlyList<IReadOnlyList<Hash32>> Topics)
{
    /// <summary>True when it names an address or a topic, so that an index helps.</summary>
    public bool IsSelective => Addresses.Count > 0 || Topics.Any(position => position.Count > 0);

    public bool Fits(Log log)
    {
        if (Addresses.Count > 0 && !Addresses.Contains(log.Address))
            return false;
        if (Topics.Count > log.Topics.Count)
            return false;
        for (int i = 0; i < Topics.Count; i++)
        {
            if (Topics[i].Count > 0 && !Topics[i].Contains(log.Topics[i]))
                return false;
        }
        return true;
    }

    /// <summary>False when the filter over a block's logs shows that none fits.</summary>
    public bool MayFit(LogBloom bloom) =>
        (Addresses.Count == 0 || Addresses.Any(address => bloom.MayContain(address.AsSpan())))
        && Topics.All(position => position.Count == 0 || position.Any(topic => bloom.MayContain(topic.AsSpan())));
}
