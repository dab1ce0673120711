using System.Runtime.InteropServices;
using Flashback.Primitives;

namespace Flashback.Proofs;

/// <summary>Nodes, 32 bytes each, as the field elements they encode: little-endian, below the modulus.</summary>
public static class Nodes
{
    private static readonly UInt256 Modulus = MemoryMarshal.Cast<ulong, UInt256>(Fr.Modulus)[0];

    /// <summary>True when the 32 bytes are the encoding of a field element: nothing from outside is ever reduced.</summary>
    public static bool IsElement(in Hash32 node) => Fr.TryDecodeLittleEndian(node.AsSpan(), out _);

    /// <summary>The element of a node known to be one.</summary>
    /// <exception cref="InvalidDataException">It is not: the file it came from has been altered.</exception>
    public static Fr ToElement(ReadOnlySpan<byte> node) => Fr.TryDecodeLittleEndian(node, out Fr element)
        ? element
        : throw new InvalidDataException($"the node {Hex.Encode(node)} is not below the field's modulus: the file has been altered");

    /// <summary>The element of a node known to be one.</summary>
    /// <exception cref="InvalidDataException">It is not.</exception>
    public static Fr ToElement(in Hash32 node) => ToElement(node.AsSpan());

    /// <summary>The node of an element.</summary>
    public static Hash32 FromElement(in Fr element)
    {
        Span<byte> bytes = stackalloc byte[DataTree.NodeLength];
        element.EncodeLittleEndian(bytes);
        return Hash32.Read(bytes);
    }

    /// <summary>The elements of nodes.</summary>
    /// <exception cref="InvalidDataException">One is not below the modulus.</exception>
    public static void ToElements(ReadOnlySpan<byte> nodes, Span<Fr> elements)
    {
        for (int i = 0; i < elements.Length; i++)
            elements[i] = ToElement(nodes.Slice(i * DataTree.NodeLength, DataTree.NodeLength));
    }

    /// <summary>The nodes of elements.</summary>
    public static void FromElements(ReadOnlySpan<Fr> elements, Span<byte> nodes)
    {
        for (int i = 0; i < elements.Length; i++)
            elements[i].EncodeLittleEndian(nodes[(i * DataTree.NodeLength)..]);
    }

    /// <summary>sum[i] = a[i] + b[i] modulo the field's order, on encodings; any of the three may be the same memory.</summary>
    /// <exception cref="InvalidDataException">A node of <paramref name="a"/> or <paramref name="b"/> is not below the modulus.</exception>
    public static void Add(ReadOnlySpan<byte> a, ReadOnlySpan<byte> b, Span<byte> sum) => Combine(a, b, sum, subtract: false);

    /// <summary>difference[i] = a[i] − b[i] modulo the field's order, on encodings.</summary>
    /// <exception cref="InvalidDataException">A node of <paramref name="a"/> or <paramref name="b"/> is not below the modulus.</exception>
    public static void Subtract(ReadOnlySpan<byte> a, ReadOnlySpan<byte> b, Span<byte> difference) => Combine(a, b, difference, subtract: true);

    /// <summary>Plain integers serve for sums: 255 bits and a carry fit four limbs, and no element leaves its encoding.</summary>
    private static void Combine(ReadOnlySpan<byte> a, ReadOnlySpan<byte> b, Span<byte> result, bool subtract)
    {
        if (a.Length != b.Length || a.Length != result.Length || a.Length % DataTree.NodeLength != 0)
            throw new ArgumentException($"{a.Length}, {b.Length} and {result.Length} bytes are not the same whole nodes");
        ReadOnlySpan<UInt256> x = MemoryMarshal.Cast<byte, UInt256>(a), y = MemoryMarshal.Cast<byte, UInt256>(b);
        Span<UInt256> z = MemoryMarshal.Cast<byte, UInt256>(result);
        UInt256 modulus = Modulus;
        for (int i = 0; i < z.Length; i++)
        {
            UInt256 left = x[i], right = y[i];
            if (left >= modulus || right >= modulus)
                throw new InvalidDataException("a node is not below the field's modulus: the file has been altered");
            UInt256 value = subtract ? (left >= right ? left - right : left + modulus - right) : left + right;
            z[i] = value >= modulus ? value - modulus : value;
        }
    }
}
