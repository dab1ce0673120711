using Flashback.Primitives;
using Flashback.Proofs;

namespace Flashback.Foundation.Tests.Proofs;

public sealed class SealingTests
{
    private static readonly Hash32 Ones = Hash32.Read([.. Enumerable.Repeat((byte)1, 32)]);

    [Fact] // lotus-bench's sample: zero data, proof 5, provider 1000, sector 1, ticket 0
    public void A_sector_of_zeros_gets_the_published_commitments()
    {
        using SealedSample sample = new(SealKind.All[5], [], default, Ones);
        Assert.Equal("0x95dd0e3f", sample.Commitments.CommC.ToString()[..10]);
        Assert.Equal("0xd75cfa6d", sample.Commitments.CommRLast.ToString()[..10]);
        Assert.Equal("0xc647b998c78282296cfd1160714228d43f3b054dfbbb77172b68115ba3c3b762", sample.Commitments.CommR.ToString());
        Assert.Null(SealVerifier.Check(sample.Statement, sample.Input.Kind.CreateGraph(), 0, sample.Prove()));
    }
}
