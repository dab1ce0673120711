using Flashback.Primitives;

namespace Flashback.Execution;

/// <summary>CREATE and CREATE2, the outermost frame, and what becomes of new code.</summary>
internal sealed unsafe partial class Evm
{
    /// <summary>Longest code of a contract. spec: EIP-170</summary>
    public const int MaxCodeLength = 24_576; // 0x6000

    /// <summary>Longest code that makes one. spec: EIP-3860</summary>
    public const int MaxInitcodeLength = 2 * MaxCodeLength;

    private const int CodeDepositPerByte = 200;
    private const int InitcodePerWord = 2; // EIP-3860
    private const int HashPerWord = 6;

    private long _outermostGas;

    private Halt Create(Frame frame, bool hasSalt)
    {
        if (frame.IsStatic)
            return Halt.StaticViolation;
        UInt256 value = Pop(frame), offset = Pop(frame), length = Pop(frame), salt = hasSalt ? Pop(frame) : default;
        if (!Expand(frame, offset, length))
            return Halt.OutOfGas;
        if (length > MaxInitcodeLength)
            return Halt.InitcodeTooLong;
        if (!Charge(frame, (InitcodePerWord + (hasSalt ? HashPerWord : 0)) * WordsOf(length)))
            return Halt.OutOfGas;
        _returned.Clear();
        AccountState creator = frame.Account;
        _atOnce = default;
        if (frame.Depth >= DepthLimit || creator.Balance < value || creator.Nonce == ulong.MaxValue)
            return Push(frame, UInt256.Zero);

        long gas = frame.Gas - frame.Gas / 64;
        frame.Gas -= gas;
        ReadOnlySpan<byte> initcode = Slice(frame, offset, length);
        Address address = hasSalt ? ContractAddress.Of(creator.Address, salt.ToHash32(), initcode) : ContractAddress.Of(creator.Address, creator.Nonce);
        _state.SetNonce(creator, creator.Nonce + 1);
        AccountState created = _state[address];
        _ = _state.Warm(created);
        if (created.BlocksCreation)
        {
            _atOnce = (gas, 0, Halt.CreateCollision);
            return Push(frame, UInt256.Zero); // the gas that went along is lost
        }

        Checkpoint mark = _state.Mark();
        _state.Create(created);
        _state.Transfer(creator, created, value);
        Frame callee = Begin(frame, FrameKind.Create, new Bytecode(initcode), gas, mark);
        callee.Account = created;
        callee.Caller = creator.Address;
        callee.Value = value;
        callee.IsStatic = false;
        callee.InputStart = callee.InputLength = 0;
        return Halt.Descend;
    }

    /// <summary>Begins the outermost frame. Anything but <see cref="Halt.None"/>: the call is over already, and <see cref="_outermostGas"/> is left.</summary>
    private Halt Begin(in CallMessage message)
    {
        AccountState target = _state[message.Target], caller = _state[message.Caller];
        Checkpoint mark = _state.Mark();
        _outermostGas = message.Gas;
        if (message.IsCreation)
        {
            if (target.BlocksCreation)
                return Halt.CreateCollision;
            _state.Create(target);
        }
        _state.Transfer(caller, target, message.Value);
        if (!message.IsCreation && _rules.Precompiles.At(target.Address) is { } precompile)
            return RunPrecompile(precompile, message.Input, ref _outermostGas, mark);
        Bytecode code = message.IsCreation ? new Bytecode(message.Input) : CodeToRun(target);

        int inputLength = message.IsCreation ? 0 : message.Input.Length;
        Reserve(inputLength);
        message.Input[..inputLength].CopyTo(_memory);
        Frame frame = FrameAt(0);
        frame.StackBottom = (UInt256*)System.Runtime.CompilerServices.Unsafe.AsPointer(ref _stack[0]); // pinned
        frame.MemoryStart = (inputLength + 31) / 32 * 32;
        Reserve(frame.MemoryStart);
        Reset(frame, message.IsCreation ? FrameKind.Create : FrameKind.Call, code, message.Gas, mark);
        (frame.Account, frame.Caller, frame.Value, frame.IsStatic) = (target, message.Caller, message.Value, false);
        (frame.InputStart, frame.InputLength) = (0, inputLength);
        return Halt.None;
    }

    /// <summary>The code of the transaction's target, through a delegation: that access is paid for by the transaction. spec: EIP-7702</summary>
    private Bytecode CodeToRun(AccountState target)
    {
        Bytecode code = _state.CodeOf(target);
        if (!_rules.AllowsDelegation || !code.IsDelegation(out Address address))
            return code;
        AccountState delegated = _state[address];
        _ = _state.Warm(delegated);
        return _state.CodeOf(delegated);
    }

    /// <summary>Charges for new code and keeps it. spec: EIP-170, EIP-3541</summary>
    private Halt Deposit(Frame frame, Halt halt)
    {
        ReadOnlySpan<byte> code = _returned.Span;
        if (code.Length > MaxCodeLength)
            return Halt.CodeTooLong;
        if (code.Length > 0 && code[0] == 0xef)
            return Halt.CodeBeginsWithEf;
        if (!Charge(frame, (long)CodeDepositPerByte * code.Length))
            return Halt.OutOfGas;
        _state.SetCode(frame.Account, code);
        if (frame.Depth > 0)
            _returned.Clear(); // who makes a contract gets its address, not its code
        return halt;
    }
}
