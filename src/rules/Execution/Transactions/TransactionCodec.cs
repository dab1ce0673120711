using Flashback.Primitives;

namespace Flashback.Execution;

/// <summary>Transactions as bytes. A typed one is its type byte and an RLP list, a legacy one just the list. spec: EIP-2718</summary>
/// <remarks>
/// <code>
/// 0  [nonce, gasPrice, gas, to, value, input,                                                   v, r, s]
/// 1  [chain, nonce, gasPrice, gas, to, value, input, access,                                    y, r, s]
/// 2  [chain, nonce, maxPriorityFee, maxFee, gas, to, value, input, access,                      y, r, s]
/// 3  [chain, nonce, maxPriorityFee, maxFee, gas, to, value, input, access, maxBlobFee, hashes,  y, r, s]
/// 4  [chain, nonce, maxPriorityFee, maxFee, gas, to, value, input, access, authorizations,      y, r, s]
/// </code>
/// What is signed is the same without the signature; a legacy transaction for one chain puts <c>chain, 0, 0</c> in its place. spec: EIP-155
/// </remarks>
public static class TransactionCodec
{
    private const byte AuthorizationMark = 0x05; // EIP-7702 MAGIC

    /// <summary>The bytes of a transaction.</summary>
    public static byte[] Encode(Transaction transaction) => WithType(transaction, Rlp.Encode(new Fields(transaction, Signed: true)));

    /// <summary>Reads a transaction that fills the bytes.</summary>
    public static bool TryDecode(ReadOnlySpan<byte> bytes, out Transaction? transaction, out TransactionFault fault) =>
        TransactionDecoder.TryDecode(bytes, out transaction, out fault);

    /// <summary>What the sender signs.</summary>
    public static Hash32 SigningHash(Transaction transaction) =>
        transaction.Type == TransactionType.Legacy
            ? Rlp.Hash(new Fields(transaction, Signed: false))
            : Keccak.Hash256(WithType(transaction, Rlp.Encode(new Fields(transaction, Signed: false))));

    /// <summary>What an authority signs. spec: EIP-7702</summary>
    internal static Hash32 SigningHash(Authorization authorization) =>
        Keccak.Hash256([AuthorizationMark, .. Rlp.Encode(new AuthorizationFields(authorization))]);

    private static byte[] WithType(Transaction transaction, byte[] list) =>
        transaction.Type == TransactionType.Legacy ? list : [(byte)transaction.Type, .. list];

    private readonly record struct AuthorizationFields(Authorization Authorization) : IRlpEncodable
    {
        public void WriteTo(ref RlpWriter writer)
        {
            RlpListMark list = writer.BeginList();
            writer.Write(Authorization.ChainId);
            writer.WriteFixed(Authorization.Target);
            writer.Write(Authorization.Nonce);
            writer.EndList(list);
        }
    }

    private readonly record struct Fields(Transaction Transaction, bool Signed) : IRlpEncodable
    {
        public void WriteTo(ref RlpWriter writer)
        {
            Transaction t = Transaction;
            RlpListMark list = writer.BeginList();
            if (t.Type != TransactionType.Legacy)
                writer.Write(t.ChainId ?? 0);
            writer.Write(t.Nonce);
            if (t.Type >= TransactionType.DynamicFee)
                writer.Write(t.MaxPriorityFeePerGas);
            writer.Write(t.MaxFeePerGas);
            writer.Write(t.GasLimit);
            if (t.To is { } to)
                writer.WriteFixed(to);
            else
                writer.Write([]);
            writer.Write(t.Value);
            writer.Write(t.Input.Span);
            if (t.Type >= TransactionType.AccessList)
                WriteAccessList(ref writer, t.AccessList);
            if (t.Type == TransactionType.Blob)
                WriteBlobs(ref writer, t);
            if (t.Type == TransactionType.SetCode)
                WriteAuthorizations(ref writer, t.Authorizations);
            WriteSignature(ref writer, t);
            writer.EndList(list);
        }

        private void WriteSignature(ref RlpWriter writer, Transaction t)
        {
            if (Signed)
            {
                writer.Write(V(t));
                writer.Write(t.Signature.R);
                writer.Write(t.Signature.S);
            }
            else if (t.Type == TransactionType.Legacy && t.ChainId is { } chain)
            {
                writer.Write(chain);
                writer.Write(0);
                writer.Write(0);
            }
        }

        private static UInt256 V(Transaction t) =>
            t.Type != TransactionType.Legacy ? (ulong)t.Signature.YParity
            : t.ChainId is { } chain ? (UInt256)chain + chain + (ulong)(35 + t.Signature.YParity)
            : (ulong)(27 + t.Signature.YParity);
    }

    private static void WriteAccessList(ref RlpWriter writer, IReadOnlyList<AccessListEntry> entries)
    {
        RlpListMark list = writer.BeginList();
        foreach (AccessListEntry entry in entries)
        {
            RlpListMark item = writer.BeginList();
            writer.WriteFixed(entry.Address);
            WriteHashes(ref writer, entry.Slots);
            writer.EndList(item);
        }
        writer.EndList(list);
    }

    private static void WriteBlobs(ref RlpWriter writer, Transaction t)
    {
        writer.Write(t.MaxFeePerBlobGas);
        WriteHashes(ref writer, t.BlobHashes);
    }

    private static void WriteHashes(ref RlpWriter writer, IReadOnlyList<Hash32> hashes)
    {
        RlpListMark list = writer.BeginList();
        foreach (Hash32 hash in hashes)
            writer.WriteFixed(hash);
        writer.EndList(list);
    }

    private static void WriteAuthorizations(ref RlpWriter writer, IReadOnlyList<Authorization> authorizations)
    {
        RlpListMark list = writer.BeginList();
        foreach (Authorization authorization in authorizations)
        {
            RlpListMark item = writer.BeginList();
            writer.Write(authorization.ChainId);
            writer.WriteFixed(authorization.Target);
            writer.Write(authorization.Nonce);
            writer.Write(authorization.YParity);
            writer.Write(authorization.R);
            writer.Write(authorization.S);
            writer.EndList(item);
        }
        writer.EndList(list);
    }
}
