using System.Buffers;
using System.Text;
using System.Text.Json;
using Flashback.Execution;
using Flashback.Primitives;
using Flashback.Testing;

namespace Flashback.Rules.Tests.Execution;

/// <summary>Untraced code is checked block by block, traced code step by step: each is the other's twin.</summary>
public class TracerTests
{
    /// <summary>Follows the gas of every depth and complains about a step that costs less than its fixed part, or gains.</summary>
    private struct Accountant() : ITracer
    {
        private readonly Dictionary<int, (long Gas, int Cost)> _last = [];
        private readonly List<string> _wrong = [];

        public static bool IsActive => true;

        public readonly List<string> Wrong => _wrong;

        public int Steps { get; private set; }

        public void Step(in TraceStep step)
        {
            Steps++;
            // Coming back from a call, the caller has at most what it had: what the call did not use returns, its stipend at most on top.
            if (_last.TryGetValue(step.Depth, out (long Gas, int Cost) last) && step.Gas > last.Gas - last.Cost + 2300)
                _wrong.Add($"pc {step.ProgramCounter}: {step.Gas} after {last.Gas} − {last.Cost}");
            _last[step.Depth] = (step.Gas, step.FixedCost);
        }

        public readonly bool MustStop() => false;

        public readonly void Descend(long gasLeft, long given)
        {
            if (gasLeft < 0 || given < 0)
                _wrong.Add("a caller in debt");
        }

        public readonly void EndAtOnce(long given, long left, Halt halt, ReadOnlySpan<byte> output)
        {
            if (left < 0 || left > given)
                _wrong.Add($"{halt} with {left} of {given} left");
        }

        public readonly void End(int depth, Halt halt, long gasLeft, ReadOnlySpan<byte> output)
        {
            if (gasLeft < 0 || gasLeft > _last.GetValueOrDefault(depth, (long.MaxValue, 0)).Item1)
                _wrong.Add($"{halt} with {gasLeft} left");
            _last.Remove(depth);
        }
    }

    [Fact]
    public void Random_code_costs_and_does_the_same_traced_and_untraced() => Seeds.Check(random =>
    {
        int steps = 0;
        for (int i = 0; i < 3000; i++)
        {
            byte[] code = RandomCode(random), callee = RandomCode(random);
            long gas = random.Next(100_000);
            World Fresh() => new World().With(World.Contract, code, balance: 10).With(World.Other, callee, balance: 1);
            World plain = Fresh(), watched = Fresh();
            Accountant accountant = new();
            CallResult expected = watched.Call(ref accountant, gas), actual = plain.Call(gas);
            string context = $"code {Hex.Encode(code)}, callee {Hex.Encode(callee)}, gas {gas}";
            Assert.True(accountant.Wrong.Count == 0, $"{string.Join("; ", accountant.Wrong)} in {context}");
            Assert.True(expected.IsSuccess == actual.IsSuccess && (expected.Halt == Halt.Revert) == (actual.Halt == Halt.Revert), $"{expected.Halt}, untraced {actual.Halt} in {context}");
            Assert.True(expected.GasLeft == actual.GasLeft, $"{expected.GasLeft} left, untraced {actual.GasLeft} in {context}");
            Assert.Equal(watched.Output, plain.Output);
            Assert.Equal(watched.State.Refund, plain.State.Refund);
            Assert.Equal(Describe(watched.State), Describe(plain.State));
            steps += accountant.Steps;
        }
        Assert.True(steps > 9_000, $"only {steps} steps: the code is too short-lived to show anything");
    });

    [Fact]
    public void The_trace_has_a_line_for_each_step_and_one_for_the_whole()
    {
        World world = new World()
            .With(World.Other, Code.With(Opcode.Stop))
            .With(World.Contract, Code.Pushing(2).Push(3).Do(Opcode.Add).Call(Opcode.StaticCall, World.Other).Do(Opcode.Stop));
        ArrayBufferWriter<byte> written = new();
        JsonTracer tracer = new(written);
        CallResult result = world.Call(ref tracer, gas: 10_000);
        JsonElement[] lines = [.. Encoding.UTF8.GetString(written.WrittenSpan).TrimEnd().Split('\n').Select(line => JsonDocument.Parse(line).RootElement)];
        Assert.Equal(["PUSH1", "PUSH1", "ADD", "PUSH0", "PUSH0", "PUSH0", "PUSH0", "PUSH2", "GAS", "STATICCALL", "STOP", "STOP"], lines[..^1].Select(line => line.GetProperty("opName").GetString()));
        Assert.Equal("""["0x2","0x3"]""", lines[2].GetProperty("stack").GetRawText());
        Assert.Equal("0x3", lines[2].GetProperty("gasCost").GetString());
        Assert.Equal([1, 2, 1], lines[9..12].Select(line => line.GetProperty("depth").GetInt32()));
        Assert.Equal($"0x{10_000 - result.GasLeft:x}", lines[^1].GetProperty("gasUsed").GetString());
    }

