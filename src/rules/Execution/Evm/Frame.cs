using Flashback.Primitives;

namespace Flashback.Execution;

/// <summary>What a frame was begun by.</summary>
internal enum FrameKind : byte
{
    Call,
    Create,
}

/// <summary>One call or creation under way. Frames are made once per depth and used again; they hold no memory or stack of their own.</summary>
/// <remarks>
/// Invariant of the pointers: they lead into the machine's pinned stack and memory; <see cref="Memory"/> is set anew whenever the machine
/// replaces its memory by a larger one (see <see cref="Evm"/>).
/// </remarks>
internal sealed unsafe class Frame
{
    // What the call is: written when it begins.
    public int Depth;
    public FrameKind Kind;
    public bool IsStatic;
    public Bytecode Code = Bytecode.Empty;
    public AccountState Account = null!; // whose storage and balance
    public Address Caller;
    public UInt256 Value;
    public int InputStart; // in the machine's memory: the caller's part of it
    public int InputLength;
    public int OutputStart; // in the caller's memory
    public int OutputRoom;
    public UInt256* StackBottom;
    public int MemoryStart;
    public Checkpoint Mark;

    // Where it stands: held by the loop while it runs, here when it waits.
    public int ProgramCounter;
    public int Block;
    public long Gas;
    public UInt256* Top; // one above the topmost word
    public byte* Memory;
    public int MemoryLength; // a multiple of 32
    public int ReturnStart; // of RETURN and REVERT, in its own memory
    public int ReturnLength;
}
