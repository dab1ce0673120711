using Flashback.Primitives;

namespace Flashback.Cryptography.R1cs;

/// <summary>A value for each variable of a system.</summary>
/// <param name="Inputs">The public inputs; the first is one.</param>
/// <param name="Auxiliary">The others.</param>
public sealed record Assignment(Fr[] Inputs, Fr[] Auxiliary)
{
    /// <summary>The public inputs without the constant one: what a verifier is given.</summary>
    public ReadOnlyMemory<Fr> Statement => Inputs.AsMemory(1);

    /// <summary>The values of a circuit's variables.</summary>
    /// <param name="system">The circuit's constraints, for their numbers.</param>
    /// <param name="circuit">The circuit with its values.</param>
    /// <exception cref="ArgumentException">The circuit has other numbers of variables.</exception>
    public static Assignment Of<TCircuit>(ConstraintSystem system, TCircuit circuit)
        where TCircuit : ICircuit
    {
        ArgumentNullException.ThrowIfNull(system);
        Assignment values = new(new Fr[system.InputCount], new Fr[system.AuxiliaryCount]);
        values.Inputs[0] = Fr.One;
        ValueWriter writer = new(values) { NextInput = 1 };
        circuit.Synthesize(new ValueSystem(writer));
        if (writer.NextInput != values.Inputs.Length || writer.NextAuxiliary != values.Auxiliary.Length)
            throw new ArgumentException($"the circuit has {writer.NextInput} inputs and {writer.NextAuxiliary} other variables, the system {values.Inputs.Length} and {values.Auxiliary.Length}", nameof(circuit));
        return values;
    }
}

/// <summary>Keeps the values and no constraints.</summary>
internal readonly struct ValueSystem(ValueWriter writer) : IConstraintSystem<ValueSystem>
{
    public static bool WritesConstraints => false;

    public static bool WritesValues => true;

    public Variable Allocate(in Fr value)
    {
        int index = writer.NextAuxiliary++;
        writer.Auxiliary[index] = value;
        return Variable.Auxiliary(index);
    }

    public Variable AllocateInput(in Fr value)
    {
        int index = writer.NextInput++;
        writer.Inputs[index] = value;
        return Variable.Input(index);
    }

    public void Enforce(ReadOnlySpan<Term> a, ReadOnlySpan<Term> b, ReadOnlySpan<Term> c)
    {
    }

    public void Repeat(int count, RepeatWindow window, Action<ValueSystem, int> block) => writer.Repeat(count, (part, i) => block(new ValueSystem(part), i));
}

/// <summary>Values on their way into an assignment.</summary>
internal sealed class ValueWriter(Assignment values)
{
    public Fr[] Inputs => values.Inputs;

    public Fr[] Auxiliary => values.Auxiliary;

    public int NextInput { get; set; }

    public int NextAuxiliary { get; set; }

    /// <summary>The first block tells how many variables each has; then the others know their places and can be written at once.</summary>
    public void Repeat(int count, Action<ValueWriter, int> block)
    {
        if (count <= 0)
            return;
        int firstInput = NextInput, firstAuxiliary = NextAuxiliary;
        block(this, 0);
        int inputs = NextInput - firstInput, auxiliary = NextAuxiliary - firstAuxiliary;
        Parallel.For(1, count, AllCores.Options, i =>
        {
            ValueWriter part = new(values) { NextInput = firstInput + (i * inputs), NextAuxiliary = firstAuxiliary + (i * auxiliary) };
            block(part, i);
            if (part.NextInput != firstInput + ((i + 1) * inputs) || part.NextAuxiliary != firstAuxiliary + ((i + 1) * auxiliary))
                throw new InvalidOperationException($"block {i} has other numbers of variables than block 0");
        });
        NextInput = firstInput + (count * inputs);
        NextAuxiliary = firstAuxiliary + (count * auxiliary);
    }
}
