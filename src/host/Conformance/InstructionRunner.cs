using Flashback.Execution;
using Flashback.Primitives;

namespace Flashback.Conformance;

/// <summary>Runs one instruction on two words in a real machine: a contract that pushes both, applies it and returns the result.</summary>
internal sealed class InstructionRunner(Opcode instruction) : IStateView
{
    private const long Gas = 100_000;

    private static readonly Address Contract = Address.Read([.. new byte[18], 0xc0, 0xde]);
    private static readonly BlockEnvironment Block = new(1, default, 1, 1, (ulong)Gas, default, default, 1, _ => default);
    private static readonly TransactionEnvironment Transaction = new(default, default, []);

    private readonly Evm _evm = new();
    private byte[] _code = [];

    /// <summary>The result in hexadecimal, or how the machine halted.</summary>
    /// <param name="below">The word pushed first.</param>
    /// <param name="top">The word pushed last.</param>
    public string Run(byte[] below, byte[] top)
    {
        _code =
        [
            (byte)Opcode.Push32, .. below, (byte)Opcode.Push32, .. top, (byte)instruction,
            (byte)Opcode.Push0, (byte)Opcode.MStore, (byte)Opcode.Push1, 32, (byte)Opcode.Push0, (byte)Opcode.Return,
        ];
        JournaledState state = new(this, new BytecodeCache());
        state.BeginTransaction();
        _evm.Enter(ForkRules.Cancun, Block, Transaction, state);
        NoTracer tracer = default;
        CallResult result = _evm.Run(new CallMessage { Caller = default, Target = Contract, Gas = Gas }, ref tracer);
        return result.IsSuccess ? Hex.Encode(_evm.Output) : result.Halt.ToString();
    }

    public bool TryGetAccount(in Address address, out Account account)
    {
        bool isContract = address == Contract;
        account = isContract ? new Account(1, default, Keccak.Hash256(_code)) : default;
        return isContract;
    }

    public ReadOnlyMemory<byte> CodeOf(in Hash32 codeHash) => _code;

    public UInt256 SlotOf(in Address address, in UInt256 slot) => default;
}
