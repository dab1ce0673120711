namespace Flashback.Execution;

/// <summary>Inputs of the older precompiles may have any length: zeros follow a short one, and what a long one has too much is not looked at.</summary>
internal static class PaddedInput
{
    /// <summary>The input, cut or followed by zeros to fill the destination.</summary>
    public static void Fill(ReadOnlySpan<byte> input, Span<byte> padded)
    {
        int length = Math.Min(input.Length, padded.Length);
        input[..length].CopyTo(padded);
        padded[length..].Clear();
    }
}
