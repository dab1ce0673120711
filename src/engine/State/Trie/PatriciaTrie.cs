using Flashback.Primitives;

namespace Flashback.State.Trie;

/// <summary>What a commit changed: the new root, and the nodes by path.</summary>
/// <param name="Root">The root's hash.</param>
/// <param name="Nodes">What to set, or to delete where there is no value, in this order: of two changes of a path the later holds.</param>
public readonly record struct TrieChanges(Hash32 Root, IReadOnlyList<KeyValuePair<NodePath, byte[]?>> Nodes);

/// <summary>A change of a key: its new value, or none when it goes.</summary>
/// <param name="Key">Any 32 bytes, most often a hash.</param>
/// <param name="Value">Empty: the key is removed.</param>
public readonly record struct TrieUpdate(Hash32 Key, ReadOnlyMemory<byte> Value);

/// <summary>
/// A Merkle Patricia trie over nodes kept elsewhere. Nodes are loaded when a key leads to them; changes stay in memory until <see cref="Commit"/> hashes
/// the nodes that differ and hands them out. spec: Ethereum Yellow Paper, appendix D
/// </summary>
/// <remarks>
/// Not for several threads at once, though <see cref="Update"/> and <see cref="Commit"/> use several themselves. Throws
/// <see cref="Store.StoreException"/> when a node is missing or damaged; the trie is of no use after that.
/// </remarks>
public sealed class PatriciaTrie
{
    /// <summary>With fewer changes than this, starting other threads costs more than it saves.</summary>
    private const int ParallelFrom = 64;

    private readonly ITrieNodes _nodes;
    private readonly TrieEditor _editor;
    private TrieChild _root;
    private bool _changesAreMany;

    /// <summary>The trie with this root over its nodes.</summary>
    public PatriciaTrie(ITrieNodes nodes, in Hash32 root)
    {
        _nodes = nodes;
        _editor = new TrieEditor(nodes);
        if (root != MerkleTrie.EmptyRoot)
            _root.Reference = TrieEditor.ReferenceTo(root);
    }

    /// <summary>The value of a key, or empty when it is not there.</summary>
    /// <param name="key">At most 32 bytes, here and everywhere.</param>
    public ReadOnlyMemory<byte> Get(ReadOnlySpan<byte> key)
    {
        PathBuffer buffer = default;
        ReadOnlySpan<byte> path = HalfBytes.Of(key, buffer);
        if (_root.IsEmpty)
            return default;
        TrieNode node = _editor.Resolve(ref _root, default);
        for (int depth = 0; ;)
        {
            TrieStep step = node.Toward(path[depth..]);
            if (step.Ends)
                return step.Value;
            depth += step.Consumed;
            node = step.Child.Node ?? _nodes.Load(path[..depth], step.Child);
        }
    }

    /// <summary>Sets a key's value.</summary>
    /// <exception cref="ArgumentException">The value is empty.</exception>
    public void Put(ReadOnlySpan<byte> key, ReadOnlyMemory<byte> value)
    {
        if (value.IsEmpty)
            throw new ArgumentException("a key with an empty value is a key that is not there: remove it", nameof(value));
        PathBuffer buffer = default;
        _editor.Put(ref _root, HalfBytes.Of(key, buffer), 0, value);
    }

    /// <summary>Removes a key, if it is there.</summary>
    public void Remove(ReadOnlySpan<byte> key)
    {
        PathBuffer buffer = default;
        _editor.Remove(ref _root, HalfBytes.Of(key, buffer), 0);
    }

