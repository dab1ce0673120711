using Flashback.Cryptography.Bls12381;
using Flashback.Primitives;
using Fp = Flashback.Cryptography.Fields.Montgomery384<Flashback.Cryptography.Bls12381.FpModulus>;
using Fp2 = Flashback.Cryptography.Fields.Fp2<Flashback.Cryptography.Fields.Montgomery384<Flashback.Cryptography.Bls12381.FpModulus>>;

namespace Flashback.Execution;

/// <summary>Which precompiled contract lies where. Each fork's table is the one before it with a few rows more, or other.</summary>
internal sealed class PrecompileTable
{
    /// <summary>All lie at addresses below this: most of a word of zeros, then a small number.</summary>
    private const int Room = 0x101;

    private readonly IPrecompile?[] _byNumber;
    private readonly Dictionary<Address, IPrecompile>? _moved; // in simulations alone

    private PrecompileTable(IPrecompile?[] byNumber, Dictionary<Address, IPrecompile>? moved = null)
    {
        (_byNumber, _moved) = (byNumber, moved);
        IEnumerable<Address> elsewhere = moved is null ? [] : moved.Keys;
        Addresses = [.. Enumerable.Range(0, Room).Where(number => byNumber[number] is not null).Select(number => new UInt256((ulong)number).ToAddress()), .. elsewhere];
    }

    public static PrecompileTable Empty { get; } = new(new IPrecompile?[Room]);

    public static PrecompileTable Cancun { get; } = Empty
        .With(0x01, new EcRecoverPrecompile())
        .With(0x02, new Sha256Precompile())
        .With(0x03, new Ripemd160Precompile())
        .With(0x04, new IdentityPrecompile())
        .With(0x05, new ModExpPrecompile(ModExpPricing.Eip2565))
        .With(0x06, new Bn254AddPrecompile())
        .With(0x07, new Bn254MultiplyPrecompile())
        .With(0x08, new Bn254PairingPrecompile())
        .With(0x09, new Blake2FPrecompile())
        .With(0x0a, new PointEvaluationPrecompile());

    public static PrecompileTable Prague { get; } = Cancun
        .With(0x0b, new Bls12381AddPrecompile<Fp, G1Curve, Bls12381G1>())
        .With(0x0c, new Bls12381MsmPrecompile<Fp, G1Curve, Bls12381G1>())
        .With(0x0d, new Bls12381AddPrecompile<Fp2, G2Curve, Bls12381G2>())
        .With(0x0e, new Bls12381MsmPrecompile<Fp2, G2Curve, Bls12381G2>())
        .With(0x0f, new Bls12381PairingPrecompile())
        .With(0x10, new Bls12381MapPrecompile<Fp, G1Curve, Bls12381G1>())
        .With(0x11, new Bls12381MapPrecompile<Fp2, G2Curve, Bls12381G2>());

    public static PrecompileTable Osaka { get; } = Prague
        .With(0x05, new ModExpPrecompile(ModExpPricing.Eip7883))
        .With(0x100, new P256VerifyPrecompile());

    /// <summary>Where there is one, lowest first.</summary>
    public IReadOnlyList<Address> Addresses { get; }

    /// <summary>The contract at an address, or null.</summary>
    public IPrecompile? At(in Address address) =>
        _moved is not null && _moved.TryGetValue(address, out IPrecompile? moved) ? moved
        : NumberOf(address) is var number && number < Room ? _byNumber[number] : null;

    /// <summary>The table without the contracts at some addresses, or with them elsewhere.</summary>
    public PrecompileTable Move(IEnumerable<KeyValuePair<Address, Address?>> moves)
    {
        IPrecompile?[] table = [.. _byNumber];
        Dictionary<Address, IPrecompile> moved = _moved is null ? [] : new(_moved);
        foreach ((Address from, Address? to) in moves)
        {
            if (At(from) is not { } precompile)
                continue;
            _ = moved.Remove(from);
            if (NumberOf(from) is var number && number < Room)
                table[number] = null;
            if (to is { } target)
                moved[target] = precompile;
        }
        return new PrecompileTable(table, moved);
    }

    private PrecompileTable With(int number, IPrecompile precompile)
    {
        IPrecompile?[] table = [.. _byNumber];
        table[number] = precompile;
        return new PrecompileTable(table);
    }

    private static uint NumberOf(in Address address)
    {
        ReadOnlySpan<byte> bytes = address.AsSpan();
        return bytes[..18].ContainsAnyExcept((byte)0) ? uint.MaxValue : (uint)(bytes[18] << 8 | bytes[19]);
    }
}
