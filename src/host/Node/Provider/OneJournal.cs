using Flashback.Client;

namespace Flashback.Node;

/// <summary>The journal of a command that sends one transaction and ends.</summary>
internal sealed class OneJournal : ITransactionJournal
{
    private SentTransaction? _sent;

    public SentTransaction? Read() => _sent;

    public void Write(SentTransaction sent) => _sent = sent;

    public void Clear() => _sent = null;
}
