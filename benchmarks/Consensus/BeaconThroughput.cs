using System.Diagnostics;
using System.Globalization;
using Flashback.Consensus;
using Flashback.Primitives;

namespace Flashback.Benchmarks.Consensus;

/// <summary>
/// The state transition on the very states and blocks that Lodestar is measured on: <c>state-N.ssz</c>, <c>state-N-epochend.ssz</c> and <c>block-N.ssz</c>,
/// which its script writes. What is measured has the same names, and like there what prepares a round is not counted.
/// </summary>
internal static class BeaconThroughput
{
    private const int Rounds = 9;

    /// <summary>Operations are repeated until the compiler has looked at them a second time, so that it is not the first code that counts.</summary>
    private static readonly TimeSpan Warm = TimeSpan.FromSeconds(2);

    /// <summary>Short operations are measured more often, for so long.</summary>
    private static readonly TimeSpan Measured = TimeSpan.FromSeconds(0.7);

    private const int MostRounds = 5000;

    private static readonly ConsensusConfig Config = ConsensusConfig.Mainnet;

    /// <summary>Prints a line for each operation: least and median milliseconds, and bytes allocated.</summary>
    /// <param name="arguments">The folder with the files, then numbers of validators; a number without files is measured on a state made larger.</param>
    public static void Print(string[] arguments)
    {
        foreach (string count in arguments[1..])
            Print(arguments[0], int.Parse(count, NumberStyles.None, CultureInfo.InvariantCulture));
    }

    private static void Print(string folder, int validators)
    {
        Console.WriteLine($"{validators} validators");
        PrintRoots(ReadFile(folder, validators, ""));
        string block = Path.Combine(folder, $"block-{validators}.ssz");
        if (File.Exists(block))
            PrintBlock(ReadFile(folder, validators, ""), File.ReadAllBytes(block));
        PrintEpoch(ReadFile(folder, validators, "-epochend"));
    }

    private static byte[] ReadFile(string folder, int validators, string when)
    {
        string file = Path.Combine(folder, $"state-{validators}{when}.ssz");
        return File.Exists(file) ? File.ReadAllBytes(file) : LargerState.Make(folder, validators, when);
    }

