using Flashback.Primitives;
using Flashback.Testing;

namespace Flashback.Foundation.Tests;

/// <summary>What every byte string of a fixed length must do, written once.</summary>
public abstract class FixedBytesTests<T>(int size)
    where T : unmanaged, IFixedBytes<T>
{
    [Fact]
    public void Has_its_size_and_nothing_else()
    {
        Assert.Equal(size, T.Size);
        Assert.Equal(size, default(T).AsSpan().Length);
    }

    [Fact]
    public void Holds_the_bytes_it_was_read_from_in_their_order() => Seeds.Check(random =>
    {
        byte[] bytes = new byte[size];
        random.NextBytes(bytes);
        T value = FixedBytes.Read<T>(bytes);
        Assert.Equal(bytes, value.AsSpan().ToArray());
        Assert.Equal(Hex.Encode(bytes), value.ToString());
        Assert.Equal(value, FixedBytes.Parse<T>(value.ToString()));
        Assert.True(FixedBytes.TryParse(Convert.ToHexString(bytes), out T parsed));
        Assert.Equal(value, parsed);
    });

    [Fact]
    public void Is_equal_to_the_same_bytes_only_and_ordered_bytewise() => Seeds.Check(random =>
    {
        byte[] bytes = new byte[size];
        random.NextBytes(bytes);
        T value = FixedBytes.Read<T>(bytes);
        for (int i = 0; i < size; i++)
        {
            byte[] changed = [.. bytes];
            changed[i] ^= (byte)(1 << random.Next(8));
            T other = FixedBytes.Read<T>(changed);
            Assert.False(value.Equals(other));
            Assert.False(value.Equals((object)other));
            Assert.Equal(Math.Sign(bytes.AsSpan().SequenceCompareTo(changed)), Math.Sign(value.CompareTo(other)));
        }
        T same = FixedBytes.Read<T>(bytes);
        Assert.True(value.Equals(same) && value.Equals((object)same));
        Assert.Equal(value.GetHashCode(), same.GetHashCode());
        Assert.Equal(0, value.CompareTo(same));
        Assert.False(value.Equals(null));
    });

    [Fact]
    public void Refuses_bytes_and_text_of_another_length()
    {
        Assert.Throws<ArgumentException>(() => FixedBytes.Read<T>(new byte[size - 1]));
        Assert.Throws<ArgumentException>(() => FixedBytes.Read<T>(new byte[size + 1]));
        Assert.False(FixedBytes.TryParse(new string('0', 2 * size - 2), out T _));
        Assert.False(FixedBytes.TryParse(new string('0', 2 * size + 2), out T _));
        Assert.False(FixedBytes.TryParse(new string('g', 2 * size), out T _));
        Assert.Throws<FormatException>(() => FixedBytes.Parse<T>("0x"));
    }
}

public sealed class Hash32Tests() : FixedBytesTests<Hash32>(32)
{
    [Fact]
    public void Knows_zero()
    {
        Assert.True(Hash32.Zero.IsZero);
        for (int i = 0; i < 32; i++)
        {
            byte[] bytes = new byte[32];
            bytes[i] = 1;
            Assert.False(Hash32.Read(bytes).IsZero);
            Assert.True(Hash32.Read(bytes) != Hash32.Zero);
        }
        Assert.True(Hash32.Zero == Hash32.Read(new byte[32]));
    }
}

public sealed class AddressTests() : FixedBytesTests<Address>(20)
{
    [Fact]
    public void Knows_zero()
    {
        Assert.True(Address.Zero.IsZero);
        for (int i = 0; i < 20; i++)
        {
            byte[] bytes = new byte[20];
            bytes[i] = 1;
            Assert.False(Address.Read(bytes).IsZero);
            Assert.True(Address.Read(bytes) != Address.Zero);
        }
        Assert.True(Address.Zero == Address.Read(new byte[20]));
    }
}

public sealed class Bytes4Tests() : FixedBytesTests<Bytes4>(4);

public sealed class Bytes48Tests() : FixedBytesTests<Bytes48>(48);

public sealed class Bytes96Tests() : FixedBytesTests<Bytes96>(96);
