using Flashback.Primitives;
using Flashback.Proofs;
using Flashback.Provider;
using Flashback.Testing;

namespace Flashback.Roles.Tests.Provider;

public sealed class SectorTests : IDisposable
{
    private static readonly Hash32 Ones = Hash32.Read([.. Enumerable.Repeat((byte)1, 32)]);

    private readonly string _folder = Directory.CreateTempSubdirectory("flashback-sector-").FullName;

    private string SectorPath => Path.Combine(_folder, "sector");

    private ParentFiles Parents => new(Path.Combine(_folder, "parents"));

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void Pieces_come_back_out_of_the_replica() => Seeds.Check(random =>
    {
        using Sector sector = Create();
        byte[] first = Bytes(random, 300), second = Bytes(random, 700);
        PieceRecord one = Add(sector, first), two = Add(sector, second);
        Assert.Equal((0, 1016), (one.Offset, two.Offset));
        Assert.Equal(PieceCommitment.Compute(second).Commitment.ToString(), two.CommP);
        SealCommitments commitments = sector.Seal(Ones, CancellationToken.None);
        Assert.Equal(commitments.CommR, sector.Prove(Ones, CancellationToken.None).CommR);
        sector.Verify(wholeReplica: true, CancellationToken.None);
        sector.Finish();
        Assert.Equal(commitments, sector.Seal(Ones, CancellationToken.None));
        sector.Verify(wholeReplica: true, CancellationToken.None);
        Assert.Equal(first, Unseal(sector, one));
        Assert.Equal(second, Unseal(sector, two));
        Assert.Throws<SectorException>(() => sector.Unseal(2000, 33, Stream.Null, CancellationToken.None));
    });

    [Fact]
    public void A_sector_that_was_left_at_any_point_is_finished_by_the_next_call() => Seeds.Check(random =>
    {
        using (Sector sector = Create())
            Add(sector, Bytes(random, 1500));
        Hash32 commR;
        using (Sector sector = Open())
            commR = sector.Seal(Ones, CancellationToken.None).CommR;
        string[] files = Directory.GetFiles(SectorPath, "s*");
        for (int round = 0; round < 20; round++)
        {
            foreach (string file in files.Where(file => !file.EndsWith("sector.json", StringComparison.Ordinal) && random.Next(2) == 0))
                File.Move(file, file + ".part", overwrite: true); // a file that never got its name
            File.Delete(Path.Combine(SectorPath, "p_aux"));
            using Sector sector = Open();
            Assert.Equal(commR, sector.Seal(Ones, CancellationToken.None).CommR);
        }
    });

    [Fact]
    public void A_piece_that_was_cut_short_leaves_no_trace() => Seeds.Check(random =>
    {
        byte[] data = Bytes(random, 500);
        using Sector sector = Create();
        Assert.Throws<SectorException>(() => sector.AddPiece(new MemoryStream(Bytes(random, 900)), 1000, CancellationToken.None));
        Assert.Throws<SectorException>(() => sector.AddPiece(new MemoryStream(Bytes(random, 900)), 800, CancellationToken.None));
        Assert.Empty(sector.Record.Pieces);
        PieceRecord piece = Add(sector, data);
        Assert.Equal(PieceCommitment.Compute(data).Commitment.ToString(), piece.CommP);
        sector.Seal(Ones, CancellationToken.None);
        Assert.Equal(data, Unseal(sector, piece));
        using MemoryStream rest = new();
        sector.Unseal(508, 2032 - 508, rest, CancellationToken.None);
        Assert.All(rest.ToArray(), value => Assert.Equal(0, value));
    });

    [Fact]
    public void Refuses_what_does_not_fit_the_sector_s_state()
    {
        using Sector sector = Create();
        Assert.Throws<SectorException>(() => sector.AddPiece(Stream.Null, 2033, CancellationToken.None));
        Assert.Throws<SectorException>(() => sector.Prove(Ones, CancellationToken.None));
        Assert.Throws<SectorException>(() => sector.Verify(false, CancellationToken.None));
        Assert.Throws<SectorException>(sector.Finish);
        sector.Seal(Ones, CancellationToken.None);
        Assert.Throws<SectorException>(() => sector.Seal(default, CancellationToken.None));
        Assert.Throws<SectorException>(() => sector.AddPiece(Stream.Null, 0, CancellationToken.None));
        Assert.Throws<SectorException>(() => Sector.Create(Path.Combine(_folder, "parents", "..", "sector"), SealKind.Of(5), ReplicaId.ProviderId(1), 1, Parents, null));
    }

