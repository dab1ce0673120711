using System.Diagnostics;
using Flashback.Chain.Spacetime;
using Flashback.Cryptography;
using Flashback.Cryptography.Groth16;
using Flashback.Primitives;
using Flashback.Proofs;
using Flashback.Testing;

namespace Flashback.Benchmarks.Spacetime;

/// <summary><c>./bench --storage</c>: what storage claims cost a node that takes a block in, and what the end of each block costs with many providers.</summary>
/// <remarks>Keys whose secret is known make the proofs at once; verifying them is the true work, and the same as for any other.</remarks>
internal static class StorageThroughput
{
    private const int Runs = 5;

    public static void Print()
    {
        PrintGate("2 sectors of 8 MiB (devnet)", SealKind.Devnet, sectors: 2);
        PrintGate("2,349 sectors of 32 GiB", SealKind.Of(8), sectors: 2_349);
        PrintDeals("HOT, a window", DealClaims.Windows);
        PrintDeals("HOT, a request of 64 KiB", DealClaims.Requests);
        PrintDeals("RECEIPT, 64 deliveries", DealClaims.Receipts);
        foreach (int providers in (int[])[10, 1_000, 10_000])
            ClosingCost.Print(providers);
    }

    private static void PrintGate(string what, SealKind kind, int sectors)
    {
        IReadOnlyList<StorageCircuit> circuits = ClaimVerifier.CircuitsOf(kind);
        Dictionary<StorageCircuit, VerifyingKey> keys = circuits.ToDictionary(circuit => circuit, circuit => new SimulatedCircuit(1, 1).Key);
        SimulatedCircuit window = new(circuits[2].PublicInputCount, 2);
        keys[circuits[2]] = window.Key;
        foreach (int count in (int[])[1, 64, 128])
        {
            (StatedClaim[] claims, Dictionary<Hash32, ReadOnlyMemory<byte>> blobs) = Windows(kind, window, sectors, count);
            _ = Time(() => Require(new ClaimVerifier(kind, keys).Verify(claims, blobs, out int _))); // compiles, and prepares the key
            double[] times = [.. Enumerable.Range(0, Runs).Select(_ => Time(() => Require(new ClaimVerifier(kind, keys).Verify(claims, blobs, out int _))))];
            (claims[^1], StatedClaim last) = (claims[^1] with { Claim = claims[^1].Claim with { Offset = 0 } }, claims[^1]);
            double refused = Time(() => new ClaimVerifier(kind, keys).Verify(claims, blobs, out int _));
            claims[^1] = last;
            Console.WriteLine(FormattableString.Invariant($"gate, {count,3} WINDOW claims of {what,-28} {Median(times),8:F1} ms; with a bad one {refused,8:F1} ms"));
        }
    }

    private static void PrintDeals(string what, Func<int, (StatedClaim[] Claims, Dictionary<Hash32, ReadOnlyMemory<byte>> Blobs)> make)
    {
        Dictionary<StorageCircuit, VerifyingKey> keys = ClaimVerifier.CircuitsOf(SealKind.Devnet).ToDictionary(circuit => circuit, circuit => new SimulatedCircuit(1, 1).Key);
        foreach (int count in (int[])[1, 128])
        {
            (StatedClaim[] claims, Dictionary<Hash32, ReadOnlyMemory<byte>> blobs) = make(count);
            _ = Time(() => Require(new ClaimVerifier(SealKind.Devnet, keys).Verify(claims, blobs, out int _)));
            double[] times = [.. Enumerable.Range(0, Runs).Select(_ => Time(() => Require(new ClaimVerifier(SealKind.Devnet, keys).Verify(claims, blobs, out int _))))];
            Console.WriteLine(FormattableString.Invariant($"gate, {count,3} claims {what,-28} {Median(times),8:F1} ms"));
        }
    }

    /// <summary>Claims whose proofs lie one behind the other in a blob.</summary>
    private static (StatedClaim[] Claims, Dictionary<Hash32, ReadOnlyMemory<byte>> Blobs) Windows(SealKind kind, SimulatedCircuit circuit, int sectors, int count)
    {
        Hash32 hash = Sha256.Hash([1]);
        List<byte> proofs = [];
        StatedClaim[] claims = new StatedClaim[count];
        for (int i = 0; i < count; i++)
        {
            Hash32 challenge = Element(i);
            PostSector[] all = [.. Enumerable.Range(0, sectors).Select(number => new PostSector((ulong)number, Element(i + number)))];
            byte[] inputs = AbiWords.Encode([challenge, .. AbiWords.Lists(all)]);
            claims[i] = new StatedClaim(new StorageClaim(0, ClaimKind.Window, (ulong)i, 0, hash, (uint)proofs.Count, Groth16Proof.Size), inputs);
            proofs.AddRange(circuit.Prove(PostCircuit.WindowInputs(PostKind.Window, kind.Size, challenge, 0, all)));
        }
        return (claims, new() { [hash] = BlobBytes.Pack([.. proofs]) });
    }

    private static Hash32 Element(int number)
    {
        byte[] bytes = Sha256.Hash(BitConverter.GetBytes(number)).AsSpan().ToArray();
        bytes[31] &= 0x3f;
        return Hash32.Read(bytes);
    }

    internal static double Time(Action work)
    {
        long began = Stopwatch.GetTimestamp();
        work();
        return Stopwatch.GetElapsedTime(began).TotalMilliseconds;
    }

    internal static double Median(double[] times)
    {
        Array.Sort(times);
        return times[times.Length / 2];
    }

    private static void Require(Invalid<ClaimRule>? broken)
    {
        if (broken is not null)
            throw new InvalidOperationException(broken.ToString());
    }
}
