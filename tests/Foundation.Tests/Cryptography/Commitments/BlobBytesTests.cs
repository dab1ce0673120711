using Flashback.Cryptography;

namespace Flashback.Foundation.Tests.Cryptography.Commitments;

public class BlobBytesTests
{
    private readonly Randomness _random = Randomness.Fresh();

    [Fact]
    public void What_was_written_anywhere_is_read_and_every_element_is_one()
    {
        for (int round = 0; round < 50; round++)
        {
            byte[] blob = new byte[Kzg.BlobSize], expected = new byte[BlobBytes.Capacity], read = new byte[BlobBytes.Capacity];
            for (int part = 0; part < 3; part++)
            {
                int offset = _random.Below(BlobBytes.Capacity + 1);
                byte[] bytes = _random.Bytes(_random.Below(Math.Min(2000, BlobBytes.Capacity - offset) + 1));
                BlobBytes.Write(blob, offset, bytes);
                bytes.CopyTo(expected, offset);
                byte[] again = new byte[bytes.Length];
                Assert.True(BlobBytes.TryRead(blob, (uint)offset, again));
                Assert.Equal(bytes, again);
            }
            Assert.True(BlobBytes.TryRead(blob, 0, read));
            Assert.Equal(expected, read);
            Assert.All(Enumerable.Range(0, Kzg.BlobSize / Kzg.ElementSize), element => Assert.Equal(0, blob[element * Kzg.ElementSize]));
        }
    }

    [Fact]
    public void Thirty_one_bytes_stand_behind_a_zero()
    {
        byte[] blob = BlobBytes.Pack([.. Enumerable.Range(1, 40).Select(i => (byte)i)]);
        Assert.Equal([0, .. Enumerable.Range(1, 31).Select(i => (byte)i), 0, .. Enumerable.Range(32, 9).Select(i => (byte)i), 0], blob.AsSpan(0, 43).ToArray());
    }

    [Fact]
    public void What_does_not_fit_or_is_no_element_is_refused()
    {
        byte[] blob = new byte[Kzg.BlobSize];
        Assert.Throws<ArgumentException>(() => BlobBytes.Pack(new byte[BlobBytes.Capacity + 1]));
        Assert.Throws<ArgumentException>(() => BlobBytes.Write(blob, BlobBytes.Capacity, [1]));
        Assert.Throws<ArgumentOutOfRangeException>(() => BlobBytes.Write(blob, -1, [1]));
        Assert.Throws<ArgumentOutOfRangeException>(() => BlobBytes.Write(blob.AsSpan(1), 0, [1]));
        byte[] read = new byte[2];
        Assert.False(BlobBytes.TryRead(blob, BlobBytes.Capacity - 1, read));
        Assert.False(BlobBytes.TryRead(blob, uint.MaxValue, read));
        Assert.False(BlobBytes.TryRead(blob.AsSpan(1), 0, read));
        blob[Kzg.ElementSize] = 1;
        Assert.True(BlobBytes.TryRead(blob, 29, read));
        Assert.False(BlobBytes.TryRead(blob, 30, read));
    }
}
