using Flashback.Chain.Spacetime;
using Flashback.Cryptography;
using Flashback.Engine.Tests.Spacetime.Network;
using Flashback.Primitives;
using Flashback.Proofs;
using Flashback.Testing;

namespace Flashback.Engine.Tests.Spacetime;

/// <summary>Claims with the inputs that the contract would tell, in blobs as they come.</summary>
public class ClaimVerifierTests
{
    private static readonly SealKind Kind = SealKind.Of(5); // 2 KiB
    private static readonly SimulatedKeys Keys = new(Kind, seed: 1);
    private static readonly Hash32 Blob = Sha256.Hash([1]), OtherBlob = Sha256.Hash([2]);

    [Fact]
    public void Claims_of_all_kinds_hold_together_wherever_their_proofs_lie()
    {
        (StatedClaim[] claims, byte[] data) = Batch();
        Assert.Null(NewVerifier().Verify(claims, Blobs(data), out int index));
        Assert.Equal(-1, index);
    }

    [Fact]
    public void One_claim_that_does_not_hold_is_enough_whichever_it_is()
    {
        (StatedClaim[] claims, byte[] data) = Batch();
        for (int i = 0; i < claims.Length; i++)
        {
            // The proof of another statement: replayed from another sector, provider, window or time.
            byte[] inputs = claims[i].Inputs.ToArray();
            inputs[claims[i].Claim.Kind == ClaimKind.Seal ? 33 : 1] ^= 1; // ticket; challenge; old CommR
            StatedClaim[] changed = [.. claims];
            changed[i] = claims[i] with { Inputs = inputs };
            AssertBroken(ClaimRule.Proof, -1, changed, Blobs(data));
            AssertBroken(ClaimRule.Proof, 0, [changed[i]], Blobs(data));
        }
        StatedClaim[] foreign = [.. claims];
        foreign[0] = claims[0] with { Claim = claims[0].Claim with { Subject = 99 } };
        AssertBroken(ClaimRule.Proof, -1, foreign, Blobs(data));
    }

    [Fact]
    public void Bytes_that_are_no_proof_are_refused_by_name()
    {
        (StatedClaim[] claims, byte[] data) = Batch();
        StatedClaim Moved(uint offset) => claims[2] with { Claim = claims[2].Claim with { Offset = offset } };
        AssertBroken(ClaimRule.Encoding, 0, [Moved(claims[2].Claim.Offset + 1)], Blobs(data));
        AssertBroken(ClaimRule.Encoding, 0, [Moved(100_000)], Blobs(data)); // zeros: no points
        AssertBroken(ClaimRule.Bytes, 0, [Moved(BlobBytes.Capacity - 191)], Blobs(data)); // truncated by the blob's end
        AssertBroken(ClaimRule.Bytes, 0, [Moved(uint.MaxValue)], Blobs(data));
        AssertBroken(ClaimRule.Bytes, 0, [claims[2] with { Claim = claims[2].Claim with { Length = 191 } }], Blobs(data));
        AssertBroken(ClaimRule.Blob, 0, [claims[2] with { Claim = claims[2].Claim with { BlobHash = OtherBlob } }], Blobs(data));
        AssertBroken(ClaimRule.Inputs, 0, [claims[2] with { Inputs = default }], Blobs(data));
        byte[] blob = BlobBytes.Pack(data);
        blob[claims[2].Claim.Offset / 31 * 32] = 1; // an element that holds more than 31 bytes
        AssertBroken(ClaimRule.Bytes, 0, [claims[2]], new Dictionary<Hash32, ReadOnlyMemory<byte>> { [Blob] = blob });
        AssertBroken(ClaimRule.Bytes, 0, [claims[2]], new Dictionary<Hash32, ReadOnlyMemory<byte>> { [Blob] = new byte[100] });
    }

    [Fact]
    public void Hostile_bytes_break_a_rule_and_nothing_else() => Seeds.Check(random =>
    {
        (StatedClaim[] claims, byte[] data) = Batch();
        ClaimVerifier verifier = NewVerifier();
        for (int i = 0; i < 40; i++)
        {
            StatedClaim claim = claims[random.Next(claims.Length)];
            byte[] inputs = claim.Inputs.ToArray(), blob = BlobBytes.Pack(data);
            if (random.Next(2) == 0)
                inputs = random.Next(3) == 0 ? inputs[..random.Next(inputs.Length)] : Flip(random, inputs);
            else
                _ = Flip(random, blob.AsSpan(0, 1_000));
            StatedClaim hostile = claim with { Inputs = inputs, Claim = claim.Claim with { Offset = claim.Claim.Offset + (random.Next(4) == 0 ? (uint)random.Next(3) : 0) } };
            _ = verifier.Verify([hostile], new Dictionary<Hash32, ReadOnlyMemory<byte>> { [Blob] = blob }, out _);
        }
    });

