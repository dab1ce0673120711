using Flashback.Primitives;

namespace Flashback.Execution;

/// <summary>The Ethereum virtual machine: runs one message call or creation over a journaled state. One thread at a time; made to be used again.</summary>
/// <remarks>
/// Calls within calls are frames on a list, not calls of C#: <see cref="Run"/> runs the innermost frame until it ends or begins another,
/// and so the process stack stays flat to the last of the 1025 depths. All frames share one stack and one memory, each using what lies
/// above its caller's part, so that a call costs no allocation and its input is simply a place in its caller's memory.
/// <code>
/// memory   | input of the transaction | memory of frame 0 | memory of frame 1 | …
/// stack    | words of frame 0 | words of frame 1 | …                 1024 free words above each frame's bottom
/// </code>
/// </remarks>
internal sealed unsafe partial class Evm
{
    /// <summary>Most words on a stack. spec: Ethereum Yellow Paper, section 9.1</summary>
    public const int StackLimit = 1024;

    /// <summary>Most calls below the outermost one. spec: Ethereum Yellow Paper, section 9.1</summary>
    public const int DepthLimit = 1024;

    /// <summary>Most memory of all frames together, in bytes: far more than any block's gas can pay for; asking for more counts as out of gas.</summary>
    private const int MemoryLimit = 1 << 30;

    private const int FirstMemory = 1 << 16;
    private const int KeptMemory = 1 << 24;

    // Pinned for as long as the machine lives: the pointers into them are of this object and its frames.
    // The stack has room for the highest possible caller below the last frame; the system commits its pages as they are first used.
    private readonly UInt256[] _stack = GC.AllocateUninitializedArray<UInt256>((DepthLimit + 1) * StackLimit, pinned: true);
    private readonly List<Frame> _frames = [];
    private readonly ReturnBuffer _returned = new();
    private byte[] _memory = GC.AllocateUninitializedArray<byte>(FirstMemory, pinned: true);
    private Frame _frame = null!;

    // What the current run is about.
    private JournaledState _state = null!;
    private BlockEnvironment _block = null!;
    private TransactionEnvironment _transaction = null!;
    private ForkRules _rules = ForkRules.Cancun;

    /// <summary>The output of the last run: what RETURN or REVERT gave.</summary>
    public ReadOnlySpan<byte> Output => _returned.Span;

    /// <summary>Says where the next runs take place.</summary>
    public void Enter(ForkRules rules, BlockEnvironment block, TransactionEnvironment transaction, JournaledState state) =>
        (_rules, _block, _transaction, _state) = (rules, block, transaction, state);

    /// <summary>Lets go of the state and of all that ran over it, so that an idle machine keeps none of it alive.</summary>
    public void Leave()
    {
        (_state, _block, _transaction, _frame) = (null!, null!, null!, null!);
        foreach (Frame frame in _frames)
            (frame.Account, frame.Code) = (null!, Bytecode.Empty);
    }

    /// <summary>Runs a call to its end; what it changed is in the journal, or undone if it failed.</summary>
    public CallResult Run<TTracer>(in CallMessage message, ref TTracer tracer)
        where TTracer : struct, ITracer
    {
        ReleaseLargeMemory();
        _returned.Clear();
        Halt halt = Begin(message);
        if (halt != Halt.None)
            return new CallResult(halt, halt < Halt.OutOfGas ? _outermostGas : 0);
        while (true)
        {
            Frame running = _frame;
            halt = Execute(running, ref tracer);
            if (halt == Halt.Descend)
            {
                if (TTracer.IsActive)
                    tracer.Descend(running.Gas, _frame.Gas);
                continue;
            }
            int depth = running.Depth;
            halt = End(_frame, halt);
            if (TTracer.IsActive)
                tracer.End(depth, halt, _frame.Gas, _returned.Span);
            if (depth == 0)
                return new CallResult(halt, _frame.Gas);
            Resume(_frames[depth - 1], _frame, halt);
        }
    }

    private Frame FrameAt(int depth)
    {
        if (depth == _frames.Count)
            _frames.Add(new Frame { Depth = depth });
        return _frames[depth];
    }

    private void ReleaseLargeMemory()
    {
        _returned.Reset();
        if (_memory.Length > KeptMemory)
            _memory = GC.AllocateUninitializedArray<byte>(FirstMemory, pinned: true);
    }
}
