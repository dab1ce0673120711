using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using Flashback.Primitives;

namespace Flashback.Execution;

internal sealed unsafe partial class Evm
{
    /// <summary>Runs a frame from where it stands until it ends or begins another.</summary>
    /// <remarks>
    /// Gas and stack are checked on entry into a block, or before each instruction when traced; an instruction here is only its meaning.
    /// Invariants of the pointers: <c>ip</c> stays within the code and the zeros behind it, because the last of those is never stepped
    /// over without meeting STOP, and <see cref="Bytecode.BlockAt"/> lets no jump out; <c>top</c> stays within the frame's 1024 words,
    /// because the block's check has passed; <c>block</c> moves with the code in the order <see cref="Bytecode.Blocks"/> was made in.
    /// </remarks>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)] // EvmBenchmarks: one long loop gains nothing from tiers
    [SkipLocalsInit] // the locals of inlined arithmetic would be cleared on each entry
    [SuppressMessage("Maintainability", "CA1502", Justification = "a table of instructions")]
    private Halt Execute<TTracer>(Frame frame, ref TTracer tracer)
        where TTracer : struct, ITracer
    {
        unchecked
        {
            fixed (byte* code = frame.Code.Padded)
            fixed (BasicBlock* blocks = frame.Code.Blocks)
            {
                byte* ip = code + frame.ProgramCounter;
                BasicBlock* block = blocks + frame.Block;
                UInt256* top = frame.Top;
                long gas = frame.Gas;
                byte op;
                Halt halt;
                ulong at;
                int target;

            Resume:
                if (!TTracer.IsActive && *ip == (byte)Opcode.JumpDest)
                    ip++;
            Enter:
                if (!TTracer.IsActive)
                {
                    gas -= block->Gas;
                    if (gas < 0)
                        return Halt.OutOfGas;
                    if ((ulong)(top - frame.StackBottom - block->Need) > block->Slack)
                        return top - frame.StackBottom < block->Need && block->Need != BasicBlock.Overflows ? Halt.StackUnderflow : Halt.StackOverflow;
                }

                while (true)
                {
                    op = *ip++;
                    if (TTracer.IsActive)
                    {
                        Save(frame, code, ip, top, gas);
                        halt = Trace(frame, (Opcode)op, ref tracer);
                        if (halt != Halt.None)
                            return halt;
                        gas = frame.Gas;
                    }
                    switch ((Opcode)op)
                    {
                        case Opcode.Stop:
                            frame.Gas = gas;
                            return Halt.Stop;

                        case Opcode.Add:
                            top--;
                            top[-1] = *top + top[-1];
                            continue;

                        case Opcode.Sub:
                            top--;
                            top[-1] = *top - top[-1];
                            continue;

                        case Opcode.Mul:
                            top--;
                            Multiply(top);
                            continue;

                        case Opcode.Lt:
                            top--;
                            top[-1] = *top < top[-1] ? 1UL : 0UL;
                            continue;

                        case Opcode.Gt:
                            top--;
                            top[-1] = top[-1] < *top ? 1UL : 0UL;
                            continue;

                        case Opcode.SLt:
                            top--;
                            top[-1] = UInt256.SignedLessThan(*top, top[-1]) ? 1UL : 0UL;
                            continue;

                        case Opcode.SGt:
                            top--;
                            top[-1] = UInt256.SignedLessThan(top[-1], *top) ? 1UL : 0UL;
                            continue;

                        case Opcode.Eq:
                            top--;
                            top[-1] = *top == top[-1] ? 1UL : 0UL;
                            continue;

                        case Opcode.IsZero:
                            top[-1] = top[-1].IsZero ? 1UL : 0UL;
                            continue;

                        case Opcode.And:
                            top--;
                            top[-1] = *top & top[-1];
                            continue;

                        case Opcode.Or:
                            top--;
                            top[-1] = *top | top[-1];
                            continue;

                        case Opcode.Xor:
                            top--;
                            top[-1] = *top ^ top[-1];
                            continue;

                        case Opcode.Not:
                            top[-1] = ~top[-1];
                            continue;

                        case Opcode.Div:
                        case Opcode.SDiv:
                        case Opcode.Mod:
                        case Opcode.SMod:
                        case Opcode.SignExtend:
                        case Opcode.Byte:
                            top--;
                            Binary((Opcode)op, top);
                            continue;

                        case Opcode.Shl:
                            top--;
                            ShiftLeft(top);
                            continue;

                        case Opcode.Shr:
                            top--;
                            ShiftRight(top);
                            continue;

                        case Opcode.Sar:
                            top--;
                            ShiftRightSigned(top);
                            continue;

                        case Opcode.AddMod:
                        case Opcode.MulMod:
                            top -= 2;
                            Modular((Opcode)op, top);
                            continue;

                        case Opcode.CallDataLoad:
                            LoadInput(frame, top - 1);
                            continue;

                        case Opcode.CallDataSize:
                            *top++ = (ulong)frame.InputLength;
                            continue;

                        case Opcode.CallValue:
                            *top++ = frame.Value;
                            continue;

                        case Opcode.Pop:
                            top--;
                            continue;

                        case Opcode.MLoad:
                            at = top[-1].Low;
                            if (!top[-1].FitsUInt64 || at >= (uint)frame.MemoryLength || at + 32 > (uint)frame.MemoryLength)
                            {
                                frame.Gas = gas;
                                if (!Expand(frame, top[-1], 32))
                                    return Halt.OutOfGas;
                                gas = frame.Gas;
                            }
                            Words.Load(top - 1, frame.Memory + at);
                            continue;

                        case Opcode.MStore:
                            top -= 2;
                            at = top[1].Low;
                            if (!top[1].FitsUInt64 || at >= (uint)frame.MemoryLength || at + 32 > (uint)frame.MemoryLength)
                            {
                                frame.Gas = gas;
                                if (!Expand(frame, top[1], 32))
                                    return Halt.OutOfGas;
                                gas = frame.Gas;
                            }
                            Words.Store(frame.Memory + at, top);
                            continue;

                        case Opcode.MStore8:
                            top -= 2;
                            if (!top[1].FitsUInt64 || top[1].Low >= (uint)frame.MemoryLength)
                            {
                                frame.Gas = gas;
                                if (!Expand(frame, top[1], 1))
                                    return Halt.OutOfGas;
                                gas = frame.Gas;
                            }
                            frame.Memory[top[1].Low] = (byte)top->Low;
                            continue;

                        case Opcode.Jump:
                            top--;
                            if (!top->FitsUInt64 || (target = frame.Code.BlockAt(top->Low)) < 0)
                                return Halt.InvalidJump;
                            block = blocks + target;
                            ip = code + top->Low + (TTracer.IsActive ? 0 : 1);
                            goto Enter;

                        case Opcode.JumpI:
                            top -= 2;
                            if (top->IsZero)
                            {
                                block++;
                                goto Resume;
                            }
                            if (!top[1].FitsUInt64 || (target = frame.Code.BlockAt(top[1].Low)) < 0)
                                return Halt.InvalidJump;
                            block = blocks + target;
                            ip = code + top[1].Low + (TTracer.IsActive ? 0 : 1);
                            goto Enter;

                        case Opcode.JumpDest:
                            if (TTracer.IsActive)
                                continue;
                            block++;
                            goto Enter;

                        case Opcode.Pc:
                            *top++ = (ulong)(ip - code - 1);
                            continue;

                        case Opcode.Gas:
                            *top++ = (ulong)gas;
                            block++;
                            goto Resume;

                        case Opcode.Push0:
                            *top++ = UInt256.Zero;
                            continue;

                        case Opcode.Push1:
                            *top++ = *ip++;
                            continue;

                        case Opcode.Push2:
                            *top++ = (ulong)(ip[0] << 8 | ip[1]);
                            ip += 2;
                            continue;

                        case Opcode.Push3:
                        case Opcode.Push4:
                        case Opcode.Push5:
                        case Opcode.Push6:
                        case Opcode.Push7:
                        case Opcode.Push8:
                            *top++ = Words.Head(ip) >> (8 * ((byte)Opcode.Push8 - op));
                            ip += op - (byte)Opcode.Push0;
                            continue;

                        case Opcode.Push9:
                        case Opcode.Push10:
                        case Opcode.Push11:
                        case Opcode.Push12:
                        case Opcode.Push13:
                        case Opcode.Push14:
                        case Opcode.Push15:
                        case Opcode.Push16:
                        case Opcode.Push17:
                        case Opcode.Push18:
                        case Opcode.Push19:
                        case Opcode.Push20:
                        case Opcode.Push21:
                        case Opcode.Push22:
                        case Opcode.Push23:
                        case Opcode.Push24:
                        case Opcode.Push25:
                        case Opcode.Push26:
                        case Opcode.Push27:
                        case Opcode.Push28:
                        case Opcode.Push29:
                        case Opcode.Push30:
                        case Opcode.Push31:
                            PushLong(top++, ip, op - (byte)Opcode.Push0);
                            ip += op - (byte)Opcode.Push0;
                            continue;

                        case Opcode.Push32:
                            Words.Load(top++, ip);
                            ip += 32;
                            continue;

                        case Opcode.Dup1:
                            Words.Copy(top, top - 1);
                            top++;
                            continue;

                        case Opcode.Dup2:
                            Words.Copy(top, top - 2);
                            top++;
                            continue;

                        case Opcode.Dup3:
                        case Opcode.Dup4:
                        case Opcode.Dup5:
                        case Opcode.Dup6:
                        case Opcode.Dup7:
                        case Opcode.Dup8:
                        case Opcode.Dup9:
                        case Opcode.Dup10:
                        case Opcode.Dup11:
                        case Opcode.Dup12:
                        case Opcode.Dup13:
                        case Opcode.Dup14:
                        case Opcode.Dup15:
                        case Opcode.Dup16:
                            Words.Copy(top, top - (op - (byte)Opcode.Dup1 + 1));
                            top++;
                            continue;

                        case Opcode.Swap1:
                            Words.Swap(top - 1, top - 2);
                            continue;

                        case Opcode.Swap2:
                        case Opcode.Swap3:
                        case Opcode.Swap4:
                        case Opcode.Swap5:
                        case Opcode.Swap6:
                        case Opcode.Swap7:
                        case Opcode.Swap8:
                        case Opcode.Swap9:
                        case Opcode.Swap10:
                        case Opcode.Swap11:
                        case Opcode.Swap12:
                        case Opcode.Swap13:
                        case Opcode.Swap14:
                        case Opcode.Swap15:
                        case Opcode.Swap16:
                            Words.Swap(top - 1, top - (op - (byte)Opcode.Swap1 + 2));
                            continue;

                        case Opcode.SStore:
                            Save(frame, code, ip, top, gas);
                            halt = StoreSlot(frame);
                            if (halt != Halt.None)
                                return halt;
                            gas = frame.Gas;
                            top -= 2;
                            block++;
                            goto Resume;

                        case Opcode.Create:
                        case Opcode.Create2:
                        case Opcode.Call:
                        case Opcode.CallCode:
                        case Opcode.DelegateCall:
                        case Opcode.StaticCall:
                            Save(frame, code, ip, top, gas);
                            block++;
                            frame.Block = (int)(block - blocks);
                            halt = Descend(frame, (Opcode)op);
                            if (halt != Halt.None)
                                return halt;
                            gas = frame.Gas;
                            top = frame.Top;
                            goto Resume;

                        default:
                            Save(frame, code, ip, top, gas);
                            halt = Rare(frame, (Opcode)op);
                            if (halt != Halt.None)
                                return halt;
                            gas = frame.Gas;
                            top = frame.Top;
                            continue;
                    }
                }
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)] // EvmBenchmarks: part of the loop
    private static void Save(Frame frame, byte* code, byte* ip, UInt256* top, long gas)
    {
        frame.ProgramCounter = (int)unchecked(ip - code);
        frame.Top = top;
        frame.Gas = gas;
    }

    /// <summary>Checks and charges for one instruction, as entering a block does for all of its, and shows it to the tracer.</summary>
    private Halt Trace<TTracer>(Frame frame, Opcode op, ref TTracer tracer)
        where TTracer : struct, ITracer
    {
        ref readonly OpcodeTraits traits = ref OpcodeTraits.All[(byte)op];
        int height = (int)(frame.Top - frame.StackBottom);
        tracer.Step(new TraceStep
        {
            Depth = frame.Depth,
            ProgramCounter = frame.ProgramCounter - 1,
            Opcode = op,
            Gas = frame.Gas,
            FixedCost = traits.Gas,
            Refund = _state.Refund,
            Stack = new ReadOnlySpan<UInt256>(frame.StackBottom, height),
            Memory = new ReadOnlySpan<byte>(frame.Memory, frame.MemoryLength),
        });
        if (!_rules.Opcodes.Contains(op))
            return Halt.UndefinedOpcode;
        if (height < traits.Need)
            return Halt.StackUnderflow;
        if (height + traits.Delta > StackLimit)
            return Halt.StackOverflow;
        return Charge(frame, traits.Gas) ? Halt.None : Halt.OutOfGas;
    }
}
