using Flashback.Execution;
using Flashback.Primitives;
using Flashback.Rules.Tests.Execution;
using Flashback.Testing;

namespace Flashback.Rules.Tests.Blocks;

/// <summary>Blocks, headers and receipts as bytes: one encoding each, and nothing else is accepted.</summary>
public class BlockCodecTests
{
    public static TheoryData<Fork> Forks => [.. Enum.GetValues<Fork>()];

    private static Block Full(Fork fork)
    {
        BlockWorld world = new(ForkRules.Of(fork));
        return world.Build(default(NoHooks), [new Withdrawal(1, 2, World.Other, 3), new Withdrawal(2, ulong.MaxValue, default, 0)], world.OneOfEachType());
    }

    private static Block? Decode(ReadOnlySpan<byte> bytes)
    {
        bool isRead = BlockCodec.TryDecode(bytes, out Block? block, out BlockFault fault);
        Assert.Equal(isRead, block is not null);
        Assert.Equal(isRead, fault == default);
        return block;
    }

    [Theory]
    [MemberData(nameof(Forks))]
    public void A_block_has_one_encoding(Fork fork) => CodecLaws.Check(BlockCodec.Encode(Full(fork)), Decode, BlockCodec.Encode, fixedSize: false);

    [Fact]
    public void Any_block_comes_back_from_its_bytes() => Seeds.Check(random =>
    {
        Transaction[] transactions = new BlockWorld().OneOfEachType();
        for (int i = 0; i < 200; i++)
        {
            Block block = new(
                RandomHeader(random), [.. Enumerable.Range(0, random.Next(5)).Select(_ => transactions[random.Next(transactions.Length)])],
                [.. Enumerable.Range(0, random.Next(20)).Select(_ => new Withdrawal(Number(random), Number(random), World.Named(Number(random)), Number(random)))]);
            byte[] encoded = BlockCodec.Encode(block);
            Block decoded = Decode(encoded)!;
            Assert.Equal(encoded, BlockCodec.Encode(decoded));
            Assert.Equal(block.Withdrawals, decoded.Withdrawals);
            Assert.Equal(block.Header with { ExtraData = default }, decoded.Header with { ExtraData = default });
            Assert.Equal(block.Header.ExtraData.ToArray(), decoded.Header.ExtraData.ToArray());
        }
    });

    /// <summary>A number of any length, often one at the edge of a length.</summary>
    private static ulong Number(Random random) => random.Next(3) switch
    {
        0 => (1UL << random.Next(64)) - (ulong)random.Next(2),
        1 => ulong.MaxValue,
        _ => (ulong)random.NextInt64() >> random.Next(64),
    };

    private static BlockHeader RandomHeader(Random random)
    {
        Hash32 Hash() => Keccak.Hash256(BitConverter.GetBytes(random.Next()));
        return new BlockHeader
        {
            ParentHash = Hash(),
            OmmersHash = Hash(),
            Coinbase = World.Named(Number(random)),
            StateRoot = Hash(),
            TransactionsRoot = Hash(),
            ReceiptsRoot = Hash(),
            LogsBloom = LogBloom.Of([new Log(World.Named(Number(random)), [Hash()], default)]),
            Difficulty = (UInt256)Number(random) << random.Next(193),
            Number = Number(random),
            GasLimit = Number(random),
            GasUsed = Number(random),
            Timestamp = Number(random),
            ExtraData = new byte[random.Next(100)],
            PrevRandao = Hash(),
            Nonce = Number(random),
            BaseFeePerGas = (UInt256)Number(random) << random.Next(193),
            WithdrawalsRoot = Hash(),
            BlobGasUsed = Number(random),
            ExcessBlobGas = Number(random),
            ParentBeaconBlockRoot = Hash(),
            RequestsHash = random.Next(2) == 0 ? null : Hash(),
        };
    }

