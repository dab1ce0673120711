using System.Runtime.CompilerServices;
using Flashback.Primitives;

namespace Flashback.Execution;

internal sealed unsafe partial class Evm
{
    /// <summary>The instructions that are not worth the loop's registers. Gas and stack are in the frame, before and after.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private Halt Rare(Frame frame, Opcode op)
    {
        if (!_rules.Opcodes.Contains(op))
            return Halt.UndefinedOpcode;
        switch (op)
        {
            case Opcode.SLoad: return LoadSlot(frame);
            case Opcode.Keccak256: return Hash(frame);
            case Opcode.Exp: return Exp(frame);
            case Opcode.Clz: return Replace(frame, (ulong)Peek(frame).LeadingZeroCount);
            case Opcode.Address: return Push(frame, Word(frame.Account.Address));
            case Opcode.Balance: return Balance(frame);
            case Opcode.Origin: return Push(frame, Word(_transaction.Origin));
            case Opcode.Caller: return Push(frame, Word(frame.Caller));
            case Opcode.CallDataCopy: return Copy(frame, Input(frame), Pop(frame), Pop(frame), Pop(frame));
            case Opcode.CodeSize: return Push(frame, (ulong)frame.Code.Length);
            case Opcode.CodeCopy: return Copy(frame, frame.Code.Span, Pop(frame), Pop(frame), Pop(frame));
            case Opcode.GasPrice: return Push(frame, _transaction.GasPrice);
            case Opcode.ExtCodeSize: return ExtCodeSize(frame);
            case Opcode.ExtCodeCopy: return ExtCodeCopy(frame);
            case Opcode.ReturnDataSize: return Push(frame, (ulong)_returned.Length);
            case Opcode.ReturnDataCopy: return ReturnDataCopy(frame);
            case Opcode.ExtCodeHash: return ExtCodeHash(frame);
            case Opcode.BlockHash: return BlockHash(frame);
            case Opcode.Coinbase: return Push(frame, Word(_block.Coinbase));
            case Opcode.Timestamp: return Push(frame, _block.Timestamp);
            case Opcode.Number: return Push(frame, _block.Number);
            case Opcode.PrevRandao: return Push(frame, Word(_block.PrevRandao));
            case Opcode.GasLimit: return Push(frame, _block.GasLimit);
            case Opcode.ChainId: return Push(frame, _block.ChainId);
            case Opcode.SelfBalance: return Push(frame, frame.Account.Balance);
            case Opcode.BaseFee: return Push(frame, _block.BaseFee);
            case Opcode.BlobHash: return BlobHash(frame);
            case Opcode.BlobBaseFee: return Push(frame, _block.BlobBaseFee);
            case Opcode.MSize: return Push(frame, (ulong)frame.MemoryLength);
            case Opcode.TLoad: return Replace(frame, JournaledState.TransientOf(frame.Account, Peek(frame)));
            case Opcode.TStore: return StoreTransient(frame);
            case Opcode.MCopy: return CopyMemory(frame);
            case Opcode.Log0:
            case Opcode.Log1:
            case Opcode.Log2:
            case Opcode.Log3:
            case Opcode.Log4: return AddLog(frame, op - Opcode.Log0);
            case Opcode.Return: return Return(frame, Halt.Return);
            case Opcode.Revert: return Return(frame, Halt.Revert);
            case Opcode.SelfDestruct: return SelfDestruct(frame);
            default: return Halt.UndefinedOpcode; // INVALID, and what only the loop knows
        }
    }

    /// <summary>Takes the topmost word; it stays where it is until something is pushed.</summary>
    private static ref UInt256 Pop(Frame frame) => ref *--frame.Top;

    private static ref UInt256 Peek(Frame frame) => ref *unchecked(frame.Top - 1);

    private static Halt Push(Frame frame, in UInt256 word)
    {
        *frame.Top++ = word;
        return Halt.None;
    }

    private static Halt Replace(Frame frame, in UInt256 word)
    {
        Peek(frame) = word;
        return Halt.None;
    }

    private static UInt256 Word(in Address address) => UInt256.ReadBigEndian(address.AsSpan());

    private static UInt256 Word(in Hash32 hash) => UInt256.ReadBigEndian(hash.AsSpan());

