using Flashback.Primitives;

namespace Flashback.Foundation.Tests;

/// <summary>A container that keeps its root.</summary>
[SszContainer(RemembersRoot = true)]
public sealed partial record Remembering(ulong Number, Anchor Anchor);

/// <summary>The same without.</summary>
[SszContainer]
public sealed partial record Forgetting(ulong Number, Anchor Anchor);

/// <summary>What is remembered is right, and nobody notices but the clock.</summary>
public class RootMemoryTests
{
    private static readonly Anchor Anchor = new(new(7), Sha256.Hash([1]));

    [Fact]
    public void The_root_is_the_same_at_first_and_again()
    {
        Remembering value = new(5, Anchor);
        Hash32 root = new Forgetting(5, Anchor).HashTreeRoot();
        Assert.Equal(root, value.HashTreeRoot());
        Assert.Equal(root, value.HashTreeRoot());
    }

    [Fact]
    public void A_changed_copy_does_not_take_the_root_with_it()
    {
        Remembering value = new(5, Anchor);
        _ = value.HashTreeRoot();
        Remembering changed = value with { Number = 6 };
        Assert.Equal(new Forgetting(6, Anchor).HashTreeRoot(), changed.HashTreeRoot());
        Assert.Equal(new Forgetting(5, Anchor).HashTreeRoot(), value.HashTreeRoot());
    }

    [Fact]
    public void Values_are_equal_whether_their_root_is_known_or_not()
    {
        Remembering known = new(5, Anchor), fresh = new(5, Anchor);
        _ = known.HashTreeRoot();
        Assert.Equal(fresh, known);
        Assert.Equal(fresh.GetHashCode(), known.GetHashCode());
        Assert.NotEqual(fresh with { Number = 6 }, known);
    }

    [Fact]
    public void A_collection_asked_under_another_bound_has_another_root()
    {
        Column<ulong> column = new([1, 2, 3, 4]);
        Hash32 list = column.RootOf(SszBound.List(8), null);
        Assert.NotEqual(list, column.RootOf(SszBound.Vector(4), null));
        Assert.Equal(list, column.RootOf(SszBound.List(8), null));
        column[3] = 5;
        Hash32 changed = column.RootOf(SszBound.List(8), null);
        Assert.NotEqual(list, changed);
        Assert.Equal(new Column<ulong>([1, 2, 3, 5]).RootOf(SszBound.List(8), null), changed);
    }

    [Fact]
    public void A_shorter_collection_has_another_root_even_where_its_chunks_are_the_same()
    {
        Column<ulong> column = new([1, 2, 0]);
        Hash32 three = column.RootOf(SszBound.List(8), null);
        column.Resize(2);
        Assert.Equal(new Column<ulong>([1, 2]).RootOf(SszBound.List(8), null), column.RootOf(SszBound.List(8), null));
        Assert.NotEqual(three, column.RootOf(SszBound.List(8), null));
    }
}
