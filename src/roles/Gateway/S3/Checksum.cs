using System.IO.Hashing;
using System.Numerics;
using System.Security.Cryptography;

namespace Flashback.Gateway.S3;

/// <summary>One of the checksums that S3 knows, over bytes that come in parts. spec: Amazon S3, checking object integrity</summary>
internal abstract class Checksum : IDisposable
{
    /// <summary>The algorithms by their names in lower case, and whether an object's is that of its bytes even when it comes in parts.</summary>
    private static readonly Dictionary<string, (Func<Checksum> Create, bool IsWhole)> Algorithms = new()
    {
        ["crc32"] = (() => new IeeeCrc(), false),
        ["crc32c"] = (() => new CastagnoliCrc(), false),
        ["crc64nvme"] = (() => new NvmeCrc(), true),
        ["sha1"] = (() => new Hash(HashAlgorithmName.SHA1), false),
        ["sha256"] = (() => new Hash(HashAlgorithmName.SHA256), false),
    };

    public static IEnumerable<string> Names => Algorithms.Keys;

    public static bool IsKnown(string name) => Algorithms.ContainsKey(name);

    public static bool IsAlwaysWhole(string name) => Algorithms[name].IsWhole;

    public static Checksum Create(string name) => Algorithms[name].Create();

    /// <summary>The checksum of bytes, in base 64.</summary>
    public static string Of(string name, ReadOnlySpan<byte> bytes)
    {
        using Checksum checksum = Create(name);
        checksum.Append(bytes);
        return Convert.ToBase64String(checksum.Finish());
    }

    /// <summary>Whether a text is a checksum of that algorithm in base 64.</summary>
    public static bool IsValue(string name, string text)
    {
        Span<byte> bytes = stackalloc byte[64];
        return text.Length <= 64 && Convert.TryFromBase64String(text, bytes, out int length) && length == name switch { "sha256" => 32, "sha1" => 20, "crc64nvme" => 8, _ => 4 };
    }

    public abstract void Append(ReadOnlySpan<byte> bytes);

    public abstract byte[] Finish();

    public virtual void Dispose()
    {
    }

    private sealed class IeeeCrc : Checksum
    {
        private readonly Crc32 _crc = new();

        public override void Append(ReadOnlySpan<byte> bytes) => _crc.Append(bytes);

        public override byte[] Finish() => BigEndian(_crc.GetCurrentHashAsUInt32(), 4);
    }

    private sealed class CastagnoliCrc : Checksum
    {
        private uint _crc = uint.MaxValue;

        public override void Append(ReadOnlySpan<byte> bytes)
        {
            for (; bytes.Length >= 8; bytes = bytes[8..])
                _crc = BitOperations.Crc32C(_crc, System.Buffers.Binary.BinaryPrimitives.ReadUInt64LittleEndian(bytes));
            foreach (byte b in bytes)
                _crc = BitOperations.Crc32C(_crc, b);
        }

        public override byte[] Finish() => BigEndian(~_crc, 4);
    }

    /// <summary>CRC-64/NVME, eight bytes at a time by tables. spec: NVM Express NVM Command Set 1.0d, 5.2.1.3.4</summary>
    private sealed class NvmeCrc : Checksum
    {
        private const ulong Polynomial = 0x9a6c9329ac4bc9b5; // 0xad93d23594c93659 with its bits reversed

        private static readonly ulong[] Tables = CreateTables();

        private ulong _crc = ulong.MaxValue;

        public override void Append(ReadOnlySpan<byte> bytes)
        {
            ulong crc = _crc;
            for (; bytes.Length >= 8; bytes = bytes[8..])
            {
                crc ^= System.Buffers.Binary.BinaryPrimitives.ReadUInt64LittleEndian(bytes);
                ulong next = 0;
                for (int i = 0; i < 8; i++)
                    next ^= Tables[(7 - i) * 256 + (int)((crc >> (8 * i)) & 0xff)];
                crc = next;
            }
            foreach (byte b in bytes)
                crc = Tables[(int)((crc ^ b) & 0xff)] ^ (crc >> 8);
            _crc = crc;
        }

        public override byte[] Finish() => BigEndian(~_crc, 8);

        private static ulong[] CreateTables()
        {
            ulong[] tables = new ulong[8 * 256];
            for (int i = 0; i < 256; i++)
            {
                ulong crc = (ulong)i;
                for (int bit = 0; bit < 8; bit++)
                    crc = (crc >> 1) ^ ((crc & 1) * Polynomial);
                tables[i] = crc;
            }
            for (int i = 256; i < tables.Length; i++)
                tables[i] = tables[(int)(tables[i - 256] & 0xff)] ^ (tables[i - 256] >> 8);
            return tables;
        }
    }

    private sealed class Hash(HashAlgorithmName algorithm) : Checksum
    {
        private readonly IncrementalHash _hash = IncrementalHash.CreateHash(algorithm);

        public override void Append(ReadOnlySpan<byte> bytes) => _hash.AppendData(bytes);

        public override byte[] Finish() => _hash.GetHashAndReset();

        public override void Dispose()
        {
            _hash.Dispose();
            base.Dispose();
        }
    }

    private static byte[] BigEndian(ulong value, int length)
    {
        byte[] bytes = new byte[8];
        System.Buffers.Binary.BinaryPrimitives.WriteUInt64BigEndian(bytes, value);
        return bytes[(8 - length)..];
    }
}
