using Flashback.Execution;
using Flashback.Primitives;

namespace Flashback.Chain.Spacetime;

/// <summary>What a claim says. spec: ours#4</summary>
public enum ClaimKind : byte
{
    /// <summary>A sector's replica holds its data.</summary>
    Seal = 0,

    /// <summary>A sector's new replica holds new data.</summary>
    Update = 1,

    /// <summary>The sectors of a partition are held at a challenge.</summary>
    Window = 2,

    /// <summary>The data of a deal's piece is at hand, unsealed.</summary>
    Hot = 3,

    /// <summary>The deliveries of a batch were signed by the other side.</summary>
    Receipt = 4,
}

/// <summary>"The bytes at this place of this blob prove this", as the contract has logged it. spec: ours#4</summary>
/// <param name="Transaction">The place of its transaction in the block, from 0.</param>
/// <param name="Kind">Which statement.</param>
/// <param name="Provider">Whose.</param>
/// <param name="Subject">The sector's number; of a <see cref="ClaimKind.Window"/> the partition's; of a deal's kinds its number, and above its 32 bits the request's or the batch's.</param>
/// <param name="BlobHash">The versioned hash of the blob.</param>
/// <param name="Offset">Where the proof begins, in bytes of data.</param>
/// <param name="Length">Of the proof, in bytes.</param>
public readonly record struct StorageClaim(int Transaction, ClaimKind Kind, ulong Provider, ulong Subject, Hash32 BlobHash, uint Offset, uint Length)
{
    private const int WordLength = 32;
    private const int Words = 3; // blobHash, offset, length
    private static readonly Hash32 Event = Keccak.Hash256("ProofClaimed(uint8,uint64,uint64,bytes32,uint32,uint32)"u8);

    /// <summary>The claims of a block's transactions, in order: they are kept with its receipts.</summary>
    public static IEnumerable<StorageClaim> Of(IReadOnlyList<Receipt> receipts) => receipts.SelectMany((receipt, i) => Of(i, receipt));

    /// <summary>The claims of one transaction.</summary>
    internal static IEnumerable<StorageClaim> Of(int transaction, Receipt receipt)
    {
        foreach (Log log in receipt.Logs)
        {
            if (TryRead(transaction, log, out StorageClaim claim))
                yield return claim;
        }
    }

    /// <summary>Reads a log of the contract; its code alone writes them, so one that is no claim is another event.</summary>
    private static bool TryRead(int transaction, Log log, out StorageClaim claim)
    {
        claim = default;
        if (log.Address != GenesisContracts.Sectors || log.Topics.Count != 4 || log.Topics[0] != Event || log.Payload.Length != Words * WordLength)
            return false;
        claim = new StorageClaim(
            transaction, (ClaimKind)Number(log.Topics[1].AsSpan()), Number(log.Topics[2].AsSpan()), Number(log.Topics[3].AsSpan()), Hash32.Read(log.Payload.Span[..WordLength]),
            (uint)Number(log.Payload.Span.Slice(WordLength, WordLength)), (uint)Number(log.Payload.Span.Slice(2 * WordLength, WordLength)));
        return true;
    }

    private static ulong Number(ReadOnlySpan<byte> word) => UInt256.ReadBigEndian(word).Low;
}

/// <summary>A claim with the inputs of its statement, as the contract told them in the state right after the claim's transaction.</summary>
/// <param name="Claim">The claim.</param>
/// <param name="Inputs">What the view returned; empty where it failed: then nothing can prove the claim.</param>
public sealed record StatedClaim(StorageClaim Claim, ReadOnlyMemory<byte> Inputs)
{
    /// <summary>What is verified, in 32 bytes: the same claim on the same inputs with the same blob proves the same.</summary>
    internal Hash32 Fingerprint()
    {
        byte[] head = new byte[1 + 8 + 8 + 32 + 4 + 4];
        head[0] = (byte)Claim.Kind;
        System.Buffers.Binary.BinaryPrimitives.WriteUInt64BigEndian(head.AsSpan(1), Claim.Provider);
        System.Buffers.Binary.BinaryPrimitives.WriteUInt64BigEndian(head.AsSpan(9), Claim.Subject);
        Claim.BlobHash.AsSpan().CopyTo(head.AsSpan(17));
        System.Buffers.Binary.BinaryPrimitives.WriteUInt32BigEndian(head.AsSpan(49), Claim.Offset);
        System.Buffers.Binary.BinaryPrimitives.WriteUInt32BigEndian(head.AsSpan(53), Claim.Length);
        return Sha256.Hash([.. head, .. Inputs.Span]);
    }
}
