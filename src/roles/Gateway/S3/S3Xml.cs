using System.Globalization;
using System.Text;
using System.Xml;

namespace Flashback.Gateway.S3;

/// <summary>Answers in XML. Everything of one answer is in memory: a list has at most 1,000 entries.</summary>
internal sealed class S3Xml : IDisposable
{
    private const string Namespace = "http://s3.amazonaws.com/doc/2006-03-01/";

    private readonly MemoryStream _bytes = new();
    private readonly XmlWriter _writer;

    public S3Xml(string root, bool isNamespaced = true)
    {
        // Keys may have letters in them that XML has none for; they are written as S3 writes them, and read by those who ask for encoded keys.
        _writer = XmlWriter.Create(_bytes, new XmlWriterSettings { Encoding = new UTF8Encoding(encoderShouldEmitUTF8Identifier: false), CheckCharacters = false });
        _writer.WriteStartDocument();
        if (isNamespaced)
            _writer.WriteStartElement(root, Namespace);
        else
            _writer.WriteStartElement(root);
    }

    public S3Xml Text(string name, string? value)
    {
        if (value is not null)
            _writer.WriteElementString(name, value);
        return this;
    }

    public S3Xml Number(string name, long value) => Text(name, value.ToString(CultureInfo.InvariantCulture));

    public S3Xml Flag(string name, bool value) => Text(name, value ? "true" : "false");

    public S3Xml Time(string name, DateTimeOffset value) => Text(name, value.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture));

    public S3Xml Element(string name, Action<S3Xml> content)
    {
        _writer.WriteStartElement(name);
        content(this);
        _writer.WriteEndElement();
        return this;
    }

    /// <summary>Who owns everything here.</summary>
    public S3Xml Owner(string name) => Element(name, owner => owner.Text("ID", "flashback").Text("DisplayName", "flashback"));

    public ReadOnlyMemory<byte> Finish()
    {
        _writer.WriteEndDocument();
        _writer.Flush();
        return _bytes.GetBuffer().AsMemory(0, (int)_bytes.Length);
    }

    public void Dispose()
    {
        _writer.Dispose();
        _bytes.Dispose();
    }
}
