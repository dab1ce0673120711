using System.Collections.Concurrent;
using Flashback.Primitives;

namespace Flashback.Execution;

/// <summary>Analysed code by its hash, within a bound on memory. Safe to share between threads.</summary>
/// <param name="capacity">How many bytes of code to keep, about; when more comes, everything is forgotten and fills up anew.</param>
public sealed class BytecodeCache(long capacity = 64 << 20)
{
    private readonly ConcurrentDictionary<Hash32, Bytecode> _codes = [];
    private long _length;

    internal Bytecode Get(in Hash32 hash, IStateView view) =>
        _codes.TryGetValue(hash, out Bytecode? known) ? known : Keep(hash, new Bytecode(view.CodeOf(hash).Span));

    internal Bytecode Get(in Hash32 hash, ReadOnlySpan<byte> code) =>
        _codes.TryGetValue(hash, out Bytecode? known) ? known : Keep(hash, new Bytecode(code));

    private Bytecode Keep(in Hash32 hash, Bytecode code)
    {
        if (Interlocked.Add(ref _length, code.Length) > capacity)
        {
            _codes.Clear();
            _ = Interlocked.Exchange(ref _length, code.Length);
        }
        return _codes.GetOrAdd(hash, code);
    }
}
