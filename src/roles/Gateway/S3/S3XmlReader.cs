using System.Globalization;
using System.Xml;
using Flashback.Gateway.Objects;

namespace Flashback.Gateway.S3;

/// <summary>Reads the two bodies in XML that are taken. There are no document types, no entities and no references to anywhere in them.</summary>
internal static class S3XmlReader
{
    /// <summary>Bytes of the largest body.</summary>
    public const int MostBytes = 8 << 20;

    private const int MostDeletions = 1000;

    /// <summary>What <c>DeleteObjects</c> names, and whether only failures are told.</summary>
    public static (IReadOnlyList<(string Key, string? Version, string? ETag)> Objects, bool IsQuiet) ReadDeletions(byte[] xml)
    {
        List<(string, string?, string?)> objects = [];
        bool isQuiet = false;
        foreach ((string name, Dictionary<string, string> fields, string text) in ReadChildren(xml, "Delete"))
        {
            if (name == "Quiet")
                isQuiet = text == "true";
            else if (name == "Object" && fields.TryGetValue("Key", out string? key) && objects.Count < MostDeletions)
                objects.Add((key, fields.GetValueOrDefault("VersionId"), fields.GetValueOrDefault("ETag")?.Trim('"')));
            else
                throw S3Error.Of("MalformedXML");
        }
        return objects.Count > 0 ? (objects, isQuiet) : throw S3Error.Of("MalformedXML");
    }

    /// <summary>The parts that <c>CompleteMultipartUpload</c> names.</summary>
    public static IReadOnlyList<NamedPart> ReadParts(byte[] xml)
    {
        List<NamedPart> parts = [];
        foreach ((string name, Dictionary<string, string> fields, _) in ReadChildren(xml, "CompleteMultipartUpload"))
        {
            if (name != "Part" || parts.Count == UploadStore.MostParts || !fields.TryGetValue("PartNumber", out string? text)
                || !int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int number))
            {
                throw S3Error.Of("MalformedXML");
            }
            Dictionary<string, string> checksums = fields.Where(field => field.Key.StartsWith("Checksum", StringComparison.Ordinal))
                .ToDictionary(field => field.Key["Checksum".Length..].ToLowerInvariant(), field => field.Value);
            parts.Add(new NamedPart(number, fields.GetValueOrDefault("ETag")?.Trim('"'), checksums));
        }
        return parts.Count > 0 ? parts : throw S3Error.Of("MalformedXML");
    }

    /// <summary>The elements below the root, each with its text, or with those below it.</summary>
    private static List<(string Name, Dictionary<string, string> Fields, string Text)> ReadChildren(byte[] xml, string root)
    {
        XmlReaderSettings settings = new() { DtdProcessing = DtdProcessing.Prohibit, XmlResolver = null, IgnoreComments = true, IgnoreWhitespace = true, MaxCharactersInDocument = MostBytes, CheckCharacters = false };
        List<(string Name, Dictionary<string, string> Fields, string Text)> children = [];
        try
        {
            using XmlReader reader = XmlReader.Create(new MemoryStream(xml), settings);
            if (reader.MoveToContent() != XmlNodeType.Element || reader.LocalName != root)
                throw S3Error.Of("MalformedXML");
            using XmlReader inside = reader.ReadSubtree();
            inside.Read();
            inside.Read();
            while (inside.NodeType == XmlNodeType.Element)
                children.Add(ReadChild(inside));
        }
        catch (XmlException)
        {
            throw S3Error.Of("MalformedXML");
        }
        return children;
    }

    private static (string, Dictionary<string, string>, string) ReadChild(XmlReader reader)
    {
        string name = reader.LocalName;
        Dictionary<string, string> fields = [];
        if (reader.IsEmptyElement)
        {
            reader.Read();
            return (name, fields, "");
        }
        reader.Read();
        string text = "";
        while (reader.NodeType != XmlNodeType.EndElement)
        {
            if (reader.NodeType == XmlNodeType.Element)
                fields[reader.LocalName] = reader.ReadElementContentAsString();
            else if (reader.NodeType is XmlNodeType.Text or XmlNodeType.CDATA)
                (text, _) = (text + reader.Value, reader.Read());
            else
                throw S3Error.Of("MalformedXML");
        }
        reader.Read();
        return (name, fields, text);
    }
}
