using Flashback.Primitives;

namespace Flashback.Execution;

/// <summary>Watches code run, instruction by instruction. Given as a struct type parameter, so that not watching costs nothing.</summary>
public interface ITracer
{
    /// <summary>Constant per type: false lets everything that has to do with watching disappear from the compiled loop.</summary>
    static abstract bool IsActive { get; }

    /// <summary>An instruction is about to run; gas and stack do suffice for its fixed part.</summary>
    void Step(in TraceStep step);

    /// <summary>The instruction shown last began a call or creation; its own call has so much gas left.</summary>
    void Descend(long gasLeft);

    /// <summary>A call ended, the outermost last.</summary>
    void End(int depth, Halt halt, long gasLeft, ReadOnlySpan<byte> output);
}

/// <summary>The machine before an instruction.</summary>
public readonly ref struct TraceStep
{
    /// <summary>Calls below the outermost one: 0 for itself.</summary>
    public int Depth { get; init; }

    /// <summary>Where the instruction is.</summary>
    public int ProgramCounter { get; init; }

    /// <summary>The instruction.</summary>
    public Opcode Opcode { get; init; }

    /// <summary>Gas before it.</summary>
    public long Gas { get; init; }

    /// <summary>Its fixed cost.</summary>
    public int FixedCost { get; init; }

    /// <summary>Refund counter of the transaction.</summary>
    public long Refund { get; init; }

    /// <summary>The stack, the top last.</summary>
    public ReadOnlySpan<UInt256> Stack { get; init; }

    /// <summary>The memory in use.</summary>
    public ReadOnlySpan<byte> Memory { get; init; }
}

/// <summary>Watches nothing.</summary>
public readonly struct NoTracer : ITracer
{
    /// <inheritdoc/>
    public static bool IsActive => false;

    /// <inheritdoc/>
    public void Step(in TraceStep step)
    {
    }

    /// <inheritdoc/>
    public void Descend(long gasLeft)
    {
    }

    /// <inheritdoc/>
    public void End(int depth, Halt halt, long gasLeft, ReadOnlySpan<byte> output)
    {
    }
}
