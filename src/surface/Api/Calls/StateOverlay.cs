using Flashback.Api.JsonRpc;
using Flashback.Api.Wire;
using Flashback.Execution;
using Flashback.Primitives;

namespace Flashback.Api.Calls;

/// <summary>A state in which some accounts are otherwise, for one question. spec: execution-apis, state override</summary>
internal sealed class StateOverlay : IStateView
{
    private readonly IStateView _below;
    private readonly Dictionary<Address, WireAccountOverride> _accounts = [];
    private readonly Dictionary<Hash32, ReadOnlyMemory<byte>> _codes = [];

    private StateOverlay(IStateView below) => _below = below;

    /// <summary>The state with these accounts changed; the state itself when there are none.</summary>
    public static IStateView Over(IStateView below, IReadOnlyDictionary<Address, WireAccountOverride>? accounts)
    {
        if (accounts is null or { Count: 0 })
            return below;
        StateOverlay overlay = new(below);
        foreach ((Address address, WireAccountOverride account) in accounts)
        {
            if (account is null)
                throw RpcException.InvalidParams($"the override of account {address} is null");
            if (account.State is not null && account.StateDiff is not null)
                throw RpcException.InvalidParams($"account {address} has both 'state' and 'stateDiff'");
            overlay._accounts.Add(address, account);
            if (account.Code is { } code)
                overlay._codes[Keccak.Hash256(code.Span)] = code;
        }
        return overlay;
    }

    public bool TryGetAccount(in Address address, out Account account)
    {
        bool isThere = _below.TryGetAccount(address, out account);
        if (!_accounts.TryGetValue(address, out WireAccountOverride? change))
            return isThere;
        if (!isThere)
            account = new Account(0, UInt256.Zero, Keccak.OfNothing);
        account = account with
        {
            Nonce = change.Nonce ?? account.Nonce,
            Balance = change.Balance ?? account.Balance,
            CodeHash = change.Code is { } code ? Keccak.Hash256(code.Span) : account.CodeHash,
            HasStorage = change.State is { } state ? state.Count > 0 : account.HasStorage || change.StateDiff is { Count: > 0 },
        };
        return true;
    }

    public ReadOnlyMemory<byte> CodeOf(in Hash32 codeHash) => _codes.TryGetValue(codeHash, out ReadOnlyMemory<byte> code) ? code : _below.CodeOf(codeHash);

    public UInt256 SlotOf(in Address address, in UInt256 slot)
    {
        if (_accounts.TryGetValue(address, out WireAccountOverride? change))
        {
            if (change.StateDiff is { } some && some.TryGetValue(slot.ToHash32(), out Hash32 word))
                return UInt256.ReadBigEndian(word.AsSpan());
            if (change.State is { } all)
                return all.TryGetValue(slot.ToHash32(), out word) ? UInt256.ReadBigEndian(word.AsSpan()) : UInt256.Zero;
        }
        return _below.SlotOf(address, slot);
    }
}
