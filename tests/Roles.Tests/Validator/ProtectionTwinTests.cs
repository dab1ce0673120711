using Flashback.Primitives;
using Flashback.State.Store.Sqlite;
using Flashback.Testing;
using Flashback.Validator;

namespace Flashback.Roles.Tests.Validator;

/// <summary>Random requests against a twin that remembers everything and compares each pair.</summary>
public sealed class ProtectionTwinTests
{
    private static readonly Hash32 Chain = ProtectionTests.RootOf(1);

    [Fact]
    public void Whatever_is_asked_no_slashable_pair_is_signed() => Seeds.Check(random =>
    {
        for (int round = 0; round < 6; round++)
        {
            using SqliteStore store = SqliteStore.OpenTemporary(SlashingProtection.Columns);
            SlashingProtection protection = SlashingProtection.Open(store, Chain);
            SlowTwin twin = new();
            // A narrow range makes conflicts, a wide one makes the database forget.
            int span = random.Next(2) == 0 ? 12 : 3 * (int)SlashingProtection.KeptEpochs;
            for (int step = 0; step < 400; step++)
            {
                Bytes48 key = ProtectionTests.KeyOf(random.Next(2));
                Hash32? root = ProtectionTests.RootOf(random.Next(3));
                switch (random.Next(20))
                {
                    case 0:
                        KeyHistory history = SlowTwin.RandomHistory(random, key, span);
                        Assert.Null(protection.Import(new Interchange(Chain, [history])));
                        twin.Import(history);
                        break;
                    case 1:
                        Assert.Null(protection.Import(protection.Export()));
                        protection = SlashingProtection.Open(store, Chain);
                        break;
                    case < 8:
                        SignedBlock block = new(new((ulong)random.Next(span * 32)), root);
                        if (protection.Record(key, block) is null)
                            twin.Sign(key, block);
                        break;
                    default:
                        ulong target = (ulong)random.Next(span);
                        SignedAttestation vote = new(new((ulong)Math.Max(0, (int)target - random.Next(4))), new(target), root);
                        if (protection.Record(key, vote) is null)
                            twin.Sign(key, vote);
                        break;
                }
            }
            Assert.NotEqual(0, twin.Signed);
        }
    });

    [Fact]
    public void What_contradicts_nothing_and_comes_in_order_is_signed() => Seeds.Check(random =>
    {
        using SqliteStore store = SqliteStore.OpenTemporary(SlashingProtection.Columns);
        SlashingProtection protection = SlashingProtection.Open(store, Chain);
        ulong source = 0, target = 0, slot = 0;
        for (int step = 0; step < 300; step++)
        {
            slot += (ulong)random.Next(1, 50);
            target += (ulong)random.Next(1, 3);
            source = Math.Min(target, source + (ulong)random.Next(0, 3));
            Assert.Null(protection.Record(ProtectionTests.KeyOf(0), new SignedBlock(new(slot), ProtectionTests.RootOf(step))));
            Assert.Null(protection.Record(ProtectionTests.KeyOf(0), new SignedAttestation(new(source), new(target), ProtectionTests.RootOf(step))));
        }
    });

    private sealed class SlowTwin
    {
        private readonly Dictionary<Bytes48, List<SignedBlock>> _blocks = [];
        private readonly Dictionary<Bytes48, List<SignedAttestation>> _votes = [];

        public int Signed { get; private set; }

        public void Sign(Bytes48 key, SignedBlock block)
        {
            foreach (SignedBlock other in BlocksOf(key))
                Assert.False(other.Slot == block.Slot && (other.SigningRoot is null || other.SigningRoot != block.SigningRoot), $"{block} beside {other}");
            BlocksOf(key).Add(block);
            Signed++;
        }

        public void Sign(Bytes48 key, SignedAttestation vote)
        {
            // The very same message again is no new contradiction, whatever an import brought beside it.
            bool isRepeated = VotesOf(key).Contains(vote);
            foreach (SignedAttestation other in VotesOf(key))
                Assert.False(!isRepeated && AreSlashable(vote, other), $"{vote} beside {other}");
            VotesOf(key).Add(vote);
            Signed++;
        }

        public void Import(KeyHistory history)
        {
            BlocksOf(history.PublicKey).AddRange(history.Blocks);
            VotesOf(history.PublicKey).AddRange(history.Attestations);
        }

        public static KeyHistory RandomHistory(Random random, Bytes48 key, int span)
        {
            Hash32? Root() => random.Next(3) == 0 ? null : ProtectionTests.RootOf(random.Next(3));
            return new KeyHistory(
                key,
                [.. Enumerable.Range(0, random.Next(3)).Select(_ => new SignedBlock(new((ulong)random.Next(span * 8)), Root()))],
                [.. Enumerable.Range(0, random.Next(3)).Select(_ => new SignedAttestation(new((ulong)random.Next(span / 3)), new((ulong)random.Next(span / 3)), Root()))]);
        }

        private static bool AreSlashable(SignedAttestation a, SignedAttestation b) =>
            (a.Target == b.Target && (a.Source != b.Source || a.SigningRoot is null || a.SigningRoot != b.SigningRoot))
            || (a.Source < b.Source && b.Target < a.Target)
            || (b.Source < a.Source && a.Target < b.Target);

        private List<SignedBlock> BlocksOf(Bytes48 key) => _blocks.TryGetValue(key, out List<SignedBlock>? list) ? list : _blocks[key] = [];

        private List<SignedAttestation> VotesOf(Bytes48 key) => _votes.TryGetValue(key, out List<SignedAttestation>? list) ? list : _votes[key] = [];
    }
}
