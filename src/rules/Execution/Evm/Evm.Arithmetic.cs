using System.Runtime.CompilerServices;
using Flashback.Primitives;

namespace Flashback.Execution;

/// <summary>Arithmetic too long for the loop. <c>top</c> is the first operand, the others and the result lie below it.</summary>
internal sealed unsafe partial class Evm
{
    /// <summary>The word under another: in checked arithmetic, <c>top[−1]</c> would overflow.</summary>
    private static UInt256* Below(UInt256* top) => unchecked(top - 1);

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void Multiply(UInt256* top) => *Below(top) = *top * *Below(top);

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void ShiftLeft(UInt256* top) => *Below(top) = UInt256.ShiftLeft(*Below(top), *top);

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void ShiftRight(UInt256* top) => *Below(top) = UInt256.ShiftRight(*Below(top), *top);

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void ShiftRightSigned(UInt256* top) => *Below(top) = UInt256.ShiftRightSigned(*Below(top), *top);

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void Binary(Opcode op, UInt256* top) => *Below(top) = op switch
    {
        Opcode.Div => UInt256.Divide(*top, *Below(top)),
        Opcode.SDiv => UInt256.SignedDivide(*top, *Below(top)),
        Opcode.Mod => UInt256.Modulo(*top, *Below(top)),
        Opcode.SMod => UInt256.SignedModulo(*top, *Below(top)),
        Opcode.SignExtend => UInt256.SignExtend(*top, *Below(top)),
        _ => UInt256.ByteAt(*top, *Below(top)),
    };

    /// <summary>The three operands are, from the first: <c>top[1]</c>, <c>top[0]</c>, and the modulus <c>top[−1]</c>.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void Modular(Opcode op, UInt256* top) => *Below(top) = op == Opcode.AddMod
        ? UInt256.AddModulo(top[1], *top, *Below(top))
        : UInt256.MultiplyModulo(top[1], *top, *Below(top));

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void PushLong(UInt256* top, byte* bytes, int length) => *top = UInt256.ReadBigEndian(new ReadOnlySpan<byte>(bytes, length));

    [MethodImpl(MethodImplOptions.NoInlining)]
    private void LoadInput(Frame frame, UInt256* word)
    {
        int available = word->FitsUInt64 && word->Low < (ulong)frame.InputLength ? frame.InputLength - (int)word->Low : 0;
        if (available >= 32)
        {
            Words.Load(word, MemoryAt(frame.InputStart + (int)word->Low));
            return;
        }
        *word = available == 0
            ? UInt256.Zero
            : UInt256.ReadBigEndian(new ReadOnlySpan<byte>(MemoryAt(frame.InputStart + (int)word->Low), available)) << (8 * (32 - available));
    }
}
