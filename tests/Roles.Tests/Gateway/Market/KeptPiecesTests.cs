using Flashback.Gateway.Market;
using Flashback.Primitives;
using Flashback.Proofs;
using Flashback.State.Store;
using Flashback.State.Store.Sqlite;

namespace Flashback.Roles.Tests.Gateway.Market;

public class KeptPiecesTests
{
    [Fact]
    public void What_was_changed_is_there_when_the_index_is_opened_again()
    {
        using SqliteStore store = SqliteStore.OpenTemporary([KeptPieces.Column]);
        Piece piece = PieceCommitment.Compute([1, 2, 3]);
        KeptPiece kept = new() { Commitment = piece.Commitment.ToString(), PaddedBytes = piece.Size.Bytes, Length = 3, FirstBlock = 7 };
        KeptPieces pieces = new(store);
        Assert.Null(pieces.Find(piece.Commitment));
        pieces.Change(piece.Commitment, _ => kept);
        pieces.Change(piece.Commitment, one => one! with { Deals = [new KeptDeal(5, default(Address).ToString(), 3, 10, 20, 30)], IsReadBack = true });
        pieces.Change(Sha256.Hash([9]), one => one); // nothing is there, and nothing comes

        KeptPieces again = new(store);
        KeptPiece read = Assert.Single(again.All);
        Assert.Equal(piece, read.Piece);
        Assert.Equal((7UL, true, new KeptDeal(5, default(Address).ToString(), 3, 10, 20, 30)), (read.FirstBlock, read.IsReadBack, Assert.Single(read.Deals)));
        Assert.Null(again.Change(piece.Commitment, _ => null));
        Assert.Empty(new KeptPieces(store).All);
    }

    [Fact]
    public void A_damaged_entry_is_told()
    {
        using SqliteStore store = SqliteStore.OpenTemporary([KeptPieces.Column]);
        WriteBatch batch = new();
        batch.Put(KeptPieces.Column, Sha256.Hash([1]).AsSpan(), "{"u8);
        store.Commit(batch);
        Assert.Throws<InvalidDataException>(() => new KeptPieces(store));
    }
}
