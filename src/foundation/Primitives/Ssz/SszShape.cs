using System.Globalization;

namespace Flashback.Primitives;

/// <summary>An SSZ type in words, its bounds filled in: what a path through a value is resolved with. It is built anew each time; keep the indices, not the shape.</summary>
public abstract record SszShape
{
    private SszShape() { }

    /// <summary>How many layers lie between the root of the chunks and the chunks.</summary>
    public abstract int Depth { get; }

    /// <summary>The generalized index of what a path names. spec: cs/ssz/merkle-proofs#ssz-object-to-index</summary>
    /// <param name="path">Fields by name with dots between, elements in brackets, a list's length by the word Length: <c>Validators[3].PublicKey</c>, <c>Balances.Length</c>. Packed elements share the index of their chunk.</param>
    /// <exception cref="ArgumentException">The type has nothing there.</exception>
    public ulong IndexOf(string path)
    {
        ulong index = 1;
        SszShape? shape = this;
        ReadOnlySpan<char> rest = path;
        while (!rest.IsEmpty)
        {
            ReadOnlySpan<char> step = NextStep(ref rest);
            if (shape is null)
                throw new ArgumentException($"nothing lies below a number, at '{step}' of {path}", nameof(path));
            (ulong child, shape) = shape.Child(step);
            index = GeneralizedIndex.Concat(index, child);
        }
        return index;
    }

    /// <summary>The index of a child below this type's root, and its type: null where it is a chunk of several elements.</summary>
    private protected abstract (ulong Index, SszShape? Shape) Child(ReadOnlySpan<char> step);

    /// <summary>Cuts off "[3]" or "Name", and a dot after it.</summary>
    private static ReadOnlySpan<char> NextStep(ref ReadOnlySpan<char> rest)
    {
        int length = rest[0] == '[' ? rest.IndexOf(']') + 1 : rest.IndexOfAny('.', '[');
        ReadOnlySpan<char> step = length <= 0 ? rest : rest[..length];
        rest = rest[step.Length..];
        if (rest is ['.', _, ..])
            rest = rest[1..];
        return step;
    }

    private static (ulong Index, SszShape? Shape) InSequence(ReadOnlySpan<char> step, SszBound bound, int depth, ulong perChunk, SszShape? element)
    {
        ulong root = bound.IsVector ? 1UL : 2UL;
        if (step.SequenceEqual("Length") && !bound.IsVector)
            return (3, new Basic(8));
        if (step is ['[', .., ']'] && ulong.TryParse(step[1..^1], NumberStyles.None, CultureInfo.InvariantCulture, out ulong position) && position < bound.Length)
            return ((root << depth) + (position / perChunk), element);
        throw new ArgumentException($"a {bound} has no {step}", nameof(step));
    }

    /// <summary>A number or a boolean.</summary>
    /// <param name="Length">In bytes.</param>
    public sealed record Basic(int Length) : SszShape
    {
        /// <inheritdoc/>
        public override int Depth => 0;

        private protected override (ulong Index, SszShape? Shape) Child(ReadOnlySpan<char> step) => throw new ArgumentException($"nothing lies below a number, at '{step}'", nameof(step));
    }

    /// <summary>A vector or list.</summary>
    /// <param name="Element">The type of the elements.</param>
    /// <param name="Bound">Vector or list, and of how many.</param>
    public sealed record Sequence(SszShape Element, SszBound Bound) : SszShape
    {
        private int PackedLength => Element is Basic basic ? basic.Length : 0;

        /// <inheritdoc/>
        public override int Depth => SszSequence.DepthFor(Bound, PackedLength);

        private protected override (ulong Index, SszShape? Shape) Child(ReadOnlySpan<char> step) => PackedLength == 0
            ? InSequence(step, Bound, Depth, 1, Element)
            : InSequence(step, Bound, Depth, (ulong)(Merkle.ChunkLength / PackedLength), null);
    }

    /// <summary>A bitvector or bitlist.</summary>
    /// <param name="Bound">Vector or list, and of how many bits.</param>
    public sealed record BitSequence(SszBound Bound) : SszShape
    {
        /// <inheritdoc/>
        public override int Depth => Bits.DepthFor(Bound);

        private protected override (ulong Index, SszShape? Shape) Child(ReadOnlySpan<char> step) => InSequence(step, Bound, Depth, 8 * Merkle.ChunkLength, null);
    }

    /// <summary>A container.</summary>
    /// <param name="Name">The name of its type.</param>
    /// <param name="Fields">The fields in order.</param>
    public sealed record Container(string Name, IReadOnlyList<Field> Fields) : SszShape
    {
        /// <inheritdoc/>
        public override int Depth => Merkle.DepthFor((ulong)Fields.Count);

        private protected override (ulong Index, SszShape? Shape) Child(ReadOnlySpan<char> step)
        {
            for (int i = 0; i < Fields.Count; i++)
            {
                if (step.SequenceEqual(Fields[i].Name))
                    return ((1UL << Depth) + (ulong)i, Fields[i].Shape);
            }
            throw new ArgumentException($"{Name} has no field {step}", nameof(step));
        }
    }

    /// <summary>A field of a container.</summary>
    public sealed record Field(string Name, SszShape Shape);
}
