namespace Flashback.Api.JsonRpc;

/// <summary>What must be done before the answer to a body is sent, each thing once however many requests of a batch ask for it: what they brought is written to disk together.</summary>
public sealed class RpcDuties
{
    private readonly HashSet<Action> _duties = [];

    /// <summary>Asks for something to be done. The same method of the same object counts once.</summary>
    public void Add(Action duty) => _duties.Add(duty);

    internal void Settle()
    {
        foreach (Action duty in _duties)
            duty();
    }
}
