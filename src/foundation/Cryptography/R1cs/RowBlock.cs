namespace Flashback.Cryptography.R1cs;

/// <summary>Auxiliary variables from before that each of some blocks that repeat has for its own: as many for each, one after the other.</summary>
/// <param name="Length">How many each block has.</param>
/// <param name="Starts">Each block's first.</param>
public readonly record struct RepeatWindow(int Length, Variable[] Starts)
{
    /// <summary>The place that a place in the first block's window has in another's; places outside stay.</summary>
    internal int Move(int index, int block)
    {
        if (Length == 0)
            return index;
        int offset = index - Starts[0].Index;
        return (uint)offset < (uint)Length ? Starts[block].Index + offset : index;
    }
}

/// <summary>
/// Consecutive rows that stand in the system several times, each time over fresh variables: variables from the firsts on move by the strides
/// from one repetition to the next; of those before, a window moves too, and the others stay.
/// </summary>
/// <param name="FirstRow">The first stored row.</param>
/// <param name="Rows">How many are stored.</param>
/// <param name="Count">How often they stand.</param>
/// <param name="FirstInput">The block's first input.</param>
/// <param name="InputStride">Inputs of a repetition.</param>
/// <param name="FirstAuxiliary">The block's first auxiliary variable.</param>
/// <param name="AuxiliaryStride">Auxiliary variables of a repetition.</param>
/// <param name="Window">Auxiliary variables from before of which each repetition has its own.</param>
internal readonly record struct RowBlock(
    int FirstRow, int Rows, int Count, int FirstInput, int InputStride, int FirstAuxiliary, int AuxiliaryStride, RepeatWindow Window)
{
    /// <summary>The variable that a stored one stands for in a repetition.</summary>
    public Variable Shift(uint code, int repetition)
    {
        Variable variable = Variable.FromCode(code);
        int index = variable.Index;
        if (variable.IsAuxiliary)
            return Variable.Auxiliary(index >= FirstAuxiliary ? index + (repetition * AuxiliaryStride) : Window.Move(index, repetition));
        return index < FirstInput ? variable : Variable.Input(index + (repetition * InputStride));
    }
}