    [Theory]
    [MemberData(nameof(Forks))]
    public void A_header_has_one_encoding(Fork fork)
    {
        BlockHeader header = Full(fork).Header;
        byte[] encoded = Rlp.Encode(header);
        CodecLaws.Check(encoded, bytes => BlockCodec.TryDecodeHeader(bytes, out BlockHeader? read, out _) ? read : null, read => Rlp.Encode(read), fixedSize: false);
        Assert.Equal(Keccak.Hash256(encoded), header.Hash());
    }

    [Theory]
    [MemberData(nameof(Forks))]
    public void Damaged_blocks_are_refused_or_mean_what_they_say(Fork fork) => Seeds.Check(random => Fuzz(fork, random, 2000));

    [Theory]
    [MemberData(nameof(Forks))]
    [Trait("Speed", "Slow")]
    public void Damaged_blocks_are_refused_or_mean_what_they_say_for_long(Fork fork) => Seeds.Check(random => Fuzz(fork, random, 300_000));

    /// <summary>What still decodes is executed too: nothing is thrown, and what is accepted is a block of another name.</summary>
    private static void Fuzz(Fork fork, Random random, int rounds)
    {
        BlockWorld world = new(ForkRules.Of(fork));
        Block block = Full(fork);
        byte[] encoded = BlockCodec.Encode(block);
        Hash32 hash = block.Header.Hash();
        for (int i = 0; i < rounds; i++)
        {
            byte[] damaged = Mutations.Mutate(encoded, random);
            if (CodecLaws.IsRefusedOrCanonical(damaged, Decode, BlockCodec.Encode) && !damaged.AsSpan().SequenceEqual(encoded))
                Assert.True(world.Execute(Decode(damaged)!) is not BlockOutcome.Accepted accepted || accepted.Header.Hash() != hash);
        }
    }

    [Fact]
    public void A_decoded_block_is_the_block()
    {
        Block block = Full(Fork.Osaka);
        Block decoded = Decode(BlockCodec.Encode(block))!;
        Assert.Equal(block.Header.Hash(), decoded.Header.Hash());
        Assert.Equal(block.Withdrawals, decoded.Withdrawals);
        Assert.Equal(block.Transactions.Select(t => t.Hash()), decoded.Transactions.Select(t => t.Hash()));
        Assert.IsType<BlockOutcome.Accepted>(new BlockWorld().Execute(decoded));
    }

    [Fact]
    public void A_header_without_the_last_field_of_Cancun_is_none()
    {
        byte[] encoded = Rlp.Encode(Full(Fork.Cancun).Header);
        byte[] shorter = WithListHeader(encoded.AsSpan(3, encoded.Length - 3 - 33)); // without the parent's beacon root
        Assert.False(BlockCodec.TryDecodeHeader(shorter, out _, out RlpFault fault));
        Assert.Equal(RlpFault.Truncated, fault);
    }

    [Fact]
    public void Ommers_are_refused_by_name()
    {
        Block block = Full(Fork.Osaka);
        byte[] header = Rlp.Encode(block.Header);
        byte[] bytes = WithListHeader([.. header, Rlp.EmptyList, .. WithListHeader(header), Rlp.EmptyList]);
        Assert.False(BlockCodec.TryDecode(bytes, out _, out BlockFault fault));
        Assert.Equal(BlockFaultKind.Ommers, fault.Kind);
    }

    [Fact]
    public void A_transaction_stands_in_a_block_in_one_way_only()
    {
        BlockWorld world = new();
        byte[] header = Rlp.Encode(world.Parent), typed = TransactionCodec.Encode(world.OneOfEachType()[2]), legacy = TransactionCodec.Encode(world.OneOfEachType()[0]);
        byte[] Block(byte[] transaction) => WithListHeader([.. header, .. WithListHeader(transaction), Rlp.EmptyList, Rlp.EmptyList]);
        Assert.NotNull(Decode(Block(AsBytes(typed))));
        Assert.NotNull(Decode(Block(legacy)));
        Assert.Null(Decode(Block(typed))); // its type byte would be an item of its own
        Assert.Null(Decode(Block(AsBytes(legacy))));
        Assert.Null(Decode(Block([Rlp.EmptyBytes])));
    }

