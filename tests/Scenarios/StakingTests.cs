using Flashback.Chain.Beacon;
using Flashback.Consensus;
using Flashback.Cryptography;
using Flashback.Execution;
using Flashback.Node;
using Flashback.Primitives;
using Flashback.Validator;

namespace Flashback.Scenarios;

/// <summary>The life of a stake on a devnet, and what its owners lose who stay away.</summary>
public sealed class StakingTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("flashback-staking-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task A_validator_deposits_is_activated_proposes_asks_to_leave_and_is_paid_out()
    {
        const int First = 4;
        // Leaving may be asked for at once, and the stake comes back soon.
        DevnetRun.WriteNetwork(_folder, First, DateTimeOffset.UtcNow, ("SHARD_COMMITTEE_PERIOD", "1"), ("MIN_VALIDATOR_WITHDRAWABILITY_DELAY", "2"));
        BlsSecretKey key = LocalNetwork.ValidatorKeys(LocalNetwork.KnownMnemonic, First, 1)[0];
        Bytes48 publicKey = StakingMessages.PublicKeyOf(key);
        Address owner = new Api.Wallet(LocalNetwork.AccountKeys(LocalNetwork.KnownMnemonic, 1)).Addresses[0];
        Gwei stake = Presets.Devnet.MinActivationBalance;
        List<string> seen = [];
        bool hasProposed = false, hasAsked = false;
        await DevnetRun.UntilAsync(
            DevnetRun.Settings(1, First, _folder),
            (devnet, slot) =>
            {
                NetworkNode node = devnet.Nodes[0];
                BeaconChain chain = node.Beacon.Chain;
                CachedState head = chain.CopyState(chain.Snapshot.HeadRoot)!;
                if (slot.Value == 1)
                {
                    node.Add([key]); // it waits for its validator
                    DepositData deposit = StakingMessages.SignDeposit(chain.Config, key, WithdrawalCredentials.OfAddress(owner), stake);
                    DevnetRun.Send(node, 0, ChainConfig.MainnetDepositContract, LocalNetwork.ToWei(10_000), DepositInput(deposit));
                }
                if (head.State.Validators.Count == First)
                    return true;
                Consensus.Validator validator = head.State.Validators[First];
                Assert.Equal(publicKey, validator.PublicKey);
                Epoch now = head.GetCurrentEpoch();
                hasProposed |= chain.Snapshot.Head.ProposerIndex.Value == First;
                string stage = head.State.Balances[First] == Gwei.Zero ? "paid out"
                    : validator.ExitEpoch <= now ? "left"
                    : validator.ExitEpoch != Epoch.FarFuture ? "leaving"
                    : hasProposed ? "proposed"
                    : validator.IsActiveAt(now) ? "active"
                    : "registered";
                if (!seen.Contains(stage))
                    seen.Add(stage);
                if (hasProposed && !hasAsked && now > validator.ActivationEpoch)
                {
                    // The contract's fee is in the value; what is too much goes nowhere.
                    DevnetRun.Send(node, 1, ClosingCall.WithdrawalRequests.Contract, 10, StakeCalls.Exit(publicKey));
                    hasAsked = true;
                }
                return stage != "paid out";
            },
            last: 600,
            devnet =>
            {
                Assert.Equal(["registered", "active", "proposed", "leaving", "left", "paid out"], seen);
                BeaconChain chain = devnet.Nodes[0].Beacon.Chain;
                Consensus.Withdrawal[] paid = [.. DevnetRun.BlocksOf(chain).SelectMany(block => block.Body.ExecutionPayload.Withdrawals).Where(withdrawal => withdrawal.ValidatorIndex.Value == First)];
                Assert.All(paid, withdrawal => Assert.Equal(owner, withdrawal.Address));
                Assert.True(paid[^1].Amount.Value > stake.Value * 99 / 100, $"{paid[^1]}");
            });
    }

    [Fact]
    [Trait("Speed", "Slow")]
    public async Task While_too_many_stay_away_the_leak_takes_from_them_until_they_return()
    {
        // Two of five nodes, with 4 of 10 validators: more than a third. Slots 16 to 112 are epochs 2 to 13.
        const int Away = 0b_11000;
        static bool IsAway(int validator) => (Away & (1 << (validator % 5))) != 0;
        Checkpoint before = default, during = default;
        Gwei[] balances = [];
        await DevnetRun.UntilAsync(
            DevnetRun.Settings(5, 10, null, "node3:offline@34..226", "node4:offline@34..226"),
            (devnet, slot) =>
            {
                BeaconChain chain = devnet.Nodes[0].Beacon.Chain;
                CachedState head = chain.CopyState(chain.Snapshot.HeadRoot)!;
                int[] all = [.. Enumerable.Range(0, 10)];
                if (slot.Value == 40)
                    before = chain.Snapshot.Finalized;
                else if (slot.Value == 64)
                    balances = [.. all.Select(i => head.State.Balances[i])];
                else if (slot.Value == 110)
                {
                    during = chain.Snapshot.Finalized;
                    Assert.True(head.IsInInactivityLeak());
                    long Loss(int i) => (long)balances[i].Value - (long)head.State.Balances[i].Value;
                    Assert.All(all, i => Assert.Equal(IsAway(i), head.State.InactivityScores[i] > 0));
                    Assert.True(all.Where(IsAway).Min(Loss) > 10 * all.Where(i => !IsAway(i)).Max(Loss), string.Join(", ", all.Select(Loss)));
                }
                return chain.Snapshot.Finalized.Epoch.Value < 16;
            },
            last: 220,
            devnet =>
            {
                Assert.Equal(before, during);
                Assert.All(devnet.Nodes, node => Assert.InRange(node.Beacon.Chain.Snapshot.Finalized.Epoch.Value, 15UL, 16UL));
                BeaconChain chain = devnet.Nodes[0].Beacon.Chain;
                Assert.False(chain.CopyState(chain.Snapshot.HeadRoot)!.IsInInactivityLeak());
            });
    }

    /// <summary>The call <c>deposit(bytes pubkey, bytes withdrawal_credentials, bytes signature, bytes32 deposit_data_root)</c> of the deposit contract.</summary>
    private static byte[] DepositInput(DepositData deposit)
    {
        const int Head = 4 * 32;
        byte[] Word(int number) => ((UInt256)(ulong)number).ToHash32().AsSpan().ToArray();
        byte[] Dynamic(ReadOnlySpan<byte> bytes) => [.. Word(bytes.Length), .. bytes, .. new byte[-bytes.Length & 31]];
        byte[] key = Dynamic(deposit.PublicKey.AsSpan()), credentials = Dynamic(deposit.WithdrawalCredentials.AsSpan()), signature = Dynamic(deposit.Signature.AsSpan());
        return
        [
            .. Keccak.Hash256("deposit(bytes,bytes,bytes,bytes32)"u8).AsSpan()[..4],
            .. Word(Head), .. Word(Head + key.Length), .. Word(Head + key.Length + credentials.Length), .. deposit.HashTreeRoot().AsSpan(),
            .. key, .. credentials, .. signature,
        ];
    }
}
