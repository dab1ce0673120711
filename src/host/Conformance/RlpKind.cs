using System.Globalization;
using System.Numerics;
using System.Text;
using System.Text.Json;
using Flashback.Primitives;

namespace Flashback.Conformance;

/// <summary>
/// ethereum/tests RLPTests: <c>{ name: { in, out } }</c>. The input is a string (of one-byte characters), a number, "#" and a decimal number, or
/// a list of such; INVALID marks bytes to be refused, VALID bytes to be accepted whatever they hold.
/// </summary>
internal sealed class RlpKind : ISpecKind
{
    public string Name => "rlp";

    public string Description => "ethereum/tests RLPTests";

    public IEnumerable<SpecUnit> Find(string path) =>
        VectorFiles.Below(path, "*.json").Select(file => new SpecUnit(VectorFiles.NameBelow(path, file), [file], files => Cases(files.ReadBytes(file))));

    private static IEnumerable<SpecCase> Cases(byte[] json)
    {
        using JsonDocument document = JsonDocument.Parse(json);
        foreach (JsonProperty test in document.RootElement.EnumerateObject())
            yield return new SpecCase(test.Name, () => Check(test.Value.GetProperty("in"), test.Value.GetProperty("out").GetString()!));
    }

    private static SpecOutcome Check(JsonElement input, string output)
    {
        // The vectors of overflowing lengths are written without a prefix, and one with an odd digit: not hexadecimal is not RLP.
        bool isHex = Hex.TryDecode(output, out byte[]? encoded);
        RlpFault fault = isHex ? Scan(encoded) : RlpFault.Truncated;
        switch (input.ValueKind == JsonValueKind.String ? input.GetString() : null)
        {
            case "INVALID":
                return fault == RlpFault.None ? new SpecOutcome.Failed("a fault", "accepted") : SpecOutcome.Pass;
            case "VALID":
                return SpecOutcome.Equal(nameof(RlpFault.None), fault.ToString());
        }
        if (fault != RlpFault.None)
            return new SpecOutcome.Failed("accepted", fault.ToString());
        if (SpecOutcome.Equal(Hex.Encode(encoded), Hex.Encode(Rlp.Encode(new Item(input)))) is SpecOutcome.Failed encoding)
            return encoding;
        RlpReader reader = new(encoded);
        return Describe(input) is var expected && Read(ref reader) is var actual && reader.TryEnd()
            ? SpecOutcome.Equal(expected, actual)
            : new SpecOutcome.Failed(expected, reader.Fault.ToString());
    }

    /// <summary>Walks one item and everything in it without recursion: lists may be nested as deep as the input is long.</summary>
    private static RlpFault Scan(ReadOnlySpan<byte> input)
    {
        RlpReader reader = new(input);
        if (!reader.TryReadRaw(out _) || !reader.TryEnd())
            return reader.Fault;
        Stack<(int Start, int End)> lists = new();
        lists.Push((0, input.Length));
        while (lists.TryPop(out (int Start, int End) range))
        {
            reader = new RlpReader(input[range.Start..range.End]);
            while (!reader.IsAtEnd)
            {
                if (!reader.NextIsList)
                {
                    if (!reader.TryReadBytes(out _))
                        return reader.Fault;
                    continue;
                }
                if (!reader.TryReadList(out RlpReader items))
                    return reader.Fault;
                int end = range.End - reader.Rest.Length;
                lists.Push((end - items.Rest.Length, end));
            }
        }
        return RlpFault.None;
    }

    private static string Describe(JsonElement input) => input.ValueKind == JsonValueKind.Array
        ? $"[{string.Join(",", input.EnumerateArray().Select(Describe))}]"
        : Hex.Encode(BytesOf(input));

    private static string Read(ref RlpReader reader)
    {
        if (!reader.NextIsList)
            return reader.TryReadBytes(out ReadOnlySpan<byte> bytes) ? Hex.Encode(bytes) : reader.Fault.ToString();
        if (!reader.TryReadList(out RlpReader items))
            return reader.Fault.ToString();
        List<string> texts = [];
        while (!items.IsAtEnd)
            texts.Add(Read(ref items));
        return $"[{string.Join(",", texts)}]";
    }

    private static byte[] BytesOf(JsonElement input)
    {
        if (input.ValueKind == JsonValueKind.Number)
            return NumberBytes(input.GetInt64());
        string text = input.GetString()!;
        return text.StartsWith('#') ? NumberBytes(BigInteger.Parse(text.AsSpan(1), NumberStyles.None, CultureInfo.InvariantCulture)) : Encoding.Latin1.GetBytes(text);
    }

    private static byte[] NumberBytes(BigInteger number) => number.IsZero ? [] : number.ToByteArray(isUnsigned: true, isBigEndian: true);

    private readonly struct Item(JsonElement input) : IRlpEncodable
    {
        public void WriteTo(ref RlpWriter writer)
        {
            if (input.ValueKind != JsonValueKind.Array)
            {
                writer.Write(BytesOf(input));
                return;
            }
            RlpListMark list = writer.BeginList();
            foreach (JsonElement item in input.EnumerateArray())
                new Item(item).WriteTo(ref writer);
            writer.EndList(list);
        }
    }
}
