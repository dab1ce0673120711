using System.Text;
using Flashback.Primitives;

namespace Flashback.Engine.Tests.Spacetime;

/// <summary>Writes and reads calls as Solidity encodes them: as much of it as the contracts' tests need. spec: Solidity ABI 2.0</summary>
internal static class Abi
{
    private const int WordLength = 32;

    /// <summary>A call: the selector of the signature, then the arguments.</summary>
    /// <remarks>An argument is a number, truth value, address or hash; bytes (of dynamic length); a list of arguments in an array (an ABI array), or in a tuple.</remarks>
    public static byte[] Call(string signature, params object[] arguments) => [.. Selector(signature), .. Encode(arguments)];

    public static byte[] Selector(string signature) => Keccak.Hash256(Encoding.ASCII.GetBytes(signature)).AsSpan()[..4].ToArray();

    public static Hash32 Topic(string signature) => Keccak.Hash256(Encoding.ASCII.GetBytes(signature));

    public static byte[] Encode(params object[] arguments)
    {
        byte[][] parts = [.. arguments.Select(EncodeOne)];
        int offset = parts.Zip(arguments, (part, argument) => IsDynamic(argument) ? WordLength : part.Length).Sum();
        List<byte> head = [], tail = [];
        for (int i = 0; i < parts.Length; i++)
        {
            if (IsDynamic(arguments[i]))
                head.AddRange(Word((UInt256)(ulong)(offset + tail.Count)));
            (IsDynamic(arguments[i]) ? tail : head).AddRange(parts[i]);
        }
        return [.. head, .. tail];
    }

    /// <summary>The words of an output.</summary>
    public static UInt256 WordAt(ReadOnlySpan<byte> output, int index) => UInt256.ReadBigEndian(output.Slice(index * WordLength, WordLength));

    /// <summary>The bytes of dynamic length that the word at an index leads to.</summary>
    public static byte[] BytesAt(ReadOnlySpan<byte> output, int index)
    {
        int start = (int)WordAt(output, index).Low;
        int length = (int)UInt256.ReadBigEndian(output.Slice(start, WordLength)).Low;
        return output.Slice(start + WordLength, length).ToArray();
    }

    /// <summary>The text with which a call was refused, or the name and words of a custom error among those given.</summary>
    public static string ReasonOf(ReadOnlySpan<byte> output, params IEnumerable<string> errors)
    {
        if (output.Length < 4)
            return "";
        byte[] selector = output[..4].ToArray();
        if (selector.SequenceEqual(Selector("Error(string)")))
            return Encoding.UTF8.GetString(BytesAt(output[4..], 0));
        return errors.FirstOrDefault(error => Selector(error).SequenceEqual(selector)) ?? Hex.Encode(output);
    }

    private static bool IsDynamic(object argument) => argument is byte[] or object[] || (argument is ValueTuple<object[]> tuple && tuple.Item1.Any(IsDynamic));

    private static byte[] EncodeOne(object argument) => argument switch
    {
        byte[] bytes => [.. Word((UInt256)(ulong)bytes.Length), .. bytes, .. new byte[-bytes.Length & (WordLength - 1)]],
        object[] list => [.. Word((UInt256)(ulong)list.Length), .. Encode(list)],
        ValueTuple<object[]> tuple => Encode(tuple.Item1),
        UInt256 number => Word(number),
        ulong number => Word(number),
        int number => Word((UInt256)(ulong)number),
        bool truth => Word(truth ? 1UL : 0UL),
        Address address => [.. new byte[12], .. address.AsSpan()],
        Hash32 hash => hash.AsSpan().ToArray(),
        _ => throw new ArgumentException($"{argument.GetType().Name} has no encoding here", nameof(argument)),
    };

    private static byte[] Word(in UInt256 number) => number.ToHash32().AsSpan().ToArray();
}
