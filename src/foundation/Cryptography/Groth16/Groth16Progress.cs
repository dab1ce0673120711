namespace Flashback.Cryptography.Groth16;

/// <summary>How far a long piece of work has come.</summary>
/// <param name="Step">What is being done.</param>
/// <param name="Done">Parts of the step that are done.</param>
/// <param name="Total">All parts of the step.</param>
public readonly record struct Groth16Progress(string Step, long Done, long Total);
