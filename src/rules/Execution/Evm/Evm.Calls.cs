using System.Runtime.CompilerServices;
using Flashback.Primitives;

namespace Flashback.Execution;

/// <summary>CALL and its kin: what they cost, and how a frame begins.</summary>
internal sealed unsafe partial class Evm
{
    private const int CallValueCost = 9000;
    private const int CallStipend = 2300;

    /// <summary>How the last call or creation ended that had no frame, for the tracer.</summary>
    private (long Given, long Left, Halt Halt) _atOnce;

    [MethodImpl(MethodImplOptions.NoInlining)]
    private Halt Descend(Frame frame, Opcode op) => op switch
    {
        Opcode.Create => Create(frame, hasSalt: false),
        Opcode.Create2 => Create(frame, hasSalt: true),
        _ => Call(frame, op),
    };

    /// <summary>What a call instruction found on the stack.</summary>
    private ref struct CallOperands
    {
        public UInt256 Gas, Target, Value, InputOffset, InputLength, OutputOffset, OutputLength;
    }

    private static CallOperands PopCall(Frame frame, Opcode op)
    {
        CallOperands call = default;
        call.Gas = Pop(frame);
        call.Target = Pop(frame);
        if (op is Opcode.Call or Opcode.CallCode)
            call.Value = Pop(frame);
        call.InputOffset = Pop(frame);
        call.InputLength = Pop(frame);
        call.OutputOffset = Pop(frame);
        call.OutputLength = Pop(frame);
        return call;
    }

    private Halt Call(Frame frame, Opcode op)
    {
        CallOperands call = PopCall(frame, op);
        if (op == Opcode.Call && frame.IsStatic && !call.Value.IsZero)
            return Halt.StaticViolation;
        if (!Expand(frame, call.InputOffset, call.InputLength) || !Expand(frame, call.OutputOffset, call.OutputLength))
            return Halt.OutOfGas;
        if (!TryAccess(frame, call.Target, out AccountState target) || !TryResolve(frame, target, out Bytecode code, out bool isDelegated))
            return Halt.OutOfGas;
        long cost = call.Value.IsZero ? 0 : CallValueCost;
        if (op == Opcode.Call && !call.Value.IsZero && target.IsEmpty)
            cost += NewAccount;
        if (!Charge(frame, cost))
            return Halt.OutOfGas;

        // All but one 64th at most goes along. spec: EIP-150
        long most = frame.Gas - frame.Gas / 64;
        long gas = call.Gas.FitsUInt64 && call.Gas.Low < (ulong)most ? (long)call.Gas.Low : most;
        frame.Gas -= gas;
        if (!call.Value.IsZero)
            gas += CallStipend;

        _returned.Clear();
        if (frame.Depth >= DepthLimit || frame.Account.Balance < call.Value)
        {
            frame.Gas += gas;
            _atOnce = (gas, gas, Halt.None);
            return Push(frame, UInt256.Zero);
        }
        // An offset with length 0 may be any number, but nothing is read or written there.
        frame.OutputRoom = (int)call.OutputLength.Low;
        frame.OutputStart = frame.OutputRoom == 0 ? 0 : (int)call.OutputOffset.Low;
        int inputLength = (int)call.InputLength.Low;
        int inputStart = inputLength == 0 ? 0 : frame.MemoryStart + (int)call.InputOffset.Low;
        Checkpoint mark = _state.Mark();
        if (op == Opcode.Call)
            _state.Transfer(frame.Account, target, call.Value);
        if (!isDelegated && _rules.Precompiles.At(target.Address) is { } precompile)
            return CallPrecompile(frame, precompile, _memory.AsSpan(inputStart, inputLength), gas, mark);
        if (code.Length == 0)
        {
            frame.Gas += gas;
            _atOnce = (gas, gas, Halt.Stop);
            return Push(frame, UInt256.One);
        }
        Frame callee = Begin(frame, FrameKind.Call, code, gas, mark);
        bool keepsAccount = op is Opcode.DelegateCall or Opcode.CallCode;
        callee.Account = keepsAccount ? frame.Account : target;
        callee.Caller = op == Opcode.DelegateCall ? frame.Caller : frame.Account.Address;
        callee.Value = op == Opcode.DelegateCall ? frame.Value : call.Value;
        callee.IsStatic = frame.IsStatic || op == Opcode.StaticCall;
        callee.InputStart = inputStart;
        callee.InputLength = inputLength;
        return Halt.Descend;
    }

