using Flashback.Consensus;

namespace Flashback.Chain.Beacon;

/// <summary>The execution layer of this process, as consensus asks for it: no engine API in between.</summary>
internal sealed class EngineAdapter(ExecutionEngine engine, Preset preset) : IExecutionEngine
{
    /// <inheritdoc/>
    public bool VerifyAndNotifyNewPayload(NewPayloadRequest request) =>
        engine.NewPayload(PayloadConversion.ToEnvelope(request, preset)).Verdict == PayloadVerdict.Valid;
}

/// <summary>Takes every payload: for blocks of the chain that are gone through once more, whose payloads were executed before.</summary>
internal sealed class ExecutedBefore : IExecutionEngine
{
    /// <inheritdoc/>
    public bool VerifyAndNotifyNewPayload(NewPayloadRequest request) => true;
}
