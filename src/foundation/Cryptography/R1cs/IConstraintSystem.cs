namespace Flashback.Cryptography.R1cs;

/// <summary>
/// What gadgets write to: variables in order, and constraints a·b = c over linear combinations of them. A gadget is written once, over this as a
/// struct type parameter; the compiler makes from it one program that writes the constraints and another that works out the values.
/// </summary>
/// <remarks>
/// Calls to <see cref="Enforce"/> and the building of its terms belong under <c>if (TSystem.WritesConstraints)</c>: where values are worked out
/// it is a constant, and nothing of them is left. Order matters: keys made for a circuit fix every variable's and constraint's place.
/// </remarks>
/// <typeparam name="TSelf">The implementing type.</typeparam>
public interface IConstraintSystem<TSelf>
    where TSelf : struct, IConstraintSystem<TSelf>
{
    /// <summary>Whether constraints are kept, as a constant.</summary>
    static abstract bool WritesConstraints { get; }

    /// <summary>Whether values are kept, as a constant; else those given mean nothing.</summary>
    static abstract bool WritesValues { get; }

    /// <summary>A new auxiliary variable.</summary>
    Variable Allocate(in Fr value);

    /// <summary>A new public input.</summary>
    Variable AllocateInput(in Fr value);

    /// <summary>a·b = c. A variable may occur in several terms of a combination: their coefficients add up.</summary>
    void Enforce(ReadOnlySpan<Term> a, ReadOnlySpan<Term> b, ReadOnlySpan<Term> c);

    /// <summary>
    /// Blocks one after the other that differ in their values only: same constraints over their own variables and those from before the first
    /// block, the same for all or their part of a window. Constraints are written once for all; values are worked out on all cores.
    /// </summary>
    /// <param name="count">How many.</param>
    /// <param name="window">Variables from before of which each block has its own; none by default.</param>
    /// <param name="block">Writes the block of that number; must not keep or hand on variables.</param>
    void Repeat(int count, RepeatWindow window, Action<TSelf, int> block);
}

/// <summary>A circuit with the values for one statement; of a blank one, whose values mean nothing, constraints can be made.</summary>
public interface ICircuit
{
    /// <summary>Writes the circuit.</summary>
    void Synthesize<TSystem>(TSystem system)
        where TSystem : struct, IConstraintSystem<TSystem>;
}