    [Fact]
    public void An_empty_sector_takes_data_by_an_update_and_gives_it_back() => Seeds.Check(random =>
    {
        byte[] first = Bytes(random, 300), second = Bytes(random, 700);
        using (Sector sector = Create())
        {
            Assert.Throws<SectorException>(() => AddUpdate(sector, first));
            sector.Seal(Ones, CancellationToken.None);
            Assert.Throws<SectorException>(() => sector.Update(CancellationToken.None));
            AddUpdate(sector, first);
        }
        using (Sector sector = Open())
        {
            PieceRecord piece = AddUpdate(sector, second);
            UpdateStatement statement = sector.Update(CancellationToken.None);
            Assert.Equal(statement, sector.Update(CancellationToken.None));
            Assert.NotEqual(statement.CommROld, statement.CommRNew);
            Assert.Equal(statement.CommRNew, sector.ProveSpacetime(PostKind.Window, Ones).Sector.CommR);
            Assert.Equal(second, Unseal(sector, piece));
            Assert.Throws<SectorException>(() => AddUpdate(sector, first));
            sector.Verify(wholeReplica: true, CancellationToken.None);
        }
        string path = Path.Combine(SectorPath, "update");
        byte[] replica = File.ReadAllBytes(path);
        replica[random.Next(replica.Length)] ^= (byte)(1 << random.Next(8));
        File.WriteAllBytes(path, replica);
        using (Sector altered = Open())
            Assert.Throws<SectorException>(() => altered.Verify(wholeReplica: true, CancellationToken.None));
        replica[31] |= 0x80; // beyond the field's modulus
        File.WriteAllBytes(path, replica);
        using Sector beyond = Open();
        Assert.Throws<SectorException>(() => beyond.Verify(wholeReplica: true, CancellationToken.None));
    });

    [Fact]
    public void Either_replica_of_an_update_proves_itself_until_the_old_one_goes_and_the_data_comes_back_without_it() => Seeds.Check(random =>
    {
        byte[] data = Bytes(random, 700);
        using Sector sector = Create();
        Hash32 old = sector.Seal(Ones, CancellationToken.None).CommR;
        sector.Prove(Ones, CancellationToken.None);
        sector.Finish();
        Assert.Throws<SectorException>(sector.FinishUpdate);
        PieceRecord piece = AddUpdate(sector, data);
        Assert.Equal(old, sector.ProveSpacetime(PostKind.Window, Ones).Sector.CommR);
        UpdateStatement statement = sector.Update(CancellationToken.None);
        Assert.Equal(statement, sector.UpdateStatement());
        Assert.Equal([piece], sector.Pieces);
        foreach (Hash32 replica in (Hash32[])[old, statement.CommRNew])
            Assert.Equal(replica, sector.ProveSpacetime(PostKind.Window, Ones, commR: replica).Sector.CommR);
        Assert.Throws<SectorException>(() => sector.ProveSpacetime(PostKind.Window, Ones, commR: Ones));

        sector.FinishUpdate();
        sector.FinishUpdate();
        Assert.Equal(statement.CommRNew, sector.ProveSpacetime(PostKind.Window, Ones, commR: statement.CommRNew).Sector.CommR);
        Assert.ThrowsAny<IOException>(() => sector.ProveSpacetime(PostKind.Window, Ones, commR: old));
        sector.Verify(wholeReplica: true, CancellationToken.None);
        Assert.False(File.Exists(Path.Combine(SectorPath, "sealed")));
        Assert.Equal(data, Unseal(sector, piece));
    });

    [Fact]
    public void An_update_that_is_given_up_leaves_the_sector_as_it_was_sealed_for_another_one() => Seeds.Check(random =>
    {
        byte[] first = Bytes(random, 500), second = Bytes(random, 900);
        using Sector sector = Create();
        Hash32 old = sector.Seal(Ones, CancellationToken.None).CommR;
        sector.DropUpdate();
        AddUpdate(sector, first);
        if (random.Next(2) == 0)
            sector.Update(CancellationToken.None);
        sector.DropUpdate();
        Assert.Null(sector.Record.Update);
        Assert.Empty(Directory.GetFiles(SectorPath, "update*"));
        Assert.Equal(old, sector.ProveSpacetime(PostKind.Window, Ones).Sector.CommR);
        PieceRecord piece = AddUpdate(sector, second);
        sector.Update(CancellationToken.None);
        Assert.Equal(second, Unseal(sector, piece));
    });

    [Fact]
    public void A_sector_with_data_takes_no_update()
    {
        using Sector sector = Create();
        Add(sector, new byte[100]);
        sector.Seal(Ones, CancellationToken.None);
        Assert.Throws<SectorException>(() => AddUpdate(sector, new byte[100]));
    }

    [Fact]
    public void One_process_holds_a_folder_at_a_time()
    {
        using (Sector sector = Create())
            Assert.Contains("in use", Assert.Throws<SectorException>(Open).Message, StringComparison.Ordinal);
        Open().Dispose();
    }

