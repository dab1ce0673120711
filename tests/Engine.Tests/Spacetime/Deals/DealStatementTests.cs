using Flashback.Chain.Spacetime;
using Flashback.Cryptography;
using Flashback.Engine.Tests.Spacetime.Network;
using Flashback.Execution;
using Flashback.Primitives;
using Flashback.Proofs;
using Flashback.Testing;

namespace Flashback.Engine.Tests.Spacetime.Deals;

/// <summary>HOT and RECEIPT claims with the inputs that Market would tell: what shows them, and what does not.</summary>
public class DealStatementTests
{
    private const int Reader = 5, Stranger = 6;

    private static readonly SealKind Kind = SealKind.Of(5); // 2 KiB
    private static readonly SimulatedKeys Keys = new(Kind, seed: 1);
    private static readonly Hash32 Blob = Sha256.Hash([1]), Seed = Sha256.Hash([2]), Domain = Delivery.DomainOf(1337, ContractWorld.NewAddress(7));
    private static readonly TestPiece Piece = new(9, seed: 3);

    [Theory]
    [InlineData(0)]
    [InlineData(4)]
    [InlineData(9)]
    public void Openings_at_any_height_hold_and_a_flipped_bit_anywhere_does_not(int height)
    {
        ulong[] places = height == 0 ? [0, 511, 77, 78, 77] : height == 9 ? [0] : [31, 0];
        byte[] data = [.. places.SelectMany(place => Piece.Open(height, place))];
        StatedClaim claim = Hot(Piece.CommP, 9, height, places, data.Length);
        Assert.Null(Check(claim, data));
        Random random = new(height);
        for (int i = 0; i < 20; i++)
        {
            byte[] changed = [.. data];
            int at = random.Next(data.Length);
            changed[at] ^= (byte)(at % 32 == 31 ? 0x01 : 1 << random.Next(8));
            Assert.Equal(ClaimRule.Proof, Check(claim, changed)!.Rule);
        }
    }

    [Fact]
    public void Openings_of_other_places_pieces_or_lengths_do_not_hold()
    {
        byte[] data = Piece.Open(2, 5);
        Assert.Null(Check(Hot(Piece.CommP, 9, 2, [5], data.Length), data));
        Assert.Equal(ClaimRule.Proof, Check(Hot(Piece.CommP, 9, 2, [4], data.Length), data)!.Rule);
        Assert.Equal(ClaimRule.Proof, Check(Hot(Piece.CommP, 9, 2, [5 + 128], data.Length), data)!.Rule); // the same turns
        Assert.Equal(ClaimRule.Proof, Check(Hot(new TestPiece(9, seed: 4).CommP, 9, 2, [5], data.Length), data)!.Rule);
        Assert.Equal(ClaimRule.Bytes, Check(Hot(Piece.CommP, 9, 2, [5], data.Length - 1), data)!.Rule);
        Assert.Equal(ClaimRule.Bytes, Check(Hot(Piece.CommP, 9, 2, [5], data.Length, offset: BlobBytes.Capacity - 10), data)!.Rule);
        foreach (StatedClaim none in new[] { Hot(Piece.CommP, 32, 0, [5], 64), Hot(Piece.CommP, 9, 10, [0], 64), Hot(Piece.CommP, 12, 12, [0], 64), Hot(Piece.CommP, 9, 0, [], 64), Hot(Piece.CommP, 9, 0, new ulong[17], 64) })
            Assert.Equal(ClaimRule.Encoding, Check(none, data)!.Rule);
        Assert.Equal(ClaimRule.Inputs, Check(Hot(Piece.CommP, 9, 2, [5], data.Length) with { Inputs = default }, data)!.Rule);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(5)]
    [InlineData(64)]
    public void Deliveries_that_the_other_side_signed_hold(int count)
    {
        SignedDeliveries batch = Sign(count);
        byte[] data = batch.Show(Seed);
        Assert.Null(Check(Receipt(batch, data.Length), data));
    }

