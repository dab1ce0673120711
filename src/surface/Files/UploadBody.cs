using System.Net;
using System.Net.Http.Headers;
using Flashback.Files.Content;

namespace Flashback.Files;

/// <summary>What is sent of a file or folder: read while it is sent, one file after the other.</summary>
internal static class UploadBody
{
    private const int BufferBytes = 1 << 16;

    /// <summary>A file as it is.</summary>
    public static HttpContent OfFile(string path, SendMeter meter) => new OpenedLate(() => OpenRead(path), new FileInfo(path).Length, meter);

    /// <summary>What a stream gives.</summary>
    public static HttpContent OfStream(Func<Stream> open, long length, SendMeter meter) => new OpenedLate(open, length, meter);

    /// <summary>A form with all files of a folder by their paths, and the folders that are empty.</summary>
    /// <exception cref="InvalidDataException">A path is none.</exception>
    public static HttpContent OfFolder(string folder, SendMeter meter)
    {
        MultipartFormDataContent form = [];
        Add(form, new DirectoryInfo(folder), "", meter);
        return form;
    }

    public static FileStream OpenRead(string path) => new(path, FileMode.Open, FileAccess.Read, FileShare.Read, BufferBytes, FileOptions.Asynchronous | FileOptions.SequentialScan);

    private static void Add(MultipartFormDataContent form, DirectoryInfo folder, string prefix, SendMeter meter)
    {
        FileSystemInfo[] entries = folder.GetFileSystemInfos();
        Array.Sort(entries, (left, right) => string.CompareOrdinal(left.Name, right.Name));
        if (entries.Length == 0 && prefix.Length == 0)
            form.Add(new ByteArrayContent([]), "nothing"); // a form has a part, if only one that means nothing
        if (entries.Length == 0 && prefix.Length > 0)
            Add(form, new ByteArrayContent([]) { Headers = { ContentType = new MediaTypeHeaderValue("application/x-directory") } }, prefix.TrimEnd('/'));
        foreach (FileSystemInfo entry in entries)
        {
            string path = prefix + entry.Name;
            FolderTree.CheckPath(path);
            if (entry is DirectoryInfo below)
                Add(form, below, path + "/", meter);
            else
                Add(form, OfFile(entry.FullName, meter), path);
        }
    }

    /// <summary>Adds a part; the path is encoded, so that quotation marks and the like stay what they are. spec: RFC 8187</summary>
    private static void Add(MultipartFormDataContent form, HttpContent part, string path)
    {
        part.Headers.ContentDisposition = new ContentDispositionHeaderValue("form-data") { Name = "file", FileNameStar = path };
        form.Add(part);
    }

    /// <summary>A body whose source is opened when it is its turn: a folder has more files than may be open at once.</summary>
    private sealed class OpenedLate : HttpContent
    {
        private readonly Func<Stream> _open;
        private readonly long _length;
        private readonly SendMeter _meter;
        private long _sent;

        public OpenedLate(Func<Stream> open, long length, SendMeter meter)
        {
            (_open, _length, _meter) = (open, length, meter);
            meter.Expect(length);
        }

        protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) => SerializeToStreamAsync(stream, context, CancellationToken.None);

        protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context, CancellationToken cancellationToken)
        {
            Count(-_sent); // the connection broke before the server had answered: it is sent again
            using Stream source = _open();
            byte[] buffer = new byte[BufferBytes];
            for (int read; (read = await source.ReadAsync(buffer, cancellationToken).ConfigureAwait(false)) > 0; Count(read))
                await stream.WriteAsync(buffer.AsMemory(0, read), cancellationToken).ConfigureAwait(false);
        }

        protected override bool TryComputeLength(out long computed)
        {
            computed = _length;
            return true;
        }

        private void Count(long bytes)
        {
            _sent += bytes;
            if (bytes != 0)
                _meter.Count(bytes);
        }
    }
}
