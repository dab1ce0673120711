using Flashback.Execution;
using Flashback.Primitives;

namespace Flashback.Api.Tracing;

/// <summary>Notes which accounts and slots code accesses. spec: EIP-2930</summary>
/// <param name="free">Accounts that are warm anyway: they are listed only for their slots.</param>
/// <param name="cancellation">Stops the code.</param>
internal struct AccessTracer(HashSet<Address> free, CancellationToken cancellation) : ITracer
{
    private readonly Dictionary<Address, HashSet<UInt256>> _accessed = [];

    public static bool IsActive => true;

    public static bool CanStop => true;

    public readonly bool MustStop() => cancellation.IsCancellationRequested;

    /// <summary>Begins with what is listed already.</summary>
    public readonly void Add(AccessListEntry entry)
    {
        HashSet<UInt256> slots = SlotsOf(entry.Address);
        foreach (Hash32 slot in entry.Slots)
            slots.Add(UInt256.ReadBigEndian(slot.AsSpan()));
    }

    public readonly void Step(in TraceStep step)
    {
        ReadOnlySpan<UInt256> stack = step.Stack;
        switch (step.Opcode)
        {
            case Opcode.SLoad or Opcode.SStore when stack.Length >= 1:
                SlotsOf(step.Account).Add(stack[^1]);
                break;
            case Opcode.Balance or Opcode.ExtCodeSize or Opcode.ExtCodeCopy or Opcode.ExtCodeHash or Opcode.SelfDestruct when stack.Length >= 1:
                Touch(stack[^1]);
                break;
            case Opcode.Call or Opcode.CallCode or Opcode.DelegateCall or Opcode.StaticCall when stack.Length >= 2:
                Touch(stack[^2]);
                break;
        }
    }

    public readonly void Descend(long gasLeft, long given)
    {
    }

    public readonly void EndAtOnce(long given, long left, Halt halt, ReadOnlySpan<byte> output)
    {
    }

    public readonly void End(int depth, Halt halt, long gasLeft, ReadOnlySpan<byte> output)
    {
    }

    /// <summary>What was accessed, in a fixed order.</summary>
    public readonly IReadOnlyList<AccessListEntry> ToList() =>
        [.. _accessed.OrderBy(account => account.Key).Select(account => new AccessListEntry(account.Key, [.. account.Value.Order().Select(slot => slot.ToHash32())]))];

    private readonly void Touch(in UInt256 word)
    {
        Address address = word.ToAddress();
        if (!free.Contains(address))
            SlotsOf(address);
    }

    private readonly HashSet<UInt256> SlotsOf(in Address address)
    {
        if (!_accessed.TryGetValue(address, out HashSet<UInt256>? slots))
            _accessed.Add(address, slots = []);
        return slots;
    }
}
