using Flashback.Primitives;

namespace Flashback.Execution;

/// <summary>A state with changes over it, without a trie: for questions about what comes between blocks.</summary>
public sealed class ChangedView : IStateView
{
    private readonly IStateView _below;
    private readonly StateDiff _diff;
    private readonly Dictionary<Address, (AccountDiff Diff, Dictionary<UInt256, UInt256> Slots)> _accounts;

    /// <summary>The state of <paramref name="below"/> once <paramref name="diff"/> has happened to it.</summary>
    public ChangedView(IStateView below, StateDiff diff)
    {
        _below = below;
        _diff = diff;
        _accounts = diff.Accounts.ToDictionary(account => account.Address, account => (account, new Dictionary<UInt256, UInt256>(account.Slots)));
    }

    /// <inheritdoc/>
    public bool TryGetAccount(in Address address, out Account account)
    {
        if (!_accounts.TryGetValue(address, out var changed))
            return _below.TryGetAccount(address, out account);
        account = changed.Diff.Account ?? default;
        account = account with { HasStorage = (account.HasStorage && !changed.Diff.ClearsStorage) || changed.Slots.Values.Any(word => !word.IsZero) };
        return changed.Diff.Account is not null;
    }

    /// <inheritdoc/>
    public ReadOnlyMemory<byte> CodeOf(in Hash32 codeHash) => _diff.Codes.TryGetValue(codeHash, out ReadOnlyMemory<byte> code) ? code : _below.CodeOf(codeHash);

    /// <inheritdoc/>
    public UInt256 SlotOf(in Address address, in UInt256 slot)
    {
        if (!_accounts.TryGetValue(address, out var changed))
            return _below.SlotOf(address, slot);
        if (changed.Slots.TryGetValue(slot, out UInt256 word))
            return word;
        return changed.Diff.ClearsStorage || changed.Diff.Account is null ? UInt256.Zero : _below.SlotOf(address, slot);
    }
}