    private static void PrintRoots(byte[] encoding)
    {
        long before = GC.GetTotalMemory(true);
        CachedState state = Read(encoding);
        long bytes = GC.GetTotalMemory(true) - before;
        state.HashTreeRoot();
        long withTrees = GC.GetTotalMemory(true) - before;
        int n = state.State.Validators.Count;
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"  memory: {bytes / 1e6:F1} MB decoded, {withTrees / 1e6:F1} MB with all roots: {(double)withTrees / n:F0} bytes a validator"));
        Slot next = state.State.Slot + 1;

        Measure("state deserialize", () => 0, _ => Read(encoding));
        Measure("hash_tree_root full", () => Read(encoding), fresh => fresh.HashTreeRoot());
        Measure("hash_tree_root again, nothing changed", () => state, same => same.HashTreeRoot());
        Measure("hash_tree_root after 1 balance change", () => Change(state.Copy(), 1), changed => changed.HashTreeRoot());
        Measure("hash_tree_root after 1 balance change, with the change", () => state.Copy(), copy => Change(copy, 1).HashTreeRoot());
        Measure("hash_tree_root after 1000 balance + participation changes", () => Change(state.Copy(), 1000), changed => changed.HashTreeRoot());
        Measure("hash_tree_root after 1000 balance + participation changes, with the change", () => state.Copy(), copy => Change(copy, 1000).HashTreeRoot());
        Measure("copy", () => state, same => same.Copy());
        Measure("process_slots +1 slot (incl. its root caching and a copy)", () => state, same => StateTransition.ProcessSlots(same, next, out _));
    }

    private static void PrintEpoch(byte[] encoding)
    {
        CachedState state = Read(encoding);
        state.HashTreeRoot();
        state.GetCommittees(state.GetCurrentEpoch());
        Slot next = state.State.Slot + 1;
        Measure("process_slots over epoch boundary, no root after", () => state, before => Next(before, next));
        Measure("process_slots over epoch boundary + hash_tree_root after", () => state, before => Next(before, next).HashTreeRoot());
        Measure("hash_tree_root after an epoch boundary", () => Next(state, next), after => after.HashTreeRoot());
        Measure("committees of the next epoch", () => Next(state, next), after => after.GetCommittees(after.GetCurrentEpoch() + 1));
        Measure("proposer of a slot", () => WithCommittees(Next(state, next)), after => after.GetBeaconProposerIndex());
    }

    private static void PrintBlock(byte[] encoding, byte[] blockEncoding)
    {
        CachedState state = Read(encoding);
        state.HashTreeRoot();
        state.GetCommittees(state.GetCurrentEpoch()); // as Lodestar's epoch cache has them
        state.GetCommittees(state.GetPreviousEpoch());
        SignedBeaconBlock block = ReadBlock(blockEncoding);
        Measure("block deserialize", () => 0, _ => ReadBlock(blockEncoding));
        Measure("block hash_tree_root", () => ReadBlock(blockEncoding), same => same.Message.HashTreeRoot(Config.Preset));
        Measure("state transition of 1 block: no signatures, state root checked", () => state, before => Apply<UnverifiedSignatures>(before, block));
        Measure("state transition of 1 block: all signatures in one batch, state root checked", () => state, before => Apply<BlsVerifier>(before, block));
    }

    private static void Measure<TInput, TResult>(string name, Func<TInput> prepare, Func<TInput, TResult> run)
    {
        List<double> times = [];
        long allocated = 0;
        long begun = Stopwatch.GetTimestamp();
        int round = 0;
        for (; round == 0 || Stopwatch.GetElapsedTime(begun) < Warm; round++)
            GC.KeepAlive(run(prepare()));
        GC.Collect(); // once: what a collection drives out of the caches would be measured with every round
        begun = Stopwatch.GetTimestamp();
        for (round = 0; round < Rounds || (round < MostRounds && Stopwatch.GetElapsedTime(begun) < Measured); round++)
        {
            TInput input = prepare();
            long bytes = GC.GetAllocatedBytesForCurrentThread();
            long started = Stopwatch.GetTimestamp();
            TResult result = run(input);
            double milliseconds = Stopwatch.GetElapsedTime(started).TotalMilliseconds;
            allocated = GC.GetAllocatedBytesForCurrentThread() - bytes;
            GC.KeepAlive(result);
            times.Add(milliseconds);
        }
        times.Sort();
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"  {name,-80} {times[0],10:F4} ms least {times[round / 2],10:F3} ms median {allocated / 1e3,12:F1} kB"));
    }

    private static CachedState Change(CachedState state, int count)
    {
        BeaconState changed = state.State;
        for (int i = 0; i < count; i++)
        {
            int index = count == 1 ? changed.Balances.Count / 2 : (int)(i * 7919L % changed.Balances.Count);
            changed.Balances[index] = new(32_000_000_123UL + (ulong)i);
            if (count > 1)
                changed.CurrentEpochParticipation[index] = new(7);
        }
        return state;
    }

    private static CachedState WithCommittees(CachedState state)
    {
        state.GetCommittees(state.GetCurrentEpoch());
        return state;
    }

    private static CachedState Next(CachedState state, Slot slot) =>
        StateTransition.ProcessSlots(state, slot, out CachedState after) is { } invalid ? throw new InvalidOperationException(invalid.ToString()) : after;

    private static CachedState Apply<TVerifier>(CachedState state, SignedBeaconBlock block)
        where TVerifier : struct, ISignatureVerifier =>
        StateTransition.Apply<TVerifier>(state, block, default(WillingEngine), out CachedState after) is { } invalid ? throw new InvalidOperationException(invalid.ToString()) : after;

    private static CachedState Read(byte[] encoding) =>
        BeaconState.TryDecode(encoding, Config.Preset, out BeaconState? state, out SszFault fault) ? new(Config, state) : throw new InvalidDataException(fault.ToString());

    private static SignedBeaconBlock ReadBlock(byte[] encoding) =>
        SignedBeaconBlock.TryDecode(encoding, Config.Preset, out SignedBeaconBlock? block, out SszFault fault) ? block : throw new InvalidDataException(fault.ToString());

    /// <summary>Payloads are not executed here.</summary>
    private readonly struct WillingEngine : IExecutionEngine
    {
        public bool VerifyAndNotifyNewPayload(NewPayloadRequest request) => true;
    }
}
