using System.Text.Json.Serialization;
using Flashback.Api.Calls;
using Flashback.Execution;
using Flashback.Primitives;

namespace Flashback.Api.Tracing;

/// <summary>A call, and the calls it made, as go-ethereum's callTracer tells them.</summary>
public sealed record WireCallFrame
{
    public required Address From { get; init; }
    public required ulong Gas { get; init; }
    public ulong GasUsed { get; set; }
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] public Address? To { get; set; }
    public ReadOnlyMemory<byte> Input { get; init; }
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] public ReadOnlyMemory<byte>? Output { get; set; }
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] public string? Error { get; set; }
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] public string? RevertReason { get; set; }
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] public List<WireCallFrame>? Calls { get; set; }
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] public List<WireCallLog>? Logs { get; set; }
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] public UInt256? Value { get; init; }
    public required string Type { get; init; }
}

/// <summary>A log and where it was made.</summary>
/// <param name="Address">Who made it.</param>
/// <param name="Topics">Its topics.</param>
/// <param name="Data">What was logged.</param>
/// <param name="Position">After how many calls of its frame.</param>
public sealed record WireCallLog(Address Address, IReadOnlyList<Hash32> Topics, ReadOnlyMemory<byte> Data, ulong Position);

/// <summary>What a caller wants of the call tracer.</summary>
/// <param name="OnlyTopCall">Leave out the calls that calls made.</param>
/// <param name="WithLog">Add the logs.</param>
public sealed record CallTracerOptions(bool OnlyTopCall = false, bool WithLog = false);

/// <summary>Tells the calls of a transaction as a tree.</summary>
internal struct CallTracer : ITracer
{
    private readonly Stack<WireCallFrame> _open = new();
    private readonly CallTracerOptions _options;
    private readonly CancellationToken _cancellation;
    private WireCallFrame? _next; // what the instruction shown last is about to call

    /// <summary>Begins with the transaction's own call.</summary>
    public CallTracer(Transaction transaction, in Address sender, CallTracerOptions options, CancellationToken cancellation)
    {
        _options = options;
        _cancellation = cancellation;
        Root = new WireCallFrame
        {
            Type = transaction.To is null ? "CREATE" : "CALL", From = sender, To = transaction.To, Gas = transaction.GasLimit, Input = transaction.Input, Value = transaction.Value,
        };
        _open.Push(Root);
    }

    public static bool IsActive => true;

    public static bool CanStop => true;

    public WireCallFrame Root { get; }

    public readonly bool MustStop() => _cancellation.IsCancellationRequested;

    public void Step(in TraceStep step)
    {
        switch (step.Opcode)
        {
            case Opcode.Call or Opcode.CallCode or Opcode.DelegateCall or Opcode.StaticCall or Opcode.Create or Opcode.Create2:
                _next = Begin(step);
                break;
            case Opcode.SelfDestruct when step.Stack.Length >= 1 && !_options.OnlyTopCall:
                AddTo(_open.Peek(), new WireCallFrame { Type = "SELFDESTRUCT", From = step.Account, To = step.Stack[^1].ToAddress(), Gas = 0, Value = UInt256.Zero });
                break;
            case >= Opcode.Log0 and <= Opcode.Log4 when _options.WithLog:
                Note(step);
                break;
        }
    }

    public void Descend(long gasLeft, long given)
    {
        WireCallFrame frame = _next! with { Gas = (ulong)given };
        if (!_options.OnlyTopCall)
            AddTo(_open.Peek(), frame);
        _open.Push(frame);
    }

    public readonly void EndAtOnce(long given, long left, Halt halt, ReadOnlySpan<byte> output)
    {
        WireCallFrame frame = _next! with { Gas = (ulong)given };
        if (halt == Halt.None)
            frame.Error = "insufficient balance for transfer or depth limit";
        else
            Close(frame, halt, (ulong)left, output);
        if (!_options.OnlyTopCall)
            AddTo(_open.Peek(), frame);
    }

    public readonly void End(int depth, Halt halt, long gasLeft, ReadOnlySpan<byte> output)
    {
        if (depth > 0)
            Close(_open.Pop(), halt, (ulong)gasLeft, output);
    }

    /// <summary>Ends the transaction's own call.</summary>
    public readonly void Finish(TransactionOutcome outcome)
    {
        Root.To ??= outcome.Created;
        Close(Root, outcome.Halt, Root.Gas - outcome.GasUsed, outcome.Output.Span);
    }

    private static WireCallFrame? Begin(in TraceStep step)
    {
        ReadOnlySpan<UInt256> stack = step.Stack;
        string type = step.Opcode.ToString().ToUpperInvariant();
        if (step.Opcode is Opcode.Create or Opcode.Create2)
        {
            return stack.Length < 3 ? null
                : new WireCallFrame { Type = type, From = step.Account, Gas = 0, Value = stack[^1], Input = Slice(step.Memory, stack[^2], stack[^3]) };
        }
        bool hasValue = step.Opcode is Opcode.Call or Opcode.CallCode;
        int at = hasValue ? 4 : 3; // the input's offset, from the top
        return stack.Length < at + 1 ? null : new WireCallFrame
        {
            Type = type, From = step.Account, To = stack[^2].ToAddress(), Gas = 0, Value = hasValue ? stack[^3] : null, Input = Slice(step.Memory, stack[^at], stack[^(at + 1)]),
        };
    }

    /// <summary>A piece of memory as the instruction will see it: what is not there yet is zeros.</summary>
    private static byte[] Slice(ReadOnlySpan<byte> memory, in UInt256 offset, in UInt256 length)
    {
        const ulong Most = 1 << 24; // more than any block's gas pays for
        if (length.IsZero || !length.FitsUInt64 || length.Low > Most)
            return [];
        byte[] bytes = new byte[(int)length.Low];
        if (offset.FitsUInt64 && offset.Low < (ulong)memory.Length)
            memory[(int)offset.Low..].Slice(0, Math.Min(bytes.Length, memory.Length - (int)offset.Low)).CopyTo(bytes);
        return bytes;
    }

    private readonly void Note(in TraceStep step)
    {
        int topics = step.Opcode - Opcode.Log0;
        if (step.Stack.Length < 2 + topics)
            return;
        Hash32[] words = new Hash32[topics];
        for (int i = 0; i < topics; i++)
            words[i] = step.Stack[^(3 + i)].ToHash32();
        WireCallFrame frame = _open.Peek();
        (frame.Logs ??= []).Add(new WireCallLog(step.Account, words, Slice(step.Memory, step.Stack[^1], step.Stack[^2]), (ulong)(frame.Calls?.Count ?? 0)));
    }

    private static void AddTo(WireCallFrame caller, WireCallFrame frame) => (caller.Calls ??= []).Add(frame);

    private static void Close(WireCallFrame frame, Halt halt, ulong left, ReadOnlySpan<byte> output)
    {
        frame.GasUsed = frame.Gas - left;
        if (output.Length > 0)
            frame.Output = output.ToArray();
        if (halt < Halt.Revert)
            return;
        frame.Error = CallFailure.TextOf(halt);
        frame.Logs = null; // they were undone
        if (halt == Halt.Revert)
            frame.RevertReason = CallFailure.ReasonOf(output);
        if (frame.Type is "CREATE" or "CREATE2")
            frame.To = null;
    }
}
