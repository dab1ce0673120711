using System.Numerics;
using System.Security.Cryptography;
using System.Text;
using Flashback.Files;
using Flashback.Files.Content;
using Flashback.Testing;

namespace Flashback.Roles.Tests.Files;

/// <summary>Encrypted contents: any range comes back, whatever was changed is found, and the bytes are those that the description says.</summary>
public class EncryptionTests
{
    private const int Chunk = EncryptedHeader.ChunkBytes, Sealed = EncryptedHeader.SealedChunkBytes, Header = EncryptedHeader.Bytes;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(Chunk - 1)]
    [InlineData(Chunk)]
    [InlineData(Chunk + 1)]
    [InlineData(2 * Chunk)]
    [InlineData(40 * Chunk)]
    [InlineData((40 * Chunk) + 7)]
    public async Task Any_range_of_a_content_comes_back(int length)
    {
        Random random = Seeds.Fresh();
        byte[] content = Bytes(random, length);
        ContentSecret secret = ContentSecret.Generate();
        byte[] encrypted = await EncryptAsync(content, secret, EncryptedHeader.Create(EncryptedKind.File));
        Assert.Equal(EncryptedHeader.SealedLength(length), encrypted.Length);
        Blocks blocks = new();
        using EncryptedContent opened = await OpenAsync(blocks, encrypted, secret);
        Assert.Equal((length, false), ((int)opened.Length, opened.IsFolder));
        Assert.Equal(content, await ReadAsync(opened, new ByteRange(0, length)));
        for (int i = 0; i < 20; i++)
        {
            int start = random.Next(length + 1), count = random.Next(length - start + 1);
            Assert.Equal(content[start..(start + count)], await ReadAsync(opened, new ByteRange(start, count)));
        }
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(() => ReadAsync(opened, new ByteRange(0, length + 1)));
    }

    [Fact]
    public async Task A_changed_byte_is_found_wherever_it_is_and_nothing_of_its_chunk_is_given()
    {
        Random random = Seeds.Fresh();
        byte[] content = Bytes(random, (2 * Chunk) + 100);
        ContentSecret secret = ContentSecret.Generate();
        byte[] encrypted = await EncryptAsync(content, secret, EncryptedHeader.Create(EncryptedKind.File));
        int[] places = [.. Enumerable.Range(0, Header), Header, Header + Chunk, Header + Sealed - 1, Header + Sealed, encrypted.Length - 1, .. Enumerable.Range(0, 30).Select(_ => random.Next(encrypted.Length))];
        foreach (int place in places)
        {
            byte[] changed = [.. encrypted];
            changed[place] ^= (byte)(1 << random.Next(8));
            using MemoryStream given = new();
            await Assert.ThrowsAsync<InvalidDataException>(() => DecryptAsync(changed, secret, given));
            int right = place < Header ? 0 : (place - Header) / Sealed * Chunk;
            Assert.Equal(content[..right], given.ToArray());
        }
    }

    [Fact]
    public async Task Chunks_that_are_missing_moved_doubled_or_of_another_content_are_found()
    {
        Random random = Seeds.Fresh();
        ContentSecret secret = ContentSecret.Generate();
        byte[] content = Bytes(random, 3 * Chunk), encrypted = await EncryptAsync(content, secret, EncryptedHeader.Create(EncryptedKind.File));
        byte[] other = await EncryptAsync(content, secret, EncryptedHeader.Create(EncryptedKind.File));
        byte[] head = encrypted[..Header], first = encrypted[Header..(Header + Sealed)], second = encrypted[(Header + Sealed)..(Header + (2 * Sealed))], third = encrypted[(Header + (2 * Sealed))..];
        byte[] empty = await EncryptAsync([], secret, EncryptedHeader.Decode(head));
        byte[][] hostile =
        [
            [], head[..20], head, [.. head, .. first[..8]], [.. head, .. first], [.. head, .. first, .. second], [.. head, .. second, .. third], [.. head, .. second, .. first, .. third],
            [.. head, .. first, .. first, .. third], [.. encrypted, .. third], [.. encrypted, 0], [.. encrypted, .. empty[Header..]], encrypted[..^1], encrypted[..^Chunk],
            [.. head, .. other[Header..]], [.. other[..Header], .. encrypted[Header..]],
        ];
        foreach (byte[] one in hostile)
            await Assert.ThrowsAsync<InvalidDataException>(() => DecryptAsync(one, secret, Stream.Null));
        await Assert.ThrowsAsync<InvalidDataException>(() => DecryptAsync(encrypted, ContentSecret.Generate(), Stream.Null));
        await DecryptAsync(encrypted, secret, Stream.Null);
    }

    /// <summary>HKDF out of HMAC, counter mode out of single blocks, GHASH out of polynomials: none of it shares code with the library.</summary>
    [Theory]
    [InlineData(0)]
    [InlineData(5)]
    [InlineData(Chunk)]
    [InlineData((2 * Chunk) + 33)]
    public async Task The_bytes_are_those_of_the_description(int length)
    {
        byte[] content = [.. Enumerable.Range(0, length).Select(i => (byte)(i * 11))], salt = [.. Enumerable.Range(100, 32).Select(i => (byte)i)], master = [.. Enumerable.Range(1, 32).Select(i => (byte)i)];
        Assert.True(ContentSecret.TryParse(Convert.ToHexStringLower(master), out ContentSecret? secret));
        byte[] head = [.. Encoding.ASCII.GetBytes("FBENC\r\n\0"), 1, 0, 16, 0, 0, 0, 0, 0, .. salt];
        byte[] information = [.. Encoding.ASCII.GetBytes("flashback content"), .. head[..16], 1];
        byte[] key = HMACSHA256.HashData(HMACSHA256.HashData(salt, master), information);
        List<byte> expected = [.. head];
        int chunks = Math.Max(1, (length + Chunk - 1) / Chunk);
        for (int i = 0; i < chunks; i++)
        {
            byte[] nonce = new byte[12];
            (nonce[10], nonce[11]) = ((byte)i, (byte)(i == chunks - 1 ? 1 : 0));
            expected.AddRange(Gcm(key, nonce, content[(i * Chunk)..Math.Min(length, (i + 1) * Chunk)]));
        }
        Assert.Equal(expected, await EncryptAsync(content, secret, new EncryptedHeader(EncryptedKind.File, salt)));
    }

    [Fact]
    public void A_secret_is_64_digits_and_says_nothing_by_itself()
    {
        ContentSecret secret = ContentSecret.Generate();
        Assert.True(ContentSecret.TryParse(secret.Reveal(), out ContentSecret? again));
        Assert.Equal(secret.Reveal(), again.Reveal());
        Assert.DoesNotContain(secret.Reveal(), secret.ToString(), StringComparison.Ordinal);
        foreach (string wrong in (string[])["", "00", new string('g', 64), new string('0', 63), new string('0', 66)])
            Assert.False(ContentSecret.TryParse(wrong, out _));
    }

    private static async Task<byte[]> EncryptAsync(byte[] content, ContentSecret secret, EncryptedHeader header)
    {
        using EncryptingStream stream = new(new MemoryStream(content), secret, header);
        using MemoryStream encrypted = new();
        await stream.CopyToAsync(encrypted, Cancellation);
        return encrypted.ToArray();
    }

    private static async Task<EncryptedContent> OpenAsync(Blocks blocks, byte[] encrypted, ContentSecret secret) =>
        await EncryptedContent.OpenAsync(blocks, (await FileImport.ImportAsync(new MemoryStream(encrypted), blocks, Cancellation)).Cid, secret, Cancellation);

    private static async Task DecryptAsync(byte[] encrypted, ContentSecret secret, Stream destination)
    {
        using EncryptedContent opened = await OpenAsync(new Blocks(), encrypted, secret);
        await opened.CopyAsync(new ByteRange(0, opened.Length), destination, Cancellation);
    }

    private static async Task<byte[]> ReadAsync(EncryptedContent content, ByteRange range)
    {
        using MemoryStream read = new();
        await content.CopyAsync(range, read, Cancellation);
        return read.ToArray();
    }

    /// <summary>spec: NIST SP 800-38D, without data that is only authenticated.</summary>
    private static byte[] Gcm(byte[] key, byte[] nonce, byte[] plain)
    {
        using Aes aes = Aes.Create();
        aes.Key = key;
        byte[] Block(uint counter) => aes.EncryptEcb([.. nonce, (byte)(counter >> 24), (byte)(counter >> 16), (byte)(counter >> 8), (byte)counter], PaddingMode.None);
        byte[] cipher = [.. plain];
        for (int i = 0; i < cipher.Length; i += 16)
        {
            byte[] pad = Block((uint)(i / 16) + 2);
            for (int j = i; j < Math.Min(i + 16, cipher.Length); j++)
                cipher[j] ^= pad[j - i];
        }
        BigInteger hash = BigInteger.Zero, multiplier = ToPolynomial(aes.EncryptEcb(new byte[16], PaddingMode.None));
        for (int i = 0; i < cipher.Length; i += 16)
            hash = Multiply(hash ^ ToPolynomial([.. cipher[i..Math.Min(i + 16, cipher.Length)], .. new byte[Math.Max(0, i + 16 - cipher.Length)]]), multiplier);
        byte[] lengths = new byte[16];
        System.Buffers.Binary.BinaryPrimitives.WriteUInt64BigEndian(lengths.AsSpan(8), 8UL * (ulong)cipher.Length);
        hash = Multiply(hash ^ ToPolynomial(lengths), multiplier);
        return [.. cipher, .. (hash ^ ToPolynomial(Block(1))).ToByteArray(isUnsigned: true, isBigEndian: true) is var tag ? [.. new byte[16 - tag.Length], .. tag] : Array.Empty<byte>()];
    }

    private static BigInteger ToPolynomial(byte[] block) => new(block, isUnsigned: true, isBigEndian: true);

    /// <summary>In GF(2^128) with the highest bit as the constant term: right to left is up.</summary>
    private static BigInteger Multiply(BigInteger left, BigInteger right)
    {
        BigInteger reduction = (BigInteger)0xE1 << 120, product = BigInteger.Zero;
        for (int bit = 127; bit >= 0; bit--)
        {
            if (!(left >> bit).IsEven)
                product ^= right;
            right = right.IsEven ? right >> 1 : (right >> 1) ^ reduction;
        }
        return product;
    }

    private static byte[] Bytes(Random random, int count)
    {
        byte[] bytes = new byte[count];
        random.NextBytes(bytes);
        return bytes;
    }

    private sealed class Blocks : IBlockSource, IBlockSink
    {
        private readonly Dictionary<Cid, byte[]> _blocks = [];

        public ValueTask AddAsync(Cid cid, ReadOnlyMemory<byte> block, CancellationToken cancellation)
        {
            _blocks[cid] = block.ToArray();
            return ValueTask.CompletedTask;
        }

        public ValueTask<Block> ReadAsync(Cid cid, CancellationToken cancellation) => new(Block.CopyOf(_blocks[cid]));
    }
}