    private ReadOnlySpan<byte> Input(Frame frame) => _memory.AsSpan(frame.InputStart, frame.InputLength);

    private Halt Hash(Frame frame)
    {
        ref UInt256 offset = ref Pop(frame);
        ref UInt256 length = ref Peek(frame);
        if (!Expand(frame, offset, length) || !Charge(frame, 6 * WordsOf(length)))
            return Halt.OutOfGas;
        length = Word(Keccak.Hash256(Slice(frame, offset, length)));
        return Halt.None;
    }

    private static Halt Exp(Frame frame)
    {
        ref UInt256 @base = ref Pop(frame);
        ref UInt256 exponent = ref Peek(frame);
        if (!Charge(frame, 50 * exponent.ByteLength))
            return Halt.OutOfGas;
        exponent = UInt256.Power(@base, exponent);
        return Halt.None;
    }

    private Halt Balance(Frame frame) =>
        TryAccess(frame, Peek(frame), out AccountState account) ? Replace(frame, account.Balance) : Halt.OutOfGas;

    private Halt ExtCodeSize(Frame frame) =>
        TryAccess(frame, Peek(frame), out AccountState account) ? Replace(frame, (ulong)_state.CodeOf(account).Length) : Halt.OutOfGas;

    private Halt ExtCodeHash(Frame frame)
    {
        if (!TryAccess(frame, Peek(frame), out AccountState account))
            return Halt.OutOfGas;
        return Replace(frame, account.IsEmpty ? UInt256.Zero : Word(account.CodeHash));
    }

    private Halt ExtCodeCopy(Frame frame)
    {
        if (!TryAccess(frame, Pop(frame), out AccountState account))
            return Halt.OutOfGas;
        return Copy(frame, _state.CodeOf(account).Span, Pop(frame), Pop(frame), Pop(frame));
    }

    private Halt ReturnDataCopy(Frame frame)
    {
        ref UInt256 to = ref Pop(frame), from = ref Pop(frame), length = ref Pop(frame);
        bool overflows = UInt256.AddOverflows(from, length, out UInt256 end);
        return overflows || end > (ulong)_returned.Length ? Halt.ReturnDataOutOfBounds : Copy(frame, _returned.Span, to, from, length);
    }

    private Halt BlockHash(Frame frame)
    {
        UInt256 number = Peek(frame);
        bool isKnown = number < _block.Number && number + 256UL >= _block.Number;
        return Replace(frame, isKnown ? Word(_block.HashOf(number.Low)) : UInt256.Zero);
    }

    private Halt BlobHash(Frame frame)
    {
        UInt256 index = Peek(frame);
        bool isThere = index < (ulong)_transaction.BlobHashes.Count;
        return Replace(frame, isThere ? Word(_transaction.BlobHashes[(int)index.Low]) : UInt256.Zero);
    }

    private Halt CopyMemory(Frame frame)
    {
        ref UInt256 to = ref Pop(frame), from = ref Pop(frame), length = ref Pop(frame);
        UInt256 further = to > from ? to : from;
        if (!Expand(frame, further, length) || !Charge(frame, 3 * WordsOf(length)))
            return Halt.OutOfGas;
        Slice(frame, from, length).CopyTo(Slice(frame, to, length));
        return Halt.None;
    }

    private Halt AddLog(Frame frame, int topicCount)
    {
        if (frame.IsStatic)
            return Halt.StaticViolation;
        ref UInt256 offset = ref Pop(frame), length = ref Pop(frame);
        Hash32[] topics = topicCount == 0 ? [] : new Hash32[topicCount];
        for (int i = 0; i < topics.Length; i++)
            topics[i] = Pop(frame).ToHash32();
        if (!Expand(frame, offset, length) || !Charge(frame, 8 * (long)length.Low))
            return Halt.OutOfGas;
        _state.Add(new Log(frame.Account.Address, topics, Slice(frame, offset, length).ToArray()));
        return Halt.None;
    }

    private Halt Return(Frame frame, Halt how)
    {
        ref UInt256 offset = ref Pop(frame), length = ref Pop(frame);
        if (!Expand(frame, offset, length))
            return Halt.OutOfGas;
        frame.ReturnLength = (int)length.Low;
        frame.ReturnStart = frame.ReturnLength == 0 ? 0 : (int)offset.Low;
        return how;
    }
}
