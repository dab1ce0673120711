using Flashback.Cryptography.R1cs;

namespace Flashback.Foundation.Tests.Cryptography;

/// <summary>bellperson's demonstration: two secret bits whose exclusive or is public.</summary>
internal sealed record XorCircuit(bool A, bool B) : ICircuit
{
    public void Synthesize<TSystem>(TSystem system)
        where TSystem : struct, IConstraintSystem<TSystem>
    {
        Bit a = system.AllocateBit(A), b = system.AllocateBit(B);
        Variable c = system.AllocateInput(A ^ B ? Fr.One : Fr.Zero);
        if (TSystem.WritesConstraints)
            system.Enforce([new(a.Variable), new(a.Variable)], [new(b.Variable)], [new(a.Variable), new(b.Variable), new(c, -Fr.One)]);
    }
}
