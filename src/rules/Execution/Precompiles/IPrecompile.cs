namespace Flashback.Execution;

/// <summary>A contract that every node has built in.</summary>
internal interface IPrecompile
{
    /// <summary>What a call with this input costs; it is asked before <see cref="TryRun"/>, and never more than linear work in the input.</summary>
    long GasFor(ReadOnlySpan<byte> input);

    /// <summary>Writes the result to <paramref name="output"/>; false when the input is refused, which takes all the call's gas.</summary>
    bool TryRun(ReadOnlySpan<byte> input, ReturnBuffer output);
}
