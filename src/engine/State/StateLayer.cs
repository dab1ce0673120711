using Flashback.Primitives;
using Flashback.State.Flat;
using Flashback.State.History;

namespace Flashback.State;

/// <summary>A state to read from: the one on disk after some block, or changes over another.</summary>
internal abstract class StateLayer
{
    private StateLayer()
    {
    }

    /// <summary>The state on disk after a block; it stays that, also when the disk moves on.</summary>
    public sealed class OnDisk(DiskState disk, long number) : StateLayer
    {
        public long Number { get; } = number;

        public byte[]? ReadHere(in StateKey key) => disk.Read(key, Number);
    }

    /// <summary>Changes over a state below, which has a root of its own.</summary>
    public sealed class Changes(IReadOnlyDictionary<StateKey, byte[]?> values, StateLayer below, Hash32 rootBelow) : StateLayer
    {
        private StateLayer _below = below;

        /// <summary>The new values, null where something is gone.</summary>
        public IReadOnlyDictionary<StateKey, byte[]?> Values { get; } = values;

        public Hash32 RootBelow { get; } = rootBelow;

        /// <summary>Exchanged for the same state on disk once it is there, so that memory is freed.</summary>
        public StateLayer Below
        {
            get => Volatile.Read(ref _below);
            set => Volatile.Write(ref _below, value);
        }
    }

    /// <summary>The value of a key, or null when there is none.</summary>
    public byte[]? Read(in StateKey key)
    {
        StateLayer at = this;
        for (; at is Changes changes; at = changes.Below)
        {
            if (changes.Values.TryGetValue(key, out byte[]? value))
                return value;
        }
        return ((OnDisk)at).ReadHere(key);
    }
}
