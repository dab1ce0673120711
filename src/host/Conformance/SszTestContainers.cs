using Flashback.Primitives;

namespace Flashback.Conformance;

// The containers of the ssz_generic vectors, named as there; each describes itself as value.yaml does. spec: cs/tests/formats/ssz_generic#containers

[SszContainer]
internal sealed partial class SingleFieldTestStruct
{
    public byte A { get; init; }

    public override string ToString() => $"{{A:{A}}}";
}

[SszContainer]
internal sealed partial class SmallTestStruct
{
    public ushort A { get; init; }

    public ushort B { get; init; }

    public override string ToString() => $"{{A:{A},B:{B}}}";
}

[SszContainer]
internal sealed partial class FixedTestStruct
{
    public byte A { get; init; }

    public ulong B { get; init; }

    public uint C { get; init; }

    public override string ToString() => $"{{A:{A},B:{B},C:{C}}}";
}

[SszContainer]
internal sealed partial class VarTestStruct
{
    public ushort A { get; init; }

    [SszList(1024)]
    public required ushort[] B { get; init; }

    public byte C { get; init; }

    public override string ToString() => $"{{A:{A},B:[{string.Join(',', B)}],C:{C}}}";
}

[SszContainer]
internal sealed partial class ComplexTestStruct
{
    public ushort A { get; init; }

    [SszList(128)]
    public required ushort[] B { get; init; }

    public byte C { get; init; }

    [SszList(256)]
    public required byte[] D { get; init; }

    public required VarTestStruct E { get; init; }

    [SszVector(4)]
    public required FixedTestStruct[] F { get; init; }

    [SszVector(2)]
    public required VarTestStruct[] G { get; init; }

    public override string ToString() =>
        $"{{A:{A},B:[{string.Join(',', B)}],C:{C},D:{Hex.Encode(D)},E:{E},F:[{string.Join<FixedTestStruct>(',', F)}],G:[{string.Join<VarTestStruct>(',', G)}]}}";
}

[SszContainer]
internal sealed partial class BitsStruct
{
    [SszList(5)]
    public required Bits A { get; init; }

    [SszVector(2)]
    public required Bits B { get; init; }

    [SszVector(1)]
    public required Bits C { get; init; }

    [SszList(6)]
    public required Bits D { get; init; }

    [SszVector(8)]
    public required Bits E { get; init; }

    public override string ToString() => $"{{A:{Text(A, SszBound.List(5))},B:{Text(B, SszBound.Vector(2))},C:{Text(C, SszBound.Vector(1))},D:{Text(D, SszBound.List(6))},E:{Text(E, SszBound.Vector(8))}}}";

    private static string Text(Bits bits, SszBound bound) => Hex.Encode(Ssz.Encode(new SszCollection<Bits>(bound), bits));
}
