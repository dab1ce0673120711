namespace Flashback.Cryptography.R1cs;

/// <summary>Auxiliary variables that stand one after the other, so many for each block that repeats.</summary>
/// <param name="First">The first block's first.</param>
/// <param name="Stride">How many each block has.</param>
public readonly record struct RepeatWindow(Variable First, int Stride)
{
    internal bool Contains(int index) => (uint)(index - First.Index) < (uint)Stride;
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
        {
            int stride = index >= FirstAuxiliary ? AuxiliaryStride : Window.Contains(index) ? Window.Stride : 0;
            return Variable.Auxiliary(index + (repetition * stride));
        }
        return index < FirstInput ? variable : Variable.Input(index + (repetition * InputStride));
    }
}
