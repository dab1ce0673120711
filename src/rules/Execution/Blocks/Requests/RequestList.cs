namespace Flashback.Execution;

/// <summary>The requests of a block as they come up: each type once, in ascending order.</summary>
public sealed class RequestList
{
    private readonly List<ExecutionRequest> _requests = [];

    internal RequestList() { }

    internal IReadOnlyList<ExecutionRequest> Requests => _requests;

    /// <summary>Adds all requests of a type; none is no request. spec: EIP-7685</summary>
    /// <exception cref="ArgumentException">The type is not above those before.</exception>
    public void Add(byte type, ReadOnlyMemory<byte> payload)
    {
        if (payload.IsEmpty)
            return;
        if (_requests.Count > 0 && _requests[^1].Type >= type)
            throw new ArgumentException($"requests of type {type} come before those of type {_requests[^1].Type}", nameof(type));
        _requests.Add(new ExecutionRequest(type, payload));
    }
}
