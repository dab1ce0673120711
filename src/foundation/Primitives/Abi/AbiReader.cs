using System.Buffers.Binary;

namespace Flashback.Primitives;

/// <summary>What a contract has returned or logged, word by word. What is not there reads as zeros: nothing is taken on trust. spec: Solidity ABI 2.0</summary>
/// <param name="bytes">The bytes of a tuple, from its first one on.</param>
public readonly ref struct AbiReader(ReadOnlySpan<byte> bytes)
{
    private readonly ReadOnlySpan<byte> _bytes = bytes;

    /// <summary>How many whole words there are.</summary>
    public int Words => _bytes.Length / Abi.WordLength;

    /// <summary>A word; zeros where there is none.</summary>
    public Hash32 this[int index] => (uint)index < (uint)Words ? Hash32.Read(_bytes.Slice(index * Abi.WordLength, Abi.WordLength)) : default;

    /// <summary>A word as a number; what is above 64 bits is not looked at.</summary>
    public ulong Number(int index) => BinaryPrimitives.ReadUInt64BigEndian(this[index].AsSpan()[24..]);

    /// <summary>A word as a number of any size.</summary>
    public UInt256 Wide(int index) => UInt256.ReadBigEndian(this[index].AsSpan());

    /// <summary>A word as a truth value.</summary>
    public bool Truth(int index) => Number(index) != 0;

    /// <summary>A word as an address.</summary>
    public Address AddressAt(int index) => Address.Read(this[index].AsSpan()[12..]);

    /// <summary>The structure of dynamic length that a word leads to; none where it leads nowhere.</summary>
    public AbiReader Structure(int index) =>
        index < Words && Wide(index) is var offset && offset < (UInt256)(ulong)_bytes.Length ? new AbiReader(_bytes[(int)offset.Low..]) : default;

    /// <summary>The place, in words, of the first element of the list that a word leads to, and how many elements of one word it has; false where they are not all there.</summary>
    public bool TryList(int index, out int first, out int count) => TryTail(index, Abi.WordLength, out first, out count);

    /// <summary>The bytes of dynamic length that a word leads to.</summary>
    public bool TryBytes(int index, out ReadOnlySpan<byte> content)
    {
        bool isThere = TryTail(index, 1, out int first, out int length);
        content = isThere ? _bytes.Slice(first * Abi.WordLength, length) : default;
        return isThere;
    }

    private bool TryTail(int index, int elementLength, out int first, out int count)
    {
        (first, count) = (0, 0);
        UInt256 offset = Wide(index);
        if (offset > (UInt256)(ulong)_bytes.Length || offset.Low % Abi.WordLength != 0 || offset.Low + Abi.WordLength > (ulong)_bytes.Length)
            return false;
        int place = (int)offset.Low / Abi.WordLength;
        UInt256 length = Wide(place);
        if (length > (UInt256)(ulong)_bytes.Length || length.Low * (ulong)elementLength > (ulong)(_bytes.Length - (place + 1) * Abi.WordLength))
            return false;
        (first, count) = (place + 1, (int)length.Low);
        return true;
    }
}
