using System.Security.Cryptography;
using Flashback.Files.Content;
using Flashback.Testing;

namespace Flashback.Roles.Tests.Files;

/// <summary>Files and folders become the same blocks and the same archives as in the implementation of IPFS's own people, from npm.</summary>
public sealed class ContentTwinTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("flashback-content-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task Files_from_nothing_to_50_MB_and_folders_become_the_same_archives()
    {
        CancellationToken cancellation = TestContext.Current.CancellationToken;
        string sources = Directory.CreateDirectory(Path.Combine(_folder, "in")).FullName, theirs = Directory.CreateDirectory(Path.Combine(_folder, "out")).FullName;
        Random random = Seeds.Fresh();
        foreach (int size in (int[])[0, 1, 1023, (1 << 20) - 1, 1 << 20, (1 << 20) + 1, 5_000_000, 50_000_000, random.Next(1, 10_000_000)])
            File.WriteAllBytes(Path.Combine(sources, $"file-{size}"), Bytes(random, size));
        File.WriteAllBytes(Path.Combine(sources, "zeros"), new byte[3 << 20]); // the same block three times
        WriteFolder(Path.Combine(sources, "folder"), random);
        await CompareAsync(sources, theirs, cancellation);
    }

    [Fact]
    [Trait("Speed", "Slow")]
    public async Task A_file_of_more_parts_than_a_node_has_links_becomes_the_same_archive()
    {
        string sources = Directory.CreateDirectory(Path.Combine(_folder, "in")).FullName, theirs = Directory.CreateDirectory(Path.Combine(_folder, "out")).FullName;
        using (FileStream file = File.Create(Path.Combine(sources, "large")))
        {
            Random random = Seeds.Fresh();
            for (int i = 0; i < 1025; i++)
                file.Write(Bytes(random, 1 << 20));
        }
        await CompareAsync(sources, theirs, TestContext.Current.CancellationToken);
    }

    private static async Task CompareAsync(string sources, string theirs, CancellationToken cancellation)
    {
        Dictionary<string, string> roots = [];
        try
        {
            string script = Path.Combine(Vectors.Checkout, "tests", "Roles.Tests", "Gateway", "Tools", "cars.mjs");
            foreach (string line in (await NodeTools.Gateway.RunScriptAsync(script, cancellation, sources, theirs)).Split('\n', StringSplitOptions.RemoveEmptyEntries))
                roots.Add(line.Split(' ')[0], line.Split(' ')[1]);
        }
        catch (NodeToolsException absent)
        {
            Assert.Skip(absent.Message);
        }
        Assert.Equal(Directory.GetFileSystemEntries(sources).Length, roots.Count);
        foreach ((string name, string root) in roots)
        {
            PathContent content = await PathContent.OpenAsync(Path.Combine(sources, name), cancellation);
            Assert.Equal(root, content.Root.Cid.ToString());
            using HashingStream ours = new();
            long length = await content.WriteCarAsync(ours, cancellation);
            using FileStream car = File.OpenRead(Path.Combine(theirs, name + ".car"));
            Assert.Equal(car.Length, length);
            Assert.Equal(Convert.ToHexString(await SHA256.HashDataAsync(car, cancellation)), ours.Finish());
        }
    }

    private static void WriteFolder(string path, Random random)
    {
        foreach (string name in (string[])["b.txt", "a.txt", "ä.txt", "Z", "deep/er/x", "deep/y", "a"])
        {
            string file = Path.Combine(path, name);
            Directory.CreateDirectory(Path.GetDirectoryName(file)!);
            File.WriteAllBytes(file, Bytes(random, random.Next(2_000_000)));
        }
        Directory.CreateDirectory(Path.Combine(path, "empty"));
    }

    private static byte[] Bytes(Random random, int count)
    {
        byte[] bytes = new byte[count];
        random.NextBytes(bytes);
        return bytes;
    }

    private sealed class HashingStream : MemoryStream
    {
        private readonly IncrementalHash _hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);

        public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
        {
            _hash.AppendData(buffer.Span);
            return ValueTask.CompletedTask;
        }

        public string Finish() => Convert.ToHexString(_hash.GetHashAndReset());

        protected override void Dispose(bool disposing)
        {
            _hash.Dispose();
            base.Dispose(disposing);
        }
    }
}