    [Fact]
    public void The_transaction_that_is_none_is_named()
    {
        BlockWorld world = new();
        byte[] header = Rlp.Encode(world.Parent), good = AsBytes(TransactionCodec.Encode(world.Call(0)));
        byte[] bytes = WithListHeader([.. header, .. WithListHeader([.. good, .. AsBytes([5, Rlp.EmptyList])]), Rlp.EmptyList, Rlp.EmptyList]);
        Assert.False(BlockCodec.TryDecode(bytes, out _, out BlockFault fault));
        Assert.Equal((BlockFaultKind.Transaction, 1, TransactionFaultKind.UnknownType), (fault.Kind, fault.TransactionIndex, fault.Transaction.Kind));
    }

    /// <summary>A claim of many bytes costs nothing before they are there.</summary>
    [Fact]
    public void A_length_that_is_not_there_is_refused_at_once() =>
        Assert.Equal(BlockFaultKind.Rlp, BlockCodec.TryDecode([0xff, 0x7f, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xc0], out _, out BlockFault fault) ? default : fault.Kind);

    public static TheoryData<TransactionType> Types => [.. Enum.GetValues<TransactionType>()];

    private static Receipt ReceiptOf(TransactionType type) =>
        new(type, true, 21_000, [new Log(World.Contract, [], new byte[] { 1 }), new Log(World.Other, [default, default, default, default], default)]);

    private static Receipt? DecodeReceipt(ReadOnlySpan<byte> bytes) => ReceiptCodec.TryDecode(bytes, out Receipt? receipt, out _) ? receipt : null;

    [Theory]
    [MemberData(nameof(Types))]
    public void A_receipt_has_one_encoding(TransactionType type) => CodecLaws.Check(ReceiptCodec.Encode(ReceiptOf(type)), DecodeReceipt, ReceiptCodec.Encode, fixedSize: false);

    [Theory]
    [MemberData(nameof(Types))]
    public void Damaged_receipts_are_refused_or_mean_what_they_say(TransactionType type) => Seeds.Check(random =>
    {
        byte[] encoded = ReceiptCodec.Encode(ReceiptOf(type));
        for (int i = 0; i < 2000; i++)
            CodecLaws.IsRefusedOrCanonical(Mutations.Mutate(encoded, random), DecodeReceipt, ReceiptCodec.Encode);
    });

    [Fact]
    public void A_receipt_with_another_bloom_or_five_topics_is_refused()
    {
        byte[] encoded = ReceiptCodec.Encode(ReceiptOf(TransactionType.Legacy));
        encoded[50] ^= 1;
        Assert.False(ReceiptCodec.TryDecode(encoded, out _, out ReceiptFault fault));
        Assert.Equal(ReceiptFaultKind.Bloom, fault.Kind);
        Receipt five = new(TransactionType.Legacy, true, 1, [new Log(default, new Hash32[5], default)]);
        Assert.False(ReceiptCodec.TryDecode(ReceiptCodec.Encode(five), out _, out fault));
        Assert.Equal(new ReceiptFault(ReceiptFaultKind.Rlp, RlpFault.TrailingBytes), fault);
    }

    private static byte[] WithListHeader(ReadOnlySpan<byte> content)
    {
        byte[] list = new byte[Rlp.LengthOfList(content.Length)];
        content.CopyTo(list.AsSpan(Rlp.WriteListHeader(list, content.Length)));
        return list;
    }

    private static byte[] AsBytes(ReadOnlySpan<byte> content)
    {
        byte[] bytes = new byte[Rlp.LengthOf(content)];
        Rlp.Write(bytes, content);
        return bytes;
    }
}
