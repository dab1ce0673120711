using System.Text;
using Flashback.Primitives;
using Flashback.Testing;

namespace Flashback.Foundation.Tests.AbiCoding;

/// <summary>The examples of Solidity's specification, EIP-712's example, and answers that are not what they should be.</summary>
public class AbiTests
{
    private static byte[] Words(params string[] words) => [.. words.SelectMany(word => Convert.FromHexString(word.PadLeft(64, '0')))];

    [Fact]
    public void A_call_with_static_values_is_that_of_the_specification()
    {
        byte[] call = new AbiTuple().Add(69UL).Add(true).EncodeCall(Abi.Selector("baz(uint32,bool)"));
        Assert.Equal([0xcd, 0xcd, 0x77, 0xc0, .. Words("45", "1")], call);
    }

    [Fact]
    public void A_call_with_values_of_any_length_is_that_of_the_specification()
    {
        // f(uint256,uint32[],bytes10,bytes) with (0x123, [0x456, 0x789], "1234567890", "Hello, world!")
        Hash32 ten = Hash32.Read([.. "1234567890"u8, .. new byte[22]]);
        byte[] call = new AbiTuple().Add(0x123UL).AddList([0x456UL, 0x789UL]).Add(ten).AddText("Hello, world!").EncodeCall(Abi.Selector("f(uint256,uint32[],bytes10,bytes)"));
        string text = Convert.ToHexStringLower(Encoding.ASCII.GetBytes("Hello, world!")).PadRight(64, '0');
        Assert.Equal(
            [0x8b, 0xe6, 0x52, 0x46, .. Words("123", "80", Convert.ToHexStringLower(ten.AsSpan()), "e0", "2", "456", "789", "d", text)],
            call);
    }

    [Fact]
    public void Lists_of_structures_of_any_length_have_a_place_for_each()
    {
        // ((uint256,bytes)[]) with [(1, 0xaa), (2, 0x)]
        byte[] encoded = new AbiTuple().AddList([new AbiTuple().Add(1UL).AddBytes([0xaa]), new AbiTuple().Add(2UL).AddBytes([])]).Encode();
        Assert.Equal(Words("20", "2", "40", "c0", "1", "40", "1", "aa".PadRight(64, '0'), "2", "40", "0"), encoded);
    }

    [Fact]
    public void What_was_written_is_read_again() => Seeds.Check(random =>
    {
        ulong[] numbers = [.. Enumerable.Range(0, random.Next(5)).Select(_ => (ulong)random.NextInt64())];
        byte[] bytes = new byte[random.Next(100)];
        random.NextBytes(bytes);
        Address address = Address.Read(bytes.Length >= 20 ? bytes.AsSpan(0, 20) : new byte[20]);
        byte[] encoded = new AbiTuple().Add(address).AddList(numbers).AddBytes(bytes).Add(new AbiTuple().Add(true).AddBytes(bytes)).Encode();
        AbiReader reader = new(encoded);
        Assert.Equal(address, reader.AddressAt(0));
        Assert.True(reader.TryList(1, out int first, out int count));
        Assert.Equal(numbers.Length, count);
        for (int i = 0; i < count; i++)
            Assert.Equal(numbers[i], reader.Number(first + i));
        Assert.True(reader.TryBytes(2, out ReadOnlySpan<byte> content));
        Assert.Equal(bytes, content.ToArray());
        AbiReader inner = reader.Structure(3);
        Assert.True(inner.Truth(0) && inner.TryBytes(1, out content));
        Assert.Equal(bytes, content.ToArray());
    });

    /// <summary>An answer comes from anybody's contract: whatever it says, nothing outside of it is read.</summary>
    [Fact]
    public void Answers_that_are_cut_off_or_altered_are_not_believed() => Seeds.Check(random =>
    {
        byte[] encoded = new AbiTuple().AddList([1UL, 2UL, 3UL]).AddBytes([1, 2, 3]).Encode();
        byte[] altered = encoded[..random.Next(encoded.Length)];
        if (altered.Length > 0)
            altered[random.Next(altered.Length)] ^= (byte)(1 << random.Next(8));
        AbiReader reader = new(altered);
        if (reader.TryList(0, out int first, out int count))
            Assert.True(first + count <= reader.Words);
        if (reader.TryBytes(1, out ReadOnlySpan<byte> content))
            Assert.True(content.Length <= altered.Length);
        Assert.Equal(0UL, reader.Number(reader.Words));
        Assert.Equal(0, reader.Structure(reader.Words).Words);
    });

    /// <summary>The mail of EIP-712, whose hashes and digest the proposal tells.</summary>
    [Fact]
    public void A_typed_structure_has_the_digest_of_the_proposal()
    {
        TypedDomain domain = new("Ether Mail", "1", 1, FixedBytes.Parse<Address>("0xCcCCccccCCCCcCCCCCCcCcCccCcCCCcCcccccccC"));
        Assert.Equal("0xf2cee375fa42b42143804025fc449deafd50cc031ca257e0b194a650a912090f", domain.Separator.ToString());
        Hash32 person = Abi.Topic("Person(string name,address wallet)");
        Hash32 Person(string name, string wallet) =>
            TypedDomain.HashOf(person, new AbiTuple().Add(Keccak.Hash256(Encoding.UTF8.GetBytes(name))).Add(FixedBytes.Parse<Address>(wallet)));
        Hash32 mail = TypedDomain.HashOf(
            Abi.Topic("Mail(Person from,Person to,string contents)Person(string name,address wallet)"),
            new AbiTuple().Add(Person("Cow", "0xCD2a3d9F938E13CD947Ec05AbC7FE734Df8DD826")).Add(Person("Bob", "0xbBbBBBBbbBBBbbbBbbBbbbbBBbBbbbbBbBbbBBbB")).Add(Keccak.Hash256("Hello, Bob!"u8)));
        Assert.Equal("0xc52c0ee5d84264471806290a3f2c4cecfc5490626bf912d01f240d7a274b371e", mail.ToString());
        Assert.Equal("0xbe609aee343fb3c4b28e1df9e632fca64fcfaede20f02e86244efddf30957bd2", domain.Digest(mail).ToString());
    }
}
