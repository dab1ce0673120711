namespace Flashback.Conformance;

/// <summary>One case of a unit: its name in the vector, and how to run it. An exception out of <paramref name="Run"/> is a failure.</summary>
/// <param name="Name">Its name in the vector.</param>
/// <param name="Run">Runs it.</param>
/// <param name="IsLong">True for a case that takes minutes or gigabytes: a quick run leaves it out.</param>
public sealed record SpecCase(string Name, Func<SpecOutcome> Run, bool IsLong = false);

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
