namespace Flashback.Conformance;

/// <summary>One verdict of a unit: the name of its case in the vector, and how to come to it. An exception out of <paramref name="Run"/> is a failure.</summary>
/// <param name="Name">The case's name; what is sampled is chosen by it.</param>
/// <param name="Run">Comes to the verdict.</param>
/// <param name="Part">Which part of the case, where each is judged by itself, one after the other: a block of a chain.</param>
/// <param name="IsLong">True for a case that takes minutes or gigabytes: a quick run leaves it out.</param>
public sealed record SpecCase(string Name, Func<SpecOutcome> Run, string Part = "", bool IsLong = false);

/// <summary>
/// What is read together: one file with many cases, or the files of one case's folder. Units run side by side, the cases
/// of a unit one after the other.
/// </summary>
/// <param name="Name">The path relative to the folder the search began at.</param>
/// <param name="Files">Every file the unit reads. The runner fails a unit that opens another one or leaves one unopened, so this list can be believed.</param>
/// <param name="Read">Opens the files and yields the cases, one at a time so that large files need not become objects at once.</param>
public sealed record SpecUnit(string Name, IReadOnlyList<string> Files, Func<VectorFiles, IEnumerable<SpecCase>> Read);

/// <summary>A format of official test vectors: how to find its units below a path, and how to run their cases.</summary>
public interface ISpecKind
{
    /// <summary>The word on the command line: <c>flashback spec-test NAME PATH</c>.</summary>
    string Name { get; }

    /// <summary>One line for the help text: what the vectors hold and where they come from.</summary>
    string Description { get; }

    /// <summary>The units at <paramref name="path"/>, a file or a folder, in a stable order. Reads names only, no contents.</summary>
    IEnumerable<SpecUnit> Find(string path);
}
