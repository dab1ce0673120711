using System.Buffers;
using System.Text.Json;
using Flashback.Execution;
using Flashback.Primitives;

namespace Flashback.Api.Tracing;

/// <summary>What a caller wants of the prestate tracer.</summary>
/// <param name="DiffMode">Tell what changed, before and after, instead of all that was touched.</param>
public sealed record PrestateOptions(bool DiffMode = false);

/// <summary>Tells the accounts that a transaction touches as they were before it, as go-ethereum's prestateTracer does.</summary>
internal static class PrestateTrace
{
    /// <summary>All that was touched.</summary>
    /// <param name="view">What was asked of the state before.</param>
    /// <param name="rules">Whose precompiled contracts are warm without being touched.</param>
    public static ReadOnlyMemory<byte> Touched(RecordingView view, ForkRules rules) => Write(writer =>
    {
        foreach ((Address address, SortedDictionary<Hash32, UInt256> words) in view.Asked.OrderBy(account => account.Key))
        {
            bool isThere = view.TryGetAccount(address, out Account account);
            if (!isThere && rules.PrecompileAddresses.Contains(address))
                continue;
            writer.WriteStartObject(address.ToString());
            writer.WriteString("balance"u8, account.Balance.ToString());
            WriteRest(writer, view, isThere ? account : null, words.Select(word => KeyValuePair.Create(word.Key, word.Value)));
            writer.WriteEndObject();
        }
    });

    /// <summary>What changed, before and after.</summary>
    public static ReadOnlyMemory<byte> Changed(IStateView before, StateDiff diff) => Write(writer =>
    {
        AccountDiff[] changed = [.. diff.Accounts.OrderBy(account => account.Address)];
        writer.WriteStartObject("post"u8);
        foreach (AccountDiff account in changed)
        {
            if (account.Account is { } now)
                WriteAfter(writer, before, diff, account, now);
        }
        writer.WriteEndObject();
        writer.WriteStartObject("pre"u8);
        foreach (AccountDiff account in changed)
        {
            if (!before.TryGetAccount(account.Address, out Account was))
                continue;
            writer.WriteStartObject(account.Address.ToString());
            writer.WriteString("balance"u8, was.Balance.ToString());
            Address address = account.Address;
            WriteRest(writer, before, was, account.Slots.Select(slot => KeyValuePair.Create(slot.Key.ToHash32(), before.SlotOf(address, slot.Key))));
            writer.WriteEndObject();
        }
        writer.WriteEndObject();
    });

    private static void WriteAfter(Utf8JsonWriter writer, IStateView before, StateDiff diff, AccountDiff changed, in Account now)
    {
        bool wasThere = before.TryGetAccount(changed.Address, out Account was);
        writer.WriteStartObject(changed.Address.ToString());
        if (!wasThere || now.Balance != was.Balance)
            writer.WriteString("balance"u8, now.Balance.ToString());
        if (now.Nonce != was.Nonce)
            writer.WriteNumber("nonce"u8, now.Nonce);
        if (diff.Codes.TryGetValue(now.CodeHash, out ReadOnlyMemory<byte> code))
            writer.WriteString("code"u8, Hex.Encode(code.Span));
        WriteWords(writer, changed.Slots.Select(slot => KeyValuePair.Create(slot.Key.ToHash32(), slot.Value)));
        writer.WriteEndObject();
    }

    private static void WriteRest(Utf8JsonWriter writer, IStateView state, in Account? account, IEnumerable<KeyValuePair<Hash32, UInt256>> words)
    {
        if (account is { } known)
        {
            if (known.CodeHash != Keccak.OfNothing)
                writer.WriteString("code"u8, Hex.Encode(state.CodeOf(known.CodeHash).Span));
            if (known.Nonce > 0)
                writer.WriteNumber("nonce"u8, known.Nonce);
        }
        WriteWords(writer, words);
    }

    private static void WriteWords(Utf8JsonWriter writer, IEnumerable<KeyValuePair<Hash32, UInt256>> words)
    {
        bool isFirst = true;
        foreach ((Hash32 slot, UInt256 word) in words.OrderBy(word => word.Key))
        {
            if (isFirst)
                writer.WriteStartObject("storage"u8);
            isFirst = false;
            writer.WriteString(slot.ToString(), word.ToHash32().ToString());
        }
        if (!isFirst)
            writer.WriteEndObject();
    }

    private static ReadOnlyMemory<byte> Write(Action<Utf8JsonWriter> content)
    {
        ArrayBufferWriter<byte> output = new();
        using Utf8JsonWriter writer = new(output);
        writer.WriteStartObject();
        content(writer);
        writer.WriteEndObject();
        writer.Flush();
        return output.WrittenMemory;
    }
}
