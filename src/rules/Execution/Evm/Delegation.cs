using Flashback.Primitives;

namespace Flashback.Execution;

/// <summary>The code of an account that lets another account's code run in its place: <c>ef0100 ‖ address</c>. spec: EIP-7702</summary>
internal static class Delegation
{
    /// <summary>3 bytes of mark and 20 of address.</summary>
    public const int Length = 23;

    private static ReadOnlySpan<byte> Mark => [0xef, 0x01, 0x00];

    /// <summary>The address that a delegation names; false for any other code.</summary>
    public static bool TryRead(ReadOnlySpan<byte> code, out Address target)
    {
        bool isDelegation = code.Length == Length && code.StartsWith(Mark);
        target = isDelegation ? Address.Read(code[Mark.Length..]) : default;
        return isDelegation;
    }

    /// <summary>The code that delegates to an address.</summary>
    public static byte[] To(in Address target)
    {
        byte[] code = new byte[Length];
        Mark.CopyTo(code);
        target.AsSpan().CopyTo(code.AsSpan(Mark.Length));
        return code;
    }
}
