using Flashback.Primitives;
using Flashback.Proofs;
using Flashback.Provider;
using Flashback.Testing;

namespace Flashback.Roles.Tests.Provider.Delivery;

/// <summary>Readable copies: what opens a piece is kept beside it, what was altered does not count, and nothing is left.</summary>
public sealed class PieceShelfTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("flashback-shelf-").FullName;
    private readonly byte[] _data = new byte[700_000];
    private readonly Hash32 _commP;
    private readonly PieceShelf _shelf;

    public PieceShelfTests()
    {
        Seeds.Fresh().NextBytes(_data);
        _commP = PieceCommitment.Compute(_data).Commitment;
        _shelf = new PieceShelf(_folder);
    }

    private string Name => Path.Combine(_folder, Convert.ToHexStringLower(_commP.AsSpan()));

    public void Dispose()
    {
        _shelf.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public void What_comes_out_of_a_sector_is_a_piece_like_any_other()
    {
        _shelf.Restore(_commP, output => output.Write(_data));
        Assert.Equal(_data.Length, _shelf.LengthOf(_commP));
        Assert.Equal(_data, File.ReadAllBytes(Name));
        Assert.Equal([Name, Name + ".tree"], Directory.GetFiles(_folder).Order());
        _shelf.Remove(_commP);
        Assert.Empty(Directory.GetFiles(_folder));
        _shelf.Remove(_commP);
    }

    [Fact]
    public void Other_bytes_than_the_pieces_leave_no_trace()
    {
        _data[0] ^= 1;
        Assert.Throws<SectorException>(() => _shelf.Restore(_commP, output => output.Write(_data)));
        Assert.Throws<IOException>(() => _shelf.Restore(_commP, _ => throw new IOException("the disk is full")));
        Assert.Null(_shelf.LengthOf(_commP));
        _shelf.Remove(_commP);
        Assert.Empty(Directory.GetFiles(_folder));
    }

    [Theory]
    [InlineData(null)]
    [InlineData(0)]
    [InlineData(31)]
    [InlineData(64)]
    [InlineData(1 << 12)]
    public void A_tree_that_is_gone_or_altered_is_made_again(int? length)
    {
        _shelf.Restore(_commP, output => output.Write(_data));
        File.Delete(Name + ".tree");
        if (length is { } bytes)
            File.WriteAllBytes(Name + ".tree", new byte[bytes]);
        PieceTree tree = _shelf.TreeOf(_commP);
        Assert.Equal(_commP, tree.Piece.Commitment);
        Assert.Equal(3 * 32, new FileInfo(Name + ".tree").Length);
        using FileStream payload = _shelf.Read(_commP);
        Assert.True(PieceOpening.Verify(tree.Open(payload, 0, 12_345), _commP, 0, 12_345));
    }

    [Fact]
    public void A_copy_that_was_altered_is_removed()
    {
        File.WriteAllBytes(Name, _data[1..]);
        Assert.Throws<PieceLostException>(() => _shelf.TreeOf(_commP));
        Assert.Null(_shelf.LengthOf(_commP));
        Assert.Throws<PieceLostException>(() => _shelf.Read(_commP));
    }
}
