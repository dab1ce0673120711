using Flashback.Cryptography;
using Flashback.Network;

namespace Flashback.Chain.Beacon;

/// <summary>A message that keeps every rule but for its signatures, which are verified with those of others.</summary>
/// <param name="Place">Its place among the messages that came together.</param>
/// <param name="Signatures">Its signatures.</param>
/// <param name="Accept">What is done once they hold. It says again what becomes of the message: two may have come together of which one is enough.</param>
internal sealed record Candidate(int Place, BlsSignatureSet[] Signatures, Func<GossipVerdict> Accept)
{
    /// <summary>Verifies the signatures of all at once; where that fails, of each.</summary>
    /// <returns>Whether those of each hold.</returns>
    public static bool[] Verify(List<Candidate> candidates)
    {
        bool[] hold = new bool[candidates.Count];
        if (candidates.Count == 0)
            return hold;
        if (Bls.VerifyBatch([.. candidates.SelectMany(candidate => candidate.Signatures)]))
            Array.Fill(hold, true);
        else
            Parallel.For(0, hold.Length, i => hold[i] = Bls.VerifyBatch(candidates[i].Signatures));
        return hold;
    }
}