    [Fact]
    public void What_was_verified_is_not_verified_again_and_nothing_else_is_taken_for_it()
    {
        (StatedClaim[] claims, byte[] data) = Batch();
        ClaimVerifier verifier = NewVerifier();
        Assert.Null(verifier.Verify(claims, Blobs(data), out _));
        Assert.Null(verifier.Verify(claims, Blobs([]), out _)); // the bytes are not even read
        foreach (StatedClaim other in new[]
        {
            claims[2] with { Claim = claims[2].Claim with { Offset = claims[2].Claim.Offset + 1 } },
            claims[2] with { Claim = claims[2].Claim with { BlobHash = OtherBlob } },
            claims[2] with { Claim = claims[2].Claim with { Kind = ClaimKind.Seal } },
            claims[2] with { Inputs = claims[1].Inputs },
        })
            Assert.NotNull(verifier.Verify([other], Blobs([]), out _));
    }

    [Fact]
    public void A_network_without_a_circuits_key_is_no_network()
    {
        foreach (StorageCircuit circuit in ClaimVerifier.CircuitsOf(Kind))
            Assert.Throws<ArgumentException>(() => new ClaimVerifier(Kind, Keys.Verifying.Where(key => key.Key != circuit).ToDictionary()));
    }

    [Fact]
    public void Blobs_give_back_what_was_packed_at_every_place() => Seeds.Check(random =>
    {
        byte[] data = new byte[random.Next(1, BlobBytes.Capacity + 1)];
        random.NextBytes(data);
        byte[] blob = BlobBytes.Pack(data);
        Assert.True(Enumerable.Range(0, Kzg.BlobSize / 32).All(element => blob[element * 32] == 0));
        int offset = random.Next(data.Length), length = random.Next(data.Length - offset + 1);
        byte[] read = new byte[length];
        Assert.True(BlobBytes.TryRead(blob, (uint)offset, read));
        Assert.Equal(data[offset..(offset + length)], read);
        Assert.False(BlobBytes.TryRead(blob, (uint)(BlobBytes.Capacity - length), new byte[length + 1]));
    });

    private static ClaimVerifier NewVerifier() => new(Kind, Keys.Verifying);

    private static Dictionary<Hash32, ReadOnlyMemory<byte>> Blobs(byte[] data) => new() { [Blob] = BlobBytes.Pack(data) };

    private static void AssertBroken(ClaimRule rule, int place, StatedClaim[] claims, Dictionary<Hash32, ReadOnlyMemory<byte>> blobs)
    {
        Invalid<ClaimRule>? broken = NewVerifier().Verify(claims, blobs, out int index);
        Assert.NotNull(broken);
        Assert.Equal((rule, place), (broken.Rule, index));
    }

    private static byte[] Flip(Random random, Span<byte> bytes)
    {
        for (int flips = random.Next(1, 4); flips > 0; flips--)
            bytes[random.Next(bytes.Length)] ^= (byte)(1 << random.Next(8));
        return bytes.ToArray();
    }

    /// <summary>A seal, an update and three windows, their proofs one behind the other.</summary>
    private static (StatedClaim[] Claims, byte[] Data) Batch()
    {
        byte[] seal = [.. Element(1), .. Element(2), .. Element(3), .. Element(4), .. Element(5)];
        byte[] update = [.. Element(6), .. Element(7), .. Element(8)];
        List<StatedClaim> claims = [];
        List<byte> data = [];
        void Add(ClaimKind kind, ulong subject, byte[] inputs, byte[] proof)
        {
            claims.Add(new StatedClaim(new StorageClaim(0, kind, 3, subject, Blob, (uint)data.Count, (uint)proof.Length), inputs));
            data.AddRange(proof);
        }
        Add(ClaimKind.Seal, 17, seal, Keys.Seal(17, seal));
        Add(ClaimKind.Update, 18, update, Keys.Update(update));
        for (ulong partition = 0; partition < 3; partition++)
        {
            byte[] window = Abi.Encode(Hash32.Read(Element((byte)(9 + partition))), new object[] { 17UL, 18UL + partition }, new object[] { Hash32.Read(Element(20)), Hash32.Read(Element(21)) });
            Add(ClaimKind.Window, partition, window, Keys.Window(window));
        }
        return ([.. claims], [.. data]);
    }

    /// <summary>32 bytes that are a field element.</summary>
    private static byte[] Element(byte number)
    {
        byte[] bytes = Sha256.Hash([number]).AsSpan().ToArray();
        bytes[31] &= 0x3f;
        return bytes;
    }
}
