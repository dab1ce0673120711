using System.Buffers;
using System.Diagnostics;
using System.Text.Encodings.Web;
using System.Text.Json;
using Flashback.Primitives;
using Flashback.State;
using Flashback.State.Store;
using Microsoft.Extensions.Logging;

namespace Flashback.Api.JsonRpc;

/// <summary>Answers bodies of JSON-RPC, single requests and batches: whatever bytes come, the answer is JSON and nothing else happens. spec: JSON-RPC 2.0</summary>
public sealed partial class RpcDispatcher(RpcTable table, RpcLimits limits, ILogger<RpcDispatcher> log)
{
    private static readonly JsonDocumentOptions Reading = new() { MaxDepth = 64 };
    private static readonly JsonWriterOptions Writing = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping }; // the answer is JSON, never part of a page

    /// <summary>Answers one body.</summary>
    /// <param name="body">What the caller sent.</param>
    /// <param name="output">Takes the answer; it stays empty when every request is a notification.</param>
    /// <param name="connection">The caller's socket, where there is one.</param>
    /// <param name="cancellation">The caller has gone.</param>
    public async Task AnswerAsync(ReadOnlyMemory<byte> body, ArrayBufferWriter<byte> output, IRpcConnection? connection, CancellationToken cancellation)
    {
        using CancellationTokenSource time = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        time.CancelAfter(limits.Timeout);
        RpcCall call = new(default, connection, new RpcDuties(), time.Token);
        int start = output.WrittenCount;
        try
        {
            using JsonDocument document = JsonDocument.Parse(body, Reading);
            if (document.RootElement.ValueKind == JsonValueKind.Array)
                await AnswerBatchAsync(document.RootElement, output, call).ConfigureAwait(false);
            else
                await AnswerOneAsync(document.RootElement, output, call).ConfigureAwait(false);
            call.Duties.Settle();
        }
        catch (JsonException broken)
        {
            WriteError(output, default, new RpcException(RpcCode.ParseError, $"parse error: {broken.Message}"));
        }
        catch (StoreException failure)
        {
            LogUnsettled(failure);
            Truncate(output, start);
            WriteError(output, default, new RpcException(RpcCode.Internal, "internal error"));
        }
    }

    private async Task AnswerBatchAsync(JsonElement batch, ArrayBufferWriter<byte> output, RpcCall call)
    {
        int count = batch.GetArrayLength();
        if (count == 0)
        {
            WriteError(output, default, new RpcException(RpcCode.InvalidRequest, "empty batch"));
            return;
        }
        if (count > limits.MaxBatch)
        {
            WriteError(output, default, new RpcException(RpcCode.InvalidRequest, $"batch too large: {count} requests, at most {limits.MaxBatch}"));
            return;
        }
        int start = output.WrittenCount;
        foreach (JsonElement request in batch.EnumerateArray())
        {
            int before = output.WrittenCount;
            output.Write(before == start ? "["u8 : ","u8);
            int opened = output.WrittenCount;
            await AnswerOneAsync(request, output, call).ConfigureAwait(false);
            if (output.WrittenCount == opened)
                Truncate(output, before); // a notification: not even a comma
        }
        if (output.WrittenCount > start)
            output.Write("]"u8);
    }

    private async Task AnswerOneAsync(JsonElement request, ArrayBufferWriter<byte> output, RpcCall call)
    {
        int start = output.WrittenCount;
        JsonElement id = default;
        string name = "";
        long began = Stopwatch.GetTimestamp();
        bool isDone = false;
        try
        {
            name = NameOf(request, out id, out RpcParameters parameters);
            if (!table.TryFind(name, out RpcMethod? method))
                throw new RpcException(RpcCode.MethodNotFound, $"the method {name} does not exist/is not available");
            call.Cancellation.ThrowIfCancellationRequested();
            RpcAnswer answer = await method!(call with { Parameters = parameters }).ConfigureAwait(false);
            if (id.ValueKind != JsonValueKind.Undefined)
                WriteAnswer(output, id, answer);
            if (output.WrittenCount > limits.MaxAnswerBytes)
                throw new RpcException(RpcCode.LimitExceeded, $"response is too large: more than {limits.MaxAnswerBytes} bytes");
            isDone = true;
        }
        catch (RpcException refused)
        {
            Refuse(refused);
        }
        catch (OperationCanceledException)
        {
            Refuse(new RpcException(RpcCode.Timeout, "request timed out"));
        }
        catch (StatePrunedException pruned)
        {
            Refuse(new RpcException(RpcCode.Server, $"missing trie node: {pruned.Message}"));
        }
        catch (Exception failure) when (failure is not OutOfMemoryException)
        {
            LogFailure(name, failure);
            Refuse(new RpcException(RpcCode.Internal, "internal error"));
        }
        RpcMetrics.Count(table.TryFind(name, out _) ? name : "unknown", isDone, Stopwatch.GetElapsedTime(began));

        void Refuse(RpcException refused)
        {
            Truncate(output, start);
            if (id.ValueKind != JsonValueKind.Undefined || name.Length == 0)
                WriteError(output, id, refused);
        }
    }

    private static string NameOf(JsonElement request, out JsonElement id, out RpcParameters parameters)
    {
        id = default;
        if (request.ValueKind != JsonValueKind.Object)
            throw new RpcException(RpcCode.InvalidRequest, "invalid request");
        if (request.TryGetProperty("id", out JsonElement given) && given.ValueKind is not (JsonValueKind.String or JsonValueKind.Number or JsonValueKind.Null))
            throw new RpcException(RpcCode.InvalidRequest, "invalid request: the id is neither a string nor a number");
        if (!request.TryGetProperty("method", out JsonElement method) || method.ValueKind != JsonValueKind.String)
        {
            id = given;
            throw new RpcException(RpcCode.InvalidRequest, "invalid request: there is no method");
        }
        id = given;
        bool hasParameters = request.TryGetProperty("params", out JsonElement list) && list.ValueKind != JsonValueKind.Null;
        if (hasParameters && list.ValueKind != JsonValueKind.Array)
            throw RpcException.InvalidParams("non-array args");
        parameters = new RpcParameters(list);
        return method.GetString()!;
    }

    private static void WriteAnswer(ArrayBufferWriter<byte> output, JsonElement id, in RpcAnswer answer)
    {
        using Utf8JsonWriter writer = new(output, Writing);
        Begin(writer, id);
        writer.WritePropertyName("result"u8);
        answer.WriteTo(writer);
        writer.WriteEndObject();
    }

    private static void WriteError(ArrayBufferWriter<byte> output, JsonElement id, RpcException error)
    {
        using Utf8JsonWriter writer = new(output, Writing);
        Begin(writer, id);
        writer.WriteStartObject("error"u8);
        writer.WriteNumber("code"u8, error.Code);
        writer.WriteString("message"u8, error.Message);
        if (error.Payload is { } data)
            writer.WriteString("data"u8, Hex.Encode(data));
        writer.WriteEndObject();
        writer.WriteEndObject();
    }

    private static void Begin(Utf8JsonWriter writer, JsonElement id)
    {
        writer.WriteStartObject();
        writer.WriteString("jsonrpc"u8, "2.0"u8);
        writer.WritePropertyName("id"u8);
        if (id.ValueKind == JsonValueKind.Undefined)
            writer.WriteNullValue();
        else
            id.WriteTo(writer);
    }

    /// <summary>Takes back what was written since; an answer that was begun is no longer one.</summary>
    private static void Truncate(ArrayBufferWriter<byte> output, int length)
    {
        if (output.WrittenCount == length)
            return;
        byte[] kept = output.WrittenSpan[..length].ToArray();
        output.ResetWrittenCount();
        output.Write(kept);
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "The method {Method} failed")]
    private partial void LogFailure(string method, Exception failure);

    [LoggerMessage(Level = LogLevel.Error, Message = "What was asked for could not be kept")]
    private partial void LogUnsettled(Exception failure);
}
