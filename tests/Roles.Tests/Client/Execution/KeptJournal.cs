using Flashback.Client;

namespace Flashback.Roles.Tests.Client.Execution;

internal sealed class KeptJournal : ITransactionJournal
{
    private SentTransaction? _sent;

    public Action OnWrite { get; set; } = () => { };

    public SentTransaction? Read() => _sent;

    public void Write(SentTransaction sent)
    {
        OnWrite();
        _sent = sent;
    }

    public void Clear() => _sent = null;
}
