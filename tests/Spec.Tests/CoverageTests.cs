using System.IO.Enumeration;
using Flashback.Conformance;
using Flashback.Testing;

namespace Flashback.Spec.Tests;

/// <summary>
/// No vector lies unread by accident. The runner makes sure that a unit opens every file it declares, so the declared files of all suites are
/// the files that are opened; what remains must be listed here with its reason, and a reason that no longer applies must go.
/// </summary>
public class CoverageTests
{
    /// <summary>Patterns of paths below the archives, each with why no suite opens them.</summary>
    private static readonly (string Archive, string Pattern, string Reason)[] LeftOut =
    [
        ("ethereum-basic-tests", "KeyStoreTests/*", "keystores come with the validator's keys (6)"),
        ("ethereum-basic-tests", "BasicTests/*", "difficulties and genesis blocks of proof of work: Flashback begins after the merge"),
        ("consensus", "REPORT.md", "says how the vectors were made"),
    ];

    public static TheoryData<string> Archives => [.. LeftOut.Select(entry => entry.Archive).Concat(Suite.All.Where(suite => !suite.IsFile).Select(suite => suite.Archive)).Distinct()];

    [Theory]
    [MemberData(nameof(Archives))]
    public void Every_vector_file_is_opened_by_a_suite_or_left_out_for_a_reason(string archive)
    {
        string root = Vectors.Folder(archive);
        HashSet<string> opened = [.. from suite in Suite.All
                                     where suite.Archive == archive
                                     from unit in SpecKinds.Named(suite.Kind)!.Find(Path.Combine(root, suite.Below))
                                     from file in unit.Files
                                     select Path.GetFullPath(file)];
        string[] unread = [.. Directory.GetFiles(root, "*", SearchOption.AllDirectories).Where(file => !opened.Contains(file)).Select(file => Path.GetRelativePath(root, file)).Order(StringComparer.Ordinal)];
        (string Pattern, string Reason)[] excuses = [.. LeftOut.Where(entry => entry.Archive == archive).Select(entry => (entry.Pattern, entry.Reason))];

        string[] unexplained = [.. unread.Where(file => !excuses.Any(excuse => FileSystemName.MatchesSimpleExpression(excuse.Pattern, file)))];
        Assert.True(unexplained.Length == 0, $"{unexplained.Length} files of {archive} are opened by no suite:\n{string.Join('\n', unexplained.Take(50))}");
        Assert.Empty(excuses.Where(excuse => !unread.Any(file => FileSystemName.MatchesSimpleExpression(excuse.Pattern, file))));
    }

    [Fact]
    public void Every_archive_is_known()
    {
        Assert.SkipUnless(Directory.Exists(Vectors.Archives), "the official vectors are not here");
        string[] present = [.. Directory.GetFiles(Vectors.Archives, "*.tar.gz").Select(path => Path.GetFileName(path)[..^".tar.gz".Length])];
        Assert.Empty(present.Except(Archives.Select(row => row.Data)));
    }

    [Fact]
    public void Every_kind_has_a_suite() => Assert.Empty(SpecKinds.All.Select(kind => kind.Name).Except(Suite.All.Select(suite => suite.Kind)));
}
