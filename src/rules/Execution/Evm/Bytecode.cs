using System.Numerics;
using Flashback.Primitives;

namespace Flashback.Execution;

/// <summary>A run of instructions that are executed one after the other or not at all, and what they ask for together.</summary>
/// <param name="Gas">The sum of their fixed costs.</param>
/// <param name="Need">How many words must be on the stack at the beginning; more than 1024 when no stack will do.</param>
/// <param name="Slack">How many more than <paramref name="Need"/> may be there without the limit being broken on the way.</param>
internal readonly record struct BasicBlock(int Gas, ushort Need, ushort Slack)
{
    /// <summary>As <see cref="Need"/>: the block breaks the limit on whatever stack it begins.</summary>
    public const ushort Overflows = ushort.MaxValue;
}

/// <summary>Code ready to run: followed by zeros, and with its jump destinations and blocks known. Immutable and shared.</summary>
/// <remarks>
/// Checking gas and stack once per block instead of once per instruction cannot be told from outside: a failing check undoes the whole call
/// and takes all its gas, whatever ran before it in the block. Instructions that look at the gas left, and those that end a call otherwise,
/// end their block. Fork rules play no part here, so the analysis of a code serves every fork.
/// </remarks>
internal sealed class Bytecode
{
    /// <summary>So many zeros follow the code that PUSH32 as its last byte reads zeros and then meets STOP.</summary>
    private const int Padding = 40;

    private const byte FirstPush = (byte)Opcode.Push1;
    private const byte LastPush = (byte)Opcode.Push32;

    /// <summary>By 64 positions: a bit for each at which a block begins, and how many blocks begin before.</summary>
    private readonly ulong[] _starts;
    private readonly int[] _before;

    public Bytecode(ReadOnlySpan<byte> code)
    {
        Length = code.Length;
        Padded = GC.AllocateUninitializedArray<byte>(code.Length + Padding);
        code.CopyTo(Padded);
        Padded.AsSpan(code.Length).Clear();
        _starts = new ulong[code.Length / 64 + 1];
        _before = new int[_starts.Length];
        Blocks = Analyse();
    }

    /// <summary>No code at all.</summary>
    public static Bytecode Empty { get; } = new([]);

    /// <summary>The code and zeros behind it.</summary>
    public byte[] Padded { get; }

    /// <summary>The length without the zeros.</summary>
    public int Length { get; }

    /// <summary>In the order of the code; the first begins at position 0.</summary>
    public BasicBlock[] Blocks { get; }

    /// <summary>The code without the zeros.</summary>
    public ReadOnlySpan<byte> Span => Padded.AsSpan(0, Length);

    /// <summary>The block that begins with a JUMPDEST at this position, or −1 when there is none there.</summary>
    public int BlockAt(ulong position)
    {
        if (position >= (ulong)Length || Padded[position] != (byte)Opcode.JumpDest)
            return -1;
        int word = (int)(position >> 6);
        ulong starts = _starts[word], bit = 1UL << (int)(position & 63);
        return (starts & bit) == 0 ? -1 : _before[word] + BitOperations.PopCount(starts & unchecked(bit - 1));
    }

    /// <summary>True when the code stands for another account's. spec: EIP-7702</summary>
    public bool IsDelegation(out Address target) => Delegation.TryRead(Span, out target);

    private static BasicBlock BlockOf(int gas, int need, int slack) =>
        slack >= 0 ? new BasicBlock(gas, (ushort)need, (ushort)slack)
        : need > Evm.StackLimit ? new BasicBlock(gas, Evm.StackLimit + 1, 0) // no stack is so high
        : new BasicBlock(gas, BasicBlock.Overflows, 0);

    private BasicBlock[] Analyse()
    {
        List<BasicBlock> blocks = [];
        ReadOnlySpan<OpcodeTraits> traits = OpcodeTraits.All;
        int at = 0;
        do
        {
            int start = at;
            _starts[start >> 6] |= 1UL << (start & 63);
            int gas = 0, need = 0, height = 0, highest = 0;
            bool ended = false;
            while (!ended && at < Length && (at == start || Padded[at] != (byte)Opcode.JumpDest))
            {
                byte op = Padded[at++];
                ref readonly OpcodeTraits trait = ref traits[op];
                gas += trait.Gas;
                need = Math.Max(need, trait.Need - height);
                height += trait.Delta;
                highest = Math.Max(highest, height);
                ended = trait.EndsBlock;
                if (op is >= FirstPush and <= LastPush)
                    at += op - FirstPush + 1;
            }
            blocks.Add(BlockOf(gas, need, Evm.StackLimit - need - highest));
        }
        while (at < Length);
        // What follows the last block is a STOP that may be reached by falling off the end or after a call.
        blocks.Add(new BasicBlock(0, 0, Evm.StackLimit));
        int count = 0;
        for (int word = 0; word < _starts.Length; word++)
        {
            _before[word] = count;
            count += BitOperations.PopCount(_starts[word]);
        }
        return [.. blocks];
    }
}
