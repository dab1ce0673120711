using System.Buffers.Binary;
using Flashback.Cryptography;
using Flashback.Primitives;

namespace Flashback.Client;

/// <summary>A part of a piece that a client asks a provider for, and signs: read off chain, it counts for the provider's speed. spec: ours#6</summary>
/// <param name="CommP">The piece.</param>
/// <param name="Provider">Who is asked.</param>
/// <param name="Number">Which of the deliveries of this provider to this region in this deal, from 1.</param>
/// <param name="Offset">The first byte of the piece, as its owner has it.</param>
/// <param name="Length">How many bytes.</param>
/// <param name="Region">Where it is read: ISO 3166-1 numeric, or 0.</param>
/// <param name="Slot">A recent slot.</param>
/// <param name="Nonce">The chain's randomness of that slot for the deal: nobody knows it before.</param>
public sealed record ReadRequest(Hash32 CommP, ulong Provider, ulong Number, ulong Offset, ulong Length, ushort Region, ulong Slot, Hash32 Nonce)
{
    private static readonly Hash32 TypeHash = Abi.Topic("Request(bytes32 commP,uint64 provider,uint64 number,uint64 offset,uint64 length,uint16 region,uint64 slot,bytes32 nonce)");
    private static readonly byte[] RandomnessSelector = Abi.Selector("randomness(uint256,bytes32,bytes)");
    private static readonly Hash32 NonceDomain = DomainOf("flashback/request"u8);

    /// <summary>What is signed for a deal on a chain; deliveries name the request by it.</summary>
    public Hash32 SigningHash(ulong chainId, Address deal) => new TypedDomain("Flashback Deals", "1", chainId, deal).Digest(TypedDomain.HashOf(
        TypeHash, new AbiTuple().Add(CommP).Add(Provider).Add(Number).Add(Offset).Add(Length).Add((ulong)Region).Add(Slot).Add(Nonce)));

    /// <summary>The nonce of a slot for a deal. The slot must have passed.</summary>
    public static async Task<Hash32> GetNonceAsync(ExecutionClient node, ulong slot, Address deal, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(node);
        byte[] call = new AbiTuple().Add(slot).Add(NonceDomain).AddBytes(deal.AsSpan()).EncodeCall(RandomnessSelector);
        return new AbiReader(await node.CallAsync(StorageContracts.Randomness, call, cancellation))[0];
    }

    private static Hash32 DomainOf(ReadOnlySpan<byte> name)
    {
        Span<byte> domain = stackalloc byte[32];
        domain.Clear();
        name.CopyTo(domain);
        return Hash32.Read(domain);
    }
}

/// <summary>A request with its reader's signature, as it goes into the header <see cref="HeaderName"/>: in base 64.</summary>
/// <remarks>
/// <code>
/// | deal 20 | CommP 32 | provider 8 | number 8 | offset 8 | length 8 | region 2 | slot 8 | nonce 32 | r 32, s 32, v 1 |      numbers big-endian
/// </code>
/// </remarks>
/// <param name="Deal">The deal's contract.</param>
/// <param name="Request">What is asked for.</param>
/// <param name="Signature">Of the deal's reader.</param>
public sealed record SignedReadRequest(Address Deal, ReadRequest Request, RecoverableSignature Signature)
{
    /// <summary>The header's name.</summary>
    public const string HeaderName = "Flashback-Request";

    /// <summary>The header in which a provider that refuses a request says which number the next one has.</summary>
    public const string NextHeaderName = "Flashback-Next";

    private const int Size = 20 + 32 + (4 * 8) + 2 + 8 + 32 + SignatureBytes.Size;

    /// <summary>A request signed by the reader's key.</summary>
    public static SignedReadRequest Sign(ReadRequest request, ulong chainId, Address deal, Secp256k1SecretKey key)
    {
        ArgumentNullException.ThrowIfNull(request);
        return new SignedReadRequest(deal, request, Secp256k1.Sign(request.SigningHash(chainId, deal), key));
    }

    /// <summary>The header's value.</summary>
    public string ToHeader()
    {
        byte[] bytes = new byte[Size];
        Deal.AsSpan().CopyTo(bytes);
        Request.CommP.AsSpan().CopyTo(bytes.AsSpan(20));
        ulong[] numbers = [Request.Provider, Request.Number, Request.Offset, Request.Length];
        for (int i = 0; i < numbers.Length; i++)
            BinaryPrimitives.WriteUInt64BigEndian(bytes.AsSpan(52 + (8 * i)), numbers[i]);
        BinaryPrimitives.WriteUInt16BigEndian(bytes.AsSpan(84), Request.Region);
        BinaryPrimitives.WriteUInt64BigEndian(bytes.AsSpan(86), Request.Slot);
        Request.Nonce.AsSpan().CopyTo(bytes.AsSpan(94));
        SignatureBytes.Write(Signature, bytes.AsSpan(126));
        return Convert.ToBase64String(bytes);
    }

    /// <summary>Reads a header's value; null where it is none.</summary>
    public static SignedReadRequest? TryRead(string header)
    {
        Span<byte> bytes = stackalloc byte[Size];
        if (!Convert.TryFromBase64String(header, bytes, out int length) || length != Size)
            return null;
        ReadRequest request = new(
            Hash32.Read(bytes[20..52]), BinaryPrimitives.ReadUInt64BigEndian(bytes[52..]), BinaryPrimitives.ReadUInt64BigEndian(bytes[60..]), BinaryPrimitives.ReadUInt64BigEndian(bytes[68..]),
            BinaryPrimitives.ReadUInt64BigEndian(bytes[76..]), BinaryPrimitives.ReadUInt16BigEndian(bytes[84..]), BinaryPrimitives.ReadUInt64BigEndian(bytes[86..]), Hash32.Read(bytes[94..126]));
        return new SignedReadRequest(Address.Read(bytes[..20]), request, SignatureBytes.Read(bytes[126..]));
    }

    /// <summary>Who signed it for a chain; null where nobody did.</summary>
    public Address? SignerOn(ulong chainId) => SignatureBytes.SignerOf(Request.SigningHash(chainId, Deal), Signature);
}
