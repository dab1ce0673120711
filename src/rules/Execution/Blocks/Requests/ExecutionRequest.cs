using Flashback.Primitives;

namespace Flashback.Execution;

/// <summary>What a block asks of the consensus layer: all requests of one type, one behind the other. spec: EIP-7685</summary>
/// <param name="Type">Which.</param>
/// <param name="Payload">The requests, each of the length that its type has; not empty.</param>
public sealed record ExecutionRequest(byte Type, ReadOnlyMemory<byte> Payload)
{
    /// <summary>Deposits. spec: EIP-6110 DEPOSIT_REQUEST_TYPE</summary>
    public const byte Deposit = 0x00;

    /// <summary>Withdrawals that the owner of a stake asks for. spec: EIP-7002 WITHDRAWAL_REQUEST_TYPE</summary>
    public const byte Withdrawal = 0x01;

    /// <summary>Consolidations of stakes. spec: EIP-7251 CONSOLIDATION_REQUEST_TYPE</summary>
    public const byte Consolidation = 0x02;

    /// <summary>The type's byte and the requests, as the hash and the Engine API have it.</summary>
    public byte[] Encode() => [Type, .. Payload.Span];

    /// <summary>What the header commits to: the hash of the hashes. spec: EIP-7685 compute_requests_hash</summary>
    /// <param name="requests">Each type once, in ascending order, none empty.</param>
    public static Hash32 HashOf(IReadOnlyList<ExecutionRequest> requests)
    {
        byte[] hashes = new byte[32 * requests.Count];
        for (int i = 0; i < requests.Count; i++)
            Sha256.Hash(requests[i].Encode()).AsSpan().CopyTo(hashes.AsSpan(32 * i));
        return Sha256.Hash(hashes);
    }
}
