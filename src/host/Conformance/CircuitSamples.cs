using System.Numerics;
using Flashback.Cryptography;
using Flashback.Cryptography.R1cs;
using Flashback.Proofs;

namespace Flashback.Conformance;

/// <summary>The hash of numbers 0, 1, 2, …</summary>
internal sealed record PoseidonSample(int Arity, PoseidonStrength Strength) : ICircuit
{
    public void Synthesize<TSystem>(TSystem system)
        where TSystem : struct, IConstraintSystem<TSystem>
    {
        Fr[] preimage = [.. Enumerable.Range(0, Arity).Select(i => Fr.From((ulong)i))];
        system.Poseidon(new PoseidonConstants(Arity, Strength), system.AllocateNumbers(preimage), PoseidonTag.MerkleTree(Arity));
    }
}

/// <summary>The hash of 64 bytes, packed into a number or not.</summary>
internal sealed record Sha256Sample(bool Packs) : ICircuit
{
    public void Synthesize<TSystem>(TSystem system)
        where TSystem : struct, IConstraintSystem<TSystem>
    {
        Bit[] message = new Bit[512];
        for (int i = 0; i < message.Length; i++)
            message[i] = system.AllocateBit(false);
        Bit[] digest = system.Sha256(message);
        if (Packs)
            system.PackDigest(digest);
    }
}

/// <summary>The hash of nothing unknown.</summary>
internal sealed class ConstantSample : ICircuit
{
    public void Synthesize<TSystem>(TSystem system)
        where TSystem : struct, IConstraintSystem<TSystem> => system.Sha256([]);
}

/// <summary>A label whose layer and node are known.</summary>
internal sealed class LabelSample : ICircuit
{
    public void Synthesize<TSystem>(TSystem system)
        where TSystem : struct, IConstraintSystem<TSystem>
    {
        Bit[][] words = new Bit[38][];
        for (int i = 0; i < words.Length; i++)
            words[i] = [.. Enumerable.Range(0, 256).Select(_ => system.AllocateBit(false))];
        Bit[] node = [.. Enumerable.Range(0, 64).Select(i => Bit.Constant((22 >> Math.Min(i, 31) & 1) != 0))];
        LabelGadget.Compute(system, words[0], layer: 3, node, words[1..]);
    }
}

/// <summary>A number put among its siblings.</summary>
internal sealed record InsertSample(int Arity) : ICircuit
{
    public void Synthesize<TSystem>(TSystem system)
        where TSystem : struct, IConstraintSystem<TSystem>
    {
        Number number = system.AllocateNumber(default);
        Bit[] place = system.AllocateBits(0, BitOperations.Log2((uint)Arity));
        system.Insert(number, place, system.AllocateNumbers(new Fr[Arity - 1]));
    }
}

/// <summary>A leaf among 64 under a root that is public or not, in a tree of any arities.</summary>
internal sealed record PathSample(bool IsSha256, int[] Arities, bool HasPublicRoot) : ICircuit
{
    private const int BaseLeafBits = 6;

    public void Synthesize<TSystem>(TSystem system)
        where TSystem : struct, IConstraintSystem<TSystem>
    {
        int[] steps = [.. Enumerable.Repeat(Arities[0], BaseLeafBits / BitOperations.Log2((uint)Arities[0])), .. Arities[1..]];
        MerkleStep[] path = Array.ConvertAll(steps, arity => new MerkleStep(new Fr[arity - 1], 0));
        Number leaf = system.AllocateNumber(default);
        Number computed = IsSha256 ? system.ClimbPublicly<Sha256Nodes, TSystem>(leaf, path) : system.ClimbPublicly<PoseidonNodes, TSystem>(leaf, path);
        Number root = system.AllocateNumber(default);
        system.EnforceEqual(computed, root);
        if (HasPublicRoot)
            system.Publish(root);
    }
}
