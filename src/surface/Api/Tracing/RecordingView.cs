using Flashback.Execution;
using Flashback.Primitives;

namespace Flashback.Api.Tracing;

/// <summary>A state that notes what is asked of it: the accounts, and the words of their storage.</summary>
internal sealed class RecordingView(IStateView below) : IStateView
{
    private readonly Dictionary<Address, SortedDictionary<Hash32, UInt256>> _asked = [];

    /// <summary>What was asked for: each account with the words that were read.</summary>
    public IReadOnlyDictionary<Address, SortedDictionary<Hash32, UInt256>> Asked => _asked;

    public bool TryGetAccount(in Address address, out Account account)
    {
        _ = WordsOf(address);
        return below.TryGetAccount(address, out account);
    }

    public ReadOnlyMemory<byte> CodeOf(in Hash32 codeHash) => below.CodeOf(codeHash);

    public UInt256 SlotOf(in Address address, in UInt256 slot)
    {
        UInt256 word = below.SlotOf(address, slot);
        WordsOf(address)[slot.ToHash32()] = word;
        return word;
    }

    private SortedDictionary<Hash32, UInt256> WordsOf(in Address address)
    {
        if (!_asked.TryGetValue(address, out SortedDictionary<Hash32, UInt256>? words))
            _asked.Add(address, words = []);
        return words;
    }
}
