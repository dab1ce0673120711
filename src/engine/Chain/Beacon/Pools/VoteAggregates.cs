using Flashback.Cryptography;
using Flashback.Primitives;

namespace Flashback.Chain.Beacon;

/// <summary>Votes for the same thing by members of one group, added up as far as nobody is in twice. One thread at a time.</summary>
/// <remarks>A few aggregates are kept side by side: two that overlap cannot be added.</remarks>
/// <param name="memberCount">How many are in the group.</param>
internal sealed class VoteAggregates(int memberCount)
{
    private const int Most = 8;
    private readonly List<(Bits Voters, BlsSignature Signature)> _aggregates = [];

    /// <summary>The aggregates.</summary>
    public IReadOnlyList<(Bits Voters, BlsSignature Signature)> All => _aggregates;

    /// <summary>How many are in the group.</summary>
    public int MemberCount => memberCount;

    /// <summary>The aggregate with the most votes.</summary>
    public (Bits Voters, BlsSignature Signature) Best => _aggregates.MaxBy(aggregate => aggregate.Voters.SetCount);

    /// <summary>Adds the vote of one member; nothing where it is in.</summary>
    public void Add(int position, BlsSignature signature)
    {
        Bits voter = new(memberCount);
        voter[position] = true;
        Add(voter, signature);
    }

    /// <summary>Adds votes; nothing where one of the aggregates has them all.</summary>
    public void Add(Bits voters, BlsSignature signature)
    {
        if (Covers(voters))
            return;
        for (int i = 0; i < _aggregates.Count; i++)
        {
            (Bits have, BlsSignature sum) = _aggregates[i];
            if (Intersects(have, voters))
                continue;
            _aggregates[i] = (Union(have, voters), Bls.Aggregate([sum, signature]));
            return;
        }
        _ = _aggregates.RemoveAll(aggregate => IsSubset(aggregate.Voters, voters));
        if (_aggregates.Count == Most)
            _aggregates.RemoveAt(_aggregates.IndexOf(_aggregates.MinBy(aggregate => aggregate.Voters.SetCount)));
        _aggregates.Add((voters, signature));
    }

    /// <summary>Whether one of the aggregates has all of these votes.</summary>
    public bool Covers(Bits voters) => _aggregates.Exists(aggregate => IsSubset(voters, aggregate.Voters));

    /// <summary>Whether all bits of one are set in another that is as long.</summary>
    public static bool IsSubset(Bits part, Bits whole)
    {
        ReadOnlySpan<byte> a = part.AsSpan(), b = whole.AsSpan();
        for (int i = 0; i < a.Length; i++)
        {
            if ((a[i] & ~b[i]) != 0)
                return false;
        }
        return true;
    }

    private static bool Intersects(Bits one, Bits other)
    {
        ReadOnlySpan<byte> a = one.AsSpan(), b = other.AsSpan();
        for (int i = 0; i < a.Length; i++)
        {
            if ((a[i] & b[i]) != 0)
                return true;
        }
        return false;
    }

    private static Bits Union(Bits one, Bits other)
    {
        Bits union = one.Copy();
        for (int i = 0; i < union.Count; i++)
        {
            if (other[i])
                union[i] = true;
        }
        return union;
    }
}
