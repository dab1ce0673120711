using System.Text.Json;
using Flashback.Primitives;
using Flashback.Proofs;

namespace Flashback.Conformance;

/// <summary>Proofs of spacetime: one over a real 32 GiB sector, and the public inputs of a real small one.</summary>
internal static class FilecoinPost
{
    public static IEnumerable<SpecCase> RealSector(JsonElement section)
    {
        SectorSize size = SectorSize.Of(32L << 30);
        byte[] bytes = section.GetProperty("bincode_base64").GetBytesFromBase64();
        Hash32 randomness = FilecoinWords.Hash(section.GetProperty("randomness"));
        PostSector sector = new(section.GetProperty("sector").GetUInt64(), FilecoinWords.Hash(section.GetProperty("comm_r")));
        yield return new("challenges", () => SpecOutcome.Equal(
            FilecoinWords.List(FilecoinWords.Longs(section.GetProperty("challenges"))),
            FilecoinWords.List(PostChallenges.Derive(PostKind.Window, randomness, sector.Number, 0, size.NodeCount))));
        yield return new("verification", () => PostVanillaCodec.TryDecode(bytes, size, out PostVanillaProof? proof)
            ? SpecOutcome.Equal("", $"{FallbackPost.Check(PostKind.Window, size, randomness, 0, [sector], [proof])}")
            : new SpecOutcome.Failed("a proof", "bytes that are none"));
        yield return new("encoding", () => PostVanillaCodec.TryDecode(bytes, size, out PostVanillaProof? proof)
            ? SpecOutcome.Equal(FilecoinWords.Text(bytes), FilecoinWords.Text(PostVanillaCodec.Encode(proof, size)))
            : new SpecOutcome.Failed("a proof", "bytes that are none"));
    }

    public static IEnumerable<SpecCase> RealProof(JsonElement section)
    {
        JsonElement facts = section.GetProperty("facts");
        Hash32 randomness = FilecoinWords.Hash(facts.GetProperty("randomness"));
        yield return new("public inputs", () =>
        {
            // One sector in a partition for two: its inputs stand there twice.
            long[] challenges = PostChallenges.Derive(PostKind.Window, randomness, facts.GetProperty("sector").GetUInt64(), 0, SectorSize.Of(2L << 10).NodeCount);
            string once = $"{FilecoinWords.Decimal(FilecoinWords.Hash(section.GetProperty("comm_r")))},{FilecoinWords.List(challenges)}";
            return SpecOutcome.Equal(string.Join(',', section.GetProperty("public_inputs").EnumerateArray().Select(input => input.GetString())), $"{once},{once}");
        });
        yield return new("proof", () => FilecoinCircuits.Verify(section, PostCircuit.WindowInputs(
            PostKind.Window, SectorSize.Of(2L << 10), randomness, 0, [new(facts.GetProperty("sector").GetUInt64(), FilecoinWords.Hash(section.GetProperty("comm_r")))])));
    }
}
