using System.Buffers;
using System.Text.Json;
using Flashback.Api.JsonRpc;
using Flashback.Api.Wire;
using Flashback.Execution;
using Flashback.Primitives;

namespace Flashback.Api.Tracing;

/// <summary>Executes a transaction with the tracer that was asked for.</summary>
/// <param name="limits">How large a trace may be.</param>
internal sealed class Tracers(RpcLimits limits)
{
    /// <summary>How a message is executed: written once for every tracer.</summary>
    public interface IRun
    {
        TransactionOutcome Run<TTracer>(IStateView state, ref TTracer tracer, out StateDiff diff)
            where TTracer : struct, ITracer;
    }

    /// <summary>The trace as JSON.</summary>
    /// <param name="request">Which tracer.</param>
    /// <param name="message">The transaction.</param>
    /// <param name="sender">Who signed it, or in whose name.</param>
    /// <param name="state">The state before it.</param>
    /// <param name="rules">The block's rules.</param>
    /// <param name="run">Executes it.</param>
    /// <param name="cancellation">Stops it.</param>
    public WireRaw Trace<TRun>(
        TraceRequest request, Transaction message, in Address sender, IStateView state, ForkRules rules, in TRun run, CancellationToken cancellation)
        where TRun : IRun
    {
        ReadOnlyMemory<byte> trace = request.Tracer switch
        {
            null or "" => StructLogs(request, state, run, cancellation),
            "callTracer" => Calls(request, message, sender, state, run, cancellation),
            "prestateTracer" => Prestate(request, state, rules, run, cancellation),
            "noopTracer" => "{}"u8.ToArray(),
            _ => throw RpcException.InvalidParams($"tracer not found: {request.Tracer}"),
        };
        cancellation.ThrowIfCancellationRequested();
        return new WireRaw(trace);
    }

    private ReadOnlyMemory<byte> StructLogs<TRun>(TraceRequest request, IStateView state, in TRun run, CancellationToken cancellation)
        where TRun : IRun
    {
        StructLogOptions options = new(request.DisableStack, request.EnableMemory, request.DisableStorage, request.EnableReturnData, request.Limit);
        ArrayBufferWriter<byte> output = new();
        using Utf8JsonWriter writer = new(output);
        StructLogger logger = new(options, limits.MaxAnswerBytes, output, writer, cancellation);
        return logger.Finish(run.Run(state, ref logger, out _));
    }

    private static byte[] Calls<TRun>(TraceRequest request, Transaction message, in Address sender, IStateView state, in TRun run, CancellationToken cancellation)
        where TRun : IRun
    {
        CallTracer tracer = new(message, sender, OptionsOf(request, new CallTracerOptions()), cancellation);
        tracer.Finish(run.Run(state, ref tracer, out _));
        return JsonSerializer.SerializeToUtf8Bytes(tracer.Root, WireContext.Default.WireCallFrame);
    }

    private static ReadOnlyMemory<byte> Prestate<TRun>(TraceRequest request, IStateView state, ForkRules rules, in TRun run, CancellationToken cancellation)
        where TRun : IRun
    {
        RecordingView recording = new(state);
        Cancellable tracer = new(cancellation);
        _ = run.Run(recording, ref tracer, out StateDiff diff);
        return OptionsOf(request, new PrestateOptions()).DiffMode ? PrestateTrace.Changed(state, diff) : PrestateTrace.Touched(recording, rules);
    }

    private static T OptionsOf<T>(TraceRequest request, T otherwise)
    {
        if (request.TracerConfig is not { ValueKind: JsonValueKind.Object } config)
            return otherwise;
        try
        {
            return config.Deserialize((System.Text.Json.Serialization.Metadata.JsonTypeInfo<T>)WireContext.Default.GetTypeInfo(typeof(T))!) ?? otherwise;
        }
        catch (JsonException wrong)
        {
            throw RpcException.InvalidParams($"invalid tracerConfig: {wrong.Message}");
        }
    }
}