    /// <summary>Makes many changes, the children of the root side by side. Of two changes of a key the later holds.</summary>
    public void Update(ReadOnlyMemory<TrieUpdate> updates)
    {
        if (updates.Length < ParallelFrom || _root.IsEmpty || _editor.Resolve(ref _root, default) is not TrieNode.Branch branch)
        {
            foreach (ref readonly TrieUpdate update in updates.Span)
                Apply(_editor, ref _root, update, 0);
            return;
        }
        _changesAreMany = true;
        List<int>[] byFirst = new List<int>[16];
        for (int i = 0; i < 16; i++)
            byFirst[i] = new List<int>(updates.Length / 8);
        for (int i = 0; i < updates.Length; i++)
            byFirst[updates.Span[i].Key.AsSpan()[0] >> 4].Add(i);
        bool changed = EachChild((editor, child) =>
        {
            bool any = false;
            foreach (int i in byFirst[child])
                any |= Apply(editor, ref branch.Children[child], updates.Span[i], 1);
            return any;
        });
        if (!changed)
            return;
        _editor.Touch(ref _root, default);
        _editor.Collapse(ref _root, branch, default);
    }

    /// <summary>Hashes what changed since the last commit and hands out the nodes that differ. The trie can be used on.</summary>
    public TrieChanges Commit()
    {
        if (_changesAreMany && _root.IsChanged && _root.Node is TrieNode.Branch branch)
        {
            EachChild((editor, child) =>
            {
                PathBuffer childPath = default;
                childPath[0] = (byte)child;
                editor.Seal(ref branch.Children[child], childPath, 1);
                return true;
            });
        }
        PathBuffer path = default;
        _editor.Seal(ref _root, path, 0);
        List<KeyValuePair<NodePath, byte[]?>> nodes = new(_editor.Stale.Count + _editor.Written.Count);
        foreach (NodePath stale in _editor.Stale)
            nodes.Add(new(stale, null));
        foreach ((NodePath at, byte[] encoded) in _editor.Written)
            nodes.Add(new(at, encoded));
        _editor.Stale.Clear();
        _editor.Written.Clear();
        _changesAreMany = false;
        return new TrieChanges(_root.IsEmpty ? MerkleTrie.EmptyRoot : Hash32.Read(_root.Reference.Span[1..]), nodes);
    }

    /// <summary>Finds the first key behind this one, and its value.</summary>
    public bool TryNext(ReadOnlySpan<byte> key, out byte[] next, out ReadOnlyMemory<byte> value) => TrySeek(key, TrieOrder.Ascending, out next, out value);

    /// <summary>Finds the last key before this one, and its value.</summary>
    public bool TryPrevious(ReadOnlySpan<byte> key, out byte[] previous, out ReadOnlyMemory<byte> value) => TrySeek(key, TrieOrder.Descending, out previous, out value);

    private bool TrySeek(ReadOnlySpan<byte> key, TrieOrder order, out byte[] found, out ReadOnlyMemory<byte> value)
    {
        PathBuffer bound = default;
        PathBuffer path = default;
        TrieSeek seek = new(_nodes, order, HalfBytes.Of(key, bound), path);
        bool isFound = !_root.IsEmpty && seek.TryFind(_root, 0);
        (found, value) = isFound ? (HalfBytes.Pack(seek.Found), seek.Value) : ([], default);
        return isFound;
    }

    /// <summary>Runs work on the sixteen children of the root side by side, each with an editor of its own, and gathers what the editors noted.</summary>
    private bool EachChild(Func<TrieEditor, int, bool> work)
    {
        TrieEditor[] editors = new TrieEditor[16];
        bool[] changed = new bool[16];
        Parallel.For(0, 16, child => changed[child] = work(editors[child] = new TrieEditor(_nodes), child));
        foreach (TrieEditor editor in editors)
        {
            _editor.Stale.AddRange(editor.Stale);
            _editor.Written.AddRange(editor.Written);
        }
        return changed.AsSpan().Contains(true);
    }

    private static bool Apply(TrieEditor editor, ref TrieChild at, in TrieUpdate update, int depth)
    {
        PathBuffer buffer = default;
        ReadOnlySpan<byte> path = HalfBytes.Of(update.Key.AsSpan(), buffer);
        return update.Value.IsEmpty ? editor.Remove(ref at, path, depth) : editor.Put(ref at, path, depth, update.Value);
    }
}
