using System.Buffers.Binary;
using System.Text;
using Flashback.Primitives;

namespace Flashback.Chain.Spacetime;

/// <summary>Calls of our contracts as Solidity encodes them; their arguments are numbers. spec: Solidity ABI 2.0</summary>
internal static class ContractCall
{
    private const int WordLength = 32;

    /// <summary>The first four bytes of a function's call.</summary>
    public static byte[] Selector(string signature) => Keccak.Hash256(Encoding.ASCII.GetBytes(signature)).AsSpan()[..4].ToArray();

    /// <summary>A call with numbers.</summary>
    public static byte[] Encode(ReadOnlySpan<byte> selector, params ReadOnlySpan<ulong> numbers)
    {
        byte[] call = new byte[selector.Length + numbers.Length * WordLength];
        selector.CopyTo(call);
        for (int i = 0; i < numbers.Length; i++)
            BinaryPrimitives.WriteUInt64BigEndian(call.AsSpan(selector.Length + (i + 1) * WordLength - 8), numbers[i]);
        return call;
    }
}

/// <summary>What a contract has returned, word by word. What is not there reads as null: nothing is taken on trust.</summary>
internal readonly ref struct ContractAnswer(ReadOnlySpan<byte> bytes)
{
    private const int WordLength = 32;
    private readonly ReadOnlySpan<byte> _bytes = bytes;

    /// <summary>How many whole words there are.</summary>
    public int Words => _bytes.Length / WordLength;

    /// <summary>A word; zeros where there is none.</summary>
    public Hash32 this[int index] => index < Words ? Hash32.Read(_bytes.Slice(index * WordLength, WordLength)) : default;

    /// <summary>A word as a number; what is above 64 bits is not looked at.</summary>
    public ulong Number(int index) => BinaryPrimitives.ReadUInt64BigEndian(this[index].AsSpan()[24..]);

    /// <summary>A word as a number of any size.</summary>
    public UInt256 Wide(int index) => UInt256.ReadBigEndian(this[index].AsSpan());

    /// <summary>The place, in words, of the first element of the list that a word leads to, and how many elements it has; false where they are not all there.</summary>
    public bool TryList(int index, out int first, out int count) => TryTail(index, WordLength, out first, out count);

    /// <summary>The bytes of dynamic length that a word leads to.</summary>
    public bool TryBytes(int index, out ReadOnlySpan<byte> content)
    {
        bool isThere = TryTail(index, 1, out int first, out int length);
        content = isThere ? _bytes.Slice(first * WordLength, length) : default;
        return isThere;
    }

    private bool TryTail(int index, int elementLength, out int first, out int count)
    {
        (first, count) = (0, 0);
        UInt256 offset = Wide(index);
        if (offset > (UInt256)(ulong)_bytes.Length || offset.Low % WordLength != 0 || offset.Low + WordLength > (ulong)_bytes.Length)
            return false;
        int place = (int)offset.Low / WordLength;
        UInt256 length = Wide(place);
        if (length > (UInt256)(ulong)_bytes.Length || length.Low * (ulong)elementLength > (ulong)(_bytes.Length - (place + 1) * WordLength))
            return false;
        (first, count) = (place + 1, (int)length.Low);
        return true;
    }
}
