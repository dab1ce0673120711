using Flashback.Primitives;
using Flashback.State;
using Flashback.State.Store.Sqlite;
using Flashback.Testing;

namespace Flashback.Engine.Tests.States;

public class AccountProofTests
{
    [Fact]
    public void Proves_accounts_and_words_that_are_there_and_that_are_not_and_nothing_else() => Seeds.Check(random =>
    {
        using SqliteStore store = SqliteStore.OpenTemporary(WorldState.Columns);
        WorldState world = new(store, new WorldStateOptions());
        StateModel model = WorldStateTests.Grow(world, random, 4)[^1];
        Assert.True(world.TryOpen(world.Disk.Hash, out StateView? view));
        for (int n = 0; n < StateModel.AddressCount; n++)
        {
            Address address = StateModel.AddressOf(n);
            AccountProof proof = view.Prove(address, [0, 1, 2, 1000]);
            Assert.True(proof.TryVerify(view.Root, out AccountProofFault fault), fault.ToString());
            Assert.Equal(model.AccountOf(address)?.Balance, proof.Account?.Balance);
            Assert.Equal(model.WordOf(address, 2), proof.Storage[2].Word);
            foreach (int other in Enumerable.Range(0, StateModel.AddressCount).Append(200).Where(other => other != n))
            {
                // Two absent addresses may share all nodes: then what the moved proof says is true, and only then.
                Address moved = StateModel.AddressOf(other);
                if (proof.Account is not null || model.AccountOf(moved) is not null)
                    AssertRefused(view.Root, proof with { Address = moved });
            }
            AssertRefused(view.Root, proof with { Account = proof.Account is { } account ? account with { Nonce = account.Nonce + 1 } : default(StateAccount) });
            AssertRefused(view.Root, proof with { Account = proof.Account is null ? default(StateAccount) : null });
            AssertRefused(view.Root, proof with { Storage = [proof.Storage[0] with { Word = proof.Storage[0].Word + 1 }] });
            AssertRefused(view.Root, proof with { Storage = [proof.Storage[0] with { Nodes = [.. proof.Storage[0].Nodes, [0xc0]] }] });
            AssertRefused(Keccak.OfNothing, proof);
        }
    });

    private static void AssertRefused(Hash32 root, AccountProof proof)
    {
        Assert.False(proof.TryVerify(root, out AccountProofFault fault));
        Assert.NotEqual(AccountProofFault.None, fault);
    }
}
