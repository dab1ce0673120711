using Flashback.Chain.Beacon;
using Flashback.Cryptography;
using Flashback.Primitives;

namespace Flashback.Engine.Tests.Beacon;

/// <summary>Every aggregate's signature is that of its voters, and no vote is lost that fits: against a twin that keeps all votes in a set.</summary>
public sealed class VoteAggregatesTests
{
    private const int Members = 12;
    private static readonly byte[] Message = [1, 2, 3];
    private static readonly BlsSecretKey[] Keys = [.. Enumerable.Range(0, Members).Select(_ => BlsSecretKey.Generate())];
    private static readonly BlsSignature[] Signatures = [.. Keys.Select(key => key.Sign(Message))];

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Aggregates_are_signed_by_exactly_their_voters(int seed)
    {
        Random random = new(seed);
        VoteAggregates votes = new(Members);
        HashSet<int> known = [];
        for (int i = 0; i < 25; i++)
        {
            int[] voters = [.. Enumerable.Range(0, Members).Where(_ => random.Next(4) == 0)];
            if (voters.Length == 0)
                continue;
            votes.Add(BitsOf(voters), Bls.Aggregate([.. voters.Select(voter => Signatures[voter])]));
            known.UnionWith(voters);
            Assert.True(votes.Covers(BitsOf(voters)));
            Assert.True(votes.All.Count <= 8);
            foreach ((Bits have, BlsSignature signature) in votes.All)
            {
                int[] members = [.. Enumerable.Range(0, Members).Where(member => have[member])];
                Assert.Subset(known, members.ToHashSet());
                Assert.Equal(Bls.Aggregate([.. members.Select(member => Signatures[member])]).ToBytes(), signature.ToBytes());
            }
            Assert.Equal(votes.All.Max(aggregate => aggregate.Voters.SetCount), votes.Best.Voters.SetCount);
        }
    }

    [Fact]
    public void Single_votes_add_up_to_one_aggregate_and_count_once()
    {
        VoteAggregates votes = new(Members);
        for (int round = 0; round < 2; round++)
        {
            for (int member = 0; member < Members; member++)
                votes.Add(member, Signatures[member]);
        }
        Assert.Single(votes.All);
        Assert.Equal(Members, votes.Best.Voters.SetCount);
        Assert.Equal(Bls.Aggregate(Signatures).ToBytes(), votes.Best.Signature.ToBytes());
    }

    [Fact]
    public void What_overlaps_is_kept_beside_and_what_is_within_another_is_dropped()
    {
        VoteAggregates votes = new(Members);
        Add(votes, 0, 1);
        Add(votes, 1, 2);
        Assert.Equal(2, votes.All.Count);
        Add(votes, 0);
        Assert.Equal(2, votes.All.Count);
        Add(votes, 0, 1, 2);
        Assert.Equal([3], votes.All.Select(aggregate => aggregate.Voters.SetCount));
    }

    private static void Add(VoteAggregates votes, params int[] voters) => votes.Add(BitsOf(voters), Bls.Aggregate([.. voters.Select(voter => Signatures[voter])]));

    private static Bits BitsOf(int[] voters)
    {
        Bits bits = new(Members);
        foreach (int voter in voters)
            bits[voter] = true;
        return bits;
    }
}
