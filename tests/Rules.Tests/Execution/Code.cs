using Flashback.Execution;
using Flashback.Primitives;

namespace Flashback.Rules.Tests.Execution;

/// <summary>Bytecode that reads like prose: <c>Code.Push(1).Push(2).Do(Opcode.Add).ReturnTop()</c>.</summary>
internal sealed class Code
{
    private readonly List<byte> _bytes = [];

    public static Code Nothing => new();

    public int Length => _bytes.Count;

    public byte[] Bytes => [.. _bytes];

    public static implicit operator byte[](Code code) => code.Bytes;

    public static Code With(params Opcode[] ops) => new Code().Do(ops);

    public static Code Pushing(in UInt256 word) => new Code().Push(word);

    public Code Do(params Opcode[] ops)
    {
        _bytes.AddRange(ops.Select(op => (byte)op));
        return this;
    }

    public Code Raw(params byte[] bytes)
    {
        _bytes.AddRange(bytes);
        return this;
    }

    public Code Push(in UInt256 word)
    {
        int length = word.ByteLength;
        _bytes.Add((byte)((byte)Opcode.Push0 + length));
        _bytes.AddRange(word.ToHash32().AsSpan()[(32 - length)..]);
        return this;
    }

    public Code Push(in Address address) => Push(UInt256.ReadBigEndian(address.AsSpan()));

    public Code Times(int count, Func<Code, Code> part)
    {
        for (int i = 0; i < count; i++)
            part(this);
        return this;
    }

    /// <summary>Stores a word: the key is the second.</summary>
    public Code Store(in UInt256 value, in UInt256 key) => Push(value).Push(key).Do(Opcode.SStore);

    /// <summary>Calls with this kind of call, with all gas and no input or output; what it says is on the stack then.</summary>
    public Code Call(Opcode kind, in Address target, in UInt256 value = default)
    {
        Push(0).Push(0).Push(0).Push(0);
        if (kind is Opcode.Call or Opcode.CallCode)
            Push(value);
        return Push(target).Do(Opcode.Gas, kind);
    }

    /// <summary>Makes a contract by running this code; its address is on the stack then.</summary>
    public Code Create(byte[] initcode, in UInt256 value = default)
    {
        Mem(initcode);
        return Push((ulong)initcode.Length).Push(0).Push(value).Do(Opcode.Create);
    }

    /// <summary>Writes bytes to memory from 0 on.</summary>
    public Code Mem(byte[] bytes)
    {
        for (int at = 0; at < bytes.Length; at += 32)
        {
            byte[] word = new byte[32];
            bytes.AsSpan(at, Math.Min(32, bytes.Length - at)).CopyTo(word);
            Push(UInt256.ReadBigEndian(word)).Push((ulong)at).Do(Opcode.MStore);
        }
        return this;
    }

    public Code ReturnTop() => Push(0).Do(Opcode.MStore).Push(32).Push(0).Do(Opcode.Return);

    /// <summary>Initcode that deploys these bytes.</summary>
    public static Code Deploying(byte[] code) => new Code().Mem(code).Push((ulong)code.Length).Push(0).Do(Opcode.Return);
}
