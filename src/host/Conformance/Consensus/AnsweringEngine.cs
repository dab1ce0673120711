using Flashback.Consensus;

namespace Flashback.Conformance;

/// <summary>An execution engine that answers what the vector says: its payloads are not to be executed. spec: cs/tests/formats/operations</summary>
internal sealed class AnsweringEngine(bool answer) : IExecutionEngine
{
    public bool VerifyAndNotifyNewPayload(NewPayloadRequest request) => answer;
}
