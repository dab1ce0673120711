using Flashback.Chain;
using Flashback.Chain.Spacetime;
using Flashback.Consensus;
using Flashback.Cryptography;
using Flashback.Execution;
using Flashback.Primitives;
using BlobSidecar = Flashback.Execution.BlobSidecar;

namespace Flashback.Engine.Tests.Spacetime.Network;

/// <summary>A validator of a <see cref="StorageNetwork"/> that provides storage, owner and operator in one account: its proofs are simulated.</summary>
internal sealed class NetworkProvider(StorageNetwork network, int validator)
{
    private const string RegisterSignature =
        "register((uint64,uint64,(bytes,bytes32,uint64,bool,uint64,uint64,uint64,uint64),bytes32[]),address,(uint128,uint64,uint64,uint64,uint16,string))";

    private const ulong ClaimWei = 1_000_000_000_000;

    private ulong Id => (ulong)validator;

    /// <summary>The call that registers the validator, with a proof of its record at the parent of the head.</summary>
    public byte[] Registration() => Abi.Call(RegisterSignature, Proof(), StorageNetwork.AccountOf(validator), SpacetimeWorld.Ask());

    public byte[] Refresh() => Abi.Call("refreshStake((uint64,uint64,(bytes,bytes32,uint64,bool,uint64,uint64,uint64,uint64),bytes32[]))", Proof());

    public Task RegisterAsync() => network.DoAsync(validator, GenesisContracts.Providers, Registration());

    public Task OperateAsync(string signature, params object[] arguments) => network.DoAsync(validator, GenesisContracts.Sectors, Abi.Call(signature, [Id, .. arguments]));

    /// <summary>Announces a sector of zeros with a made-up replica, waits for the seed, and claims it sealed.</summary>
    public async Task CommitAsync(ulong number, ulong periods = 40)
    {
        await PreCommitAsync(number, periods);
        await network.PassAsync(network.Parameters.PrecommitDelay);
        await ClaimAsync(SealClaim(number, out byte[] blob), blob);
    }

    public Task PreCommitAsync(ulong number, ulong periods = 40, Hash32? commR = null, ulong? sealSlot = null, Hash32? commD = null)
    {
        ulong now = network.Slot.Value + 1;
        Hash32 empty = Hash32.Read(network.First.Ask(GenesisContracts.Sectors, "EMPTY_COMM_D()"));
        ValueTuple<object[]> preCommit = new([number, commR ?? CommR(number), commD ?? empty, sealSlot ?? now - 1, now + periods * network.Parameters.ProvingPeriod, 1UL]);
        return OperateAsync("preCommit(uint64,(uint64,bytes32,bytes32,uint40,uint40,uint8)[])", (object)new object[] { preCommit });
    }

    /// <summary>A field element, as every commitment is.</summary>
    public static Hash32 CommR(ulong number)
    {
        byte[] bytes = SpacetimeWorld.CommR(number).AsSpan().ToArray();
        bytes[31] &= 0x3f;
        return Hash32.Read(bytes);
    }

    public ValueTuple<object[]> SealClaim(ulong number, out byte[] blob, SimulatedKeys? keys = null)
    {
        byte[] inputs = network.First.Ask(GenesisContracts.Sectors, "sealInputs(uint64,uint64)", Id, number);
        blob = BlobBytes.Pack((keys ?? network.Keys).Seal(number, inputs));
        return SpacetimeWorld.Claim((int)ClaimKind.Seal, validator, number);
    }

    /// <summary>A claim that data was taken into an empty sector: its replica becomes another.</summary>
    public ValueTuple<object[]> UpdateClaim(ulong number, Hash32 commR, Hash32 commD, out byte[] blob)
    {
        blob = BlobBytes.Pack(network.Keys.Update([.. CommR(number).AsSpan(), .. commR.AsSpan(), .. commD.AsSpan()]));
        return SpacetimeWorld.Claim((int)ClaimKind.Update, validator, number, commR, commD);
    }

