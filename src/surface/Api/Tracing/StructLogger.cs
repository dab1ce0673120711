using System.Buffers;
using System.Text.Json;
using Flashback.Api.Calls;
using Flashback.Api.JsonRpc;
using Flashback.Execution;
using Flashback.Primitives;

namespace Flashback.Api.Tracing;

/// <summary>What a caller wants of the struct logs. spec: go-ethereum debug_traceTransaction</summary>
public sealed record StructLogOptions(bool DisableStack = false, bool EnableMemory = false, bool DisableStorage = false, bool EnableReturnData = false, int Limit = 0);

/// <summary>Writes every instruction as go-ethereum's struct logs have it, straight to JSON.</summary>
internal struct StructLogger : ITracer
{
    private readonly StructLogOptions _options;
    private readonly CancellationToken _cancellation;
    private readonly int _mostBytes;
    private readonly ArrayBufferWriter<byte> _output;
    private readonly Utf8JsonWriter _writer;
    private readonly Dictionary<Address, SortedDictionary<Hash32, Hash32>> _storage = [];
    private byte[] _returned = [];
    private int _count;
    private bool _isOpen;
    private long _gas;
    private (Address Account, UInt256 Slot, int Depth)? _loaded; // an SLOAD whose word the next step shows

    /// <summary>Begins with the list of steps.</summary>
    /// <param name="options">What to show.</param>
    /// <param name="mostBytes">How long it may get.</param>
    /// <param name="output">Where <paramref name="writer"/> writes.</param>
    /// <param name="writer">Takes the steps.</param>
    /// <param name="cancellation">Stops the code.</param>
    public StructLogger(StructLogOptions options, int mostBytes, ArrayBufferWriter<byte> output, Utf8JsonWriter writer, CancellationToken cancellation)
    {
        _options = options;
        _mostBytes = mostBytes;
        _cancellation = cancellation;
        _output = output;
        _writer = writer;
        _writer.WriteStartArray();
    }

    public static bool IsActive => true;

    public static bool CanStop => true;

    public readonly bool MustStop() => _cancellation.IsCancellationRequested || _output.WrittenCount + _writer.BytesPending > _mostBytes;

    public void Step(in TraceStep step)
    {
        Close(step.Gas);
        if (_loaded is { } load && load.Depth == step.Depth && step.Stack.Length > 0)
            StorageOf(load.Account)[load.Slot.ToHash32()] = step.Stack[^1].ToHash32();
        _loaded = null;
        if (_options.Limit > 0 && _count >= _options.Limit)
            return;
        _count++;
        (_isOpen, _gas) = (true, step.Gas);
        _writer.WriteStartObject();
        _writer.WriteNumber("pc"u8, step.ProgramCounter);
        _writer.WriteString("op"u8, Enum.IsDefined(step.Opcode) ? step.Opcode.ToString().ToUpperInvariant() : $"opcode 0x{(byte)step.Opcode:x} not defined");
        _writer.WriteNumber("gas"u8, step.Gas);
        _writer.WriteNumber("depth"u8, step.Depth + 1);
        if (step.Refund > 0)
            _writer.WriteNumber("refund"u8, step.Refund);
        if (!_options.DisableStack)
            WriteStack(step.Stack);
        if (_options.EnableMemory)
            WriteMemory(step.Memory);
        if (_options.EnableReturnData && _returned.Length > 0)
            _writer.WriteString("returnData"u8, Hex.Encode(_returned));
        if (!_options.DisableStorage && step.Opcode is Opcode.SLoad or Opcode.SStore)
            WriteStorage(step);
    }

    public void Descend(long gasLeft, long given) => Close(gasLeft);

    public void EndAtOnce(long given, long left, Halt halt, ReadOnlySpan<byte> output) => _returned = output.ToArray();

    public void End(int depth, Halt halt, long gasLeft, ReadOnlySpan<byte> output)
    {
        Close(gasLeft, halt >= Halt.Revert ? CallFailure.TextOf(halt) : null);
        _returned = output.ToArray();
    }

    /// <summary>The whole answer.</summary>
    /// <exception cref="RpcException">It is larger than an answer may be.</exception>
    public ReadOnlyMemory<byte> Finish(TransactionOutcome outcome)
    {
        Close(0);
        _writer.WriteEndArray();
        _writer.Flush();
        if (_output.WrittenCount > _mostBytes)
            throw new RpcException(RpcCode.LimitExceeded, $"the trace is larger than {_mostBytes} bytes");
        ArrayBufferWriter<byte> whole = new(_output.WrittenCount + 256);
        using Utf8JsonWriter writer = new(whole);
        writer.WriteStartObject();
        writer.WriteNumber("gas"u8, outcome.GasUsed);
        writer.WriteBoolean("failed"u8, !outcome.IsSuccess);
        writer.WriteString("returnValue"u8, Hex.Encode(outcome.Output.Span));
        writer.WritePropertyName("structLogs"u8);
        writer.WriteRawValue(_output.WrittenSpan, skipInputValidation: true);
        writer.WriteEndObject();
        writer.Flush();
        return whole.WrittenMemory;
    }

    /// <summary>Ends the line of the instruction shown last: what it cost is known once it has run.</summary>
    private void Close(long gasLeft, string? error = null)
    {
        if (!_isOpen)
            return;
        _isOpen = false;
        _writer.WriteNumber("gasCost"u8, Math.Max(_gas - gasLeft, 0));
        if (error is not null)
            _writer.WriteString("error"u8, error);
        _writer.WriteEndObject();
    }

    private readonly void WriteStack(ReadOnlySpan<UInt256> stack)
    {
        _writer.WriteStartArray("stack"u8);
        foreach (ref readonly UInt256 word in stack)
            _writer.WriteStringValue(word.ToString());
        _writer.WriteEndArray();
    }

    private readonly void WriteMemory(ReadOnlySpan<byte> memory)
    {
        _writer.WriteStartArray("memory"u8);
        for (int i = 0; i + 32 <= memory.Length; i += 32)
            _writer.WriteStringValue(Hex.Encode(memory.Slice(i, 32)));
        _writer.WriteEndArray();
    }

    private void WriteStorage(in TraceStep step)
    {
        if (step.Stack.Length < (step.Opcode == Opcode.SLoad ? 1 : 2))
            return;
        if (step.Opcode == Opcode.SLoad)
            _loaded = (step.Account, step.Stack[^1], step.Depth);
        else
            StorageOf(step.Account)[step.Stack[^1].ToHash32()] = step.Stack[^2].ToHash32();
        _writer.WriteStartObject("storage"u8);
        foreach ((Hash32 slot, Hash32 word) in StorageOf(step.Account))
            _writer.WriteString(slot.ToString(), word.ToString());
        _writer.WriteEndObject();
    }

    private readonly SortedDictionary<Hash32, Hash32> StorageOf(in Address account)
    {
        if (!_storage.TryGetValue(account, out SortedDictionary<Hash32, Hash32>? words))
            _storage.Add(account, words = []);
        return words;
    }
}
