namespace Flashback.Execution;

/// <summary>A set of instructions.</summary>
internal readonly struct OpcodeSet
{
    private readonly UInt128 _low;
    private readonly UInt128 _high;

    private OpcodeSet(UInt128 low, UInt128 high) => (_low, _high) = (low, high);

    /// <summary>All instructions that we know but those of later forks.</summary>
    public static OpcodeSet Cancun { get; } = Enum.GetValues<Opcode>().Where(op => op != Opcode.Clz).Aggregate(default(OpcodeSet), (set, op) => set.With(op));

    /// <summary>True when the instruction is in the set.</summary>
    public bool Contains(Opcode op) => ((op < Opcode.Dup1 ? _low : _high) >> ((int)op & 127) & 1) != 0;

    /// <summary>The set with one instruction more.</summary>
    public OpcodeSet With(Opcode op)
    {
        UInt128 bit = UInt128.One << ((int)op & 127);
        return op < Opcode.Dup1 ? new OpcodeSet(_low | bit, _high) : new OpcodeSet(_low, _high | bit);
    }
}