    /// <summary>A claim of the window that is open at the next block; the view must answer for it at the head already.</summary>
    public ValueTuple<object[]> WindowClaim(ulong partition, out byte[] blob, SimulatedKeys? keys = null, ulong offset = 0)
    {
        byte[] inputs = network.First.Ask(GenesisContracts.Sectors, "windowInputs(uint64,uint64)", Id, partition);
        blob = BlobBytes.Pack([.. new byte[offset], .. (keys ?? network.Keys).Window(inputs)]);
        return SpacetimeWorld.Claim((int)ClaimKind.Window, validator, partition, offset: offset);
    }

    private static byte[] ClaimCall(params ValueTuple<object[]>[] claims) => Abi.Call(SpacetimeWorld.ClaimSignature, (object)claims.Cast<object>().ToArray());

    public Task ClaimAsync(ValueTuple<object[]> claim, byte[] blob) => network.DoAsync(validator, GenesisContracts.Sectors, ClaimCall(claim), ClaimWei, blob);

    /// <summary>Several claims, whose proofs lie in one blob.</summary>
    public Task ClaimAsync(byte[] blob, params ValueTuple<object[]>[] claims) => network.DoAsync(validator, GenesisContracts.Sectors, ClaimCall(claims), ClaimWei, blob);

    /// <summary>Sends a claim to a node's pool, without a block.</summary>
    public PoolOutcome TryClaim(ValueTuple<object[]> claim, byte[] blob, StorageNode? at = null) =>
        network.Send(validator, GenesisContracts.Sectors, ClaimCall(claim), ClaimWei, blob, at);

    /// <summary>The same transaction, in no pool.</summary>
    public PooledTransaction Sign(ValueTuple<object[]> claim, byte[] blob)
    {
        (Transaction transaction, BlobSidecar? sidecar) = network.Sign(validator, GenesisContracts.Sectors, ClaimCall(claim), ClaimWei, blob);
        return new PooledTransaction(transaction, transaction.Hash(), StorageNetwork.AccountOf(validator), sidecar, 0, default);
    }

    /// <summary>window, challengeSlot, opens, closes, isProven</summary>
    public ulong[] Window(ulong partition = 0)
    {
        byte[] answer = network.First.Ask(GenesisContracts.Sectors, "windowOf(uint64,uint64)", Id, partition);
        return [.. Enumerable.Range(0, 5).Select(i => Abi.WordAt(answer, i).Low)];
    }

    /// <summary>Passes slots until the window that is not proven is open at the head, so that the next block can prove it.</summary>
    public async Task<ulong[]> WaitForWindowAsync(ulong partition = 0)
    {
        ulong patience = network.Slot.Value + (3 * network.Parameters.ProvingPeriod);
        while (Window(partition) is var window && (window[4] != 0 || network.Slot.Value < window[2] || network.Slot.Value + 1 >= window[3] || !IsDue(partition)))
        {
            Assert.True(network.Slot.Value < patience, $"nothing is due in partition {partition}");
            await network.PassAsync();
        }
        return Window(partition);
    }

    /// <summary>Whether there is something to prove: a sector is due from the first window whose challenge comes after its activation.</summary>
    private bool IsDue(ulong partition) => Abi.WordAt(network.First.Ask(GenesisContracts.Sectors, "windowInputs(uint64,uint64)", Id, partition), 3).Low > 0;

    /// <summary>Proves the next window.</summary>
    public async Task ProveAsync(ulong partition = 0)
    {
        _ = await WaitForWindowAsync(partition);
        await ClaimAsync(WindowClaim(partition, out byte[] blob), blob);
    }

    /// <summary>Passes slots until the window that is open, or comes next, is closed; the block that closes it is the head.</summary>
    public async Task PassWindowAsync(ulong partition = 0)
    {
        ulong closes = Window(partition)[3];
        await network.PassUntilBeforeAsync(closes);
        await network.PassAsync();
    }

    private ValueTuple<object[]> Proof()
    {
        BeaconBlock head = network.First.Chain.Snapshot.Head;
        CachedState state = network.First.Chain.CopyState(head.ParentRoot)!;
        BeaconBlockHeader header = state.State.LatestBlockHeader with { StateRoot = state.HashTreeRoot() };
        return BeaconRecords.Prove(state.State, header, validator, head.Body.ExecutionPayload.Timestamp, network.Preset);
    }
}
