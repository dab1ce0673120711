using Flashback.Cryptography.R1cs;
using Flashback.Proofs;

namespace Flashback.Foundation.Tests.Proofs;

/// <summary>Numbers of constraints and variables, and digests of whole systems. Sources: tests of rust-fil-proofs, curio, an independent builder.</summary>
public sealed class CircuitShapeTests
{
    [Theory]
    [InlineData(2L << 10, 2_687_921, 2_685_673, 39, "52d4ea4375405c16e0e799aab8825f7e76f36580bba1e736dbb4ff1cd55a966d")]
    [InlineData(8L << 20, 3_844_929, 3_842_449, 39, null)]
    [InlineData(512L << 20, 4_423_433, 4_420_837, 39, null)]
    [InlineData(32L << 30, 130_278_541, 130_169_893, 327, null)]
    [InlineData(64L << 30, 131_185_849, 131_076_643, 327, null)]
    public void A_seal_has_the_golden_shape(long bytes, long constraints, int auxiliary, int inputs, string? fingerprint) =>
        Require(new StorageCircuit(StorageProof.Seal, SectorSize.Of(bytes)).CreateSystem(), constraints, auxiliary, inputs, fingerprint);

    [Fact]
    public void The_devnets_seal_has_half_the_constraints_and_a_name_of_its_own()
    {
        StorageCircuit circuit = StorageCircuit.OfSeal(SealKind.Devnet);
        Assert.True(StorageCircuit.TryParse("seal-devnet", out StorageCircuit? parsed));
        Assert.Equal(circuit, parsed);
        Assert.NotEqual(new StorageCircuit(StorageProof.Seal, SealKind.Devnet.Size).FileName, circuit.FileName);
        ConstraintSystem system = circuit.CreateSystem();
        Assert.Equal(22, system.InputCount);
        Assert.InRange(system.ConstraintCount, 1_900_000, (1 << 21) - 22);
    }

    [Theory]
    [InlineData(8, 0, 0, 1_199_620)]
    [InlineData(8, 4, 0, 1_296_576)]
    [InlineData(8, 4, 2, 1_346_982)]
    public void A_small_seal_of_any_tree_has_the_golden_number_of_constraints(long leaves, int sub, int top, long constraints)
    {
        TreeShape shape = new(leaves * Math.Max(1, sub) * Math.Max(1, top), sub, top);
        ConstraintSystem system = ConstraintSystem.Of(SealCircuit.Blank(shape, layers: 2, challenges: 1));
        Assert.Equal((constraints, 22), (system.ConstraintCount, system.InputCount));
    }

    [Theory]
    [InlineData(2L << 10, 21_866, 22_128, 22, "2bc157c2442895b7ffd6c0caa259cef4a3018d8dbb005c6d49fa04d535210535")]
    [InlineData(8L << 20, 64_266, 65_088, 22, null)]
    [InlineData(512L << 20, 85_466, 86_568, 22, null)]
    [InlineData(32L << 30, 125_279_217, 126_902_376, 25_839, null)]
    [InlineData(64L << 30, 129_887_900, 131_500_200, 25_300, null)]
    public void A_window_post_has_the_golden_shape(long bytes, long constraints, int auxiliary, int inputs, string? fingerprint) =>
        Require(ConstraintSystem.Of(PostCircuit.BlankWindow(SectorSize.Of(bytes))), constraints, auxiliary, inputs, fingerprint);

    [Theory]
    [InlineData(2L << 10, 90_750, 91_674, 132, "f276a07ad9130e9719d0a06f82e1415f7c638be9a3566b7d25410ee4672edd5f")]
    [InlineData(8L << 20, 230_670, 233_442, 132, null)]
    [InlineData(512L << 20, 300_630, 304_326, 132, null)]
    [InlineData(32L << 30, 370_590, 375_210, 132, null)]
    [InlineData(64L << 30, 391_314, 396_000, 132, null)]
    public void A_winning_post_has_the_golden_shape(long bytes, long constraints, int auxiliary, int inputs, string? fingerprint) =>
        Require(ConstraintSystem.Of(PostCircuit.BlankWinning(SectorSize.Of(bytes))), constraints, auxiliary, inputs, fingerprint);

    [Theory]
    [InlineData(64, 0, 0, 3, 5, 16_869)]
    [InlineData(64, 4, 0, 3, 5, 22_674)]
    [InlineData(64, 4, 2, 3, 5, 27_384)]
    [InlineData(64, 0, 0, 2, 5, 11_246)]
    [InlineData(1L << 30, 0, 0, 5, 10, 266_665)]
    public void A_post_of_any_tree_has_the_golden_number_of_constraints(long leaves, int sub, int top, int sectors, int challenges, long constraints)
    {
        TreeShape shape = new(leaves * Math.Max(1, sub) * Math.Max(1, top), sub, top);
        ConstraintSystem system = ConstraintSystem.Of(PostCircuit.Blank(shape, sectors, challenges));
        Assert.Equal((constraints, 1 + (sectors * (challenges + 1))), (system.ConstraintCount, system.InputCount));
    }

    [Theory]
    [InlineData(1L << 10, 4, 0, 1_248_389, 0, null)]
    [InlineData(2L << 10, 0, 0, 1_705_039, 1_703_569, "239d2690ef2be60dcba7d1b3ee4f2427dc42b36c5e568668600ef84b3bd6ab55")]
    [InlineData(4L << 10, 2, 0, 2_165_109, 0, null)]
    [InlineData(8L << 10, 4, 0, 2_620_359, 0, null)]
    [InlineData(16L << 10, 8, 0, 6_300_021, 0, null)]
    [InlineData(32L << 10, 8, 2, 6_760_091, 0, null)]
    [InlineData(8L << 20, 0, 0, 10_007_503, 9_998_039, null)]
    [InlineData(512L << 20, 0, 0, 57_450_479, 57_401_314, null)]
    [InlineData(32L << 30, 8, 0, 81_049_499, 80_978_488, null)]
    [InlineData(64L << 30, 8, 2, 85_006_101, 84_931_220, null)]
    public void An_update_has_the_golden_shape(long bytes, int sub, int top, long constraints, int auxiliary, string? fingerprint)
    {
        ConstraintSystem system = ConstraintSystem.Of(UpdateCircuit.Blank(new TreeShape(bytes / 32, sub, top)));
        Require(system, constraints, auxiliary == 0 ? system.AuxiliaryCount : auxiliary, 4, fingerprint);
    }

    private static void Require(ConstraintSystem system, long constraints, int auxiliary, int inputs, string? fingerprint)
    {
        Assert.Equal((constraints, auxiliary, inputs + 1), (system.ConstraintCount, system.AuxiliaryCount, system.InputCount));
        if (fingerprint is not null)
            Assert.Equal("0x" + fingerprint, system.Fingerprint().ToString());
    }
}