    [Fact]
    public void A_loop_allocates_nothing_per_step()
    {
        // Counts down from the input's first word, touching memory, storage, transient storage and hashes on the way.
        Code loop = Code.Pushing(0).Do(Opcode.CallDataLoad, Opcode.JumpDest);
        int start = loop.Length - 1;
        loop.Push(1).Do(Opcode.Swap1, Opcode.Sub, Opcode.Dup1).Push(64).Do(Opcode.MStore).Push(32).Push(64).Do(Opcode.Keccak256).Do(Opcode.Push0, Opcode.SLoad, Opcode.Mul, Opcode.Pop)
            .Push(7).Do(Opcode.Push0, Opcode.TLoad, Opcode.Exp, Opcode.Pop, Opcode.Dup1).Push((ulong)start).Do(Opcode.JumpI);
        World world = new World().With(World.Contract, loop);
        AllocatedBy(world, 10);
        long few = AllocatedBy(world, 10), many = AllocatedBy(world, 20_000);
        Assert.Equal(few, many);
    }

    private static long AllocatedBy(World world, ulong rounds)
    {
        byte[] input = ((UInt256)rounds).ToHash32().AsSpan().ToArray();
        long before = GC.GetAllocatedBytesForCurrentThread();
        CallResult result = world.Call(gas: 100_000_000, input);
        long allocated = GC.GetAllocatedBytesForCurrentThread() - before;
        Assert.Equal(Halt.Stop, result.Halt);
        return allocated;
    }

    private static string Describe(JournaledState state) => string.Join('\n', state.ToDiff().Accounts
        .Select(diff => $"{diff.Address} {diff.Account} {string.Join(',', diff.Slots.Order(Comparer<KeyValuePair<UInt256, UInt256>>.Create((a, b) => a.Key.CompareTo(b.Key))))}")
        .Order(StringComparer.Ordinal)) + string.Join('\n', state.Logs.Select(log => $"{log.Address} {Hex.Encode(log.Payload.Span)}"));

    /// <summary>Code that mostly has the words it needs: pushes before each instruction, and jumps to places that may be destinations.</summary>
    private static byte[] RandomCode(Random random)
    {
        Opcode[] ops = Enum.GetValues<Opcode>();
        List<byte> code = [];
        for (int length = random.Next(1, 60); length > 0; length--)
        {
            Opcode op = random.Next(50) == 0 ? (Opcode)random.Next(256) : ops[random.Next(ops.Length)];
            if (op is Opcode.Stop or Opcode.Return or Opcode.Revert or Opcode.Invalid or Opcode.SelfDestruct && random.Next(10) != 0)
                continue;
            int words = random.Next(50) == 0 ? 0 : OpcodeTraits.All[(byte)op].Need;
            for (; words > 0 && random.Next(100) != 0; words--)
                code.AddRange(RandomPush(random));
            if (op is Opcode.Jump or Opcode.JumpI && random.Next(3) != 0)
                code.AddRange([(byte)Opcode.Push1, (byte)(code.Count + 3)]);
            code.Add((byte)op);
            if (random.Next(8) == 0 || op is Opcode.Jump or Opcode.JumpI)
                code.Add((byte)Opcode.JumpDest);
        }
        return [.. code];
    }

    private static byte[] RandomPush(Random random) => random.Next(8) switch
    {
        0 => Code.Nothing.Push(World.Other),
        1 => Code.Nothing.Push((ulong)random.NextInt64()),
        2 when random.Next(4) == 0 => Code.Nothing.Push(UInt256.MaxValue - (ulong)random.Next(3)),
        _ => Code.Nothing.Push((ulong)random.Next(100)),
    };
}
