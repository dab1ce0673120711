using System.Text.Json;
using Flashback.Primitives;

namespace Flashback.Execution;

/// <summary>How a chain begins: its rules, its first header, and the accounts of its first state.</summary>
/// <remarks>
/// The header's state root is only known to who has a trie: apply <see cref="ToDiff"/> to the empty state, and ask <see cref="HeaderWith"/>.
/// </remarks>
/// <param name="Chain">Which rules hold when.</param>
/// <param name="Draft">The header, but for its state root.</param>
/// <param name="Accounts">Each address once.</param>
public sealed record Genesis(ChainConfig Chain, BlockHeader Draft, IReadOnlyList<GenesisAccount> Accounts)
{
    /// <summary>Reads a description as go-ethereum's genesis.json has it.</summary>
    /// <param name="json">The text in UTF-8.</param>
    /// <param name="genesis">What it describes.</param>
    /// <param name="fault">Where it is wrong, and how.</param>
    public static bool TryParse(ReadOnlyMemory<byte> json, out Genesis? genesis, out GenesisFault fault)
    {
        genesis = null;
        try
        {
            using JsonDocument document = JsonDocument.Parse(json);
            genesis = GenesisReader.Read(new GenesisField("", document.RootElement));
            fault = default;
        }
        catch (JsonException broken)
        {
            fault = new GenesisFault("", $"no JSON: {broken.Message}");
        }
        catch (GenesisException wrong)
        {
            fault = wrong.Fault;
        }
        return genesis is not null;
    }

    /// <summary>Reads accounts: <c>{ address: { balance, nonce, code, storage } }</c>, as <c>alloc</c> is.</summary>
    public static bool TryParseAccounts(JsonElement alloc, out IReadOnlyList<GenesisAccount> accounts, out GenesisFault fault)
    {
        accounts = [];
        fault = default;
        try
        {
            accounts = GenesisReader.ReadAccounts(new GenesisField("alloc", alloc));
            return true;
        }
        catch (GenesisException wrong)
        {
            fault = wrong.Fault;
            return false;
        }
    }

    /// <summary>The header, with the root of the first state.</summary>
    public BlockHeader HeaderWith(in Hash32 stateRoot) => Draft with { StateRoot = stateRoot };

    /// <summary>The first state as a change of the empty one.</summary>
    public StateDiff ToDiff() => DiffOf(Accounts);

    /// <summary>A state with these accounts as a change of the empty one.</summary>
    public static StateDiff DiffOf(IReadOnlyList<GenesisAccount> accounts)
    {
        List<AccountDiff> diffs = new(accounts.Count);
        Dictionary<Hash32, ReadOnlyMemory<byte>> codes = [];
        foreach (GenesisAccount account in accounts)
        {
            Hash32 codeHash = Keccak.Hash256(account.Code.Span);
            if (!account.Code.IsEmpty)
                codes[codeHash] = account.Code;
            diffs.Add(new AccountDiff(account.Address, new Account(account.Nonce, account.Balance, codeHash, account.Slots.Count > 0), ClearsStorage: false, account.Slots));
        }
        return new StateDiff(diffs, codes);
    }
}