    [Theory]
    [InlineData("sealed")]
    [InlineData("p_aux")]
    [InlineData("sc-02-data-tree-r-last.dat")]
    [InlineData("sector.json")]
    [InlineData("porep-vanilla-0.bin")]
    public void A_file_that_was_cut_off_is_named_and_the_others_are_left_alone(string name)
    {
        string file = SealAndProve(name);
        byte[] before = File.ReadAllBytes(Path.Combine(SectorPath, "sealed"));
        using (FileStream stream = new(file, FileMode.Open))
            stream.SetLength(stream.Length - 1);
        Exception e = Assert.ThrowsAny<Exception>(() => VerifyAll());
        Assert.True(e is SectorException or InvalidDataException);
        Assert.Contains(name, e.Message, StringComparison.Ordinal);
        if (name != "sealed")
            Assert.Equal(before, File.ReadAllBytes(Path.Combine(SectorPath, "sealed")));
    }

    [Theory]
    [InlineData("sealed")]
    [InlineData("p_aux")]
    [InlineData("sc-02-data-tree-r-last.dat")]
    [InlineData("porep-vanilla-0.bin")]
    public void A_file_that_was_altered_is_detected(string name) => Seeds.Check(random =>
    {
        string file = SealAndProve(name);
        byte[] content = File.ReadAllBytes(file);
        content[random.Next(content.Length)] ^= (byte)(1 << random.Next(8));
        File.WriteAllBytes(file, content);
        Exception e = Assert.ThrowsAny<Exception>(() => VerifyAll());
        Assert.True(e is SectorException or InvalidDataException, e.ToString());
    });

    [Fact]
    public void Unsealed_data_that_was_altered_is_not_sealed()
    {
        using Sector sector = Create();
        Add(sector, new byte[100]);
        string file = Path.Combine(SectorPath, "unsealed.part");
        byte[] content = File.ReadAllBytes(file);
        content[5] ^= 1;
        File.WriteAllBytes(file, content);
        Assert.Contains("altered", Assert.Throws<SectorException>(() => sector.Seal(Ones, CancellationToken.None)).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Pieces_that_are_gone_are_not_taken_for_zeros(bool wholeFile)
    {
        using Sector sector = Create();
        Add(sector, new byte[100]);
        string file = Path.Combine(SectorPath, "unsealed.part");
        if (wholeFile)
            File.Delete(file);
        else
            File.WriteAllBytes(file, new byte[100]);
        Assert.Contains("unsealed", Assert.Throws<InvalidDataException>(() => Add(sector, new byte[100])).Message, StringComparison.Ordinal);
        Assert.Throws<InvalidDataException>(() => sector.Seal(Ones, CancellationToken.None));
    }

    [Fact]
    public void A_disk_without_room_is_a_clear_error_and_leaves_nothing_behind()
    {
        using SectorFolder folder = SectorFolder.Open(SectorPath);
        SectorException e = Assert.Throws<SectorException>(() => folder.Create(SectorFile.Sealed, 1L << 50));
        Assert.Contains("room", e.Message, StringComparison.Ordinal);
        Assert.False(folder.Has(SectorFile.Sealed));
        Assert.Empty(Directory.GetFiles(SectorPath, "sealed*"));
    }

    private string SealAndProve(string name)
    {
        using Sector sector = Create();
        Add(sector, new byte[1000]);
        sector.Seal(Ones, CancellationToken.None);
        sector.Prove(Ones, CancellationToken.None);
        return Path.Combine(SectorPath, name);
    }

    private void VerifyAll()
    {
        using Sector sector = Open();
        sector.Verify(wholeReplica: true, CancellationToken.None);
    }

    private Sector Create()
    {
        if (Directory.Exists(SectorPath))
            Directory.Delete(SectorPath, recursive: true);
        return Sector.Create(SectorPath, SealKind.Of(5), ReplicaId.ProviderId(1000), 1, Parents, null);
    }

    private Sector Open() => Sector.Open(SectorPath, Parents, null);

    private static PieceRecord Add(Sector sector, byte[] data) => sector.AddPiece(new MemoryStream(data), data.Length, CancellationToken.None);

    private static PieceRecord AddUpdate(Sector sector, byte[] data) => sector.AddUpdatePiece(new MemoryStream(data), data.Length, CancellationToken.None);

    private static byte[] Unseal(Sector sector, PieceRecord piece)
    {
        using MemoryStream output = new();
        sector.Unseal(piece.Offset, piece.Length, output, CancellationToken.None);
        return output.ToArray();
    }

    private static byte[] Bytes(Random random, int count)
    {
        byte[] bytes = new byte[count];
        random.NextBytes(bytes);
        return bytes;
    }
}
