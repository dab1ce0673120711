namespace Flashback.Cryptography.R1cs;

/// <summary>
/// Consecutive rows that stand in the system several times, each time over fresh variables: variables from the firsts on move by the strides
/// from one repetition to the next, those before stay.
/// </summary>
/// <param name="FirstRow">The first stored row.</param>
/// <param name="Rows">How many are stored.</param>
/// <param name="Count">How often they stand.</param>
/// <param name="FirstInput">The block's first input.</param>
/// <param name="InputStride">Inputs of a repetition.</param>
/// <param name="FirstAuxiliary">The block's first auxiliary variable.</param>
/// <param name="AuxiliaryStride">Auxiliary variables of a repetition.</param>
internal readonly record struct RowBlock(
    int FirstRow, int Rows, int Count, int FirstInput, int InputStride, int FirstAuxiliary, int AuxiliaryStride)
{
    /// <summary>The variable that a stored one stands for in a repetition.</summary>
    public Variable Shift(uint code, int repetition)
    {
        Variable variable = Variable.FromCode(code);
        int index = variable.Index;
        if (variable.IsAuxiliary)
            return index < FirstAuxiliary ? variable : Variable.Auxiliary(index + (repetition * AuxiliaryStride));
        return index < FirstInput ? variable : Variable.Input(index + (repetition * InputStride));
    }
}
