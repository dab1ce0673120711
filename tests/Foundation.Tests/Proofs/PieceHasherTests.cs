using Flashback.Proofs;
using Flashback.Testing;

namespace Flashback.Foundation.Tests.Proofs;

public class PieceHasherTests
{
    private const int Chunk = 127 << 11;

    [Fact]
    public void Bytes_that_come_bit_by_bit_are_the_same_piece() => Seeds.Check(random =>
    {
        int[] edges = [0, 1, 126, 127, 128, Chunk - 1, Chunk, Chunk + 1, 2 * Chunk, (3 * Chunk) + 5, random.Next(4 * Chunk)];
        byte[] data = new byte[edges[random.Next(edges.Length)]];
        random.NextBytes(data);
        PieceHasher hasher = new();
        for (int done = 0; done < data.Length;)
        {
            int taken = Math.Min(random.Next(1, 2 * Chunk), data.Length - done);
            hasher.Append(data.AsSpan(done, taken));
            done += taken;
        }
        Assert.Equal(data.Length, hasher.Length);
        Assert.Equal(PieceCommitment.Compute(data), hasher.Finish());
    });
}
