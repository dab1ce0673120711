using System.Buffers.Binary;
using Flashback.Chain.Spacetime;
using Flashback.Cryptography;
using Flashback.Execution;
using Flashback.Primitives;
using Flashback.Proofs;

namespace Flashback.Benchmarks.Spacetime;

/// <summary>The dearest claims of deals: of a piece as large as a sector of 32 GiB, all of them showing the same bytes of one blob.</summary>
internal static class DealClaims
{
    private const int Rows = 30;
    private const ulong Number = 1; // of the first delivery

    private static readonly Hash32 Blob = Sha256.Hash([1]), Node = DataTree.ZeroNode(1);

    /// <summary>HOT of a window: 16 paths of 30 hashes.</summary>
    public static (StatedClaim[] Claims, Dictionary<Hash32, ReadOnlyMemory<byte>> Blobs) Windows(int count)
    {
        byte[] opening = Opening(out Hash32 commP);
        byte[] proof = [.. Enumerable.Range(0, 16).SelectMany(_ => opening)];
        byte[] inputs = AbiWords.Encode([commP, AbiWords.Number(Rows), AbiWords.Number(0), AbiWords.Number(128), AbiWords.Number(16), .. new Hash32[16]]);
        return (Claims(ClaimKind.Hot, count, proof.Length, inputs), new() { [Blob] = BlobBytes.Pack(proof) });
    }

    /// <summary>HOT of a request: 2,048 nodes, and a path.</summary>
    public static (StatedClaim[] Claims, Dictionary<Hash32, ReadOnlyMemory<byte>> Blobs) Requests(int count)
    {
        const int Height = 11;
        byte[] nodes = new byte[32 << Height];
        Hash32 root = DataTree.ZeroNode(Height);
        byte[] proof = [.. nodes, .. Path(Height, ref root)];
        byte[] inputs = AbiWords.Encode([root, AbiWords.Number(Rows), AbiWords.Number(Height), AbiWords.Number(128), AbiWords.Number(1), AbiWords.Number(0)]);
        return (Claims(ClaimKind.Hot, count, proof.Length, inputs), new() { [Blob] = BlobBytes.Pack(proof) });
    }

    /// <summary>RECEIPT: 64 deliveries, each with a signature and a path.</summary>
    public static (StatedClaim[] Claims, Dictionary<Hash32, ReadOnlyMemory<byte>> Blobs) Receipts(int count)
    {
        const int Deliveries = 64;
        using Secp256k1SecretKey key = Secp256k1SecretKey.Generate();
        Hash32 domain = Sha256.Hash([2]);
        byte[] opening = Opening(out Hash32 commP);
        List<byte> proof = [];
        Hash32[] digests = new Hash32[Deliveries];
        for (int i = 0; i < Deliveries; i++)
        {
            Delivery delivery = new(default, 0, Number + (ulong)i, 0, 31, 756, 10, 20, default); // its range lies in the first node
            digests[i] = delivery.SigningHash(domain);
            RecoverableSignature signature = Secp256k1.Sign(digests[i], key);
            byte[] numbers = new byte[24];
            BinaryPrimitives.WriteUInt64BigEndian(numbers.AsSpan(8), delivery.Length);
            BinaryPrimitives.WriteUInt32BigEndian(numbers.AsSpan(16), delivery.MsToFirstByte);
            BinaryPrimitives.WriteUInt32BigEndian(numbers.AsSpan(20), delivery.MsToLastByte);
            proof.AddRange([.. numbers, .. new byte[64], .. signature.R.ToHash32().AsSpan(), .. signature.S.ToHash32().AsSpan(), (byte)(27 + signature.YParity), .. opening]);
        }
        Hash32 signer = Hash32.Read([.. new byte[12], .. key.PublicKey.ToAddress().AsSpan()]);
        byte[] inputs = AbiWords.Encode([
            domain, Delivery.RootOf(digests), signer, AbiWords.Number(0), AbiWords.Number(756), commP, AbiWords.Number(Rows), AbiWords.Number(Number), AbiWords.Number(Deliveries),
            AbiWords.Number(20 * Deliveries), AbiWords.Number(20), Sha256.Hash([3])]);
        return (Claims(ClaimKind.Receipt, count, proof.Count, inputs), new() { [Blob] = BlobBytes.Pack([.. proof]) });
    }

    private static StatedClaim[] Claims(ClaimKind kind, int count, int length, byte[] inputs) =>
        [.. Enumerable.Range(0, count).Select(i => new StatedClaim(new StorageClaim(0, kind, 0, (ulong)i, Blob, 0, (uint)length), inputs))];

    private static byte[] Opening(out Hash32 commP)
    {
        commP = Node;
        return [.. Node.AsSpan(), .. Path(0, ref commP)];
    }

    /// <summary>Siblings of zeros up to the root, the place being the first of its row.</summary>
    private static byte[] Path(int height, ref Hash32 root)
    {
        List<byte> siblings = [];
        for (int row = height; row < Rows; row++)
        {
            siblings.AddRange(DataTree.ZeroNode(row).AsSpan());
            root = DataTree.Parent(root, DataTree.ZeroNode(row));
        }
        return [.. siblings];
    }
}
