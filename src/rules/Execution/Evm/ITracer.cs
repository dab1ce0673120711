using Flashback.Primitives;

namespace Flashback.Execution;

/// <summary>Watches code run, instruction by instruction. Given as a struct type parameter, so that not watching costs nothing.</summary>
public interface ITracer
{
    /// <summary>Constant per type: false lets everything that has to do with watching disappear from the compiled loop.</summary>
    static abstract bool IsActive { get; }

    /// <summary>Constant per type: true lets somebody stop the code from outside, between two blocks of instructions.</summary>
    static virtual bool CanStop => false;

    /// <summary>True when the code must stop: all its calls then end as if the gas were gone. Asked only where <see cref="CanStop"/> is true.</summary>
    bool MustStop();

    /// <summary>An instruction is about to run; gas and stack do suffice for its fixed part.</summary>
    void Step(in TraceStep step);

    /// <summary>The instruction shown last began a call or creation.</summary>
    /// <param name="gasLeft">What is left to its own call.</param>
    /// <param name="given">What the new one has.</param>
    void Descend(long gasLeft, long given);

    /// <summary>The instruction shown last called or created without running code: a precompiled contract, an account without code, or in vain.</summary>
    /// <param name="given">The gas that went along.</param>
    /// <param name="left">What came back of it.</param>
    /// <param name="halt">How it ended; <see cref="Halt.None"/> when it could not begin: too deep, too poor, or no nonce left.</param>
    /// <param name="output">What it returned.</param>
    void EndAtOnce(long given, long left, Halt halt, ReadOnlySpan<byte> output);

    /// <summary>A call ended, the outermost last.</summary>
    void End(int depth, Halt halt, long gasLeft, ReadOnlySpan<byte> output);
}

/// <summary>The machine before an instruction.</summary>
public readonly ref struct TraceStep
{
    /// <summary>Calls below the outermost one: 0 for itself.</summary>
    public int Depth { get; init; }

    /// <summary>The account whose storage and balance the code works on.</summary>
    public Address Account { get; init; }

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
    public bool MustStop() => false;

    /// <inheritdoc/>
    public void Step(in TraceStep step)
    {
    }

    /// <inheritdoc/>
    public void Descend(long gasLeft, long given)
    {
    }

    /// <inheritdoc/>
    public void EndAtOnce(long given, long left, Halt halt, ReadOnlySpan<byte> output)
    {
    }

    /// <inheritdoc/>
    public void End(int depth, Halt halt, long gasLeft, ReadOnlySpan<byte> output)
    {
    }
}

/// <summary>Watches nothing, and stops the code when it is told to.</summary>
/// <param name="cancellation">Tells.</param>
public struct Cancellable(CancellationToken cancellation) : ITracer
{
    private const int BlocksBetweenChecks = 1024; // some microseconds

    private int _blocks;

    /// <inheritdoc/>
    public static bool IsActive => false;

    /// <inheritdoc/>
    public static bool CanStop => true;

    /// <inheritdoc/>
    public bool MustStop() => (++_blocks & (BlocksBetweenChecks - 1)) == 0 && cancellation.IsCancellationRequested;

    /// <inheritdoc/>
    public readonly void Step(in TraceStep step)
    {
    }

    /// <inheritdoc/>
    public readonly void Descend(long gasLeft, long given)
    {
    }

    /// <inheritdoc/>
    public readonly void EndAtOnce(long given, long left, Halt halt, ReadOnlySpan<byte> output)
    {
    }

    /// <inheritdoc/>
    public readonly void End(int depth, Halt halt, long gasLeft, ReadOnlySpan<byte> output)
    {
    }
}
