using Flashback.Primitives;

namespace Flashback.Client;

/// <summary>What a client asks for when it has a piece stored. Times are slots, money is wei. spec: contracts/src/base/DealTerms.sol</summary>
/// <param name="CommP">The piece.</param>
/// <param name="PieceSize">Bytes, padded: a power of two, from 128 to a sector's.</param>
/// <param name="Providers">How many shall store it, 1 to 16.</param>
/// <param name="Cadence">Proofs of storage in a proving period, at least.</param>
/// <param name="RegistrationEnd">Providers register before.</param>
/// <param name="ActivationEnd">They have it sealed before; the deal runs from then on.</param>
/// <param name="End">And until then.</param>
/// <param name="Ceiling">The most that one provider may ask for all of the time.</param>
/// <param name="MinimumFee">Collateral that each provider puts in at least.</param>
public sealed record DealTerms(
    Hash32 CommP, ulong PieceSize, ulong Providers, ulong Cadence, ulong RegistrationEnd, ulong ActivationEnd, ulong End, UInt256 Ceiling, UInt256 MinimumFee)
{
    internal const string AbiType = "(bytes32,uint64,uint8,uint8,uint40,uint40,uint40,uint128,uint128,uint16[],uint64[])";

    /// <summary>Where speed is measured: ISO 3166-1 numeric codes, 0 for anywhere; 1 to 4 of them, ascending.</summary>
    public IReadOnlyList<ulong> Regions { get; init; } = [0];

    /// <summary>Only these may register; none: whoever comes first. At most 32.</summary>
    public IReadOnlyList<ulong> Invited { get; init; } = [];

    /// <summary>What is sent along: what is not asked for comes back.</summary>
    public UInt256 Escrow => Ceiling * Providers;

    internal AbiTuple ToAbi() => new AbiTuple().Add(CommP).Add(PieceSize).Add(Providers).Add(Cadence).Add(RegistrationEnd).Add(ActivationEnd).Add(End).Add(Ceiling).Add(MinimumFee)
        .AddList(Regions).AddList(Invited);

    /// <summary>Reads terms from the first word of their structure on.</summary>
    internal static DealTerms Read(AbiReader terms) => new(
        terms[0], terms.Number(1), terms.Number(2), terms.Number(3), terms.Number(4), terms.Number(5), terms.Number(6), terms.Wide(7), terms.Wide(8))
    {
        Regions = ReadNumbers(terms, 9),
        Invited = ReadNumbers(terms, 10),
    };

    private static ulong[] ReadNumbers(AbiReader terms, int index)
    {
        if (!terms.TryList(index, out int first, out int count))
            throw RpcJson.Nonsense("DealDeployed", "has a list that ends early");
        ulong[] numbers = new ulong[count];
        for (int i = 0; i < count; i++)
            numbers[i] = terms.Number(first + i);
        return numbers;
    }
}
