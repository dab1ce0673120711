namespace Flashback.Execution;

/// <summary>What is checked and charged before an instruction does its work, the same in every fork that has the instruction.</summary>
/// <param name="Gas">What it costs at least; what depends on operands and state is charged by the instruction itself.</param>
/// <param name="Need">How many words must be on the stack.</param>
/// <param name="Delta">By how many words the stack is higher afterwards.</param>
/// <param name="EndsBlock">True when the next instruction may not be the following one, or when the instruction looks at the gas left.</param>
internal readonly record struct OpcodeTraits(ushort Gas, byte Need, sbyte Delta, bool EndsBlock)
{
    /// <summary>By opcode. One that no fork defines costs nothing, needs nothing and ends its block: running it halts.</summary>
    public static ReadOnlySpan<OpcodeTraits> All => Table;

    private static readonly OpcodeTraits[] Table = Fill();

    private static OpcodeTraits[] Fill()
    {
        OpcodeTraits[] table = new OpcodeTraits[256];
        Array.Fill(table, new OpcodeTraits(0, 0, 0, EndsBlock: true));

        void Set(Opcode op, ushort gas, byte need, sbyte delta, bool ends = false) => table[(byte)op] = new OpcodeTraits(gas, need, delta, ends);

        Set(Opcode.Stop, 0, 0, 0, ends: true);
        Set(Opcode.Add, 3, 2, -1);
        Set(Opcode.Mul, 5, 2, -1);
        Set(Opcode.Sub, 3, 2, -1);
        Set(Opcode.Div, 5, 2, -1);
        Set(Opcode.SDiv, 5, 2, -1);
        Set(Opcode.Mod, 5, 2, -1);
        Set(Opcode.SMod, 5, 2, -1);
        Set(Opcode.AddMod, 8, 3, -2);
        Set(Opcode.MulMod, 8, 3, -2);
        Set(Opcode.Exp, 10, 2, -1);
        Set(Opcode.SignExtend, 5, 2, -1);
        Set(Opcode.Lt, 3, 2, -1);
        Set(Opcode.Gt, 3, 2, -1);
        Set(Opcode.SLt, 3, 2, -1);
        Set(Opcode.SGt, 3, 2, -1);
        Set(Opcode.Eq, 3, 2, -1);
        Set(Opcode.IsZero, 3, 1, 0);
        Set(Opcode.And, 3, 2, -1);
        Set(Opcode.Or, 3, 2, -1);
        Set(Opcode.Xor, 3, 2, -1);
        Set(Opcode.Not, 3, 1, 0);
        Set(Opcode.Byte, 3, 2, -1);
        Set(Opcode.Shl, 3, 2, -1);
        Set(Opcode.Shr, 3, 2, -1);
        Set(Opcode.Sar, 3, 2, -1);
        Set(Opcode.Clz, 5, 1, 0);
        Set(Opcode.Keccak256, 30, 2, -1);
        Set(Opcode.Address, 2, 0, 1);
        Set(Opcode.Balance, 100, 1, 0);
        Set(Opcode.Origin, 2, 0, 1);
        Set(Opcode.Caller, 2, 0, 1);
        Set(Opcode.CallValue, 2, 0, 1);
        Set(Opcode.CallDataLoad, 3, 1, 0);
        Set(Opcode.CallDataSize, 2, 0, 1);
        Set(Opcode.CallDataCopy, 3, 3, -3);
        Set(Opcode.CodeSize, 2, 0, 1);
        Set(Opcode.CodeCopy, 3, 3, -3);
        Set(Opcode.GasPrice, 2, 0, 1);
        Set(Opcode.ExtCodeSize, 100, 1, 0);
        Set(Opcode.ExtCodeCopy, 100, 4, -4);
        Set(Opcode.ReturnDataSize, 2, 0, 1);
        Set(Opcode.ReturnDataCopy, 3, 3, -3);
        Set(Opcode.ExtCodeHash, 100, 1, 0);
        Set(Opcode.BlockHash, 20, 1, 0);
        Set(Opcode.Coinbase, 2, 0, 1);
        Set(Opcode.Timestamp, 2, 0, 1);
        Set(Opcode.Number, 2, 0, 1);
        Set(Opcode.PrevRandao, 2, 0, 1);
        Set(Opcode.GasLimit, 2, 0, 1);
        Set(Opcode.ChainId, 2, 0, 1);
        Set(Opcode.SelfBalance, 5, 0, 1);
        Set(Opcode.BaseFee, 2, 0, 1);
        Set(Opcode.BlobHash, 3, 1, 0);
        Set(Opcode.BlobBaseFee, 2, 0, 1);
        Set(Opcode.Pop, 2, 1, -1);
        Set(Opcode.MLoad, 3, 1, 0);
        Set(Opcode.MStore, 3, 2, -2);
        Set(Opcode.MStore8, 3, 2, -2);
        Set(Opcode.SLoad, 100, 1, 0);
        Set(Opcode.SStore, 0, 2, -2, ends: true);
        Set(Opcode.Jump, 8, 1, -1, ends: true);
        Set(Opcode.JumpI, 10, 2, -2, ends: true);
        Set(Opcode.Pc, 2, 0, 1);
        Set(Opcode.MSize, 2, 0, 1);
        Set(Opcode.Gas, 2, 0, 1, ends: true);
        Set(Opcode.JumpDest, 1, 0, 0);
        Set(Opcode.TLoad, 100, 1, 0);
        Set(Opcode.TStore, 100, 2, -2);
        Set(Opcode.MCopy, 3, 3, -3);
        Set(Opcode.Push0, 2, 0, 1);
        Set(Opcode.Create, 32000, 3, -2, ends: true);
        Set(Opcode.Call, 100, 7, -6, ends: true);
        Set(Opcode.CallCode, 100, 7, -6, ends: true);
        Set(Opcode.Return, 0, 2, -2, ends: true);
        Set(Opcode.DelegateCall, 100, 6, -5, ends: true);
        Set(Opcode.Create2, 32000, 4, -3, ends: true);
        Set(Opcode.StaticCall, 100, 6, -5, ends: true);
        Set(Opcode.Revert, 0, 2, -2, ends: true);
        Set(Opcode.Invalid, 0, 0, 0, ends: true);
        Set(Opcode.SelfDestruct, 5000, 1, -1, ends: true);
        for (byte n = 1; n <= 32; n++)
            Set(Opcode.Push0 + n, 3, 0, 1);
        for (byte n = 1; n <= 16; n++)
        {
            Set(Opcode.Dup1 + n - 1, 3, n, 1);
            Set(Opcode.Swap1 + n - 1, 3, (byte)(n + 1), 0);
        }
        for (byte n = 0; n <= 4; n++)
            Set(Opcode.Log0 + n, (ushort)(375 * (n + 1)), (byte)(2 + n), (sbyte)(-2 - n));
        return table;
    }
}
