using Flashback.Client;
using Flashback.Primitives;

namespace Flashback.Roles.Tests.Client.Execution;

public sealed class FileJournalTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("flashback-journal-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void What_was_written_is_read_until_it_is_cleared()
    {
        FileJournal journal = new(Path.Combine(_folder, "transaction.json"));
        Assert.Null(journal.Read());
        SentTransaction sent = new("a test", 7, [Sha256.Hash([1]), Sha256.Hash([2])], new byte[] { 3, 4, 5 });
        journal.Write(sent with { Nonce = 6 });
        journal.Write(sent);
        SentTransaction read = new FileJournal(Path.Combine(_folder, "transaction.json")).Read()!;
        Assert.Equal((sent.Purpose, sent.Nonce), (read.Purpose, read.Nonce));
        Assert.Equal(sent.Hashes, read.Hashes);
        Assert.Equal(sent.Encoded.ToArray(), read.Encoded.ToArray());
        Assert.Single(Directory.GetFiles(_folder));
        journal.Clear();
        journal.Clear();
        Assert.Null(journal.Read());
    }

    [Theory]
    [InlineData("")]
    [InlineData("{")]
    [InlineData("null")]
    [InlineData("{}")]
    [InlineData("""{"Purpose":"a","Nonce":1,"Hashes":["0x12"],"Encoded":""}""")]
    public void A_damaged_file_is_told(string content)
    {
        string path = Path.Combine(_folder, "transaction.json");
        File.WriteAllText(path, content);
        Assert.Throws<InvalidDataException>(() => new FileJournal(path).Read());
    }
}
