using Flashback.Api.JsonRpc;
using Flashback.Api.Wire;
using Flashback.Execution;
using Flashback.Primitives;

namespace Flashback.Api.Simulation;

/// <summary>What accounts shall be instead, as a change of the state: so that it has a root and lasts to the next block.</summary>
internal static class SimulatedOverrides
{
    /// <exception cref="RpcException">An override contradicts itself.</exception>
    public static StateDiff ToDiff(IReadOnlyDictionary<Address, WireAccountOverride>? accounts, IStateView before)
    {
        List<AccountDiff> diffs = [];
        Dictionary<Hash32, ReadOnlyMemory<byte>> codes = [];
        foreach ((Address address, WireAccountOverride? change) in accounts ?? new Dictionary<Address, WireAccountOverride>())
        {
            if (change is null || (change.State is not null && change.StateDiff is not null))
                throw RpcException.InvalidParams($"account {address} has both 'state' and 'stateDiff', or nothing");
            if (!before.TryGetAccount(address, out Account account))
                account = new Account(0, UInt256.Zero, Keccak.OfNothing);
            Hash32 codeHash = account.CodeHash;
            if (change.Code is { } code)
            {
                codeHash = Keccak.Hash256(code.Span);
                if (!code.IsEmpty)
                    codes[codeHash] = code;
            }
            account = account with { Nonce = change.Nonce ?? account.Nonce, Balance = change.Balance ?? account.Balance, CodeHash = codeHash };
            diffs.Add(new AccountDiff(address, account, ClearsStorage: change.State is not null, SlotsOf(change)));
        }
        return new StateDiff(diffs, codes);
    }

    private static List<KeyValuePair<UInt256, UInt256>> SlotsOf(WireAccountOverride change)
    {
        List<KeyValuePair<UInt256, UInt256>> slots = [];
        foreach ((Hash32 slot, Hash32 word) in change.State ?? change.StateDiff ?? new Dictionary<Hash32, Hash32>())
        {
            if (change.State is null || !word.IsZero)
                slots.Add(new(UInt256.ReadBigEndian(slot.AsSpan()), UInt256.ReadBigEndian(word.AsSpan())));
        }
        return slots;
    }
}