    /// <summary>The code that runs when an account is called: its own, or the one it delegates to, which is accessed then. spec: EIP-7702</summary>
    private bool TryResolve(Frame frame, AccountState account, out Bytecode code, out bool isDelegated)
    {
        code = _state.CodeOf(account);
        isDelegated = code.IsDelegation(out Address address) && _rules.AllowsDelegation;
        if (!isDelegated)
            return true;
        AccountState target = _state[address];
        code = _state.CodeOf(target);
        return Charge(frame, _state.Warm(target) ? ColdAccount : WarmAccess);
    }

    private Halt CallPrecompile(Frame frame, IPrecompile precompile, ReadOnlySpan<byte> input, long gas, in Checkpoint mark)
    {
        long given = gas;
        Halt halt = RunPrecompile(precompile, input, ref gas, mark);
        _atOnce = (given, gas, halt);
        frame.Gas += gas;
        WriteOutput(frame);
        return Push(frame, halt == Halt.Return ? 1UL : 0UL);
    }

    /// <summary>Runs a precompiled contract; when it fails, the gas is gone and the transfer to it undone.</summary>
    private Halt RunPrecompile(IPrecompile precompile, ReadOnlySpan<byte> input, ref long gas, in Checkpoint mark)
    {
        long cost = precompile.GasFor(input);
        if (cost <= gas && precompile.TryRun(input, _returned))
        {
            gas -= cost;
            return Halt.Return;
        }
        Halt halt = cost <= gas ? Halt.PrecompileFailure : Halt.OutOfGas;
        gas = 0;
        _returned.Clear();
        _state.RevertTo(mark);
        return halt;
    }

    /// <summary>A frame above another, with its stack and memory still empty; whose account and input it has, the caller says.</summary>
    private Frame Begin(Frame caller, FrameKind kind, Bytecode code, long gas, in Checkpoint mark)
    {
        Frame frame = FrameAt(caller.Depth + 1);
        frame.StackBottom = caller.Top;
        frame.MemoryStart = caller.MemoryStart + caller.MemoryLength;
        Reset(frame, kind, code, gas, mark);
        return frame;
    }

    private void Reset(Frame frame, FrameKind kind, Bytecode code, long gas, in Checkpoint mark)
    {
        frame.Kind = kind;
        frame.Code = code;
        frame.Gas = gas;
        frame.Mark = mark;
        frame.ProgramCounter = frame.Block = 0;
        frame.Top = frame.StackBottom;
        frame.Memory = MemoryAt(frame.MemoryStart);
        frame.MemoryLength = 0;
        frame.ReturnStart = frame.ReturnLength = 0;
        _frame = frame;
    }

    /// <summary>Settles a frame that halted: output, journal, gas. Returns how it ended after all.</summary>
    private Halt End(Frame frame, Halt halt)
    {
        if (halt is Halt.Return or Halt.Revert)
            _returned.Set(new ReadOnlySpan<byte>(frame.Memory + frame.ReturnStart, frame.ReturnLength));
        else
            _returned.Clear();
        if (frame.Kind == FrameKind.Create && halt < Halt.Revert)
            halt = Deposit(frame, halt);
        if (halt >= Halt.Revert)
            _state.RevertTo(frame.Mark);
        if (halt >= Halt.OutOfGas)
        {
            frame.Gas = 0;
            _returned.Clear();
        }
        return halt;
    }

    /// <summary>Hands a result to the frame that waits for it.</summary>
    private void Resume(Frame caller, Frame ended, Halt halt)
    {
        bool isSuccess = halt < Halt.Revert;
        caller.Gas += ended.Gas;
        caller.Memory = MemoryAt(caller.MemoryStart);
        if (ended.Kind == FrameKind.Create)
        {
            _ = Push(caller, isSuccess ? Word(ended.Account.Address) : UInt256.Zero);
        }
        else
        {
            WriteOutput(caller);
            _ = Push(caller, isSuccess ? 1UL : 0UL);
        }
        _frame = caller;
    }

    private void WriteOutput(Frame caller)
    {
        int length = Math.Min(caller.OutputRoom, _returned.Length);
        _returned.Span[..length].CopyTo(new Span<byte>(caller.Memory + caller.OutputStart, length));
    }
}
