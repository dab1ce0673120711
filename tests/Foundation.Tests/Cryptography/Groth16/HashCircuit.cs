using Flashback.Cryptography;
using Flashback.Cryptography.R1cs;

namespace Flashback.Foundation.Tests.Cryptography;

/// <summary>Two secret numbers whose Poseidon hash is public: coefficients of all kinds, and rows that repeat.</summary>
internal sealed class HashCircuit : ICircuit
{
    public void Synthesize<TSystem>(TSystem system)
        where TSystem : struct, IConstraintSystem<TSystem>
    {
        Number hash = system.Poseidon([system.AllocateNumber(Fr.From(7)), system.AllocateNumber(Fr.From(11))]);
        Variable output = system.AllocateInput(Poseidon.OfArity(2).Hash([Fr.From(7), Fr.From(11)]));
        if (TSystem.WritesConstraints)
            system.Enforce([new(hash.Variable)], [new(Variable.One)], [new(output)]);
    }
}
