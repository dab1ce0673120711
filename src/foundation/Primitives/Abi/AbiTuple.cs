using System.Text;

namespace Flashback.Primitives;

/// <summary>Values in a row, as Solidity encodes arguments and structures. spec: Solidity ABI 2.0</summary>
/// <remarks>
/// <code>
/// | head: a static value itself, of a dynamic one its place | … | tail: the dynamic ones, in order |
/// </code>
/// Places are counted from the tuple's first byte. Each <c>Add</c> returns the tuple, so that a call reads like its signature.
/// </remarks>
public sealed class AbiTuple
{
    private readonly List<(byte[] Bytes, bool IsDynamic)> _parts = [];

    /// <summary>Whether its length depends on its values: then it stands in the tail of what it is part of.</summary>
    public bool IsDynamic => _parts.Exists(part => part.IsDynamic);

    /// <summary>Adds a number of any width.</summary>
    public AbiTuple Add(in UInt256 number) => Add(number.ToHash32());

    /// <summary>Adds a truth value.</summary>
    public AbiTuple Add(bool truth) => Add(truth ? UInt256.One : UInt256.Zero);

    /// <summary>Adds 32 bytes.</summary>
    public AbiTuple Add(in Hash32 word) => Append(word.AsSpan().ToArray(), isDynamic: false);

    /// <summary>Adds an address.</summary>
    public AbiTuple Add(in Address address)
    {
        byte[] word = new byte[Abi.WordLength];
        address.AsSpan().CopyTo(word.AsSpan(Abi.WordLength - 20));
        return Append(word, isDynamic: false);
    }

    /// <summary>Adds a structure.</summary>
    public AbiTuple Add(AbiTuple structure)
    {
        ArgumentNullException.ThrowIfNull(structure);
        return Append(structure.Encode(), structure.IsDynamic);
    }

    /// <summary>Adds bytes of any length.</summary>
    public AbiTuple AddBytes(ReadOnlySpan<byte> bytes)
    {
        int padded = (bytes.Length + Abi.WordLength - 1) / Abi.WordLength * Abi.WordLength;
        byte[] encoded = new byte[Abi.WordLength + padded];
        Length(bytes.Length).CopyTo(encoded, 0);
        bytes.CopyTo(encoded.AsSpan(Abi.WordLength));
        return Append(encoded, isDynamic: true);
    }

    /// <summary>Adds a text, in UTF-8.</summary>
    public AbiTuple AddText(string text) => AddBytes(Encoding.UTF8.GetBytes(text));

    /// <summary>Adds a list of numbers.</summary>
    public AbiTuple AddList(IEnumerable<ulong> numbers)
    {
        AbiTuple list = new();
        foreach (ulong number in numbers)
            list.Add(number);
        return AddElements(list);
    }

    /// <summary>Adds a list of words.</summary>
    public AbiTuple AddList(IEnumerable<Hash32> words)
    {
        AbiTuple list = new();
        foreach (Hash32 word in words)
            list.Add(word);
        return AddElements(list);
    }

    /// <summary>Adds a list of structures.</summary>
    public AbiTuple AddList(IEnumerable<AbiTuple> structures)
    {
        AbiTuple list = new();
        foreach (AbiTuple structure in structures)
            list.Add(structure);
        return AddElements(list);
    }

    /// <summary>The bytes.</summary>
    public byte[] Encode() => EncodeCall([]);

    /// <summary>The bytes behind a function's first four.</summary>
    public byte[] EncodeCall(ReadOnlySpan<byte> selector)
    {
        int head = 0, tail = 0;
        foreach ((byte[] bytes, bool isDynamic) in _parts)
        {
            head += isDynamic ? Abi.WordLength : bytes.Length;
            tail += isDynamic ? bytes.Length : 0;
        }
        byte[] encoded = new byte[selector.Length + head + tail];
        selector.CopyTo(encoded);
        Span<byte> written = encoded.AsSpan(selector.Length);
        int at = 0, end = head;
        foreach ((byte[] bytes, bool isDynamic) in _parts)
        {
            byte[] inHead = isDynamic ? Length(end) : bytes;
            inHead.CopyTo(written[at..]);
            at += inHead.Length;
            if (!isDynamic)
                continue;
            bytes.CopyTo(written[end..]);
            end += bytes.Length;
        }
        return encoded;
    }

    private AbiTuple AddElements(AbiTuple list) => Append([.. Length(list._parts.Count), .. list.Encode()], isDynamic: true);

    private AbiTuple Append(byte[] bytes, bool isDynamic)
    {
        _parts.Add((bytes, isDynamic));
        return this;
    }

    private static byte[] Length(int length) => ((UInt256)(ulong)length).ToHash32().AsSpan().ToArray();
}
