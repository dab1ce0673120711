using System.Buffers;
using System.Text;
using Flashback.Primitives;

namespace Flashback.Execution;

/// <summary>Writes a line of JSON for each instruction and one for the whole. spec: EIP-3155</summary>
/// <remarks>An instruction's cost is known once it has run, so its line is finished by what happens next.</remarks>
public struct JsonTracer(IBufferWriter<byte> output) : ITracer
{
    private bool _isOpen;
    private long _gas; // before the instruction whose line is open
    private long _first; // before the first of all; negative while there was none
    private bool _hasFirst;

    /// <inheritdoc/>
    public static bool IsActive => true;

    /// <inheritdoc/>
    public void Step(in TraceStep step)
    {
        Close(step.Gas);
        StringBuilder line = new();
        _ = line.Append($$"""{"pc":{{step.ProgramCounter}},"op":{{(byte)step.Opcode}},"gas":"0x{{step.Gas:x}}","memSize":{{step.Memory.Length}},"stack":[""");
        for (int i = 0; i < step.Stack.Length; i++)
            _ = line.Append(i == 0 ? "\"" : ",\"").Append(step.Stack[i].ToString()).Append('"');
        string name = Enum.IsDefined(step.Opcode) ? step.Opcode.ToString().ToUpperInvariant() : "INVALID";
        _ = line.Append($$"""],"depth":{{step.Depth + 1}},"refund":{{step.Refund}},"opName":"{{name}}" """.TrimEnd());
        Write(line.ToString());
        (_isOpen, _gas) = (true, step.Gas);
        if (!_hasFirst)
            (_hasFirst, _first) = (true, step.Gas);
    }

    /// <inheritdoc/>
    public readonly bool MustStop() => false;

    /// <inheritdoc/>
    public void Descend(long gasLeft, long given) => Close(gasLeft);

    /// <inheritdoc/>
    public readonly void EndAtOnce(long given, long left, Halt halt, ReadOnlySpan<byte> output)
    {
    }

    /// <inheritdoc/>
    public void End(int depth, Halt halt, long gasLeft, ReadOnlySpan<byte> output)
    {
        Close(gasLeft);
        if (depth > 0)
            return;
        string error = halt >= Halt.Revert ? $",\"error\":\"{halt}\"" : "";
        Write($$"""{"output":"{{Hex.Encode(output)}}","gasUsed":"0x{{_first - gasLeft:x}}"{{error}}}""" + "\n");
    }

    /// <summary>Finishes the open line: the instruction cost what is now less. Gas that a call gave back counts for nobody.</summary>
    private void Close(long gasLeft)
    {
        if (_isOpen)
            Write($$""","gasCost":"0x{{Math.Max(_gas - gasLeft, 0):x}}"}""" + "\n");
        _isOpen = false;
    }

    private readonly void Write(string text) => output.Write(Encoding.UTF8.GetBytes(text));
}