    [Fact]
    public void Deliveries_that_were_changed_left_out_replayed_or_signed_by_another_do_not_hold()
    {
        SignedDeliveries batch = Sign(5);
        byte[] data = batch.Show(Seed);
        StatedClaim claim = Receipt(batch, data.Length);
        void Refused(ClaimRule rule, StatedClaim stated, byte[] bytes) => Assert.Equal(rule, Check(stated, bytes)!.Rule);
        int entry = data.Length / 5;
        foreach (int at in new[] { 7, 15, 19, 22, 30, 60, 90, 130, 152, 160, 200 })
        {
            byte[] changed = [.. data];
            changed[entry + at] ^= 1;
            Assert.NotNull(Check(claim, changed));
        }
        Refused(ClaimRule.Proof, claim, [.. data[entry..], .. data[..entry]]); // numbers follow places
        Refused(ClaimRule.Proof, claim, batch.Show(Sha256.Hash([9]))); // paths of another draw
        Refused(ClaimRule.Proof, Receipt(batch, data.Length, signer: StorageNetwork.AccountOf(Stranger)), data);
        Refused(ClaimRule.Proof, Receipt(batch, data.Length, provider: 4), data);
        Refused(ClaimRule.Proof, Receipt(batch, data.Length, first: 2), data);
        Refused(ClaimRule.Proof, Receipt(batch, data.Length, region: 40), data);
        Refused(ClaimRule.Proof, Receipt(batch, data.Length, sum: batch.Sum - 1), data);
        Refused(ClaimRule.Proof, Receipt(batch, data.Length, median: batch.Median + 1), data);
        Refused(ClaimRule.Proof, Receipt(batch, data.Length, domain: Delivery.DomainOf(1338, ContractWorld.NewAddress(7))), data); // another chain's
        Refused(ClaimRule.Proof, Receipt(batch, data.Length, domain: Delivery.DomainOf(1337, ContractWorld.NewAddress(8))), data); // another deal's
        Refused(ClaimRule.Bytes, Receipt(batch, data.Length - entry), data);
        Refused(ClaimRule.Encoding, Receipt(batch, data.Length, count: 65), data);
        Refused(ClaimRule.Encoding, Receipt(batch, data.Length, count: 0), data);
    }

    [Fact]
    public void Ranges_that_the_piece_does_not_have_are_no_deliveries()
    {
        Delivery good = SignedDeliveries.Draw(Piece, 1, 1, 3, 1, 756)[0] with { Offset = 0, Length = 100 };
        ulong size = (ulong)Piece.Data.Length;
        foreach ((Delivery delivery, bool holds) in new[]
        {
            (good with { Length = size }, true), (good with { Length = 1, Offset = size - 1 }, true), (good with { MsToFirstByte = good.MsToLastByte }, true),
            (good with { Length = 0 }, false), (good with { Length = size + 1 }, false), (good with { Offset = size - 99 }, false), (good with { Offset = ulong.MaxValue }, false),
            (good with { MsToFirstByte = good.MsToLastByte + 1 }, false),
        })
        {
            SignedDeliveries batch = new(Piece, Domain, [holds ? delivery : good], digest => StorageNetwork.SignDigest(Reader, digest));
            byte[] data = batch.Show(Seed);
            if (!holds)
            {
                System.Buffers.Binary.BinaryPrimitives.WriteUInt64BigEndian(data, delivery.Offset);
                System.Buffers.Binary.BinaryPrimitives.WriteUInt64BigEndian(data.AsSpan(8), delivery.Length);
                System.Buffers.Binary.BinaryPrimitives.WriteUInt32BigEndian(data.AsSpan(16), delivery.MsToFirstByte);
            }
            Assert.Equal(holds ? null : ClaimRule.Encoding, Check(Receipt(batch, data.Length), data)?.Rule);
        }
    }

    [Fact]
    public void Hostile_inputs_and_bytes_of_deals_are_refused_and_break_nothing() => Seeds.Check(random =>
    {
        SignedDeliveries batch = Sign(3);
        byte[] shown = batch.Show(Seed), opened = Piece.Open(2, 5);
        (StatedClaim claim, byte[] data) = random.Next(2) == 0 ? (Receipt(batch, shown.Length), shown) : (Hot(Piece.CommP, 9, 2, [5], opened.Length), opened);
        byte[] inputs = claim.Inputs.ToArray();
        if (random.Next(3) == 0)
            inputs = inputs[..random.Next(inputs.Length)];
        else
            inputs[random.Next(inputs.Length)] ^= (byte)(1 << random.Next(8));
        _ = Check(claim with { Inputs = inputs }, data); // a flip may be in what is not looked at
    });

    private static Invalid<ClaimRule>? Check(StatedClaim claim, byte[] data) =>
        new ClaimVerifier(Kind, Keys.Verifying).Verify([claim], new Dictionary<Hash32, ReadOnlyMemory<byte>> { [Blob] = BlobBytes.Pack(data) }, out _);

    private static StatedClaim Hot(Hash32 commP, int rows, int height, ulong[] places, int length, int offset = 0) =>
        new(new StorageClaim(0, ClaimKind.Hot, 3, 1, Blob, (uint)offset, (uint)length), Abi.Encode(commP, rows, height, places.Cast<object>().ToArray()));

    private static SignedDeliveries Sign(int count) =>
        new(Piece, Domain, SignedDeliveries.Draw(Piece, count, count, provider: 3, first: 1, region: 756), digest => StorageNetwork.SignDigest(Reader, digest));

    private static StatedClaim Receipt(
        SignedDeliveries batch, int length, Address? signer = null, ulong provider = 3, ulong region = 756, ulong first = 1, ulong? count = null, ulong? sum = null, ulong? median = null, Hash32? domain = null) => new(
        new StorageClaim(0, ClaimKind.Receipt, 3, 1, Blob, 0, (uint)length),
        Abi.Encode(
            domain ?? Domain, batch.Root, signer ?? StorageNetwork.AccountOf(Reader), provider, region, Piece.CommP, 9, first, count ?? (ulong)batch.Deliveries.Length, sum ?? batch.Sum, median ?? batch.Median, Seed));
}
