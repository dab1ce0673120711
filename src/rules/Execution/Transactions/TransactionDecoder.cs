using Flashback.Cryptography;
using Flashback.Primitives;

namespace Flashback.Execution;

/// <summary>Reads the fields that <see cref="TransactionCodec"/> writes.</summary>
internal static class TransactionDecoder
{
    public static bool TryDecode(ReadOnlySpan<byte> bytes, out Transaction? transaction, out TransactionFault fault)
    {
        transaction = null;
        TransactionType type = TransactionType.Legacy;
        if (!bytes.IsEmpty && bytes[0] < Rlp.EmptyBytes)
        {
            type = (TransactionType)bytes[0];
            bytes = bytes[1..];
            if (type is < TransactionType.AccessList or > TransactionType.SetCode)
            {
                fault = new TransactionFault(TransactionFaultKind.UnknownType);
                return false;
            }
        }
        RlpReader reader = new(bytes);
        if (!reader.TryReadList(out RlpReader fields))
        {
            fault = new TransactionFault(TransactionFaultKind.Rlp, reader.Fault);
            return false;
        }
        bool isRead = TryRead(ref fields, type, out transaction, out UInt256 v);
        if (!isRead || !reader.TryEnd())
        {
            transaction = null;
            fault = new TransactionFault(TransactionFaultKind.Rlp, isRead ? reader.Fault : fields.Fault);
            return false;
        }
        bool isSigned = TrySetParity(ref transaction!, v);
        fault = isSigned ? default : new TransactionFault(TransactionFaultKind.SignatureParity);
        if (!isSigned)
            transaction = null;
        return isSigned;
    }

    private static bool TryRead(ref RlpReader fields, TransactionType type, out Transaction? transaction, out UInt256 v)
    {
        transaction = null;
        v = default;
        ulong chain = 0;
        UInt256 priorityFee = default, blobFee = default;
        AccessListEntry[] accessList = [];
        Hash32[] hashes = [];
        Authorization[] authorizations = [];
        if ((type != TransactionType.Legacy && !fields.TryReadUInt64(out chain))
            || !fields.TryReadUInt64(out ulong nonce)
            || (type >= TransactionType.DynamicFee && !fields.TryReadUInt256(out priorityFee))
            || !fields.TryReadUInt256(out UInt256 fee)
            || !fields.TryReadUInt64(out ulong gas)
            || !TryReadTo(ref fields, out Address? to)
            || !fields.TryReadUInt256(out UInt256 value)
            || !fields.TryReadBytes(out ReadOnlySpan<byte> input)
            || (type >= TransactionType.AccessList && !TryReadAccessList(ref fields, out accessList))
            || (type == TransactionType.Blob && !(fields.TryReadUInt256(out blobFee) && TryReadHashes(ref fields, out hashes)))
            || (type == TransactionType.SetCode && !TryReadAuthorizations(ref fields, out authorizations))
            || !fields.TryReadUInt256(out v)
            || !fields.TryReadUInt256(out UInt256 r)
            || !fields.TryReadUInt256(out UInt256 s)
            || !fields.TryEnd())
            return false;
        transaction = new Transaction
        {
            Type = type,
            ChainId = type == TransactionType.Legacy ? null : chain,
            Nonce = nonce,
            MaxPriorityFeePerGas = type >= TransactionType.DynamicFee ? priorityFee : fee,
            MaxFeePerGas = fee,
            GasLimit = gas,
            To = to,
            Value = value,
            Input = input.ToArray(),
            AccessList = accessList,
            MaxFeePerBlobGas = blobFee,
            BlobHashes = hashes,
            Authorizations = authorizations,
            Signature = new RecoverableSignature(r, s, 0),
        };
        return true;
    }

    /// <summary>Reads the parity, and a legacy transaction's chain, out of V. spec: EIP-155</summary>
    private static bool TrySetParity(ref Transaction transaction, in UInt256 v)
    {
        ulong parity = v.Low;
        ulong? chain = transaction.ChainId;
        if (transaction.Type == TransactionType.Legacy)
        {
            if (v == 27UL || v == 28UL)
            {
                parity = v.Low - 27;
            }
            else
            {
                if (v < 35UL || (v - 35UL) >> 1 is { FitsUInt64: false })
                    return false;
                chain = ((v - 35UL) >> 1).Low;
                parity = (v - 35UL).Low & 1;
            }
        }
        else if (v > 1UL)
        {
            return false;
        }
        transaction = transaction with { ChainId = chain, Signature = transaction.Signature with { YParity = (int)parity } };
        return true;
    }

    private static bool TryReadTo(ref RlpReader fields, out Address? to)
    {
        to = null;
        if (fields.Rest is [Rlp.EmptyBytes, ..])
            return fields.TryReadBytes(out _);
        bool isRead = fields.TryReadFixed(out Address address);
        to = address;
        return isRead;
    }

    private static bool TryReadAccessList(ref RlpReader fields, out AccessListEntry[] entries)
    {
        entries = [];
        if (!fields.TryReadList(out RlpReader list))
            return false;
        List<AccessListEntry> read = [];
        while (!list.IsAtEnd)
        {
            if (!list.TryReadList(out RlpReader entry))
                return fields.Fail(list.Fault);
            if (!entry.TryReadFixed(out Address address) || !TryReadHashes(ref entry, out Hash32[] slots) || !entry.TryEnd())
                return fields.Fail(entry.Fault);
            read.Add(new AccessListEntry(address, slots));
        }
        entries = [.. read];
        return true;
    }

    private static bool TryReadHashes(ref RlpReader fields, out Hash32[] hashes)
    {
        hashes = [];
        if (!fields.TryReadList(out RlpReader list))
            return false;
        List<Hash32> read = [];
        while (!list.IsAtEnd)
        {
            if (!list.TryReadFixed(out Hash32 hash))
                return fields.Fail(list.Fault);
            read.Add(hash);
        }
        hashes = [.. read];
        return true;
    }

    private static bool TryReadAuthorizations(ref RlpReader fields, out Authorization[] authorizations)
    {
        authorizations = [];
        if (!fields.TryReadList(out RlpReader list))
            return false;
        List<Authorization> read = [];
        while (!list.IsAtEnd)
        {
            if (!list.TryReadList(out RlpReader item))
                return fields.Fail(list.Fault);
            if (!item.TryReadUInt256(out UInt256 chain) || !item.TryReadFixed(out Address target) || !item.TryReadUInt64(out ulong nonce)
                || !item.TryReadUInt64(out ulong parity) || !item.TryReadUInt256(out UInt256 r) || !item.TryReadUInt256(out UInt256 s) || !item.TryEnd())
                return fields.Fail(item.Fault);
            if (parity > byte.MaxValue) // spec: EIP-7702 assert auth.y_parity < 2**8
                return fields.Fail(RlpFault.NumberTooLarge);
            read.Add(new Authorization(chain, target, nonce, (byte)parity, r, s));
        }
        authorizations = [.. read];
        return true;
    }
}
